"""The payments of an order, and how much of each can still be paid back."""

from dataclasses import dataclass
from uuid import UUID

from recourse.customers.models import Payment
from recourse.customers.policy import PaymentKind
from recourse.kit.money import written
from recourse.ledger.queries import room_of


@dataclass(frozen=True, slots=True)
class PaymentLeft:
    """One captured payment with what is left of it, in minor units of its currency."""

    payment_id: UUID
    customer_id: UUID
    method: str
    currency: str
    paid_minor: int
    left_minor: int

    @property
    def left_shown(self) -> str:
        """Return what is left as it is written, without the currency."""
        return written(self.left_minor, self.currency)


def payments_left(order_id: UUID) -> list[PaymentLeft]:
    """Return the captured payments of an order in the order in which the shop tells them."""
    rows = Payment.objects.filter(order_id=order_id, kind=PaymentKind.CHARGE).select_related("order")
    return [_left(row) for row in rows.order_by("position")]


def left_of(payment_id: UUID) -> PaymentLeft | None:
    """Return one captured payment; None where there is none."""
    row = Payment.objects.filter(pk=payment_id, kind=PaymentKind.CHARGE).select_related("order").first()
    return _left(row) if row else None


def _left(row: Payment) -> PaymentLeft:
    return PaymentLeft(
        row.pk, row.order.customer_id, row.method, row.currency, row.amount_minor, max(room_of(row.pk), 0)
    )
