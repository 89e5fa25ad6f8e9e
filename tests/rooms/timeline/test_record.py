"""Entries are numbered, chained and written with what they tell of, or not at all."""

import pytest
from django.db import transaction

from recourse.kit.actor import system
from recourse.kit.errors import Refused
from recourse.timeline.actions import Happening, open_thread, record, record_many, shred
from recourse.timeline.models import Entry, Private, Thread
from recourse.timeline.policy import thread_start
from tests.rooms.timeline.conftest import AT, boiled, write

pytestmark = pytest.mark.django_db


def test_entries_of_a_thread_are_numbered_and_each_is_chained_to_the_one_before(thread: Thread) -> None:
    write(thread, 3)
    entries = list(Entry.objects.order_by("position"))
    assert [entry.number for entry in entries] == [1, 2, 3]
    previous = thread_start(str(thread.pk), "kettle")
    for entry in entries:
        assert bytes(entry.hash) == entry.expected_hash(previous)
        previous = bytes(entry.hash)
    thread.refresh_from_db()
    assert (thread.last_number, bytes(thread.last_hash)) == (3, previous)


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    thread = open_thread("kettle")
    with pytest.raises(RuntimeError):
        record(boiled(), thread=thread, by=system("test"), at=AT)
    assert not Entry.objects.exists()


def test_a_stale_thread_object_does_not_break_the_chain(thread: Thread) -> None:
    stale = Thread.objects.get(pk=thread.pk)
    write(thread, 2)
    write(stale, 2)
    assert sorted(Entry.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_stale_threads_among_many_do_not_break_their_chains() -> None:
    threads = [open_thread("kettle") for _index in range(12)]
    stale = [Thread.objects.get(pk=thread.pk) for thread in threads]
    write(threads[3], 2)
    record_many([Happening(boiled(index), thread, system("test"), AT) for index, thread in enumerate(stale)])
    numbers = Entry.objects.filter(thread=threads[3]).order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3]
    for thread in Thread.objects.all():
        previous = thread_start(str(thread.pk), "kettle")
        for entry in Entry.objects.filter(thread=thread).order_by("number"):
            assert bytes(entry.hash) == entry.expected_hash(previous)
            previous = bytes(entry.hash)
        assert bytes(thread.last_hash) == previous


def test_many_threads_move_on_without_being_read_again(django_assert_max_num_queries: object) -> None:
    threads = [open_thread("kettle") for _index in range(12)]
    for _round in range(2):
        with django_assert_max_num_queries(16):  # type: ignore[operator]
            record_many([Happening(boiled(index), thread, system("test"), AT) for index, thread in enumerate(threads)])
    assert [thread.last_number for thread in threads] == [2] * 12


def test_a_savepoint_taken_back_does_not_leave_a_false_head(thread: Thread) -> None:
    other = Thread.objects.get(pk=thread.pk)
    with transaction.atomic():
        savepoint = transaction.savepoint()
        write(thread, 1)
        transaction.savepoint_rollback(savepoint)
    write(other, 1)
    write(thread, 1)
    first, second = Entry.objects.order_by("position")
    assert bytes(second.hash) == second.expected_hash(bytes(first.hash))


def test_many_entries_on_many_threads_cost_a_handful_of_statements(django_assert_max_num_queries: object) -> None:
    threads = [open_thread("kettle") for _index in range(3)]
    happenings = [Happening(boiled(i), threads[i % 3], system("test"), AT, note="x" * (i % 2)) for i in range(30)]
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        entries = record_many(happenings)
    assert [entry.number for entry in entries[:6]] == [1, 1, 1, 2, 2, 2]
    assert Private.objects.count() == 15


def test_a_shredded_note_is_gone_and_the_destruction_is_on_the_record(thread: Thread) -> None:
    entry = write(thread, 1, note="she said it was cold")[0]
    shred(position=entry.position, by=system("test"), at=AT)
    private = Private.objects.get(pk=entry.position)
    assert (private.note, private.salt, private.shredded_at) == ("", None, AT)
    assert Entry.objects.latest("position").event == "note.shredded"


def test_a_note_is_shredded_once_and_only_where_there_is_one(thread: Thread) -> None:
    with_note, without = write(thread, 1, note="words")[0], write(thread, 1)[0]
    shred(position=with_note.position, by=system("test"), at=AT)
    for position in (with_note.position, without.position, 10_000):
        with pytest.raises(Refused, match="note"):
            shred(position=position, by=system("test"), at=AT)
