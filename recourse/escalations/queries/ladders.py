"""Which rungs stand beside the clocks of a case, and which of them are still to be settled."""

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass

from django.db.models import Q

from recourse.cases.models import Case
from recourse.clocks.models import Clock
from recourse.escalations.models import LadderFire
from recourse.escalations.policy import Rung, rungs
from recourse.handbook.models import Edition
from recourse.handbook.policy.shape import Tier
from recourse.handbook.queries import edition_numbered
from recourse.kit.calendar import WorkingCalendar, working_calendar

SETTLED_FOR = dt.timedelta(days=30)
KEPT_CALENDARS = 16
_kept: OrderedDict[str, WorkingCalendar] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Beside:
    """One rung beside one clock, and the edition that says it; `is_over` when the clock ended after it came due."""

    clock: Clock
    rung: Rung
    edition: Edition
    is_over: bool


def unsettled(case: Case, *, at: dt.datetime) -> list[Beside]:
    """Return every rung of a case that has neither fired nor been skipped, in the order in which they fire.

    A clock that ended before its rung came due has no such rung; one that ended after it has. Each clock has the
    ladders of the edition that it runs under (one query for each edition).
    """
    clocks = list(
        Clock.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=at - SETTLED_FOR), case=case).exclude(
            due_at=None
        )
    )
    editions = {number: edition_numbered(number) for number in {clock.edition for clock in clocks}}
    settled = set(LadderFire.objects.filter(case=case).values_list("clock", "epoch", "ladder", "step"))
    found = [
        Beside(clock, rung, editions[clock.edition], clock.ended_at is not None)
        for clock in clocks
        if clock.due_at is not None
        for rung in rungs_for(clock.kind, clock.due_at, editions[clock.edition], Tier(case.tier))
        if (clock.kind, clock.epoch, rung.ladder, rung.step.key) not in settled
        and (clock.ended_at is None or clock.ended_at >= rung.fire_at)
    ]
    return sorted(found, key=lambda beside: (beside.rung.fire_at, beside.rung.step.offset))


def rungs_for(kind: str, due_at: dt.datetime, edition: Edition, tier: Tier) -> list[Rung]:
    """Return the rungs beside a clock of that kind and due time."""
    return rungs(edition.rules.ladders, clock=kind, tier=tier, due_at=due_at, calendar=hours(edition))


def hours(edition: Edition) -> WorkingCalendar:
    """Return the hours in which people are told things: those of the handbook's own calendar, kept by its hash."""
    found = _kept.get(edition.content_hash)
    if found is None:
        rules = edition.rules
        found = _kept[edition.content_hash] = working_calendar(rules.calendar(rules.clocks.calendar).spec())
        if len(_kept) > KEPT_CALENDARS:
            _kept.popitem(last=False)
    return found
