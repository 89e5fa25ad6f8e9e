"""Text from outside, made fit to be looked up: databases refuse some characters that a request may carry."""

from recourse.kit.text import clean_line

LONGEST = 10_000_000


def findable(text: str) -> str:
    """Return a text without the characters that no row can hold, so that looking it up breaks nothing."""
    return clean_line(text, field="text", limit=LONGEST)
