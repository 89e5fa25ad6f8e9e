"""Who is shown which entry, in which words; the search of the record; the proof of an entry."""

import datetime as dt
from uuid import UUID

import pytest
from django.db import transaction

from recourse.kit.actor import Actor, customer, system
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.timeline.actions import open_thread, record, seal, shred, sign_checkpoint
from recourse.timeline.models import Entry, Leaf, Thread
from recourse.timeline.policy import Audience, audiences_for, proves_inclusion
from recourse.timeline.queries import (
    Search,
    consistency,
    line_at,
    newest_position,
    position_at,
    prove,
    search_record,
    thread_lines,
)
from tests.rooms.timeline.conftest import AT, boiled, staff, watched, write
from tests.rooms.timeline.test_verify import KEY, as_superuser

pytestmark = pytest.mark.django_db
READER = staff("record:read")


@pytest.mark.parametrize(
    ("is_customer", "rights", "is_named_reader", "expected"),
    [
        (True, {"case:read_restricted"}, True, {"customer"}),
        (False, set(), False, {"customer", "desk"}),
        (False, {"escalation:gate"}, False, {"customer", "desk", "advanced"}),
        (False, {"record:read"}, False, {"customer", "desk", "advanced"}),
        (False, {"case:read_restricted"}, False, {"customer", "desk", "restricted"}),
        (False, set(), True, {"customer", "desk", "advanced", "restricted"}),
    ],
)
def test_audiences_follow_kind_rights_and_being_named(
    is_customer: bool, rights: set[str], is_named_reader: bool, expected: set[str]
) -> None:
    found = audiences_for(is_customer=is_customer, is_system=False, rights=rights, is_named_reader=is_named_reader)
    assert found == expected


def _mixed(thread: Thread) -> None:
    with transaction.atomic():
        record(boiled(1), thread=thread, by=system("test"), at=AT, note="warm words")
        record(watched(2), thread=thread, by=system("test"), at=AT)


def test_a_restricted_entry_is_shown_to_named_readers_and_not_to_the_desk(thread: Thread) -> None:
    _mixed(thread)
    assert [line.event for line in thread_lines([thread.pk], viewer=staff()).rows] == ["kettle.boiled"]
    named = thread_lines([thread.pk], viewer=staff(), is_named_reader=True)
    assert [line.sentence for line in named.rows] == ["watched the kettle for 2 minutes", "boiled water at 1 degrees"]


def test_a_customer_sees_neither_the_desks_entries_nor_any_note(thread: Thread) -> None:
    _mixed(thread)
    assert thread_lines([thread.pk], viewer=customer(UUID(int=1), case_id=UUID(int=2))).rows == []


def test_staff_read_the_note_until_it_is_shredded(thread: Thread) -> None:
    entry = write(thread, 1, note="warm words")[0]
    assert thread_lines([thread.pk], viewer=staff()).rows[0].note == "warm words"
    shred(position=entry.position, by=system("test"), at=AT)
    line = line_at(entry.position, viewer=staff("case:read"))
    assert line is not None
    assert (line.note, line.is_shredded) == ("", True)


def test_in_the_whole_record_words_are_for_those_who_may_read_cases(thread: Thread) -> None:
    entry = write(thread, 1, note="warm words")[0]
    for viewer, note in ((staff("record:read"), ""), (staff("record:read", "case:read"), "warm words")):
        line = line_at(entry.position, viewer=viewer)
        assert line is not None
        assert line.note == note
        assert search_record(Search(), viewer=viewer, hidden_threads=[]).rows[0].note == note


def test_pages_hold_every_entry_once_and_cost_the_same(thread: Thread, django_assert_num_queries: object) -> None:
    write(thread, 25)
    numbers, cursor = [], None
    for _page in range(3):
        with django_assert_num_queries(1):  # type: ignore[operator]
            lines = thread_lines([thread.pk], viewer=staff(), cursor=cursor, size=10)
        numbers += [line.number for line in lines.rows]
        cursor = lines.next_cursor
    assert numbers == list(range(25, 0, -1))
    assert cursor is None
    with pytest.raises(Invalid):
        thread_lines([thread.pk], viewer=staff(), cursor="bogus")


def test_an_event_of_another_version_is_shown_by_its_name(thread: Thread) -> None:
    entry = write(thread)[0]
    as_superuser(f"UPDATE timeline_entry SET event = 'teapot.broken' WHERE position = {entry.position}")
    line = line_at(entry.position, viewer=staff())
    assert line is not None
    assert "teapot.broken" in line.sentence


def test_the_newest_position_is_the_newest_that_the_viewer_may_see(thread: Thread) -> None:
    _mixed(thread)
    positions = list(Entry.objects.order_by("position").values_list("position", flat=True))
    assert newest_position([thread.pk], viewer=staff()) == positions[0]
    assert newest_position([thread.pk], viewer=system("test")) == positions[1]
    assert newest_position([UUID(int=9)], viewer=staff()) == 0


def test_the_record_is_searched_by_event_actor_thread_and_kind(thread: Thread) -> None:
    _mixed(thread)
    other = open_thread("teapot")
    write(other, 2, by=Actor(kind=staff().kind, id="staff:ada"))
    found = lambda **wanted: len(search_record(Search(**wanted), viewer=READER, hidden_threads=[]).rows)  # noqa: E731
    assert found() == 3
    assert found(event="kettle.boiled") == 3
    assert found(actor_id="staff:ada") == 2
    assert found(thread_id=thread.pk) == 1
    assert found(thread_kind="teapot") == 2
    assert found(event="no.such") == 0


def test_the_record_is_searched_by_the_time_of_recording(thread: Thread) -> None:
    entries = write(thread, 3)
    middle = entries[1].recorded_at
    assert position_at(middle) == entries[1].position
    window = Search(from_at=middle, until_at=entries[2].recorded_at)
    found = search_record(window, viewer=READER, hidden_threads=[])
    assert [line.number for line in found.rows] == [2]
    assert position_at(middle + dt.timedelta(days=1)) == entries[2].position + 1


def test_hidden_threads_leave_no_trace_in_a_search(thread: Thread) -> None:
    write(thread, 3)
    assert search_record(Search(), viewer=READER, hidden_threads=[thread.pk]).rows == []


def test_the_record_is_searched_only_with_the_right_to_it(thread: Thread) -> None:
    with pytest.raises(Refused):
        search_record(Search(), viewer=staff("case:read"), hidden_threads=[])


def test_an_entry_is_proved_by_a_path_that_an_outsider_can_check(thread: Thread) -> None:
    entries = write(thread, 600)
    seal()
    sign_checkpoint(key=KEY, at=AT)
    for entry in (entries[0], entries[255], entries[256], entries[599]):
        proof = prove(entry.position, viewer=READER)
        path = [bytes.fromhex(step) for step in proof.path]
        assert proof.holds
        assert proof.index is not None
        assert proof.size == 600
        assert proves_inclusion(bytes.fromhex(proof.entry_hash), proof.index, 600, path, bytes.fromhex(proof.root))


def test_an_entry_that_was_changed_is_not_proved(thread: Thread) -> None:
    entry = write(thread, 3)[1]
    seal()
    sign_checkpoint(key=KEY, at=AT)
    as_superuser(f"UPDATE timeline_entry SET payload = '{{}}' WHERE position = {entry.position}")
    assert not prove(entry.position, viewer=READER).holds


def test_an_entry_without_a_checkpoint_is_not_proved_and_says_so(thread: Thread) -> None:
    entry = write(thread)[0]
    assert not prove(entry.position, viewer=READER).is_sealed
    seal()
    assert not prove(entry.position, viewer=READER).is_sealed
    sign_checkpoint(key=KEY, at=AT)
    assert prove(entry.position, viewer=READER).is_sealed
    with pytest.raises(NotVisible):
        prove(10_000_000, viewer=READER)
    with pytest.raises(Refused):
        prove(entry.position, viewer=staff())


def test_a_proof_of_a_long_record_costs_few_look_ups(thread: Thread, django_assert_max_num_queries: object) -> None:
    entries = write(thread, 1_000)
    seal()
    sign_checkpoint(key=KEY, at=AT)
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        assert prove(entries[500].position, viewer=READER).holds
    assert consistency(100, 1_000, viewer=READER)
    assert Leaf.objects.count() == 1_000


def test_every_audience_is_named_in_the_order_of_its_width() -> None:
    assert list(Audience) == ["customer", "desk", "advanced", "restricted"]
