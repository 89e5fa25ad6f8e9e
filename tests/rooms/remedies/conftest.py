"""A case about a broken kettle: its order with two payments, who works on it, and short words for the verbs."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest

from recourse.cases.actions import take
from recourse.cases.models import Case
from recourse.conversations.actions import issue_pass
from recourse.conversations.queries import Entrance, entrance
from recourse.customers.actions import upsert_order
from recourse.customers.models import Order, Payment
from recourse.customers.policy import ItemFacts, OrderFacts, PaymentFacts, PaymentKind
from recourse.handbook.policy.kinds import LineKind
from recourse.ledger import actions as ledger
from recourse.remedies import actions
from recourse.remedies.actions import Answer, Assessment, ItemTold, NewLine
from recourse.remedies.models import Line, Package
from recourse.remedies.policy import Part, Verdict
from tests.cast import AT, SYSTEM, Cast

LATER = AT + dt.timedelta(hours=1)


def order_of(customer: Any, reference: str = "#K1", paid: tuple[int, ...] = (6_000, 4_000)) -> Order:
    """Return an order of a kettle and two cups, paid by cards."""
    facts = OrderFacts(
        reference=reference, source_state="delivered", currency="GBP", total_minor=sum(paid),
        items=(
            ItemFacts(product_ref="kettle", item_ref="K-1", name="Kettle", quantity=1, unit_minor=8_000),
            ItemFacts(product_ref="cup", item_ref="C-1", name="Cup", quantity=2, unit_minor=1_000),
        ),
        payments=tuple(
            PaymentFacts(kind=PaymentKind.CHARGE, method="credit_card", method_ref=f"ch_{reference}_{n}", amount_minor=minor)
            for n, minor in enumerate(paid)
        ),
    )  # fmt: skip
    upsert_order(customer.pk, facts, by=SYSTEM, at=AT)
    return Order.objects.get(reference=reference)


@dataclass
class Kettle:
    """The case with short words for its verbs; Rosa, a resolver, works on it."""

    cast: Cast
    case: Case
    order: Order
    nick: str = "rosa"
    at: dt.datetime = LATER
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def by(self) -> dict[str, Any]:
        """Return who acts and when."""
        return {"by": self.cast.by(self.nick), "at": self.at}

    @property
    def package(self) -> Package:
        """Return the package as it stands."""
        return Package.objects.get(case=self.case)

    @property
    def payments(self) -> list[Payment]:
        """Return the payments of the order."""
        return list(self.order.payments.order_by("position"))

    def told(self, **changes: Any) -> Assessment:
        """Return the assessment of a broken kettle."""
        plain: dict[str, Any] = {
            "cause": "damaged", "currency": "GBP", "order_ref": "#K1", "items": (ItemTold("K-1"),),
            "sought_kind": "refund", "sought_minor": 8_000,
        }  # fmt: skip
        return Assessment(**{**plain, **changes})

    def assess(self, **changes: Any) -> Package:
        """Assess it."""
        return actions.assess(self.case.ref, self.told(**changes), **self.by)

    def refund(self, minor: int = 4_000, place: int = 0, **changes: Any) -> NewLine:
        """Return a refund of what is owed, against one of the payments."""
        plain: dict[str, Any] = {
            "kind": LineKind.REFUND, "part": Part.ENTITLEMENT, "rule": "faulty_goods", "amount_minor": minor,
            "payment_id": self.payments[place].pk,
        }  # fmt: skip
        return NewLine(**{**plain, **changes})

    def goodwill(self, minor: int = 1_000, **changes: Any) -> NewLine:
        """Return a voucher as goodwill."""
        return NewLine(kind=LineKind.GOODWILL, part=Part.GOODWILL, amount_minor=minor, **changes)

    def add(self, told: NewLine) -> Line:
        """Put a line in."""
        return actions.add_line(self.case.ref, told, **self.by)

    def propose(self, number: int) -> Line:
        """Ask for its approval."""
        return actions.propose(self.case.ref, number, **self.by)

    def approved(self, told: NewLine) -> Line:
        """Put a line in and have it approved within one's own authority."""
        return self.propose(self.add(told).number)

    def offer(self, *numbers: int, **said: Any) -> Any:
        """RemedyOffer lines."""
        return actions.offer(self.case.ref, list(numbers), **said, **self.by)

    def entrance(self) -> Entrance:
        """Return what the customer's link opens."""
        if "token" not in self.kept:
            self.kept["token"] = issue_pass(case_ref=self.case.ref, **self.by).token
        return entrance(self.kept["token"], at=self.at)

    def answer(self, number: int, verdict: str = "accept", **said: Any) -> Any:
        """Answer a line as the customer."""
        through = self.entrance()
        told = Answer(verdict=Verdict(verdict), **said)
        return actions.answer(number, told, pass_id=through.pass_id, by=through.by, at=self.at)

    def line(self, number: int) -> Line:
        """Return a line as it stands."""
        return Line.objects.select_related("package").get(package__case=self.case, number=number)

    def state(self, number: int) -> str:
        """Return where a line stands."""
        return str(self.line(number).state)

    def arrives(self, number: int) -> None:
        """Let the money of a line be paid and arrive, as the ledger tells it."""
        line = self.line(number)
        told = {"key": f"test-{line.pk}", "amount": line.amount, "provider": "manual", "by": SYSTEM, "at": self.at}
        ledger.execute(line.matter, **told)
        ledger.settle(line.matter, **told)

    def holds(self) -> list[str]:
        """Return what keeps the case open."""
        return sorted(self.case.holds.filter(lifted_at__isnull=True).values_list("reason", flat=True))


@pytest.fixture
def kettle(cast: Cast) -> Kettle:
    """Return the case, taken by Rosa."""
    order = order_of(cast.jane)
    case = cast.open("The kettle came broken", family="product", product="kettle", order_refs=["#K1"])
    take(case.pk, by=cast.by("rosa"), at=LATER)
    case.refresh_from_db()
    return Kettle(cast, case, order)
