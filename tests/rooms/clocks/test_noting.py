"""What happens to a case reaches its clocks through the product's own verbs."""

import datetime as dt

import pytest

from recourse.cases import actions as cases
from recourse.cases.actions.splitting import Part, split
from recourse.cases.models import Case
from recourse.cases.policy import Severity
from recourse.clocks import actions as clocks
from recourse.clocks.models import Clock
from recourse.clocks.queries import clocks_of, explain_clock, verify_replay
from recourse.conversations import actions as conversations
from recourse.conversations.models import Message
from recourse.conversations.policy.words import MoveWhy
from recourse.kit.actor import Actor
from tests.cast import AT, SYSTEM, Cast
from tests.rooms.clocks.test_starting import told

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case of high severity with its clocks, worked by Ada: first response in an hour, next in two."""
    opened = cast.open(severity="high")
    clocks.start_for_case(opened, by=cast.by("ada"), at=AT)
    cases.take(opened.pk, by=cast.by("ada"), at=AT)
    return opened


def clock(case: Case, kind: str, epoch: int = 1) -> Clock:
    return Clock.objects.get(case=case, kind=kind, epoch=epoch)


def reply(case: Case, by: Actor, at: dt.datetime, **more: bool) -> Message:
    return conversations.reply(case_ref=case.ref, text="We look into it.", by=by, at=at, can_undo=False, **more)


def writes(case: Case, at: dt.datetime) -> Message:
    return conversations.customer_writes(case_ref=case.ref, text="And now?", channel="web", by=SYSTEM, at=at)


def check(case: Case, at: dt.datetime) -> None:
    assert verify_replay(case, at=at) == []
    due = min((row.due_at for row in clocks_of(case) if row.is_open and row.due_at), default=None)
    stored = Case.objects.get(pk=case.pk).due_at
    assert stored == due if due else stored.year == 9999


def test_a_persons_answer_meets_the_first_response_and_restarts_the_cadence(cast: Cast, case: Case) -> None:
    reply(case, cast.by("ada"), AT + 30 * MINUTE)
    assert clock(case, "first_response").state == "met"
    assert clock(case, "update_cadence", 2).started_at == AT + 30 * MINUTE
    check(case, AT + HOUR)


def test_an_automatic_message_answers_nobody(cast: Cast, case: Case) -> None:
    reply(case, cast.by("ada"), AT + 30 * MINUTE, is_automatic=True)
    assert clock(case, "first_response").state == "running"


def test_an_answer_that_bounced_was_none(cast: Cast, case: Case) -> None:
    sent = reply(case, cast.by("ada"), AT + 30 * MINUTE)
    conversations.bounce(message_id=sent.pk, by=SYSTEM, at=AT + 90 * MINUTE)
    row = clock(case, "first_response")
    assert (row.state, row.breached_at) == ("breached", AT + HOUR)
    assert told(case, "clock.reopened")
    check(case, AT + 2 * HOUR)


def test_the_next_response_counts_from_the_first_of_several_messages(cast: Cast, case: Case) -> None:
    reply(case, cast.by("ada"), AT + 10 * MINUTE)
    writes(case, AT + 20 * MINUTE)
    writes(case, AT + 50 * MINUTE)
    assert clock(case, "next_response").due_at == AT + 20 * MINUTE + 2 * HOUR
    check(case, AT + HOUR)


def test_thanks_can_be_marked_as_needing_no_reply(cast: Cast, case: Case) -> None:
    reply(case, cast.by("ada"), AT + 10 * MINUTE)
    thanks = writes(case, AT + 20 * MINUTE)
    conversations.mark_no_reply_needed(case_ref=case.ref, number=thanks.number, by=cast.by("ada"), at=AT + 30 * MINUTE)
    assert clock(case, "next_response").state == "withdrawn"
    check(case, AT + HOUR)


def test_waiting_for_the_customer_stops_resolution_alone_and_their_answer_lets_it_run_on(
    cast: Cast, case: Case
) -> None:
    asked = reply(case, cast.by("ada"), AT + 10 * MINUTE)
    before = clock(case, "resolution").due_at
    cases.wait(case.pk, reason="customer_answer", question_message_id=asked.pk, by=cast.by("ada"), at=AT + HOUR)
    paused = clock(case, "resolution")
    assert (paused.state, paused.due_at, paused.paused_since) == ("paused", None, AT + HOUR)
    assert clock(case, "update_cadence", 2).state == "running"
    writes(case, AT + 3 * HOUR)
    running = clock(case, "resolution")
    assert (running.state, running.paused_seconds) == ("running", 7200)
    assert before is not None
    assert running.due_at == before + 2 * HOUR
    assert [row["kind"] for row in told(case, "clock.resumed")[0]["clocks"]] == ["resolution"]  # type: ignore[attr-defined]
    check(case, AT + 4 * HOUR)


def test_a_wait_that_does_not_pause_stops_nothing(cast: Cast, case: Case) -> None:
    reply(case, cast.by("ada"), AT + 10 * MINUTE)
    cases.wait(case.pk, reason="carrier", by=cast.by("ada"), at=AT + HOUR)
    assert clock(case, "resolution").state == "running"


def test_another_severity_keeps_the_start_swaps_the_target_and_tells_both(cast: Cast, case: Case) -> None:
    cases.grade(case.pk, severity=Severity.CRITICAL, by=cast.by("ada"), at=AT + 10 * MINUTE)
    row = clock(case, "first_response")
    assert (row.started_at, row.due_at, row.severity) == (AT, AT + 15 * MINUTE, "critical")
    (moved,) = told(case, "clock.moved")
    first = next(one for one in moved["clocks"] if one["kind"] == "first_response")  # type: ignore[attr-defined]
    assert (first["from_amount"], first["amount"]) == (60, 15)
    assert moved["why"] == "target_changed"
    check(case, AT + 12 * MINUTE)


def test_a_new_description_that_brings_a_regulation_starts_its_clock_from_receipt(cast: Cast, case: Case) -> None:
    cases.describe(case.pk, changes={"family": "privacy"}, by=cast.by("ada"), at=AT + HOUR)
    row = clock(case, "gdpr_one_month")
    assert (row.started_at, row.family) == (AT, "regulatory")
    check(case, AT + 2 * HOUR)


def test_resolving_meets_resolution_and_reopening_lets_it_run_on_without_the_closed_time(
    cast: Cast, case: Case
) -> None:
    reply(case, cast.by("ada"), AT + 10 * MINUTE)
    cases.resolve(case.pk, reason="solved", by=cast.by("ada"), at=AT + HOUR)
    assert clock(case, "resolution").state == "met"
    assert Case.objects.get(pk=case.pk).due_at.year == 9999
    writes(case, AT + 24 * HOUR)
    row = clock(case, "resolution")
    assert (row.state, row.due_at) == ("running", dt.datetime(2026, 3, 4, 17, tzinfo=dt.UTC))
    assert clock(case, "next_response").started_at == AT + 24 * HOUR
    check(case, AT + 25 * HOUR)


def test_what_a_machine_whose_clock_runs_ahead_told_of_stays_told(cast: Cast, case: Case) -> None:
    """An answer sent an hour ahead, then a resolution and a reopening by machines with the right time."""
    reply(case, cast.by("ada"), AT + HOUR)
    cases.resolve(case.pk, reason="solved", by=cast.by("ada"), at=AT + 2 * MINUTE)
    writes(case, AT + 3 * MINUTE)
    assert Case.objects.get(pk=case.pk).stage == "working"
    assert Clock.objects.filter(case=case, kind="update_cadence", ended_at=None).count() == 1
    check(case, AT + 4 * MINUTE)
    check(case, AT + 2 * HOUR)


def test_merging_takes_the_earliest_start_and_the_strictest_due_and_undoing_gives_both_back(
    cast: Cast, case: Case
) -> None:
    other = cast.open(severity="high", at=AT + 2 * HOUR)
    clocks.start_for_case(other, by=cast.by("ada"), at=AT + 2 * HOUR)
    own = clock(other, "resolution").due_at
    cases.merge(case.pk, into=other.pk, by=cast.by("lea"), at=AT + 3 * HOUR)
    assert {row.state for row in clocks_of(case)} == {"merged"}
    kept = clock(other, "resolution")
    assert (kept.started_at, kept.due_at) == (AT, clock(case, "resolution").due_at)
    breached = clock(other, "first_response")
    assert breached.breached_at == AT + HOUR
    check(other, AT + 4 * HOUR)
    check(case, AT + 4 * HOUR)
    cases.unmerge(case.pk, by=cast.by("lea"), at=AT + 5 * HOUR)
    assert clock(other, "resolution").due_at == own
    assert clock(case, "resolution").state == "running"
    check(other, AT + 6 * HOUR)
    check(case, AT + 6 * HOUR)


def test_a_breach_that_a_merge_brings_along_is_told_once(cast: Cast, case: Case) -> None:
    clocks.drain(at=AT + 2 * HOUR)
    other = cast.open(severity="high", at=AT + 2 * HOUR)
    clocks.start_for_case(other, by=cast.by("ada"), at=AT + 2 * HOUR)
    cases.merge(case.pk, into=other.pk, by=cast.by("lea"), at=AT + 2 * HOUR + MINUTE)
    clocks.drain(at=AT + 2 * HOUR + 2 * MINUTE)
    breaches = [*told(case, "clock.breached"), *told(other, "clock.breached")]
    assert [breach["kind"] for breach in breaches] == ["first_response"]


def test_a_case_that_is_split_off_counts_from_the_receipt_of_its_messages(cast: Cast, case: Case) -> None:
    message = writes(case, AT + 20 * MINUTE)
    row = split(
        case.pk,
        Part(subject="The other thing", message_ids=[message.pk], received_at=message.at),
        by=cast.by("ada"),
        at=AT + 5 * HOUR,
    )
    assert clock(row.result, "first_response").started_at == AT + 20 * MINUTE
    check(row.result, AT + 6 * HOUR)


def test_a_question_that_is_split_off_waits_on_the_other_case_alone(cast: Cast, case: Case) -> None:
    reply(case, cast.by("ada"), AT + 10 * MINUTE)
    message = writes(case, AT + 20 * MINUTE)
    part = Part(subject="The other thing", message_ids=[message.pk], received_at=message.at)
    row = split(case.pk, part, by=cast.by("ada"), at=AT + 30 * MINUTE)
    conversations.move_messages(
        from_case_id=case.pk,
        to_case_id=row.result_id,
        why=MoveWhy.SPLIT,
        message_ids=[message.pk],
        by=cast.by("ada"),
        at=AT + 30 * MINUTE,
    )
    assert clock(case, "next_response").state == "withdrawn"
    assert clock(row.result, "first_response").state == "running"
    check(case, AT + HOUR)


def test_a_ground_starts_its_statutory_clock_from_when_we_knew(cast: Cast, case: Case) -> None:
    key = "gdpr_breach_72_hours"
    clocks.start_duty(case_id=case.pk, key=key, since=AT - HOUR, by=cast.by("ada"), at=AT + HOUR)
    assert clock(case, key).due_at == AT + 71 * HOUR
    clocks.start_duty(case_id=case.pk, key=key, since=AT, by=cast.by("ada"), at=AT + 2 * HOUR)
    assert Clock.objects.filter(case=case, kind=key).count() == 1
    clocks.finish_duty(case_id=case.pk, key=key, by=cast.by("ada"), at=AT + 20 * HOUR)
    assert clock(case, key).state == "met"
    with pytest.raises(LookupError):
        clocks.start_duty(case_id=case.pk, key="no_such_law", since=AT, by=cast.by("ada"), at=AT)
    check(case, AT + 21 * HOUR)


def test_a_case_without_clocks_is_left_alone(cast: Cast) -> None:
    case = cast.open()
    writes(case, AT + MINUTE)
    assert clocks_of(case) == []


def test_the_account_of_a_due_time_covers_every_interval(cast: Cast, case: Case) -> None:
    asked = reply(case, cast.by("ada"), AT + 10 * MINUTE)
    cases.wait(case.pk, reason="customer_answer", question_message_id=asked.pk, by=cast.by("ada"), at=AT + HOUR)
    writes(case, AT + 3 * HOUR)
    found = explain_clock(case, kind="resolution", epoch=1, at=AT + 4 * HOUR)
    assert found.until == clock(case, "resolution").due_at
    assert (found.calendar, found.calendar_version, found.edition) == ("london", 1, 1)
    assert found.paused == 7200
    assert found.counted + found.paused + found.outside == found.elapsed
