"""Makes money stories: an order with payments, a case about it, an amount that is approved."""

import datetime as dt
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from recourse.cases.models import Case
from recourse.customers.actions import upsert_order
from recourse.customers.models import Payment
from recourse.customers.policy import OrderFacts, PaymentFacts, PaymentKind
from recourse.kit.ids import uuid7
from recourse.kit.money import Money
from recourse.ledger import actions
from recourse.ledger.models import Attempt
from tests.cast import AT, SYSTEM, Cast

_numbers = count(1)


def eur(minor: int) -> Money:
    """Return euros."""
    return Money(minor, "EUR")


@dataclass
class Story:
    """A case about an order with its payments."""

    cast: Cast
    case: Case
    payments: list[Payment]

    @property
    def payment(self) -> Payment:
        """Return the first charge."""
        return self.payments[0]

    def approved(self, minor: int, *, kind: str = "refund", currency: str = "EUR", at: dt.datetime = AT) -> str:
        """Promise and approve an amount for a new matter, and return the matter."""
        matter = f"story:{uuid7()}"
        promise(self, matter, Money(minor, currency), kind=kind, at=at)
        actions.approve(matter, approval_ref=approval_of(matter), by=SYSTEM, at=at)
        return matter

    def refund(self, minor: int, *, payment: Payment | None = None, at: dt.datetime = AT) -> Attempt:
        """Approve and plan a refund."""
        return plan(self.approved(minor, at=at), (payment or self.payment).pk, eur(minor), at=at)


def approval_of(matter: str) -> str:
    """Return the name of the approval of a matter."""
    return matter.replace("story", "approval")


def promise(story: Story, matter: str, amount: Money, *, kind: str = "refund", at: dt.datetime = AT) -> None:
    """Promise an amount for a matter."""
    actions.promise(matter, amount=amount, kind=kind, case_id=story.case.pk, cause="broken", by=SYSTEM, at=at)


def plan(matter: str, payment_id: UUID, amount: Money, *, at: dt.datetime = AT, approval_ref: str = "") -> Attempt:
    """Plan a refund of a matter."""
    return actions.plan_refund(
        matter, payment_id=payment_id, amount=amount, approval_ref=approval_ref or approval_of(matter), by=SYSTEM, at=at
    )


def charge(minor: int, **given: Any) -> PaymentFacts:
    """Return a charge on a credit card."""
    number = next(_numbers)
    told = {"kind": PaymentKind.CHARGE, "method": "credit_card", "method_ref": f"ch_{number}"}
    return PaymentFacts(amount_minor=minor, at=AT, **{**told, **given})


def tell_story(cast: Cast, *payments: PaymentFacts, currency: str = "EUR") -> Story:
    """Make an order of Jane's with payments (one charge of 100.00 unless told), and a case about it."""
    told = payments or (charge(10_000),)
    reference = f"#W{next(_numbers)}"
    order = OrderFacts(
        reference=reference, source_state="delivered", currency=currency,
        total_minor=sum(one.amount_minor for one in told if one.kind is PaymentKind.CHARGE), placed_at=AT, payments=told,
    )  # fmt: skip
    upsert_order(cast.jane.pk, order, by=SYSTEM, at=AT)
    case = cast.open("Money, please", order_refs=[reference])
    rows = Payment.objects.filter(order__reference=reference).order_by("position")
    return Story(cast, case, list(rows))
