"""The ladder beside a clock: each rung once, in order, its condition asked when it fires, never at night."""

import datetime as dt
from typing import Any

import pytest

from recourse.cases.actions import resolve
from recourse.cases.models import Case
from recourse.clocks.models import Clock
from recourse.escalations import actions, queries
from recourse.escalations.models import LadderFire, LadderWatch
from recourse.kit.time import iso
from recourse.timeline.models import Entry
from tests.cast import AT
from tests.rooms.escalations.conftest import BREACH, Desk

DAY = dt.timedelta(days=1)


def watched(desk: Desk, **given: Any) -> Case:
    """Open a case whose ladders are watched, as the switchboard would."""
    case = desk.case(**given)
    watch(case)
    return case


def watch(case: Case) -> None:
    clocks = [
        {"kind": clock.kind, "due_at": iso(clock.due_at)} for clock in Clock.objects.filter(case=case) if clock.due_at
    ]
    actions.watch(thread_id=case.thread_id, clocks=clocks, at=AT)


def fired(case: Case, clock: str) -> list[tuple[str, str]]:
    rows = LadderFire.objects.filter(case=case, clock=clock).order_by("entry_id")
    return [(row.step, row.state) for row in rows]


def test_nothing_fires_before_its_time(desk: Desk) -> None:
    case = watched(desk)
    first = LadderWatch.objects.get(case=case).next_at
    due = Clock.objects.get(case=case, kind="first_response").due_at
    assert first == due - dt.timedelta(minutes=15)
    assert actions.run_ladders(at=first - dt.timedelta(seconds=1)) == 0
    assert not LadderFire.objects.exists()


def test_each_rung_fires_once_however_often_the_worker_looks(desk: Desk) -> None:
    case = watched(desk)
    due = Clock.objects.get(case=case, kind="first_response").due_at
    assert due is not None
    assert actions.run_ladders(at=due - dt.timedelta(minutes=10)) == 1
    assert actions.run_ladders(at=due - dt.timedelta(minutes=10)) == 0
    assert fired(case, "first_response") == [("remind_owner", "fired")]
    (told,) = queries.unread(desk.cast.by("ada"))
    assert (told.notice.kind, told.notice.words["clock"]) == ("ladder", "first_response")


def test_a_worker_that_was_away_settles_everything_missed_in_order(desk: Desk) -> None:
    case = watched(desk, severity="high")
    actions.run_ladders(at=AT + 3 * DAY + dt.timedelta(hours=4))
    assert fired(case, "first_response") == [("remind_owner", "fired"), ("late", "fired"), ("raise", "fired")]
    rows = list(LadderFire.objects.filter(case=case).order_by("entry_id"))
    assert [row.planned_at for row in rows] == sorted(row.planned_at for row in rows)
    assert all(row.settled_at == AT + 3 * DAY + dt.timedelta(hours=4) for row in rows)
    case.refresh_from_db()
    assert case.priority == "urgent"


def test_a_condition_that_does_not_hold_is_logged_as_skipped_and_never_asked_again(desk: Desk) -> None:
    case = watched(desk, severity="medium")
    actions.run_ladders(at=AT + 2 * DAY)
    assert ("raise", "skipped") in fired(case, "first_response")
    entry = Entry.objects.get(event="ladder.skipped", payload__contains="first_response")
    assert '"why":"condition"' in entry.payload
    Case.objects.filter(pk=case.pk).update(severity="high")
    before = LadderFire.objects.filter(clock="first_response").count()
    LadderWatch.objects.update(next_at=AT)
    actions.run_ladders(at=AT + 2 * DAY)
    assert LadderFire.objects.filter(clock="first_response").count() == before


def test_nothing_fires_at_night_unless_it_says_so(desk: Desk) -> None:
    case = watched(desk)
    desk.ask(case, BREACH)
    watch(case)
    midnight = dt.datetime(2026, 3, 4, 0, 0, 1, tzinfo=dt.UTC)
    assert Clock.objects.get(case=case, kind="gdpr_breach_72_hours").due_at == midnight.replace(second=0)
    actions.run_ladders(at=midnight)
    assert fired(case, "gdpr_breach_72_hours") == [("late", "fired")]
    assert fired(case, "first_response") == []
    case.refresh_from_db()
    assert case.owner == desk.cast.staff["lea"]
    actions.run_ladders(at=midnight.replace(hour=9, minute=30))
    assert [step for step, _state in fired(case, "first_response")][:2] == ["remind_owner", "late"]


def test_after_a_clock_ended_its_later_rungs_never_come_due(desk: Desk) -> None:
    case = watched(desk)
    resolved_at = AT + dt.timedelta(hours=1)
    resolve(case.ref, reason="withdrawn", by=desk.cast.by("ada"), at=resolved_at)
    Clock.objects.filter(case=case).update(state="met", ended_at=resolved_at, next_look_at=None, breached_at=None)
    actions.run_ladders(at=AT + 10 * DAY)
    assert not LadderFire.objects.filter(state="fired").exists()
    assert LadderWatch.objects.get(case=case).next_at is None


def test_a_due_time_that_moves_forward_is_looked_at_in_time(desk: Desk) -> None:
    case = watched(desk)
    before = LadderWatch.objects.get(case=case).next_at
    assert before is not None
    soon = AT + dt.timedelta(minutes=30)
    actions.watch(thread_id=case.thread_id, clocks=[{"kind": "resolution", "due_at": iso(soon)}], at=AT)
    assert LadderWatch.objects.get(case=case).next_at < before
    later = [{"kind": "resolution", "due_at": iso(AT + 9 * DAY)}]
    actions.watch(thread_id=case.thread_id, clocks=later, at=AT)
    assert LadderWatch.objects.get(case=case).next_at < before


def test_a_lead_who_has_it_already_is_not_called_again(desk: Desk) -> None:
    case = watched(desk, owner="lea", severity="high")
    actions.run_ladders(at=AT + 11 * DAY)
    assert ("lead_takes_over", "skipped") in fired(case, "resolution")


@pytest.mark.parametrize("count", [1, 3])
def test_an_idle_look_asks_one_question(desk: Desk, count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        watched(desk)
    with django_assert_num_queries(1):
        actions.run_ladders(at=AT)
