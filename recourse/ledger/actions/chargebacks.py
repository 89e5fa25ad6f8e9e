"""Chargebacks: what the customer's bank takes back counts against the payment and blocks refunds while it is open."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import F

from recourse.kit.actor import system
from recourse.kit.models import locked
from recourse.kit.money import CURRENCIES
from recourse.ledger.actions.posting import post, reverse
from recourse.ledger.actions.stating import tell
from recourse.ledger.actions.tasks import raise_task
from recourse.ledger.events import ChargebackClosed, ChargebackOpened
from recourse.ledger.models import Attempt, Chargeback, PaymentRoom
from recourse.ledger.policy import ChargebackState, NewPosting, Stage, TaskKind
from recourse.ledger.policy.chart import CHARGEBACKS, bank_of

_CLOSED = {"won": ChargebackState.WON, "lost": ChargebackState.LOST, "warning_closed": ChargebackState.WON}


def hear_of_chargeback(provider: str, body: Mapping[str, Any], *, at: dt.datetime) -> str:
    """Take in a report about a chargeback, in any order and however often; must stand inside a transaction.

    Raises ValueError where it cannot be read.
    """
    state = _CLOSED.get(str(body.get("status")), ChargebackState.OPEN)
    found = _known(provider, body, at)
    if found.state == state or found.state != ChargebackState.OPEN:
        return str(found.state)
    _close(found, state, at)
    return str(state)


def _known(provider: str, body: Mapping[str, Any], at: dt.datetime) -> Chargeback:
    key = {"provider": provider, "provider_ref": str(body["id"])[:120]}
    found: Chargeback | None = locked(Chargeback.objects.filter(**key)).first()
    if found is not None:
        return found
    minor, currency = body.get("amount"), str(body.get("currency", "")).upper()
    if type(minor) is not int or minor <= 0 or currency not in CURRENCIES:
        raise ValueError("not a chargeback")
    charge = str(body.get("charge") or body.get("payment_intent") or "")[:80]
    found = Chargeback(
        **key, charge_ref=charge, amount_minor=minor, currency=currency, state=ChargebackState.OPEN, opened_at=at
    )
    _open(found, at)
    return found


def _open(found: Chargeback, at: dt.datetime) -> None:
    room = locked(PaymentRoom.objects.filter(charge_ref=found.charge_ref)).first() if found.charge_ref else None
    if room is not None:
        count_chargeback(found, room)
    found.save()
    by = system(f"provider:{found.provider}")
    post([_posting(found)], by=by, at=at)
    excess = found.amount_minor - found.counted_minor
    told = ChargebackOpened(_payment(found), found.amount_minor, found.currency, excess if room else 0)
    tell(told, _case_id(found), by=by, at=at)
    raise_task(TaskKind.CHARGEBACK, _matter(found), found.amount, at=at)


def count_chargeback(found: Chargeback, room: PaymentRoom) -> None:
    """Count a chargeback against a payment as far as there is room; what went back besides is lost twice."""
    is_same = found.currency == room.currency
    found.room = room
    found.counted_minor = min(found.amount_minor, max(room.left_minor, 0)) if is_same else 0
    is_open = 1 if found.state == ChargebackState.OPEN else 0
    PaymentRoom.objects.filter(pk=room.pk).update(
        charged_back_minor=F("charged_back_minor") + found.counted_minor, open_disputes=F("open_disputes") + is_open
    )


def count_earlier(room: PaymentRoom) -> PaymentRoom:
    """Count the chargebacks that were heard of before anything was paid back of a payment."""
    for found in locked(Chargeback.objects.filter(charge_ref=room.charge_ref, room__isnull=True)):
        if found.state != ChargebackState.WON:
            count_chargeback(found, room)
            found.save()
            room.refresh_from_db()
    return room


def _close(found: Chargeback, state: ChargebackState, at: dt.datetime) -> None:
    by, is_won = system(f"provider:{found.provider}"), state == ChargebackState.WON
    if found.room is not None:
        PaymentRoom.objects.filter(pk=found.room.pk).update(
            open_disputes=F("open_disputes") - 1,
            charged_back_minor=F("charged_back_minor") - (found.counted_minor if is_won else 0),
        )
    if is_won:
        reverse(_posting(found).key, why="won", by=by, at=at)
    found.state, found.closed_at = state, at
    found.counted_minor = 0 if is_won else found.counted_minor
    found.save()
    told = ChargebackClosed(_payment(found), found.amount_minor, found.currency, is_won)
    tell(told, _case_id(found), by=by, at=at)


def _posting(found: Chargeback) -> NewPosting:
    return NewPosting(
        key=_matter(found),
        from_account=bank_of(found.provider),
        to_account=CHARGEBACKS,
        amount=found.amount,
        stage=Stage.SETTLED,
        matter=_matter(found),
        cause="chargeback",
        reference=found.provider_ref,
    )


def _matter(found: Chargeback) -> str:
    return f"chargeback:{found.provider}:{found.provider_ref}"[:120]


def _payment(found: Chargeback) -> str:
    return str(found.room.payment_id) if found.room else ""


def _case_id(found: Chargeback) -> Any:
    last = Attempt.objects.filter(room=found.room, case__isnull=False).order_by("-id").first() if found.room else None
    return last.case_id if last else None
