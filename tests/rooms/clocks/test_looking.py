"""The worker's look: warnings and breaches once, whoever looks, however late."""

import datetime as dt
import threading

import pytest
from django.db import connection

from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.clocks import actions as clocks
from recourse.clocks.actions import looking
from recourse.clocks.models import Clock
from recourse.clocks.queries import verify_replay
from recourse.conversations import actions as conversations
from recourse.timeline.models import Entry
from tests.cast import AT, SYSTEM, Cast, make_cast
from tests.rooms.clocks.test_starting import told

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case of high severity: first response in an hour, warned at 30 and at 48 minutes."""
    opened = cast.open(severity="high")
    clocks.start_for_case(opened, by=cast.by("ada"), at=AT)
    return opened


def first_response(case: Case, event: str) -> list[dict[str, object]]:
    return [one for one in told(case, event) if one["kind"] == "first_response"]


def test_each_share_warns_once_and_the_due_time_breaches_once(case: Case) -> None:
    for minutes in range(0, 180, 6):
        clocks.drain(at=AT + minutes * MINUTE)
        clocks.drain(at=AT + minutes * MINUTE)
    assert [one["percent"] for one in first_response(case, "clock.warned")] == [50, 80]
    assert len(first_response(case, "clock.breached")) == 1
    assert Clock.objects.get(case=case, kind="first_response").state == "breached"


def test_nothing_is_told_at_the_due_instant_itself(case: Case) -> None:
    clocks.drain(at=AT + HOUR)
    assert not first_response(case, "clock.breached")
    clocks.drain(at=AT + HOUR + dt.timedelta(microseconds=1))
    assert first_response(case, "clock.breached")


def test_a_worker_that_was_away_tells_each_missed_thing_once_with_both_times(case: Case) -> None:
    seen = AT + 9 * HOUR
    clocks.drain(at=seen)
    warned, (breach,) = first_response(case, "clock.warned"), first_response(case, "clock.breached")
    assert [one["percent"] for one in warned] == [50, 80]
    assert breach["due_at"] == "2026-03-02T11:00:00.000000Z"
    assert breach["noticed_at"] == "2026-03-02T19:00:00.000000Z"
    row = Clock.objects.get(case=case, kind="first_response")
    assert (row.breached_at, row.breach_seen_at) == (AT + HOUR, seen)
    assert verify_replay(case, at=seen) == []


def test_a_late_answer_before_any_look_still_breached_and_is_told(cast: Cast, case: Case) -> None:
    late = AT + 2 * HOUR
    conversations.reply(case_ref=case.ref, text="Sorry.", by=cast.by("ada"), at=late, can_undo=False)
    assert Clock.objects.get(case=case, kind="first_response").state == "late"
    clocks.drain(at=late + MINUTE)
    (breach,) = first_response(case, "clock.breached")
    assert breach["is_ended"] is True
    assert not first_response(case, "clock.warned")
    assert clocks.look(at=late + MINUTE) == 0


def test_a_clock_that_was_met_is_never_looked_at(cast: Cast, case: Case) -> None:
    conversations.reply(case_ref=case.ref, text="Yes.", by=cast.by("ada"), at=AT + MINUTE, can_undo=False)
    clocks.drain(at=AT + 2 * HOUR)
    assert not first_response(case, "clock.warned")
    assert not first_response(case, "clock.breached")


def test_a_paused_clock_warns_of_nothing_and_runs_on_when_its_waits_used_up_their_limit(cast: Cast, case: Case) -> None:
    cases.take(case.pk, by=cast.by("ada"), at=AT)
    asked = conversations.reply(case_ref=case.ref, text="Which?", by=cast.by("ada"), at=AT, can_undo=False)
    cases.wait(case.pk, reason="customer_answer", question_message_id=asked.pk, by=cast.by("ada"), at=AT + HOUR)
    row = Clock.objects.get(case=case, kind="resolution")
    assert (row.state, row.next_look_at) == ("paused", row.resumes_at)
    clocks.drain(at=AT + dt.timedelta(days=20))
    row.refresh_from_db()
    assert row.state == "paused"
    assert row.resumes_at is not None
    clocks.drain(at=row.resumes_at + MINUTE)
    row.refresh_from_db()
    assert (row.state, row.paused_seconds) == ("running", 15 * 8 * 3600)
    assert row.due_at is not None
    clocks.drain(at=row.due_at + MINUTE)
    assert [one["kind"] for one in told(case, "clock.breached")].count("resolution") == 1
    assert verify_replay(case, at=row.due_at + MINUTE) == []


def test_an_idle_look_is_one_question(case: Case, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert clocks.look(at=AT + MINUTE) == 0


def test_a_look_takes_at_most_its_limit_the_longest_due_first(cast: Cast) -> None:
    for minutes in (3, 1, 2):
        opened = cast.open(severity="high", at=AT + minutes * MINUTE)
        clocks.start_for_case(opened, by=SYSTEM, at=AT + minutes * MINUTE)
    assert clocks.look(at=AT + 40 * MINUTE, limit=1) == 1
    (entry,) = Entry.objects.filter(event="clock.warned").select_related("thread")
    assert Case.objects.get(thread=entry.thread).opened_at == AT + MINUTE


def test_a_share_that_a_harder_target_makes_past_is_told_once_for_the_highest(cast: Cast, case: Case) -> None:
    clocks.drain(at=AT + 35 * MINUTE)
    Case.objects.filter(pk=case.pk).update(severity="critical")
    clocks.retarget(thread_id=case.thread_id, by=SYSTEM, at=AT + 36 * MINUTE)
    clocks.drain(at=AT + 37 * MINUTE)
    assert [one["percent"] for one in first_response(case, "clock.warned")] == [50]
    assert len(first_response(case, "clock.breached")) == 1


def test_a_look_that_dies_half_way_tells_nothing_and_the_next_tells_all(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(looking, "_mark_breached", lambda rows, at: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            clocks.look(at=AT + 2 * HOUR)
    assert not Entry.objects.filter(event__in=["clock.warned", "clock.breached"]).exists()
    clocks.look(at=AT + 2 * HOUR)
    assert len(first_response(case, "clock.breached")) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_everything_exactly_once() -> None:
    cast = make_cast()
    opened = [cast.open(f"Case {number}", severity="high") for number in range(40)]
    clocks.start_for_cases(opened, by=SYSTEM, at=AT)
    start, failed = threading.Barrier(4), []

    def work() -> None:
        try:
            start.wait()
            for _round in range(12):
                clocks.look(at=AT + 3 * HOUR, limit=7)
        except Exception as error:  # shown below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    clocks.drain(at=AT + 3 * HOUR)
    for event, times in (("clock.breached", 40), ("clock.warned", 80)):
        assert Entry.objects.filter(event=event, payload__contains='"kind":"first_response"').count() == times
