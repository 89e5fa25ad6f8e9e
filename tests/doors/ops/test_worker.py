"""The worker: does what is due, keeps the schedule, survives what fails, stops when told, is seen while it lives."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from recourse.kit.time import now
from recourse.ops import schedule
from recourse.ops import worker as working
from recourse.ops.schedule import Line, Ticker
from recourse.ops.worker import Worker, shared_now
from recourse.timeline.actions import claim_slot, finish_slot, plan_slots
from recourse.timeline.models import Slot
from recourse.timeline.models import Worker as WorkerRow
from recourse.timeline.queries import due_slots, slots, workers

HOUR = dt.timedelta(hours=1)
AT = dt.datetime(2027, 3, 1, 8, 0, 30, tzinfo=dt.UTC)


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a way to set what there is to do, for one test."""
    monkeypatch.setattr(schedule, "_tickers", [])
    monkeypatch.setattr(schedule, "_lines", {})

    def plugged(*, tickers: tuple[Ticker, ...] = (), lines: tuple[Line, ...] = ()) -> None:
        schedule.plug(tickers=tickers, lines=lines)

    return plugged


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Worker]]:
    """Return a way to start a worker in a thread; it is stopped at the end."""
    started: list[tuple[Worker, threading.Thread]] = []
    monkeypatch.setattr(working, "IDLE_SECONDS", 0.02)
    monkeypatch.setattr(working, "BEAT_SECONDS", 0.02)

    def start() -> Worker:
        worker = Worker(outside_threads=1)
        thread = threading.Thread(target=worker.run)
        thread.start()
        started.append((worker, thread))
        return worker

    yield start
    for worker, thread in started:
        worker.stop.set()
        thread.join(10)
        assert not thread.is_alive()


def wait_until(is_so: Callable[[], Any], within: float = 8.0) -> None:
    """Wait for something that another thread brings about."""
    clock = threading.Event()
    for _turn in range(int(within / 0.02)):
        if is_so():
            return
        clock.wait(0.02)
    pytest.fail("it did not come about")


@pytest.mark.django_db
def test_a_line_is_run_by_one_worker_and_again_only_at_its_next_time() -> None:
    plan_slots({"tidy": "0 * * * *"}, at=AT)
    assert due_slots(at=AT) == []
    later = AT + HOUR
    assert due_slots(at=later) == ["tidy"]
    lease = claim_slot(name="tidy", at=later)
    assert lease is not None
    assert claim_slot(name="tidy", at=later) is None
    assert due_slots(at=later) == []
    finish_slot(name="tidy", lease=lease, at=later)
    assert due_slots(at=later) == []
    assert Slot.objects.get().next_run_at == dt.datetime(2027, 3, 1, 10, 0, tzinfo=dt.UTC)


@pytest.mark.django_db
def test_times_missed_during_an_outage_are_not_made_up_for() -> None:
    plan_slots({"tidy": "* * * * *"}, at=AT)
    later = AT + 6 * HOUR
    lease = claim_slot(name="tidy", at=later)
    assert lease is not None
    finish_slot(name="tidy", lease=lease, at=later)
    assert Slot.objects.get().next_run_at == later.replace(minute=1, second=0)


@pytest.mark.django_db
def test_a_line_whose_worker_died_is_taken_after_its_lease_and_the_dead_one_cannot_finish_it() -> None:
    plan_slots({"tidy": "0 * * * *"}, at=AT)
    first = claim_slot(name="tidy", at=AT + HOUR)
    second = claim_slot(name="tidy", at=AT + 2 * HOUR)
    assert first is not None
    assert second is not None
    finish_slot(name="tidy", lease=first, at=AT + 2 * HOUR, error="late")
    assert Slot.objects.get().lease_until == second


@pytest.mark.django_db
def test_the_table_follows_the_schedule_in_code() -> None:
    plan_slots({"tidy": "0 * * * *", "gone": "0 0 * * *"}, at=AT)
    plan_slots({"tidy": "*/5 * * * *", "new": "0 0 * * *"}, at=AT)
    assert {slot.name: slot.cron for slot in slots()} == {"tidy": "*/5 * * * *", "new": "0 0 * * *"}
    assert Slot.objects.get(name="tidy").next_run_at == dt.datetime(2027, 3, 1, 8, 5, tzinfo=dt.UTC)


@pytest.mark.django_db(transaction=True)
def test_tickers_are_asked_lines_are_run_and_a_failing_one_stops_no_other(
    plug: Callable[..., None], running: Callable[[], Worker]
) -> None:
    asked, ran = threading.Event(), threading.Event()

    def fail(at: dt.datetime) -> int:
        raise ValueError("broken")

    plug(
        tickers=(Ticker("broken", fail), Ticker("sound", lambda at: int(asked.set() or 0))),
        lines=(Line("broken", "* * * * *", fail), Line("sound", "* * * * *", lambda at: ran.set())),
    )
    plan_slots({"broken": "* * * * *", "sound": "* * * * *"}, at=now() - HOUR)
    running()
    wait_until(asked.is_set)
    wait_until(ran.is_set)
    wait_until(lambda: Slot.objects.get(name="broken").last_error == "ValueError: broken")


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_seen_while_it_lives_and_says_that_it_stopped(
    plug: Callable[..., None], running: Callable[[], Worker]
) -> None:
    plug()
    started = shared_now()
    worker = running()
    wait_until(lambda: workers(seen_after=started))
    first = workers(seen_after=started)[0].seen_at
    wait_until(lambda: workers(seen_after=first))
    worker.stop.set()
    wait_until(lambda: WorkerRow.objects.get().stopped_at)
    assert workers(seen_after=started) == []


@pytest.mark.django_db(transaction=True)
def test_a_broken_connection_is_replaced(plug: Callable[..., None], running: Callable[[], Worker]) -> None:
    turns: list[int] = []

    def turn(at: dt.datetime) -> int:
        turns.append(1)
        if len(turns) == 1:
            connection.connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        turns.append(100)
        return 0

    plug(tickers=(Ticker("turn", turn),))
    running()
    wait_until(lambda: 100 in turns)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_told_to_stop_ends_what_it_does_and_no_more(
    plug: Callable[..., None], running: Callable[[], Worker]
) -> None:
    begun, may_end, told = threading.Event(), threading.Event(), []

    def slow(at: dt.datetime) -> int:
        begun.set()
        may_end.wait(5)
        told.append("ended")
        return 1

    plug(tickers=(Ticker("slow", slow), Ticker("next", lambda at: len(told.append("next") or ""))))  # type: ignore[func-returns-value]
    worker = running()
    begun.wait(5)
    worker.stop.set()
    may_end.set()
    wait_until(lambda: WorkerRow.objects.filter(stopped_at__isnull=False).exists())
    assert told == ["ended"]


def test_two_lines_of_one_name_are_a_mistake_in_the_house(plug: Callable[..., None]) -> None:
    line = Line("same", "* * * * *", lambda at: None)
    with pytest.raises(TypeError, match="same"):
        plug(lines=(line, line))


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_worker_on_a_machine_with_a_wrong_clock_goes_by_the_databases(
    monkeypatch: pytest.MonkeyPatch, is_postgres: bool
) -> None:
    if not is_postgres:
        pytest.skip("on SQLite there is one machine")
    true = now()
    monkeypatch.setattr(working, "now", lambda: true + 2 * HOUR)
    assert abs(shared_now() - true) < dt.timedelta(minutes=1)
