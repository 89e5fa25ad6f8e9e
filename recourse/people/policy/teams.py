"""Teams, absence and delegation: kinds, periods, and the rule that a delegation is never passed on."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

DELEGATION_LASTS_AT_MOST = dt.timedelta(days=92)
LEVELS = range(1, 6)


class TeamKind(StrEnum):
    """Where a team stands."""

    FRONT_LINE = "front_line"
    ADVANCED = "advanced"
    DEPARTMENT = "department"


class AbsenceKind(StrEnum):
    """Why somebody is away."""

    HOLIDAY = "holiday"
    SICK = "sick"
    TRAINING = "training"
    BREAK = "break"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open stretch of time during which `giver` lets `receiver` act."""

    giver: UUID
    receiver: UUID
    from_at: dt.datetime
    until_at: dt.datetime


def overlaps(one: Period, other: Period) -> bool:
    """Tell whether two half-open periods share an instant."""
    return one.from_at < other.until_at and other.from_at < one.until_at


def makes_a_chain(new: Period, standing: Iterable[Period]) -> bool:
    """Tell whether a delegation would be passed on, or returned: its giver already receives, or its receiver gives."""
    return any(overlaps(new, held) and (held.receiver == new.giver or held.giver == new.receiver) for held in standing)
