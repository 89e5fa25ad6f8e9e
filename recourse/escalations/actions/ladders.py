"""Time-based escalation: watches the clocks of a case and fires each rung once, if its condition still holds."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from recourse.cases.actions import assign, grade
from recourse.cases.models import Case
from recourse.cases.policy import Priority
from recourse.clocks.policy import Family
from recourse.escalations.actions.keeping import tell
from recourse.escalations.events import LadderFired, LadderSkipped
from recourse.escalations.models import LadderFire, LadderWatch
from recourse.escalations.policy import NoticeKind, StepState
from recourse.escalations.queries.facts import facts_of
from recourse.escalations.queries.ladders import Beside, hours, rungs_for, unsettled
from recourse.handbook.models import Edition
from recourse.handbook.policy.conditions import evaluate
from recourse.handbook.policy.facts import FactValue
from recourse.handbook.policy.ladders import Act, Whom
from recourse.handbook.policy.shape import Tier
from recourse.handbook.queries import edition_at, edition_numbered
from recourse.kit.actor import system
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.people.models import Membership
from recourse.people.policy import Permission
from recourse.people.queries import holders_of
from recourse.timeline.actions.record import record
from recourse.timeline.models import Entry

LADDER = system("ladder")
MORE_THAN_ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Watched:
    """Clocks of a case, told by their `kind` and `due_at`, and the edition that they run under."""

    thread_id: UUID
    clocks: Sequence[Mapping[str, Any]]
    at: dt.datetime
    edition: int | None = None


def watch(*, thread_id: UUID, clocks: Sequence[Mapping[str, Any]], at: dt.datetime, edition: int | None = None) -> None:
    """Look at a case no later than the first rung beside these clocks, told by their `kind` and `due_at`.

    `edition` is the one that the clocks run under; the one in force by default.
    """
    watch_many([Watched(thread_id, clocks, at, edition)])


@verb
def watch_many(watched: Sequence[Watched]) -> None:
    """Look at many cases no later than the first rung beside their clocks."""
    books: dict[tuple[int | None, dt.datetime | None], Edition] = {}
    threads = {one.thread_id for one in watched if any(clock.get("due_at") for clock in one.clocks)}
    rows = Case.objects.filter(thread_id__in=threads).values_list("thread_id", "pk", "tier")
    cases = {thread_id: (case_id, Tier(tier)) for thread_id, case_id, tier in rows}
    nearest: dict[UUID, dt.datetime] = {}
    for one in watched:
        if one.thread_id not in cases:
            continue
        case_id, tier = cases[one.thread_id]
        key = (one.edition, one.at if one.edition is None else None)
        if key not in books:
            books[key] = edition_at(one.at) if one.edition is None else edition_numbered(one.edition)
        times = [
            rung.fire_at
            for clock in one.clocks
            if clock.get("due_at")
            for rung in rungs_for(clock["kind"], dt.datetime.fromisoformat(clock["due_at"]), books[key], tier)
        ]
        if times:
            nearest[case_id] = min(*times, nearest.get(case_id, times[0]))
    _look_by(nearest)


_LOOK_BY = """
INSERT INTO escalations_ladderwatch (case_id, next_at) VALUES (%s, %s)
ON CONFLICT (case_id) DO UPDATE SET next_at = excluded.next_at
WHERE escalations_ladderwatch.next_at IS NULL OR escalations_ladderwatch.next_at > excluded.next_at
"""


def _look_by(nearest: Mapping[UUID, dt.datetime]) -> None:
    """Set or bring forward the next look of each case, in one prepared statement: every opening pays for it."""
    if not nearest:
        return
    fields = {field.name: field for field in LadderWatch._meta.fields}
    values = [
        (
            fields["case"].get_db_prep_save(case_id, connection),
            fields["next_at"].get_db_prep_save(next_at, connection),
        )
        for case_id, next_at in nearest.items()
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_LOOK_BY, values)


def run_ladders(*, at: dt.datetime, limit: int = 200) -> int:
    """Settle every rung that has come due, each case in a transaction of its own; return how many that were.

    A late worker settles what it missed, in order; two workers never settle one rung twice.
    """
    settled = 0
    due = LadderWatch.objects.filter(next_at__lte=at).order_by("next_at").values_list("case_id", flat=True)
    for case_id in list(due[:limit]):
        settled += _settle_case(case_id, at)
    return settled


@verb
def _settle_case(case_id: UUID, at: dt.datetime) -> int:
    """Settle what is due on one case. Its row is locked first, and skipped where another worker has it."""
    taken = Case.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=case_id).first()
    if taken is None or not LadderWatch.objects.filter(case_id=case_id, next_at__lte=at).exists():
        return 0
    settled = 0
    for _round in range(MORE_THAN_ENOUGH):
        case = Case.objects.select_related("team", "queue", "thread", "customer").get(pk=case_id)
        due = [beside for beside in unsettled(case, at=at) if _comes_due(beside, at) <= at]
        if not due:
            break
        _settle(case, due[0], at)
        settled += 1
    _plan(case_id, at)
    return settled


def _comes_due(beside: Beside, at: dt.datetime) -> dt.datetime:
    """Return when a rung may be settled: its time, or where that was missed, not before people are at work."""
    fire_at = beside.rung.fire_at
    if beside.rung.step.ignores_hours or fire_at > at:
        return fire_at
    return max(fire_at, hours(beside.edition).next_open(at))


def _plan(case_id: UUID, at: dt.datetime) -> None:
    case = Case.objects.get(pk=case_id)
    open_rungs = [beside for beside in unsettled(case, at=at) if not beside.is_over]
    times = [_comes_due(beside, at) for beside in open_rungs]
    LadderWatch.objects.filter(case_id=case_id).update(next_at=min(times, default=None))


def _settle(case: Case, beside: Beside, at: dt.datetime) -> None:
    why = _why_skipped(case, beside, at)
    state = StepState.SKIPPED if why else StepState.FIRED
    entry = _skipped(case, beside, why, at) if why else _fire(case, beside, at)
    clock, rung = beside.clock, beside.rung
    LadderFire.objects.create(
        case=case, clock=clock.kind, epoch=clock.epoch, ladder=rung.ladder, step=rung.step.key, state=state, why=why,
        planned_at=rung.fire_at, settled_at=at, edition=clock.edition, entry=entry,
    )  # fmt: skip


def _why_skipped(case: Case, beside: Beside, at: dt.datetime) -> str:
    """Return why a rung is passed over, or "": case or clock have ended, its condition does not hold, nobody leads."""
    if not case.is_open:
        return "case_ended"
    if beside.is_over:
        return "clock_ended"
    known = {**facts_of(case, rules=beside.edition.rules, at=at).known, **_clock_facts(beside, at)}
    if not evaluate(beside.rung.step.condition, known).holds:
        return "condition"
    if beside.rung.step.act is Act.ASSIGN_LEAD:
        leads = _leads(case)
        return "no_lead" if not leads else "lead_has_it" if case.owner_id in leads else ""
    return ""


def _clock_facts(beside: Beside, at: dt.datetime) -> dict[str, FactValue]:
    clock = beside.clock
    left = 0 if clock.due_at is None else int((clock.due_at - at).total_seconds() // 60)
    return {
        "clock.kind": clock.kind,
        "clock.is_statutory": clock.family == Family.REGULATORY,
        "clock.minutes_left": left,
        "clock.is_paused": clock.paused_since is not None,
    }


def _leads(case: Case) -> list[UUID]:
    rows = Membership.objects.filter(team_id=case.team_id, is_lead=True, staff__is_active=True)
    return list(rows.order_by("staff__name").values_list("staff_id", flat=True))


def _fire(case: Case, beside: Beside, at: dt.datetime) -> Entry:
    clock, rung = beside.clock, beside.rung
    step = rung.step
    event = LadderFired(
        clock=clock.kind, epoch=clock.epoch, ladder=rung.ladder, step=step.key, act=step.act.value,
        tell=[whom.value for whom in step.tell], planned_at=iso(rung.fire_at),
    )  # fmt: skip
    entry = record(event, thread=case.thread, by=LADDER, at=at, edition=clock.edition)
    told: set[UUID | None] = set()
    if step.act is Act.RAISE_PRIORITY:
        grade(case.pk, priority=_raised(case), by=LADDER, at=at)
    elif step.act is Act.ASSIGN_LEAD:
        lead = _leads(case)[0]
        assign(case.pk, owner_id=lead, by=LADDER, at=at)
        told.add(lead)
    for whom in step.tell:
        told |= _people(case, whom)
    tell(
        told, NoticeKind.LADDER, case=case, entry=entry, at=at, clock=clock.kind, step=step.key,
        due_at=iso(clock.due_at) if clock.due_at else "",
    )  # fmt: skip
    return entry


def _raised(case: Case) -> Priority:
    order = list(Priority)
    return order[max(Priority(case.priority).rank - 1, 0)]


def _people(case: Case, whom: Whom) -> set[UUID | None]:
    if whom is Whom.OWNER:
        return {case.owner_id or case.contact_owner_id}
    if whom is Whom.TEAM_LEAD:
        return set(_leads(case))
    if whom is Whom.GATEKEEPERS:
        return set(holders_of(Permission.ESCALATION_GATE).values_list("pk", flat=True))
    return set(
        Membership.objects.filter(team_id=case.team_id, staff__is_active=True).values_list("staff_id", flat=True)
    )


def _skipped(case: Case, beside: Beside, why: str, at: dt.datetime) -> Entry:
    clock, rung = beside.clock, beside.rung
    event = LadderSkipped(
        clock=clock.kind, epoch=clock.epoch, ladder=rung.ladder, step=rung.step.key, why=why,
        planned_at=iso(rung.fire_at),
    )  # fmt: skip
    return record(event, thread=case.thread, by=LADDER, at=at, edition=clock.edition)
