"""Bad twins: the product without one of its guards. Each makes a named test fail, or that test proves nothing.

A room lists its own in `tests/twins/<room>.py` as `TWINS = [Twin(guard=…, patch=swap(…), test=…), …]`.
The patch stands while the test is called, not while its fixtures are made.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Twin:
    """A guard in words, the patch that removes it, and the test (node id, without parameters) that must then fail.

    Each is tried once, on SQLite; one whose test needs PostgreSQL is tried there instead.
    """

    guard: str
    patch: Patch
    test: str
    is_for_postgres: bool = False


def swap(target: str, replacement: Any) -> Patch:
    """Return the patch that puts `replacement` in place of `package.module:Name.attribute`."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        module, _colon, path = target.partition(":")
        *through, last = path.split(".")
        owner = importlib.import_module(module)
        for name in through:
            owner = getattr(owner, name)
        patch.setattr(owner, last, replacement)

    return apply


def several(*patches: Patch) -> Patch:
    """Return one patch made of several, for a guard that stands in more than one place."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        for single in patches:
            single(patch)

    return apply


def every_twin() -> list[tuple[str, Twin]]:
    """Return all twins with the name of the list that they stand in."""
    found: list[tuple[str, Twin]] = []
    for listed in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{listed.name}")
        found.extend((listed.name, twin) for twin in getattr(module, "TWINS", []))
    return found
