"""Starts the clocks of cases: all clocks of a case, or of thousands, in a handful of statements."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.clocks.actions.keeping import Changes, case_locked, compare, fact_row, happenings, write
from recourse.clocks.models import Clock, ClockFact
from recourse.clocks.policy import Chosen, Fact, FactKind
from recourse.clocks.queries.told import Story, chosen_for, plan_for
from recourse.handbook.models import Edition
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.transactions import verb
from recourse.timeline.actions import Happening, record_many

BATCH = 500


@verb
def start_for_case(case: Case, *, by: Actor, at: dt.datetime, sent_at: dt.datetime | None = None) -> list[Clock]:
    """Start every clock that the handbook gives a case, from its true receipt; return them.

    `sent_at` is when a body that passed the complaint on sent it to us. The customer's first message counts as
    received with the case: call this after it was put on the case, or before, it makes no difference.
    """
    facts, chosen = _opening(case, edition_at(at), sent_at, at)
    changes = compare(case, Story(facts, plan_for(chosen), chosen), [], at=at)
    rows = [fact_row(case, fact, chosen if fact.kind is FactKind.RECEIVED else None) for fact in facts]
    ClockFact.objects.bulk_create(rows)
    write(case, changes)
    record_many(happenings(case, changes.events, by=by, at=at, edition=chosen.edition))
    return changes.made


@verb
def start_for_cases(
    opened: Sequence[Case], *, by: Actor, at: dt.datetime, sent: Mapping[UUID, dt.datetime] | None = None
) -> int:
    """Start the clocks of many new cases and return how many clocks that made. `sent` is by the case's key."""
    made = 0
    for start in range(0, len(opened), BATCH):
        made += _start(opened[start : start + BATCH], sent or {}, by, at)
    return made


def _start(opened: Sequence[Case], sent: Mapping[UUID, dt.datetime], by: Actor, at: dt.datetime) -> int:
    edition = edition_at(at)
    rows: list[ClockFact] = []
    found: list[tuple[Case, Changes, int]] = []
    for case in opened:
        facts, chosen = _opening(case, edition, sent.get(case.pk), at)
        found.append((case, compare(case, Story(facts, plan_for(chosen), chosen), [], at=at), chosen.edition))
        rows.extend(fact_row(case, fact, chosen if fact.kind is FactKind.RECEIVED else None) for fact in facts)
    ClockFact.objects.bulk_create(rows)
    clocks = [clock for _case, changes, _edition in found for clock in changes.made]
    Clock.objects.bulk_create(clocks)
    cases.set_due_many({case.pk: changes.due_at for case, changes, _edition in found if changes.due_at})
    told: list[Happening] = []
    for case, changes, number in found:
        told.extend(happenings(case, changes.events, by=by, at=at, edition=number))
    record_many(told)
    return len(clocks)


def _opening(
    case: Case, edition: Edition, sent_at: dt.datetime | None, at: dt.datetime
) -> tuple[tuple[Fact, ...], Chosen]:
    chosen = chosen_for(case, edition, at=at)
    received = Fact(1, FactKind.RECEIVED, case.received_at, plan=plan_for(chosen))
    if sent_at is None:
        return (received,), chosen
    return (received, Fact(2, FactKind.PASSED_ON, max(sent_at, case.received_at))), chosen


@verb
def start_for_split(case_id: UUID, *, by: Actor, at: dt.datetime) -> None:
    """Start the clocks of a case that was split off, from the receipt of its messages; not twice."""
    case = case_locked(case_id=case_id)
    if not ClockFact.objects.filter(case=case).exists():
        start_for_case(case, by=by, at=at)
