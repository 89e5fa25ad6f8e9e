"""What a check finds, and the list of checks."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Health(StrEnum):
    """How a thing stands; `left_out` does not concern this installation."""

    WELL = "well"
    WARNING = "warning"
    ILL = "ill"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, in a sentence that says what to do where something is wrong."""

    health: Health
    said: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, what it looks at, and the look; what `needs_tables` waits until the database is ready."""

    name: str
    about: "StrOrPromise"
    look: Callable[[dt.datetime], Finding]
    needs_tables: bool


@dataclass(frozen=True, slots=True)
class Examined:
    """A check with what it found."""

    name: str
    about: str
    health: Health
    said: str


CHECKS: dict[str, Check] = {}
Look = Callable[[dt.datetime], Finding]


def check(name: str, about: "StrOrPromise", *, needs_tables: bool = False) -> Callable[[Look], Look]:
    """Add a check to the list under its name."""

    def add(look: Look) -> Look:
        CHECKS[name] = Check(name, about, look, needs_tables)
        return look

    return add


def well(said: str = "") -> Finding:
    """Say that all is well."""
    return Finding(Health.WELL, said)


def warning(said: str) -> Finding:
    """Say what should be mended."""
    return Finding(Health.WARNING, said)


def ill(said: str) -> Finding:
    """Say what must be mended."""
    return Finding(Health.ILL, said)


def left_out(said: str) -> Finding:
    """Say why a check does not concern this installation."""
    return Finding(Health.LEFT_OUT, said)
