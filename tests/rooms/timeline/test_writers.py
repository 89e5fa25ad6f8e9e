"""Many writers at once: every chain holds, and the tree takes each entry in its order however late it is committed."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from recourse.kit.actor import system
from recourse.kit.time import now
from recourse.timeline.actions import open_thread, record, seal
from recourse.timeline.actions.checkpoints import _whole
from recourse.timeline.models import Entry, Leaf, Thread
from recourse.timeline.queries import check_record
from tests.rooms.timeline.conftest import AT, boiled, write

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], Any]) -> None:
    """Run some work in threads of their own, all begun at once, and pass on what any of them raised."""
    barrier, raised = threading.Barrier(len(works)), []

    def run(work: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            work()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def test_writers_on_the_same_threads_never_break_a_chain_while_the_tree_is_sealed() -> None:
    shared = [open_thread("kettle").pk for _index in range(3)]

    def talk() -> None:
        for index in range(12):
            with transaction.atomic():
                thread = Thread.objects.get(pk=shared[index % 3])
                record(boiled(index), thread=thread, by=system("test"), at=AT, note="words")

    def sealing() -> None:
        for _turn in range(12):
            seal(limit=7)

    together(talk, talk, talk, talk, sealing)
    while seal():
        pass
    verdict = check_record(at=now(), key=None)
    assert (verdict.is_whole, verdict.entries, verdict.sealed) == (True, 48, 48), verdict.faults
    ordered = list(Leaf.objects.order_by("index").values_list("entry_id", flat=True))
    assert ordered == list(Entry.objects.order_by("position").values_list("position", flat=True))


@pytest.mark.postgres
def test_an_entry_that_is_committed_late_is_waited_for_and_not_passed_over(is_postgres: bool) -> None:
    if not is_postgres:
        pytest.skip("on SQLite writers take turns")
    early, late = open_thread("kettle"), open_thread("kettle")
    is_written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            record(boiled(), thread=late, by=system("test"), at=AT)
            is_written.set()
            may_commit.wait(20)

    def quick() -> None:
        is_written.wait(20)
        write(early, 3)
        assert seal() == 0
        assert seal() == 0
        may_commit.set()

    together(slow, quick)
    assert seal() == 4
    first = Leaf.objects.earliest("index")
    assert first.entry.thread_id == late.pk
    assert check_record(at=now(), key=None).is_whole


@pytest.mark.postgres
def test_entries_from_before_a_long_transaction_are_sealed_while_it_runs(is_postgres: bool) -> None:
    if not is_postgres:
        pytest.skip("on SQLite writers take turns")
    thread, is_begun, may_end = open_thread("kettle"), threading.Event(), threading.Event()

    def short() -> None:
        with transaction.atomic():
            open_thread("kettle")
            is_begun.set()
            may_end.wait(20)

    def work() -> None:
        is_begun.wait(20)
        write(thread, 2)
        assert seal() == 0  # looks, and remembers how far
        may_end.set()

    together(short, work)

    is_begun.clear()
    may_end.clear()

    def long() -> None:
        with transaction.atomic():
            open_thread("kettle")
            is_begun.set()
            may_end.wait(20)

    def seal_meanwhile() -> None:
        is_begun.wait(20)
        assert seal() == 2
        may_end.set()

    together(long, seal_meanwhile)


def test_the_numbers_of_transactions_are_told_apart_when_their_32_bits_begin_anew() -> None:
    turn = 1 << 32
    assert _whole(3, turn + 5) == turn + 3
    assert _whole(9, turn + 5) == turn + 9
    assert _whole(turn - 1, turn + 5) == turn - 1
    assert _whole(700, 705) == 700


@pytest.mark.postgres
def test_other_databases_of_the_same_server_do_not_hold_the_sealing_up(is_postgres: bool) -> None:
    if not is_postgres:
        pytest.skip("of PostgreSQL alone")
    kept = {**connection.get_connection_params(), "dbname": "postgres"}
    kept.pop("cursor_factory", None)
    kept.pop("context", None)
    write(open_thread("kettle"), 2)
    other = connection.Database.connect(**kept)
    try:
        other.execute("SELECT pg_current_xact_id()")
        assert seal() == 2
    finally:
        other.rollback()
        other.close()
