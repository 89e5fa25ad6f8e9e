"""What was promised for after the commit is done: once, again after a failure, by one worker, or it is a person's to see."""

import datetime as dt
import os
import random
import signal
import threading
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction

from recourse.kit.actor import system
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.ids import uuid7
from recourse.timeline import reactions
from recourse.timeline.actions import (
    claim,
    drop_delivery,
    open_thread,
    prune_deliveries,
    record,
    release,
    retry_delivery,
    run_delivery,
)
from recourse.timeline.events import Event, event_class
from recourse.timeline.models import Delivery, Entry, Thread
from recourse.timeline.policy import ATTEMPTS, DeliveryState
from recourse.timeline.queries import deliveries, outbox_counts
from recourse.timeline.reactions import Happened, Reaction
from tests.rooms.timeline.conftest import AT, boiled, staff, write

OPERATOR = staff("system:operate")
MINUTE = dt.timedelta(minutes=1)
Board = Callable[..., list[tuple[Event, Happened]]]


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Board:
    """Return a way to plug in a reaction to the kettle; it returns the list of what the reaction was told."""
    for name in ("_now", "_later"):
        monkeypatch.setattr(reactions, name, type(getattr(reactions, name))(list))
    monkeypatch.setattr(reactions, "_by_name", {})
    monkeypatch.setattr(reactions, "_subscribers", [])
    monkeypatch.setattr(reactions, "_carriers", {})

    def plug(act: Callable[[Event, Happened], Any] = lambda event, happened: None, *, is_outside: bool = False) -> Any:
        told: list[tuple[Event, Happened]] = []

        def whole(event: Event, happened: Happened) -> None:
            told.append((event, happened))
            act(event, happened)

        kettle = event_class("kettle.boiled")
        assert kettle is not None
        reactions.plug(now=[], later=[Reaction("kettle.whistle", (kettle,), whole, is_outside)])
        return told

    return plug


def fail(*_told: object) -> None:
    """Fail as a reaction may."""
    raise ValueError("no water")


def due(at: dt.datetime, *, limit: int = 20, is_outside: bool = False) -> list[Delivery]:
    """Claim what is due, at an instant counted from now, which is when entries were recorded."""
    return claim(at=at, limit=limit, is_outside=is_outside, worker="test")


def later(delivery: Delivery | None = None) -> dt.datetime:
    """Return an instant at which everything that was recorded is due."""
    return Entry.objects.latest("position").recorded_at + dt.timedelta(seconds=1)


@pytest.mark.django_db
def test_a_reaction_is_told_what_happened_once_and_marked(board: Board, thread: Thread) -> None:
    told = board()
    write(thread, 2, note="words")
    at = later()
    assert [run_delivery(delivery=delivery, at=at) for delivery in due(at)] == [True, True]
    assert due(at + 60 * MINUTE) == []
    assert [(event.payload(), happened.note, happened.by.id) for event, happened in told] == [
        ('{"degrees":0}', "words", "system:test"),
        ('{"degrees":1}', "words", "system:test"),
    ]
    assert set(Delivery.objects.values_list("state", "next_look_at", "done_at")) == {(DeliveryState.DONE, None, at)}


@pytest.mark.django_db
def test_a_failure_takes_back_its_effect_and_is_tried_again_later_and_later(board: Board, thread: Thread) -> None:
    board(lambda event, happened: (open_thread("effect"), fail()))
    write(thread)
    at, waits = later(), []
    for attempt in range(1, ATTEMPTS + 1):
        (delivery,) = due(at)
        assert not run_delivery(delivery=delivery, at=at)
        row = Delivery.objects.get()
        assert row.attempts == attempt
        assert "ValueError: no water" in row.error
        if row.next_look_at:
            waits.append(row.next_look_at - at)
            assert due(row.next_look_at - dt.timedelta(seconds=1)) == []
            at = row.next_look_at
    assert waits == sorted(waits)
    assert len(waits) == ATTEMPTS - 1
    assert Delivery.objects.get().state == DeliveryState.STUCK
    assert not Thread.objects.filter(kind="effect").exists()
    assert Entry.objects.filter(event="delivery.stuck").count() == 1


@pytest.mark.django_db
def test_a_claimed_delivery_is_nobody_elses_until_its_lease_ends(board: Board, thread: Thread) -> None:
    board()
    write(thread)
    at = later()
    (first,) = due(at)
    assert due(at + MINUTE) == []
    (second,) = due(at + 3 * MINUTE)
    assert not run_delivery(delivery=first, at=at + 3 * MINUTE)
    assert run_delivery(delivery=second, at=at + 3 * MINUTE)


@pytest.mark.django_db
@pytest.mark.parametrize("is_outside", [False, True])
def test_a_worker_that_lost_its_lease_neither_acts_nor_marks(board: Board, thread: Thread, is_outside: bool) -> None:
    told = board(is_outside=is_outside)
    write(thread)
    at = later()
    (first,) = due(at, is_outside=is_outside)
    (second,) = due(at + 3 * MINUTE, is_outside=is_outside)
    assert run_delivery(delivery=second, at=at + 3 * MINUTE)
    assert not run_delivery(delivery=first, at=at + 4 * MINUTE)
    assert len(told) == 1


@pytest.mark.django_db
def test_a_delivery_whose_worker_died_each_time_becomes_stuck_and_is_taken_alone(board: Board, thread: Thread) -> None:
    board()
    write(thread, 3)
    at = later()
    assert len(due(at)) == 3
    for _death in range(1, ATTEMPTS):
        at += 3 * MINUTE
        assert len(due(at)) == 1
    Delivery.objects.update(attempts=ATTEMPTS)
    assert due(at + 3 * MINUTE) == []
    assert outbox_counts(at=at).stuck >= 1


@pytest.mark.django_db
def test_what_leaves_the_machine_runs_outside_of_a_transaction_of_its_own(board: Board, thread: Thread) -> None:
    depth: list[int] = []
    board(lambda event, happened: depth.append(len(connection.savepoint_ids)), is_outside=True)
    write(thread)
    at = later()
    assert due(at) == []
    for delivery in due(at, is_outside=True):
        assert run_delivery(delivery=delivery, at=at)
    assert depth == [len(connection.savepoint_ids)]


@pytest.mark.django_db
def test_a_worker_that_stops_gives_back_what_it_has_not_started(board: Board, thread: Thread) -> None:
    board()
    write(thread, 2)
    at = later()
    release(taken=due(at), at=at)
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.WAITING, 0)}
    assert len(due(at)) == 2


@pytest.mark.django_db
def test_an_idle_look_is_one_question(board: Board, thread: Thread, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert due(AT) == []


def _stuck(board: Board, thread: Thread) -> Delivery:
    board(fail)
    write(thread)
    Delivery.objects.update(state=DeliveryState.STUCK, next_look_at=None, attempts=ATTEMPTS)
    return Delivery.objects.get()


@pytest.mark.django_db
def test_a_stuck_delivery_runs_again_when_an_operator_says_so_and_that_is_on_the_record(
    board: Board, thread: Thread
) -> None:
    delivery = _stuck(board, thread)
    retry_delivery(delivery_id=delivery.pk, by=OPERATOR, at=AT)
    assert Entry.objects.latest("position").event == "delivery.retried"
    assert Entry.objects.latest("position").actor_id == OPERATOR.id
    (again,) = due(AT)
    assert again.attempts == 1


@pytest.mark.django_db
def test_a_stuck_delivery_is_dropped_with_a_reason_that_stands_apart(board: Board, thread: Thread) -> None:
    delivery = _stuck(board, thread)
    drop_delivery(delivery_id=delivery.pk, by=OPERATOR, at=AT, reason="Ada says so")
    entry = Entry.objects.latest("position")
    assert (entry.event, entry.private.note) == ("delivery.dropped", "Ada says so")
    assert [row.pk for row in deliveries(viewer=OPERATOR, state=DeliveryState.DROPPED).rows] == [delivery.pk]
    with pytest.raises(Refused, match="state"):
        drop_delivery(delivery_id=delivery.pk, by=OPERATOR, at=AT)


@pytest.mark.django_db
def test_only_operators_retry_drop_or_list(board: Board, thread: Thread) -> None:
    delivery = _stuck(board, thread)
    for act in (retry_delivery, drop_delivery):
        with pytest.raises(Refused, match="system:operate"):
            act(delivery_id=delivery.pk, by=staff("case:read"), at=AT)
        with pytest.raises(NotVisible):
            act(delivery_id=uuid7(), by=OPERATOR, at=AT)
    with pytest.raises(Refused):
        deliveries(viewer=staff("case:read"))


@pytest.mark.django_db
def test_done_deliveries_go_after_a_month_and_no_other_does(board: Board, thread: Thread) -> None:
    board()
    write(thread, 3)
    at = later()
    first, second, _third = due(at)
    run_delivery(delivery=first, at=at - dt.timedelta(days=31))
    run_delivery(delivery=second, at=at)
    assert prune_deliveries(at=at) == 1
    assert Delivery.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_never_run_the_same_delivery(board: Board) -> None:
    lock, seen = threading.Lock(), []

    def act(event: Event, happened: Happened) -> None:
        with lock:
            seen.append(happened.position)
        open_thread("effect")

    board(act)
    thread = open_thread("kettle")
    write(thread, 60)
    at, barrier = later(), threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        while taken := claim(at=at, limit=4, worker="test"):
            for delivery in taken:
                run_delivery(delivery=delivery, at=at)
        connection.close()

    threads = [threading.Thread(target=work) for _index in range(4)]
    for started in threads:
        started.start()
    for started in threads:
        started.join()
    assert sorted(seen) == sorted(Entry.objects.values_list("position", flat=True))
    assert Thread.objects.filter(kind="effect").count() == 60
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DONE}


@pytest.mark.django_db(transaction=True)
def test_workers_killed_at_any_point_lose_nothing_and_do_nothing_twice(board: Board) -> None:
    rng = random.Random(1)

    def die(share: float) -> None:
        if rng.random() < share:
            os.kill(os.getpid(), signal.SIGKILL)

    def act(event: Event, happened: Happened) -> None:
        die(0.15)
        with transaction.atomic():
            effect = open_thread("effect")
            record(boiled(happened.position), thread=effect, by=system("test"), at=happened.at)
        die(0.15)

    board(act)
    thread = open_thread("kettle")
    write(thread, 60)
    first = list(Entry.objects.values_list("position", flat=True))
    at = recorded = later()
    deaths = 0
    wanted = Delivery.objects.filter(entry_id__in=first)
    while wanted.exclude(state=DeliveryState.DONE).exists():
        at += 3 * MINUTE
        connections.close_all()
        child = os.fork()
        if child == 0:
            rng.seed(str(at - recorded))
            _work_until_death(at, first, die)
        _pid, ended = os.waitpid(child, 0)
        assert os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) == 0
        deaths += os.WIFSIGNALED(ended)
        assert deaths < 500
    assert deaths >= 20
    effects = Entry.objects.exclude(position__in=first).filter(event="kettle.boiled").values_list("payload", flat=True)
    assert sorted(effects) == sorted(f'{{"degrees":{position}}}' for position in first)


def _work_until_death(at: dt.datetime, first: list[int], die: Callable[[float], None]) -> None:
    """Work in a forked process until nothing is due or a kill comes; never return to the test."""
    connection.connection = None  # a loop of the parent may hide one of its connections from close_all
    try:
        while taken := claim(at=at, limit=4, worker="test"):
            for delivery in taken:
                if delivery.entry_id in first:
                    run_delivery(delivery=delivery, at=at)
                    die(0.1)
                else:
                    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.DONE, next_look_at=None)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
