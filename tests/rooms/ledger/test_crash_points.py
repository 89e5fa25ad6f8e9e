"""Faults can be put at named places, every one of which is reached, and which cost nothing otherwise."""

import time

import pytest

from recourse.kit import crashpoint
from recourse.kit.crashpoint import NAMES, CrashError, set_faults
from recourse.ledger import actions
from tests.cast import AT, SYSTEM
from tests.equipment.provider import FakePsp
from tests.rooms.ledger.build import Story, approval_of, eur
from tests.rooms.ledger.paying import DAY, hear_all, planned, work


@pytest.fixture(autouse=True)
def _no_faults() -> object:
    yield
    set_faults("")
    crashpoint.watch(None)


@pytest.mark.django_db
def test_every_crash_point_is_reached(psp: FakePsp, story: Story) -> None:
    reached: set[str] = set()
    crashpoint.watch(reached.add)
    planned(psp, story)
    work(psp)
    hear_all(psp)
    actions.reconcile("card", from_at=AT - DAY, until_at=AT, by=SYSTEM, at=AT)
    matter = story.approved(500, kind="goodwill")
    by_hand = actions.plan_manual(matter, amount=eur(500), approval_ref=approval_of(matter), by=SYSTEM, at=AT)
    actions.confirm_payment(by_hand.pk, reference="SEPA", by=story.cast.by("fin"), at=AT)
    credit = story.approved(700, kind="credit")
    voucher = actions.issue_voucher(
        credit, amount=eur(700), approval_ref=approval_of(credit), customer_id=story.cast.jane.pk, by=SYSTEM, at=AT
    )
    actions.redeem_voucher(actions.code_of(voucher), spent_on="W1", by=SYSTEM, at=AT)
    assert reached == NAMES


def test_a_fault_strikes_at_its_turn_or_at_each() -> None:
    set_faults("ledger.planned=raise@2")
    crashpoint.crashpoint("ledger.planned")
    with pytest.raises(CrashError):
        crashpoint.crashpoint("ledger.planned")
    crashpoint.crashpoint("ledger.planned")
    set_faults("ledger.noted=sleep:0.05,ledger.planned=raise")
    begun = time.monotonic()
    crashpoint.crashpoint("ledger.noted")
    assert time.monotonic() - begun >= 0.05
    for _turn in range(2):
        with pytest.raises(CrashError):
            crashpoint.crashpoint("ledger.planned")


def test_without_faults_nothing_happens_and_unknown_names_are_refused() -> None:
    set_faults("")
    crashpoint.crashpoint("any name at all")
    with pytest.raises(LookupError):
        set_faults("teapot=raise")
    set_faults("ledger.noted=raise@9")
    with pytest.raises(LookupError):
        crashpoint.crashpoint("teapot")
