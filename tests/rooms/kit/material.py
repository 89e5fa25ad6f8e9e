"""The real material beside the repository, and calendars in its notation."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from recourse.kit.calendar import (
    Break,
    CalendarSpec,
    Holiday,
    Override,
    WorkingCalendar,
    windows,
    working_calendar,
)

MATERIAL = Path(__file__).resolve().parents[4] / "shared" / "data"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def material(path: str) -> Path:
    """A file of the real material; the test is skipped, saying so, where it is absent."""
    found = MATERIAL / path
    if not found.exists():
        pytest.skip(f"the real material {path} is not beside the repository")
    return found


def recorded(path: str) -> list[dict[str, Any]]:
    """A JSON list of the real material; empty where it is absent, so that collection still works."""
    found = MATERIAL / path
    return json.loads(found.read_text()) if found.exists() else []


def calendar_of(record: Mapping[str, Any]) -> WorkingCalendar:
    """The calendar of a recorded case."""
    weekly = record["weekly"]

    def days(field: str) -> list[tuple[date, Sequence[Sequence[str]]]]:
        return [(date.fromisoformat(day), pairs) for day, pairs in record.get(field, {}).items()]

    return working_calendar(
        CalendarSpec(
            key="recorded",
            version=1,
            zone=record["time_zone"],
            weekly=tuple(windows(*map(tuple, weekly.get(day, ()))) for day in DAYS),
            holidays=tuple(Holiday(date.fromisoformat(day), "holiday") for day in record["holidays"]),
            overrides=tuple(Override(day, windows(*map(tuple, pairs))) for day, pairs in days("date_overrides")),
            breaks=tuple(Break(day, windows(*map(tuple, pairs))) for day, pairs in days("breaks")),
        )
    )


def moment(text: str) -> datetime:
    """A recorded instant, with or without a zone name in brackets, in UTC."""
    return datetime.fromisoformat(re.sub(r"\[.*\]$", "", text)).astimezone(UTC)
