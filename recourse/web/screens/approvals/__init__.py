"""The screens of approval: what is asked of me, one approval, overrides to review, what looks split, my authority."""
