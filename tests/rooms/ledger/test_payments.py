"""Refunds, what the shop paid back itself and chargebacks together never exceed what was captured (A7)."""

import json
import random
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from recourse.customers.models import Payment
from recourse.customers.policy import PaymentKind
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.ids import uuid7
from recourse.ledger import actions
from recourse.ledger.models import Chargeback, PaymentRoom
from recourse.ledger.policy.rooms import ShopLine, counted_elsewhere, refunded_by_shop
from recourse.ledger.queries import check_ledger, room_of
from tests.cast import AT, SYSTEM, Cast
from tests.equipment.counts import many
from tests.equipment.provider import FakePsp, signed
from tests.rooms.ledger.build import Story, charge, eur, plan, tell_story
from tests.rooms.ledger.paying import DAY, clean, hear_all, open_charges, planned, state, work
from tests.rooms.ledger.test_budgets import at_once

CARD, GIFT = ("credit_card", "c1"), ("gift_card", "g1")


def dispute(
    charge_ref: str, status: str, number: int = 1, *, minor: int = 10_000, made: str = "dp_1", **given: Any
) -> None:
    """Let the provider report about a chargeback, and take it in."""
    told = {"id": made, "charge": charge_ref, "amount": minor, "currency": "eur", "status": status, **given}
    kind = "charge.dispute.closed" if status in ("won", "lost") else "charge.dispute.created"
    body = json.dumps({"id": f"evt_{made}_{number}", "type": kind, "data": {"object": told}}).encode()
    actions.keep_report("card", body=body, headers=signed(body, AT), at=AT)
    actions.take_reports(at=AT)


def test_the_shops_own_refunds_take_from_the_charge_on_the_same_means_first() -> None:
    lines = [
        ShopLine(1, True, CARD, 5_000), ShopLine(2, True, GIFT, 3_000), ShopLine(3, False, GIFT, 3_500),
        ShopLine(4, False, CARD, 1_000),
    ]  # fmt: skip
    assert refunded_by_shop(lines) == {1: 1_500, 2: 3_000}
    assert refunded_by_shop([ShopLine(1, False, CARD, 500)]) == {}
    assert counted_elsewhere(at_first=0, now=4_000, ours=4_000) == 0
    assert counted_elsewhere(at_first=1_000, now=1_000, ours=4_000) == 1_000
    assert counted_elsewhere(at_first=0, now=5_000, ours=4_000) == 1_000


@pytest.mark.django_db
def test_what_the_shop_paid_back_itself_is_not_paid_again(psp: FakePsp, cast: Cast) -> None:
    first = charge(10_000)
    back = charge(7_000, kind=PaymentKind.REFUND, method_ref=first.method_ref)
    story = tell_story(cast, first, back)
    assert room_of(story.payment.pk) == 3_000
    with pytest.raises(Refused) as refused:
        planned(psp, story, 3_001)
    assert refused.value.code == "payment.exceeded"
    planned(psp, story, 3_000)
    with pytest.raises(NotVisible):
        plan(story.approved(100), story.payments[1].pk, eur(100))
    with pytest.raises(NotVisible):
        plan(story.approved(100), uuid7(), eur(100))


@pytest.mark.django_db
def test_a_refund_that_the_shop_tells_of_later_counts_too(psp: FakePsp, story: Story) -> None:
    planned(psp, story, 2_000)
    work(psp)
    Payment.objects.create(
        order=story.payment.order, position=2, kind="refund", method="credit_card", method_ref="x",
        amount_minor=6_000, currency="EUR",
    )  # fmt: skip
    with pytest.raises(Refused):
        planned(psp, story, 4_001)
    planned(psp, story, 4_000)
    assert PaymentRoom.objects.get().elsewhere_minor == 4_000


@pytest.mark.django_db
def test_an_open_chargeback_blocks_refunds_and_a_won_one_frees_them(psp: FakePsp, story: Story) -> None:
    one = planned(psp, story, 1_000)
    dispute(story.payment.method_ref, "needs_response", minor=4_000)
    with pytest.raises(Refused) as refused:
        planned(psp, story, 1_000)
    assert refused.value.code == "payment.disputed"
    work(psp)
    assert (state(one), one.code) == ("refused", "disputed")
    assert psp.effects() == []
    for _again in range(2):
        dispute(story.payment.method_ref, "won", 2, minor=4_000)
    assert PaymentRoom.objects.get().left_minor == 10_000
    planned(psp, story, 10_000)
    assert check_ledger(at=AT) == []


@pytest.mark.django_db
def test_a_lost_chargeback_stays_taken_in_whatever_order_it_is_told(psp: FakePsp, story: Story) -> None:
    planned(psp, story, 1_000)
    work(psp)
    dispute(story.payment.method_ref, "lost", 2, minor=6_000)
    dispute(story.payment.method_ref, "needs_response", 1, minor=6_000)
    room = PaymentRoom.objects.get()
    assert (room.open_disputes, room.charged_back_minor, room.left_minor) == (0, 6_000, 3_000)
    with pytest.raises(Refused):
        planned(psp, story, 3_001)
    clean(psp)


@pytest.mark.django_db
def test_a_chargeback_past_what_is_left_is_kept_whole_and_counted_as_far_as_it_fits(psp: FakePsp, story: Story) -> None:
    planned(psp, story, 8_000)
    work(psp)
    dispute(story.payment.method_ref, "needs_response")
    assert PaymentRoom.objects.get().left_minor == 0
    assert Chargeback.objects.get().counted_minor == 2_000
    clean(psp)


@pytest.mark.django_db
def test_a_chargeback_that_came_before_anything_was_paid_back_counts_from_the_start(psp: FakePsp, story: Story) -> None:
    dispute(story.payment.method_ref, "needs_response", minor=9_000)
    with pytest.raises(Refused) as refused:
        planned(psp, story, 500)
    assert refused.value.code == "payment.disputed"


@pytest.mark.django_db
def test_not_even_past_the_verbs_more_goes_back_than_was_captured(psp: FakePsp, story: Story) -> None:
    planned(psp, story, 4_000)
    for field in ("refunding_minor", "refunded_minor", "charged_back_minor", "elsewhere_minor"):
        with pytest.raises(IntegrityError), transaction.atomic():
            PaymentRoom.objects.update(**{field: F(field) + 6_001})
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentRoom.objects.update(refunding_minor=-1)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(many(12, 2_000)))
def test_random_stories_of_a_payment_never_exceed_what_was_captured(psp: FakePsp, cast: Cast, seed: int) -> None:
    dice = random.Random(seed)
    captured = dice.randrange(1_000, 20_000)
    story = tell_story(cast, charge(captured))
    open_charges(psp, story)
    at, disputes = AT, 0
    for _step in range(60):
        at += DAY / dice.randrange(2, 50)
        match dice.randrange(6):
            case 0 | 1:
                matter = story.approved(dice.randrange(1, captured), at=at)
                try:
                    minor = -_owed(matter)
                    plan(matter, story.payment.pk, eur(minor), at=at)
                except Refused:
                    actions.withdraw(matter, why="refused", by=SYSTEM, at=at)
            case 2:
                psp.tell("reset", now=at.timestamp(), outcome=dice.choice(["succeeded", "pending", "failed"]),
                         faults=dice.choices(["", "drop_reply", "500_after", "drop_request"], k=2))  # fmt: skip
                work(psp, at, turns=3)
            case 3 if psp.effects():
                made = dice.choice(psp.effects())
                if made["status"] != "failed":
                    psp.tell("change", refund=made["id"], status=dice.choice(["failed", "succeeded"]), reason="x")
                hear_all(psp, at)
            case 4 if disputes < 3:
                disputes += 1
                dispute(
                    story.payment.method_ref, "needs_response", made=f"dp_{disputes}", minor=dice.randrange(1, captured)
                )
            case 5 if disputes:
                made = f"dp_{dice.randrange(disputes) + 1}"
                found = Chargeback.objects.get(provider_ref=made)
                if found.state == "open":
                    dispute(
                        story.payment.method_ref, dice.choice(["won", "lost"]), 2, made=made, minor=found.amount_minor
                    )
        for room in PaymentRoom.objects.all():
            assert room.left_minor >= 0
        paid = sum(row["amount"] for row in psp.effects() if row["status"] != "failed")
        assert paid <= captured
    assert [one for one in check_ledger(at=at) if one.rule != "unknown_without_task"] == []


def _owed(matter: str) -> int:
    from recourse.ledger.models import Standing  # noqa: PLC0415

    return int(Standing.objects.get(matter=matter, account_id="clearing:approved").minor)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_equal_partials_at_once_take_exactly_the_room_that_there_is(is_postgres: bool, cast: Cast) -> None:
    if not is_postgres:
        pytest.skip("writers take turns on SQLite")
    story = tell_story(cast)
    cases = [Story(cast, cast.open(f"Number {number}"), story.payments) for number in range(12)]
    matters = [other.approved(1_500) for other in cases]
    met = at_once([lambda matter=matter: plan(matter, story.payment.pk, eur(1_500)) for matter in matters])  # type: ignore[misc]
    assert sum(error is None for error in met) == 6
    assert {error.code for error in met if isinstance(error, Refused)} == {"payment.exceeded"}
    assert PaymentRoom.objects.get().left_minor == 1_000
    assert check_ledger(at=AT) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_plan_sixteen_times_at_once_is_one_attempt(is_postgres: bool, cast: Cast) -> None:
    if not is_postgres:
        pytest.skip("writers take turns on SQLite")
    story = tell_story(cast)
    for _volley in range(5):
        matter = story.approved(100)
        met = at_once([lambda matter=matter: plan(matter, story.payment.pk, eur(100))] * 16)  # type: ignore[misc]
        assert all(error is None or isinstance(error, Refused) for error in met), met
        assert any(error is None for error in met)
    assert PaymentRoom.objects.get().refunding_minor == 500
    assert check_ledger(at=AT) == []
