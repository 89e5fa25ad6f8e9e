"""A case from first contact to the end: owners, waits, holds, and what each verb costs."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recourse.cases import actions
from recourse.cases.models import Case, Wait
from recourse.cases.policy import FAR, Channel, Impact, Priority, Severity, Stage, Tier
from recourse.kit.errors import Invalid, Refused, Stale
from recourse.search.models import Document
from recourse.timeline.models import Entry
from tests.cast import AT, SYSTEM, Cast
from tests.rooms.cases.verbs import QUESTION, VERBS, WITHOUT_SEEN, at_stage, fresh

LATER = AT + dt.timedelta(hours=3)


def events(case: Case) -> list[str]:
    """Return the names of what happened to a case, in order."""
    return list(Entry.objects.filter(thread=case.thread).order_by("number").values_list("event", flat=True))


def test_a_case_is_worked_from_opening_to_closing(cast: Cast) -> None:
    case, ada = cast.open(), cast.by("ada")
    actions.take(case.ref, by=ada, at=AT)
    actions.touch_activity(case.pk, at=LATER, is_answer=True)
    actions.resolve(case.ref, reason="solved", by=ada, at=LATER, note="Sent a new one")
    actions.close(case.ref, by=ada, at=LATER)
    again = fresh(case)
    assert again.stage == "closed"
    assert again.owner == again.contact_owner == cast.staff["ada"]
    assert again.close_reason == "solved"
    assert events(case) == ["case.opened", "case.assigned", "case.started", "case.resolved", "case.closed"]
    assert Entry.objects.get(thread=case.thread, event="case.resolved").edition == cast.edition.number
    assert Entry.objects.get(thread=case.thread, event="case.resolved").private.note == "Sent a new one"


def test_opening_takes_a_handful_of_statements_however_many_cases(cast: Cast) -> None:
    by = cast.by("ada")
    for count in (1, 25):
        news = [
            actions.NewCase(subject=f"Case {index}", channel=Channel.API, queue=cast.queue("care"), customer=cast.jane)
            for index in range(count)
        ]
        with CaptureQueriesContext(connection) as seen:
            opened = actions.open_cases(news, by=by, at=AT)
        statements = [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]
        heads = [sql for sql in statements if "UPDATE" in sql and "timeline_thread" in sql]
        assert len(statements) - len(heads) <= 6, statements
        assert len({case.number for case in opened}) == count
        assert Document.objects.filter(case_id__in=[case.pk for case in opened]).count() == count


def test_a_case_keeps_when_it_was_received_and_refuses_the_future(cast: Cast) -> None:
    received = AT - dt.timedelta(days=3)
    assert cast.open(received_at=received).received_at == received
    with pytest.raises(Invalid):
        cast.open(received_at=LATER)


def test_an_empty_or_endless_subject_is_refused_by_name(cast: Cast) -> None:
    for subject in ("", " \u200b ", "x" * 301):
        with pytest.raises(Invalid) as caught:
            cast.open(subject)
        assert "subject" in caught.value.fields
    assert cast.open("two\r\nBcc: lines\x00").subject == "two Bcc: lines"


def test_on_the_front_line_the_contact_goes_with_the_case_and_above_it_stays(cast: Cast) -> None:
    case = cast.open()
    actions.take(case.pk, by=cast.by("ada"), at=AT)
    assert actions.assign(case.pk, owner_id=cast.staff["ben"].pk, by=cast.by("ada"), at=AT).contact_owner_id == (
        cast.staff["ben"].pk
    )
    lea, rosa = cast.by("lea"), cast.by("rosa")
    actions.transfer(case.pk, queue=cast.queue("resolution-1"), tier=Tier.TIER_1, by=lea, at=AT)
    taken = actions.take(case.pk, by=rosa, at=AT)
    assert (taken.owner_id, taken.contact_owner_id) == (cast.staff["rosa"].pk, cast.staff["ben"].pk)
    handed = actions.hand_contact(case.pk, staff_id=cast.staff["rosa"].pk, by=rosa, at=AT)
    assert handed.contact_owner_id == cast.staff["rosa"].pk
    assert events(case)[-1] == "case.contact_handed"


def test_a_worked_case_always_names_somebody(cast: Cast) -> None:
    case = cast.open()
    actions.take(case.pk, by=cast.by("ada"), at=AT)
    released = actions.release(case.pk, by=cast.by("ada"), at=AT)
    assert released.owner is None
    assert released.contact_owner_id == cast.staff["ada"].pk
    with pytest.raises(Refused) as caught:
        actions.start(cast.open(by="system").pk, by=SYSTEM, at=AT)
    assert caught.value.code == "owner.nobody"


@pytest.mark.parametrize(
    ("nick", "code"), [("ada", "owner.same"), ("ana", "owner.absent_right"), ("gone", "owner.left")]
)
def test_a_case_is_given_only_to_those_who_may_work_on_it(cast: Cast, nick: str, code: str) -> None:
    case = cast.open()
    actions.take(case.pk, by=cast.by("ada"), at=AT)
    staff = cast.staff["ben" if nick == "gone" else nick]
    if nick == "gone":
        staff.is_active = False
        staff.save()
    with pytest.raises(Refused) as caught:
        actions.assign(case.pk, owner_id=staff.pk, by=cast.by("ada"), at=AT)
    assert caught.value.code == code


def test_nobody_outside_the_wall_is_given_a_case_behind_it(cast: Cast) -> None:
    case = at_stage(cast, Stage.WORKING, queue="privacy", owner="pia")
    with pytest.raises(Refused) as caught:
        actions.assign(case.pk, owner_id=cast.staff["rosa"].pk, by=cast.by("pia"), at=AT)
    assert caught.value.code == "owner.outside_wall"


def test_somebody_elses_case_is_not_taken_nor_given_away(cast: Cast) -> None:
    case = at_stage(cast, Stage.WORKING)
    for verb, code in (("take", "case.owned"), ("assign", "case.not_yours"), ("release", "case.not_yours")):
        with pytest.raises(Refused) as caught:
            VERBS[verb](cast, case, cast.by("cem"), None)
        assert caught.value.code == code
    assert actions.take(case.pk, by=cast.by("ada"), at=AT).owner == cast.staff["ada"]


def test_waiting_for_the_customer_needs_the_question_that_was_sent(cast: Cast) -> None:
    case, ada = at_stage(cast, Stage.WORKING), cast.by("ada")
    with pytest.raises(Refused) as caught:
        actions.wait(case.pk, reason="customer_answer", by=ada, at=AT)
    assert caught.value.code == "wait.question"
    with pytest.raises(Refused) as caught:
        actions.wait(case.pk, reason="coffee", by=ada, at=AT)
    assert caught.value.code == "wait.unknown"
    begun = actions.wait(case.pk, reason="customer_answer", question_message_id=QUESTION, by=ada, at=AT)
    assert begun.is_pausing
    assert begun.wake_at == AT + dt.timedelta(days=14)
    with pytest.raises(Refused) as caught:
        actions.wait(case.pk, reason="carrier", by=ada, at=AT)
    assert caught.value.code == "case.waiting"
    actions.end_wait(case.pk, why="answered", by=cast.customer_of(case), at=LATER)
    assert Wait.objects.get(pk=begun.pk).until_at == LATER
    assert not fresh(case).is_waiting


def test_a_wait_whose_time_is_up_wakes_once(cast: Cast) -> None:
    case, ada = at_stage(cast, Stage.WORKING), cast.by("ada")
    actions.wait(case.pk, reason="carrier", wake_at=LATER, by=ada, at=AT)
    assert actions.wake_waits(by=SYSTEM, at=LATER - dt.timedelta(seconds=1)) == 0
    assert actions.wake_waits(by=SYSTEM, at=LATER) == 1
    assert actions.wake_waits(by=SYSTEM, at=LATER) == 0
    assert events(case)[-1] == "case.wait_ended"


def test_resolving_ends_a_wait_and_reopening_counts(cast: Cast) -> None:
    case, ada = at_stage(cast, Stage.WORKING), cast.by("ada")
    actions.wait(case.pk, reason="carrier", by=ada, at=AT)
    actions.resolve(case.pk, reason="withdrawn", by=ada, at=LATER)
    assert events(case)[-2:] == ["case.wait_ended", "case.resolved"]
    again = actions.reopen(case.pk, by=cast.customer_of(case), at=LATER)
    assert (again.stage, again.reopened_times, again.resolved_at, again.close_reason) == ("working", 1, None, "")


def test_a_reason_that_needs_an_answer_waits_for_one(cast: Cast) -> None:
    case, ada = at_stage(cast, Stage.WORKING), cast.by("ada")
    with pytest.raises(Refused) as caught:
        actions.resolve(case.pk, reason="solved", by=ada, at=AT)
    assert caught.value.code == "case.unanswered"
    with pytest.raises(Refused) as caught:
        actions.resolve(case.pk, reason="bored", by=ada, at=AT)
    assert caught.value.code == "close.unknown"
    actions.touch_activity(case.pk, at=AT, is_answer=True)
    actions.resolve(case.pk, reason="solved", by=ada, at=AT)


def test_every_hold_keeps_the_case_open_until_the_last_is_lifted(cast: Cast) -> None:
    case, lea = at_stage(cast, Stage.WORKING), cast.by("lea")
    for matter in ("Voucher", "Letter"):
        actions.place_hold(case.pk, reason="promise_open", matter=matter, by=lea, at=AT)
    with pytest.raises(Refused) as caught:
        actions.place_hold(case.pk, reason="promise_open", matter="Letter", by=lea, at=AT)
    assert caught.value.code == "hold.twice"
    for matter in ("Voucher", "Letter"):
        with pytest.raises(Refused) as caught:
            actions.resolve(case.pk, reason="withdrawn", by=lea, at=AT)
        assert caught.value.code == "case.held"
        assert actions.lift_hold(case.pk, reason="promise_open", matter=matter, by=lea, at=AT)
    assert not actions.lift_hold(case.pk, reason="promise_open", matter="Letter", by=lea, at=AT)
    actions.resolve(case.pk, reason="withdrawn", by=lea, at=AT)
    actions.place_hold(case.pk, reason="promise_open", by=lea, at=AT)
    with pytest.raises(Refused):
        actions.close(case.pk, by=lea, at=AT)


def test_severity_impact_and_priority_are_set_apart(cast: Cast) -> None:
    case, ada = cast.open(), cast.by("ada")
    graded = actions.grade(case.pk, severity=Severity.CRITICAL, impact=Impact.MANY, by=ada, at=AT)
    assert (graded.severity, graded.impact, graded.priority) == ("critical", "many", "normal")
    graded = actions.grade(case.pk, priority=Priority.URGENT, by=ada, at=AT)
    assert (graded.severity, graded.priority, graded.priority_rank) == ("critical", "urgent", 0)
    assert actions.grade(case.pk, priority=Priority.URGENT, by=ada, at=AT).version == graded.version
    assert events(case).count("case.graded") == 2


def test_described_anew_it_is_found_by_the_new_words_alone(cast: Cast) -> None:
    case, ada = cast.open("Old lamp"), cast.by("ada")
    actions.describe(case.pk, changes={"subject": "New mirror", "order_refs": ["#W1", "#W1"]}, by=ada, at=AT)
    assert fresh(case).order_refs == ["#W1"]
    words = Document.objects.get(kind="case", key=case.pk).words
    assert "mirror" in str(words)
    assert "lamp" not in str(words)
    with pytest.raises(Invalid):
        actions.describe(case.pk, changes={"stage": "closed"}, by=ada, at=AT)


def test_a_due_time_moves_no_version_and_leaves_no_entry(cast: Cast) -> None:
    case, second = cast.open(), cast.open()
    actions.set_due(case.pk, LATER)
    assert (fresh(case).due_at, fresh(case).version) == (LATER, case.version)
    actions.set_due_many({case.pk: None, second.pk: LATER})
    assert (fresh(case).due_at, fresh(second).due_at) == (FAR, LATER)
    assert events(case) == ["case.opened"]


@pytest.mark.parametrize("name", sorted(VERBS.keys() - WITHOUT_SEEN))
def test_whoever_saw_an_older_case_changes_nothing(cast: Cast, name: str) -> None:
    case = at_stage(cast, Stage.WORKING)
    before = events(case)
    with pytest.raises(Stale) as caught:
        VERBS[name](cast, case, cast.by("lea"), case.version - 1)
    assert caught.value.current == case.version
    assert events(case) == before
    assert fresh(case).version == case.version


def test_bulk_tells_of_each_case_and_stops_at_none(cast: Cast) -> None:
    lea = cast.by("lea")
    good, held, hidden = (at_stage(cast, Stage.WORKING) for _index in range(3))
    actions.place_hold(held.pk, reason="promise_open", by=SYSTEM, at=AT)
    actions.transfer(hidden.pk, queue=cast.queue("privacy"), by=SYSTEM, at=AT)
    actions.restrict(hidden.pk, reader_ids=[], by=SYSTEM, at=AT)
    keys = [good.ref, held.ref, hidden.ref, "RC-999999", good.ref]
    found = actions.bulk("resolve", keys, given={"reason": "withdrawn"}, by=lea, at=AT)
    assert [(row.key, row.is_done, row.code) for row in found] == [
        (good.ref, True, ""),
        (held.ref, False, "case.held"),
        (hidden.ref, False, "case.absent"),
        ("RC-999999", False, "case.absent"),
    ]
    assert found[2].sentence == found[3].sentence


@pytest.mark.parametrize(
    ("act", "given"),
    [("assign", {"owner_id": "x"}), ("assign", {}), ("transfer", {"queue": "no"}), ("set_priority", {})],
)
def test_bulk_says_what_it_was_not_given(cast: Cast, act: str, given: dict[str, str]) -> None:
    (row,) = actions.bulk(act, [cast.open().ref], given=given, by=cast.by("lea"), at=AT)
    assert row.code == "input.invalid"
    with pytest.raises(Refused):
        actions.bulk(act, [], by=cast.by("ada"), at=AT)
    with pytest.raises(Refused):
        actions.bulk("delete", [], by=cast.by("lea"), at=AT)
