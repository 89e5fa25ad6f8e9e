"""Repeated failure: counted from what happened, within the days that the handbook sets; never ticked by hand."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from recourse.escalations.policy.words import Said
from recourse.handbook.policy.escalation import RepeatedFailure


@dataclass(frozen=True, slots=True)
class History:
    """When attempts were made: contacts of the customer, reopenings, other cases with the same cause."""

    contacts: tuple[dt.datetime, ...] = ()
    reopens: tuple[dt.datetime, ...] = ()
    same_cause: tuple[dt.datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """One count beside what it must reach."""

    kind: str
    found: int
    needed: int
    days: int

    @property
    def is_reached(self) -> bool:
        """Whether the count is enough by itself."""
        return self.found >= self.needed

    @property
    def said(self) -> Said:
        """Say the count."""
        return Said(f"counts.{self.kind}", {"found": self.found, "needed": self.needed, "days": self.days})


def tallies(counts: RepeatedFailure, history: History, *, at: dt.datetime) -> tuple[Tally, ...]:
    """Return the three counts over the days up to `at`; an instant exactly that long ago still counts."""
    since = at - dt.timedelta(days=counts.within_days)

    def tally(kind: str, instants: Sequence[dt.datetime], needed: int) -> Tally:
        return Tally(kind, sum(since <= instant <= at for instant in instants), needed, counts.within_days)

    return (
        tally("contacts", history.contacts, counts.contacts),
        tally("reopens", history.reopens, counts.reopens),
        tally("same_cause", history.same_cause, counts.same_cause),
    )
