"""Money goes through four states, each posted once, and everything between cost and bank comes back to zero."""

import pytest

from recourse.kit.errors import Refused
from recourse.kit.money import Money
from recourse.ledger import actions
from recourse.ledger.models import Attempt, PaymentRoom, Posting, Standing
from recourse.timeline.models import Entry
from tests.cast import AT, SYSTEM
from tests.rooms.ledger.build import Story, approval_of, eur, plan, promise

pytestmark = pytest.mark.django_db
ONCE = {"by": SYSTEM, "at": AT}


def told(story: Story) -> list[str]:
    """Return the names of what happened to money on the case."""
    rows = Entry.objects.filter(thread=story.case.thread_id, event__regex=r"^(money|refund|voucher)\.")
    return list(rows.order_by("number").values_list("event", flat=True))


def test_an_amount_is_promised_approved_executed_and_settled_and_the_clearing_is_empty(story: Story) -> None:
    matter = story.approved(4_000)
    for _again in range(2):
        actions.execute(matter, key="k1", amount=eur(4_000), provider="card", **ONCE)
        actions.settle(matter, key="k1", amount=eur(4_000), provider="card", **ONCE)
    rows = Posting.objects.filter(matter=matter).order_by("id")
    assert [row.stage for row in rows] == ["promised", "approved", "executed", "settled"]
    assert [(row.from_account_id, row.to_account_id) for row in rows] == [
        ("clearing:promised", "cost:refund"), ("clearing:approved", "clearing:promised"),
        ("clearing:executed", "clearing:approved"), ("bank:card", "clearing:executed"),
    ]  # fmt: skip
    assert not Standing.objects.exclude(minor=0).exists()
    assert told(story) == ["money.promised", "money.approved", "money.executed", "money.settled"]
    assert {row.cause for row in rows} == {"broken"}


def test_nothing_is_paid_that_is_not_approved_and_no_other_amount(story: Story) -> None:
    matter = "story:1"
    with pytest.raises(Refused) as refused:
        actions.approve(matter, approval_ref="a", **ONCE)
    assert refused.value.code == "money.not_promised"
    promise(story, matter, eur(4_000))
    for amount in (eur(4_000), eur(3_999), Money(4_000, "USD")):
        with pytest.raises(Refused):
            plan(matter, story.payment.pk, amount)
    actions.approve(matter, approval_ref=approval_of(matter), **ONCE)
    with pytest.raises(Refused) as refused:
        plan(matter, story.payment.pk, eur(3_999))
    assert refused.value.code == "money.not_approved"
    assert PaymentRoom.objects.filter(refunding_minor__gt=0).count() == 0


def test_what_was_promised_can_be_withdrawn_and_promised_anew_with_another_amount(story: Story) -> None:
    matter = story.approved(4_000)
    with pytest.raises(Refused):
        promise(story, matter, eur(5_000))
    for _again in range(2):
        actions.withdraw(matter, why="changed", **ONCE)
    assert not Standing.objects.exclude(minor=0).exists()
    promise(story, matter, eur(5_000))
    actions.approve(matter, approval_ref="second", **ONCE)
    assert Standing.objects.get(matter=matter, account_id="clearing:approved").minor == -5_000
    assert told(story)[2:] == ["money.reversed", "money.promised", "money.approved"]


def test_what_was_paid_is_not_withdrawn(story: Story) -> None:
    matter = story.approved(4_000)
    actions.execute(matter, key="k1", amount=eur(4_000), provider="card", **ONCE)
    with pytest.raises(Refused) as refused:
        actions.withdraw(matter, why="changed", **ONCE)
    assert refused.value.code == "money.executed"


def test_a_refund_is_planned_once_with_one_key_and_takes_its_room(story: Story) -> None:
    matter = story.approved(4_000)
    first = plan(matter, story.payment.pk, eur(4_000))
    again = plan(matter, story.payment.pk, eur(4_000))
    assert (first.pk, first.key) == (again.pk, again.key)
    assert Attempt.objects.count() == 1
    assert PaymentRoom.objects.get().refunding_minor == 4_000
    with pytest.raises(Refused) as refused:
        plan(matter, story.payment.pk, eur(4_000), approval_ref="another")
    assert refused.value.code == "ledger.key_reused"


def test_one_approval_pays_for_one_line_alone(story: Story) -> None:
    one, other = story.approved(1_000), story.approved(1_000)
    plan(one, story.payment.pk, eur(1_000))
    with pytest.raises(Refused) as refused:
        plan(other, story.payment.pk, eur(1_000), approval_ref=approval_of(one))
    assert refused.value.code == "ledger.key_reused"
