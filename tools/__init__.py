"""Small programs that build and check the project; not part of the product."""
