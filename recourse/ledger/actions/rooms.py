"""Keeps how much of each captured payment can still go back; every taking is one conditional UPDATE."""

from uuid import UUID

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from recourse.kit.errors import Refused
from recourse.kit.money import Money
from recourse.ledger.actions.chargebacks import count_earlier
from recourse.ledger.models import Break, PaymentRoom
from recourse.ledger.policy import BreakKind, Verdict
from recourse.ledger.policy.rooms import counted_elsewhere
from recourse.ledger.queries.payments import Captured, captured

CHARGE_MARKS = ("ch_", "pi_", "py_")
_TAKEN = F("refunding_minor") + F("refunded_minor") + F("charged_back_minor") + F("elsewhere_minor")


def open_room(payment_id: UUID) -> PaymentRoom:
    """Return the room of a payment as the shop tells of it now. Raises NotVisible where there is no such charge."""
    found = captured(payment_id)
    room = PaymentRoom.objects.filter(payment_id=payment_id).first()
    if room is None:
        PaymentRoom.objects.bulk_create([_room(found)], ignore_conflicts=True)
        room = count_earlier(PaymentRoom.objects.get(payment_id=payment_id))
    return _follow_shop(room, found)


def _room(found: Captured) -> PaymentRoom:
    payment, charge = found.payment, charge_ref(found)
    elsewhere = min(max(found.refunded_by_shop, _unexplained(charge)), payment.amount_minor)
    return PaymentRoom(
        payment_id=payment.pk,
        order_id=payment.order_id,
        charge_ref=charge,
        method=payment.method,
        currency=payment.currency,
        captured_minor=payment.amount_minor,
        elsewhere_minor=elsewhere,
        elsewhere_at_first_minor=elsewhere,
    )


def _unexplained(charge: str) -> int:
    """Return what a provider paid back of a charge past what we know."""
    rows = Break.objects.filter(charge_ref=charge, kind=BreakKind.EXTRA).exclude(
        verdict__in=(Verdict.RETURNED, Verdict.TAKEN_OVER)
    )
    return int(rows.aggregate(minor=Sum("theirs_minor"))["minor"] or 0)


def charge_ref(found: Captured) -> str:
    """Return how the provider knows the charge: by the shop's reference of a charge, or order and position."""
    payment = found.payment
    is_charge = payment.method_ref.startswith(CHARGE_MARKS)
    return payment.method_ref if is_charge else f"{payment.order.reference}/{payment.position}"[:80]


def _follow_shop(room: PaymentRoom, found: Captured) -> PaymentRoom:
    """Take over what the shop says now, as far as what went back already leaves room for it."""
    elsewhere = counted_elsewhere(
        at_first=room.elsewhere_at_first_minor, now=found.refunded_by_shop, ours=room.refunded_minor
    )
    if (elsewhere, found.payment.amount_minor) == (room.elsewhere_minor, room.captured_minor):
        return room
    taken = F("refunding_minor") + F("refunded_minor") + F("charged_back_minor")
    fits = PaymentRoom.objects.annotate(taken=taken).filter(
        pk=room.pk, taken__lte=found.payment.amount_minor - elsewhere, currency=found.payment.currency
    )
    fits.update(captured_minor=found.payment.amount_minor, elsewhere_minor=elsewhere)
    room.refresh_from_db()
    return room


def take_room(room: PaymentRoom, amount: Money) -> None:
    """Reserve part of a payment for going back. Raises Refused where it is charged back, or does not fit."""
    if amount.currency != room.currency:
        said = _("This was paid in %(currency)s and can only be paid back in it.") % {"currency": room.currency}
        raise Refused("payment.currency", said)
    fits = PaymentRoom.objects.annotate(left=F("captured_minor") - _TAKEN).filter(
        pk=room.pk, left__gte=amount.minor, open_disputes=0
    )
    if fits.update(refunding_minor=F("refunding_minor") + amount.minor):
        return
    room.refresh_from_db()
    if room.open_disputes:
        raise Refused(
            "payment.disputed", _("The customer's bank is taking this payment back; it is not refunded beside.")
        )
    left = Money(max(room.left_minor, 0), room.currency)
    raise Refused("payment.exceeded", _("Only %(left)s of this payment is left to be paid back.") % {"left": left})


def leave_room(room: PaymentRoom, amount: Money) -> None:
    """Give back what was reserved: it was not paid."""
    _move(room, amount, {"refunding_minor": -1})


def fill_room(room: PaymentRoom, amount: Money) -> None:
    """Turn what was reserved into what was paid back."""
    _move(room, amount, {"refunding_minor": -1, "refunded_minor": 1})


def empty_room(room: PaymentRoom, amount: Money) -> None:
    """Give back what was paid back and has returned."""
    _move(room, amount, {"refunded_minor": -1})


def _move(room: PaymentRoom, amount: Money, signs: dict[str, int]) -> None:
    changes = {name: F(name) + sign * amount.minor for name, sign in signs.items()}
    PaymentRoom.objects.filter(pk=room.pk).update(**changes)
