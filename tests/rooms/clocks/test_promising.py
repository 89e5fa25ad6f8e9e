"""Promises: who may give one, what becomes of it, what stays on the record."""

import datetime as dt

import pytest

from recourse.cases import actions as cases
from recourse.cases.models import Case, Hold
from recourse.clocks import actions as clocks
from recourse.clocks.models import Clock, Promise
from recourse.clocks.queries import promises_due, promises_of, verify_replay
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.timeline.models import Entry
from tests.cast import AT, SYSTEM, Cast
from tests.rooms.clocks.test_starting import told

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
WHAT = "A new kettle, sent by Friday"


@pytest.fixture
def case(cast: Cast) -> Case:
    opened = cast.open()
    clocks.start_for_case(opened, by=cast.by("ada"), at=AT)
    cases.take(opened.pk, by=cast.by("ada"), at=AT)
    return opened


def make(cast: Cast, case: Case, due_at: dt.datetime = AT + DAY) -> Promise:
    return clocks.make_promise(case.ref, what=WHAT, due_at=due_at, by=cast.by("ada"), at=AT)


def test_a_promise_has_words_a_giver_a_clock_and_holds_the_case(cast: Cast, case: Case) -> None:
    promise = make(cast, case)
    assert (promise.what, promise.given_by) == (WHAT, cast.staff["ada"])
    row = Clock.objects.get(case=case, kind="promise")
    assert (row.about, row.due_at, row.family) == (str(promise.pk), AT + DAY, "promise")
    assert Hold.objects.get(case=case).reason == "promise_open"
    assert verify_replay(case, at=AT) == []


def test_the_words_of_a_promise_stand_in_no_event(cast: Cast, case: Case) -> None:
    make(cast, case)
    assert not Entry.objects.filter(payload__contains="kettle").exists()
    assert Entry.objects.get(event="promise.made").private.note == WHAT


@pytest.mark.parametrize(("after", "state"), [(DAY, "kept"), (DAY + dt.timedelta(microseconds=1), "late")])
def test_a_promise_kept_at_its_time_is_in_time_and_after_it_late(
    cast: Cast, case: Case, after: dt.timedelta, state: str
) -> None:
    promise = clocks.keep_promise(make(cast, case).pk, by=cast.by("ben"), at=AT + after)
    assert (promise.state, promise.settled_by) == (state, cast.staff["ben"])
    assert Clock.objects.get(case=case, kind="promise").state == {"kept": "met", "late": "late"}[state]
    assert not Hold.objects.filter(case=case, lifted_at__isnull=True).exists()
    assert verify_replay(case, at=AT + 2 * DAY) == []


def test_a_broken_promise_says_why_and_a_withdrawn_one_counts_as_neither(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid):
        clocks.break_promise(make(cast, case).pk, why=" ", by=cast.by("ada"), at=AT + HOUR)
    clocks.break_promise(Promise.objects.get().pk, why="Out of stock", by=cast.by("ada"), at=AT + HOUR)
    other = make(cast, case)
    clocks.withdraw_promise(other.pk, why="The customer let us off", by=cast.by("ada"), at=AT + HOUR)
    assert [row.state for row in Clock.objects.filter(kind="promise").order_by("epoch")] == ["broken", "withdrawn"]
    assert sorted(promise.state for promise in promises_of(case)) == ["broken", "withdrawn"]


def test_moving_a_promise_does_not_wipe_out_the_time_that_was_missed(cast: Cast, case: Case) -> None:
    promise = make(cast, case)
    clocks.drain(at=AT + 2 * DAY)
    moved = clocks.move_promise(promise.pk, due_at=AT + 5 * DAY, why="Carrier late", by=cast.by("ada"), at=AT + 2 * DAY)
    assert moved.due_at == AT + 5 * DAY
    clocks.keep_promise(promise.pk, by=cast.by("ada"), at=AT + 3 * DAY)
    row = Clock.objects.get(case=case, kind="promise")
    assert (row.state, row.breached_at) == ("late", AT + DAY)
    clocks.drain(at=AT + 9 * DAY)
    assert [one["kind"] for one in told(case, "clock.breached")].count("promise") == 1


def test_a_promise_survives_the_end_of_the_case_it_stands_on(cast: Cast, case: Case) -> None:
    promise = make(cast, case)
    other = cast.open()
    clocks.start_for_case(other, by=SYSTEM, at=AT)
    cases.merge(case.pk, into=other.pk, by=cast.by("lea"), at=AT + HOUR)
    promise.refresh_from_db()
    assert (promise.case_id, promise.made_on_id) == (other.pk, case.pk)
    assert Clock.objects.get(case=other, kind="promise").about == str(promise.pk)
    clocks.keep_promise(promise.pk, by=cast.by("ada"), at=AT + 2 * HOUR)
    cases.unmerge(case.pk, by=cast.by("lea"), at=AT + 3 * HOUR)
    promise.refresh_from_db()
    assert promise.case_id == case.pk
    assert Clock.objects.get(case=case, kind="promise").state == "met"
    assert verify_replay(case, at=AT + 4 * HOUR) + verify_replay(other, at=AT + 4 * HOUR) == []


def test_who_may_not_promise_or_see_the_case_does_neither(cast: Cast, case: Case) -> None:
    with pytest.raises(Refused) as refusal:
        clocks.make_promise(case.ref, what=WHAT, due_at=AT + DAY, by=cast.by("ana"), at=AT)
    assert refusal.value.is_permission
    with pytest.raises(NotVisible):
        clocks.make_promise("RC-999999", what=WHAT, due_at=AT + DAY, by=cast.by("ada"), at=AT)
    promise = make(cast, case)
    Case.objects.filter(pk=case.pk).update(is_restricted=True)
    with pytest.raises(NotVisible):
        clocks.keep_promise(promise.pk, by=cast.by("ben"), at=AT)


def test_a_promise_about_the_past_or_one_that_is_settled_is_refused(cast: Cast, case: Case) -> None:
    with pytest.raises(Refused) as refusal:
        make(cast, case, due_at=AT)
    assert refusal.value.code == "promise.past"
    promise = make(cast, case)
    with pytest.raises(Stale):
        clocks.keep_promise(promise.pk, by=cast.by("ada"), at=AT, seen=7)
    clocks.keep_promise(promise.pk, by=cast.by("ada"), at=AT + HOUR)
    with pytest.raises(Refused) as again:
        clocks.keep_promise(promise.pk, by=cast.by("ada"), at=AT + HOUR)
    assert again.value.code == "promise.settled"


def test_promises_due_are_listed_by_time_for_those_who_may_see_them(cast: Cast, case: Case) -> None:
    later = make(cast, case, due_at=AT + 2 * DAY)
    sooner = make(cast, case, due_at=AT + DAY)
    make(cast, case, due_at=AT + 9 * DAY)
    assert promises_due(cast.by("lea"), until=AT + 3 * DAY) == [sooner, later]
    assert promises_due(cast.by("dan"), until=AT + 3 * DAY) == []
