"""The default handbook with something changed, for tests."""

from typing import Any

from recourse.handbook.policy.reading import Mistakes, default_rules, read_tree
from recourse.handbook.policy.rules import Rules


def tree() -> dict[str, Any]:
    """Return the default handbook as plain values that may be changed."""
    return default_rules().model_dump(mode="json")


def mistakes(changed: dict[str, Any]) -> list[tuple[str, str]]:
    """Return path and code of everything that is wrong with a changed handbook."""
    try:
        read_tree(changed)
    except Mistakes as found:
        return [(one.path, one.code) for one in found.mistakes]
    return []


def rules(**parts: Any) -> Rules:
    """Return the default handbook with whole parts replaced."""
    return read_tree({**tree(), **parts})
