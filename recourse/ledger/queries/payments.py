"""What was captured, and how much of it can still go back."""

from dataclasses import dataclass
from uuid import UUID

from recourse.customers.models import Payment
from recourse.customers.policy import PaymentKind
from recourse.kit.errors import NotVisible
from recourse.ledger.models import PaymentRoom
from recourse.ledger.policy.rooms import ShopLine, refunded_by_shop


@dataclass(frozen=True, slots=True)
class Captured:
    """A charge as the shop tells it now, with what the shop paid back of it itself."""

    payment: Payment
    refunded_by_shop: int


def captured(payment_id: UUID) -> Captured:
    """Return a charge as the shop tells it; NotVisible where there is none or it is a refund."""
    payment = Payment.objects.select_related("order").filter(pk=payment_id, kind=PaymentKind.CHARGE).first()
    if payment is None:
        raise NotVisible
    lines = [
        ShopLine(line.position, line.kind == PaymentKind.CHARGE, (line.method, line.method_ref), line.amount_minor)
        for line in payment.order.payments.order_by("position")
    ]
    return Captured(payment, refunded_by_shop(lines)[payment.position])


def room_of(payment_id: UUID) -> int:
    """Return how much of a payment can still be paid back, in minor units of its own currency."""
    room = PaymentRoom.objects.filter(payment_id=payment_id).first()
    if room is not None:
        return 0 if room.open_disputes else room.left_minor
    found = captured(payment_id)
    return found.payment.amount_minor - found.refunded_by_shop
