"""A payment goes out once, whatever the network does; what is not known is looked up, and after a while asked of a person."""

import pytest

from recourse.kit.errors import Refused
from recourse.ledger import actions
from recourse.ledger.models import Attempt, MoneyTask, PaymentRoom, Posting
from recourse.ledger.queries import check_ledger
from recourse.timeline.models import Entry
from tests.cast import AT, SYSTEM, Cast
from tests.equipment.provider import FakePsp
from tests.rooms.ledger.build import Story, approval_of, charge, eur, plan, tell_story
from tests.rooms.ledger.paying import DAY, HOUR, MINUTE, clean, planned, state, work

pytestmark = pytest.mark.django_db


def told(story: Story, *names: str) -> list[str]:
    rows = Entry.objects.filter(thread=story.case.thread_id, event__in=names)
    return list(rows.order_by("number").values_list("event", flat=True))


def test_a_refund_goes_out_once_and_settles(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story)
    work(psp)
    assert state(attempt) == "succeeded"
    assert [row["reference"] for row in psp.effects()] == [attempt.key]
    assert (attempt.executed_at, attempt.settled_at, attempt.provider_ref) == (AT, AT, psp.effects()[0]["id"])
    room = PaymentRoom.objects.get()
    assert (room.refunding_minor, room.refunded_minor, room.left_minor) == (0, 4_000, 6_000)
    work(psp, AT + DAY)
    assert len(psp.effects()) == 1
    clean(psp)


@pytest.mark.parametrize("fault", ["drop_request", "drop_reply", "500_after", "409", "429", "half_reply"])
def test_whatever_happens_to_one_call_it_is_paid_once(psp: FakePsp, story: Story, fault: str) -> None:
    attempt = planned(psp, story)
    psp.tell("faults", faults=[fault])
    psp.tell("now", now=AT.timestamp())
    actions.send_due(at=AT)
    assert state(attempt) == "unknown"
    assert told(story, "refund.unknown") == ["refund.unknown"]
    work(psp, AT + MINUTE)
    assert state(attempt) == "succeeded"
    assert len(psp.effects()) == 1
    clean(psp, AT + HOUR)


def test_unknown_is_looked_up_before_it_is_sent_again_and_only_under_its_own_key(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story)
    psp.tell("faults", faults=["drop_request"])
    work(psp)
    work(psp, AT + MINUTE)
    calls = psp.rows("SELECT method, key FROM calls ORDER BY n")
    assert [call["method"] for call in calls] == ["POST", "GET", "POST"]
    assert {call["key"] for call in calls if call["method"] == "POST"} == {attempt.key}


def test_after_twenty_three_hours_it_is_only_looked_up_and_stands_before_a_person(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story)
    psp.tell("faults", faults=["drop_reply"], get_faults=["drop"] * 3)
    work(psp)
    for minutes in (1, 3, 6):
        work(psp, AT + minutes * MINUTE)
    assert state(attempt) == "unknown"
    psp.tell("faults", faults=[], get_faults=["drop"] * 60)
    for hour in range(1, 30):
        work(psp, AT + hour * HOUR, turns=2)
    assert MoneyTask.objects.filter(kind="unknown", done_at__isnull=True).count() == 1
    psp.tell("faults", faults=[], get_faults=[])
    work(psp, AT + 31 * HOUR)
    assert state(attempt) == "succeeded"
    assert len(psp.effects()) == 1
    assert [call["method"] for call in psp.rows("SELECT method FROM calls WHERE method = 'POST'")] == ["POST"]
    assert not MoneyTask.objects.filter(done_at__isnull=True).exists()
    clean(psp, AT + 31 * HOUR)


def test_what_never_arrived_is_not_sent_again_once_its_key_may_be_forgotten(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story)
    psp.tell("faults", faults=["drop_request"], get_faults=["drop"] * 500)
    work(psp)
    for hour in range(1, 25):
        work(psp, AT + hour * HOUR, turns=2)
    psp.tell("faults", faults=[], get_faults=[])
    for hour in range(25, 30):
        work(psp, AT + hour * HOUR, turns=3)
    assert state(attempt) == "unknown"
    assert psp.effects() == []
    assert MoneyTask.objects.filter(kind="unknown", done_at__isnull=True).exists()
    with pytest.raises(Refused):
        plan(attempt.matter, story.payment.pk, eur(4_000), approval_ref="other")
    clean(psp, AT + 30 * HOUR)


def test_a_person_of_finance_judges_what_nobody_knows(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story)
    psp.tell("faults", faults=["drop_request"], get_faults=["drop"] * 50)
    work(psp)
    fin = story.cast.by("fin")
    with pytest.raises(Refused) as refused:
        actions.judge_attempt(attempt.pk, is_paid=False, note="Not on their pages", by=fin, at=AT + MINUTE)
    assert refused.value.code == "attempt.state"
    late = AT + HOUR
    work(psp, late, turns=2)
    actions.judge_attempt(attempt.pk, is_paid=False, note="Not on their pages", by=fin, at=late)
    assert state(attempt) == "refused"
    assert PaymentRoom.objects.get().refunding_minor == 0
    again = plan(attempt.matter, story.payment.pk, eur(4_000), at=late)
    assert (again.number, again.key != attempt.key) == (2, True)
    psp.tell("faults", faults=[], get_faults=[])
    work(psp, late)
    assert len(psp.effects()) == 1
    clean(psp, late)


def test_a_refusal_pays_nothing_gives_the_room_back_and_is_told(psp: FakePsp, cast: Cast) -> None:
    story = tell_story(cast)
    attempt = plan(story.approved(4_000), story.payment.pk, eur(4_000))
    work(psp)
    assert (state(attempt), attempt.code) == ("refused", "resource_missing")
    assert PaymentRoom.objects.get().left_minor == 10_000
    assert told(story, "refund.refused") == ["refund.refused"]
    clean(psp)


def test_an_answer_in_another_currency_moves_nothing_and_stands_before_a_person(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story)
    psp.tell("faults", faults=["wrong_currency"])
    work(psp)
    assert state(attempt) == "unknown"
    assert MoneyTask.objects.get(done_at__isnull=True).kind == "mismatch"
    assert not Posting.objects.filter(stage="executed").exists()
    for hour in range(1, 26):
        work(psp, AT + hour * HOUR, turns=2)
    assert len(psp.effects()) == 1
    clean(psp, AT + DAY)


def test_two_equal_partial_refunds_are_both_paid_where_there_is_room(psp: FakePsp, story: Story) -> None:
    one, other = planned(psp, story, 3_000), planned(psp, story, 3_000)
    work(psp)
    assert (state(one), state(other)) == ("succeeded", "succeeded")
    assert len(psp.effects()) == 2
    with pytest.raises(Refused) as refused:
        planned(psp, story, 4_001)
    assert refused.value.code == "payment.exceeded"
    clean(psp)


def test_a_worker_that_died_with_it_leaves_it_to_be_looked_up(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story)
    Attempt.objects.filter(pk=attempt.pk).update(
        state="sending", sends=1, first_sent_at=AT, next_look_at=AT + 2 * MINUTE
    )
    assert work(psp, AT + MINUTE) == 0
    work(psp, AT + 3 * MINUTE)
    assert state(attempt) == "succeeded"
    assert len(psp.effects()) == 1


def test_a_pending_one_settles_when_it_is_looked_up_later(psp: FakePsp, story: Story) -> None:
    psp.tell("reset", now=AT.timestamp(), outcome="pending")
    attempt = planned(psp, story)
    work(psp)
    assert (state(attempt), attempt.settled_at) == ("pending", None)
    psp.tell("change", refund=psp.effects()[0]["id"], status="succeeded", reason="")
    work(psp, AT + 7 * HOUR)
    assert (state(attempt), attempt.settled_at) == ("succeeded", AT + 7 * HOUR)
    clean(psp)


def test_without_a_processor_finance_pays_by_hand(story: Story) -> None:
    attempt = story.refund(4_000)
    assert (attempt.provider, attempt.next_look_at) == ("manual", None)
    assert actions.send_due(at=AT) == 0


def test_a_plan_can_be_withdrawn_until_it_goes_out(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story)
    actions.withdraw_attempt(attempt.pk, by=SYSTEM, at=AT)
    assert PaymentRoom.objects.get().left_minor == 10_000
    again = plan(attempt.matter, story.payment.pk, eur(4_000))
    work(psp)
    with pytest.raises(Refused):
        actions.withdraw_attempt(again.pk, by=SYSTEM, at=AT)
    assert [row["reference"] for row in psp.effects()] == [again.key]


def test_refunds_go_back_in_the_currency_of_the_capture(psp: FakePsp, cast: Cast) -> None:
    story = tell_story(cast, charge(10_000), currency="USD")
    matter = story.approved(4_000)
    with pytest.raises(Refused) as refused:
        plan(matter, story.payment.pk, eur(4_000))
    assert refused.value.code == "payment.currency"
    assert psp.rows("SELECT * FROM calls") == []
    assert check_ledger(at=AT) == []
    assert approval_of(matter)
