"""Who may never decide: persons with a part in the matter, and whoever a delegation ties to them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from uuid import UUID

from recourse.approvals.policy.words import Said
from recourse.people.policy import Period

Persons = frozenset[UUID]
NOBODY: Persons = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """The humans with a part in a matter, whatever their accounts."""

    proposer: Persons = NOBODY
    editor: Persons = NOBODY
    beneficiary: Persons = NOBODY
    executor: Persons = NOBODY
    rule_author: Persons = NOBODY

    def part_of(self, person: UUID) -> str | None:
        """Return the part that somebody has, the first of several; None for none."""
        return next((each.name for each in fields(self) if person in getattr(self, each.name)), None)

    @property
    def everybody(self) -> Persons:
        """Return all of them."""
        return NOBODY.union(*(getattr(self, each.name) for each in fields(self)))


def stood(period: Period, since: dt.datetime, until: dt.datetime) -> bool:
    """Tell whether a delegation stood at any instant from `since` to `until`, both included."""
    return period.from_at <= until and since < period.until_at


def excluded(
    person: UUID, parties: Parties, delegations: Iterable[Period], *, since: dt.datetime, until: dt.datetime
) -> Said | None:
    """Return why somebody may not decide a matter, or None.

    A delegation to or from anybody with a part counts if it stood at any time since the matter was asked: ending it
    just before the decision does not help.
    """
    part = parties.part_of(person)
    if part is not None:
        return Said(f"approval.{part}")
    for held in delegations:
        if person in (held.giver, held.receiver) and stood(held, since, until):
            other = held.receiver if person == held.giver else held.giver
            tied = parties.part_of(other)
            if tied is not None:
                return Said("approval.delegation", {"part": tied})
    return None


def may_act_for(receiver: UUID, giver: UUID, delegations: Iterable[Period], *, at: dt.datetime) -> Said | None:
    """Return why somebody may not act for another at an instant, or None: only by a delegation that is no chain."""
    standing = [held for held in delegations if held.from_at <= at < held.until_at]
    if not any((held.giver, held.receiver) == (giver, receiver) for held in standing):
        return Said("approval.not_delegate")
    if any(held.receiver == giver or held.giver == receiver for held in standing):
        return Said("approval.chain")
    return None
