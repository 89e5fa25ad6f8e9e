"""What another handbook would have decided: the port through which upper rooms answer, case by case."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from recourse.handbook.policy.rules import Rules
from recourse.kit.actor import Actor


@dataclass(frozen=True, slots=True)
class Consequence:
    """One decision that would come out differently: on which case, what, as it is, as it would be.

    `old` and `new` are words for people; `decided_at` is when the decision was made, or would be.
    """

    case_id: UUID
    ref: str
    subject: str
    what: str
    old: str
    new: str
    is_open: bool
    decided_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Survey:
    """What one evaluator found: decisions looked at, decisions that would differ, and the first of them."""

    checked: int
    changed: int
    rows: Sequence[Consequence]


class Evaluator(Protocol):
    """A room's answer: the decisions made since an instant, and those standing on open cases, decided again.

    Reads only, and only what the viewer may see; decides through the room's own pure policy. `limit` bounds
    the rows, never the counts.
    """

    def __call__(
        self, *, old: Rules, new: Rules, since: dt.datetime, at: dt.datetime, viewer: Actor, limit: int
    ) -> Survey:
        """Return what would come out differently under `new`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The survey of one evaluator, by the name under which it was plugged in."""

    name: str
    survey: Survey


@dataclass(frozen=True, slots=True)
class WhatWouldChange:
    """Everything that would come out differently, by evaluator."""

    since: dt.datetime
    at: dt.datetime
    outcomes: tuple[Outcome, ...]

    @property
    def checked(self) -> int:
        """Return how many decisions were looked at."""
        return sum(outcome.survey.checked for outcome in self.outcomes)

    @property
    def changed(self) -> int:
        """Return how many would differ."""
        return sum(outcome.survey.changed for outcome in self.outcomes)

    def rows(self) -> Iterator[Consequence]:
        """Yield the rows of all evaluators, open cases first, then the newest decision."""
        every = (row for outcome in self.outcomes for row in outcome.survey.rows)
        yield from sorted(every, key=lambda row: (not row.is_open, -row.decided_at.timestamp(), row.ref))
