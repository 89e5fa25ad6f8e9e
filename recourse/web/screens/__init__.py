"""The screens of the HTML door: one module a family of addresses."""
