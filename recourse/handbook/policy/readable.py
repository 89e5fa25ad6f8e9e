"""Any value of the handbook in words, and what to call an entry of a list."""

import datetime as dt
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from recourse.handbook.policy.calendars import DAYS, DayWindow, Window
from recourse.handbook.policy.shape import Length, Money, Severity, Shape, Unit
from recourse.handbook.policy.words import FIELDS, PLAIN, VALUES

Say = Callable[[str], str]
IDENTITIES = (
    ("tier", "severity"), ("key",), ("code",), ("kind",), ("on",), ("month", "day"), ("severity",), ("tier",),
    ("family",), ("method",), ("from_currency", "to_currency"),
)  # fmt: skip


def identity(item: object) -> tuple[object, ...] | None:
    """Return what makes an entry the same one in two editions, or None where only its whole content does."""
    if not isinstance(item, Shape):
        return None
    fields = type(item).model_fields
    for names in IDENTITIES:
        if all(name in fields for name in names):
            return tuple(getattr(item, name) for name in names)
    return None


def called(item: Shape, say: Say = str) -> str:
    """Return what people call an entry: its own name, or its tier and severity, or its day."""
    name = getattr(item, "name", None)
    if name and not hasattr(item, "tier"):
        return f"{item.on.isoformat()} {name}" if hasattr(item, "on") else str(name)
    parts = [_part(value, say) for value in identity(item) or ()]
    return ", ".join(parts)


def _part(value: object, say: Say) -> str:
    if isinstance(value, Severity):
        return f"{say(FIELDS['severity'])} {say(VALUES[value.value])}"
    return in_words(value, say)


def in_words(value: Any, say: Say = str) -> str:
    """Return a value as people read it; `say` translates our own words, never the company's."""
    if value is None or value == ():
        return say(PLAIN["nothing"])
    if isinstance(value, bool):
        return say(PLAIN["yes" if value else "no"])
    if isinstance(value, StrEnum):
        return say(VALUES[value.value])
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return ", ".join(in_words(part, say) for part in value)
    return _shape_in_words(value, say) if isinstance(value, Shape) else str(value)


def _shape_in_words(value: Shape, say: Say) -> str:
    if isinstance(value, Length):
        is_one_day = value.unit is Unit.BUSINESS_DAYS and value.amount == 1
        return say(PLAIN["business_day" if is_one_day else value.unit.value]).format(amount=value.amount)
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, Window):
        return f"{_days(value, say)} {value.opens}–{value.closes}"
    if isinstance(value, DayWindow):
        return f"{value.opens}–{value.closes}"
    parts = [(name, getattr(value, name)) for name in type(value).model_fields]
    return "; ".join(f"{say(FIELDS[name])} {in_words(part, say)}" for name, part in parts)


def _days(window: Window, say: Say) -> str:
    """Return days in words; three or more that follow each other as a span."""
    places = sorted(DAYS.index(day) for day in window.days)
    names = [say(VALUES[DAYS[place].value]) for place in places]
    is_span = len(places) > 2 and places == list(range(places[0], places[-1] + 1))
    return f"{names[0]}–{names[-1]}" if is_span else ", ".join(names)


def label(field: str, say: Say = str) -> str:
    """Return the words for a field."""
    return say(FIELDS[field])
