"""Verbs of the handbook."""

from recourse.handbook.actions.drafts import discard, edit_draft, set_value, start_draft, take_public_holidays
from recourse.handbook.actions.publication import install_defaults, propose, publish, take_back

__all__ = [
    "discard",
    "edit_draft",
    "install_defaults",
    "propose",
    "publish",
    "set_value",
    "start_draft",
    "take_back",
    "take_public_holidays",
]
