"""Verbs of routing."""

from recourse.routing.actions.next_case import Given, get_next, take_instead

__all__ = ["Given", "get_next", "take_instead"]
