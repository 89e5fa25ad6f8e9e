"""Money that a provider paid past what we know: kept in suspense until somebody, or the payment itself, explains it."""

import datetime as dt

from django.db.models import F

from recourse.kit.actor import Actor
from recourse.kit.money import Money
from recourse.ledger.actions.posting import post, reverse
from recourse.ledger.models import Attempt, Break, PaymentRoom, Posting
from recourse.ledger.policy import BreakKind, NewPosting, Stage, Verdict
from recourse.ledger.policy.chart import SUSPENSE, bank_of

UNEXPLAINED = (BreakKind.EXTRA, BreakKind.TWICE)


def suspend(found: Break, *, by: Actor, at: dt.datetime) -> None:
    """Post an effect that we know nothing of to suspense, and count it against the payment that it took from."""
    amount = theirs(found)
    if amount is None:
        return
    new = NewPosting(
        key=_key(found),
        from_account=bank_of(found.provider),
        to_account=SUSPENSE,
        amount=amount,
        stage=Stage.SETTLED,
        matter=f"unexplained:{found.provider}:{found.subject}"[:120],
        reference=found.subject,
    )
    post([new], by=by, at=at)
    room = PaymentRoom.objects.filter(charge_ref=found.charge_ref, currency=amount.currency).first()
    if room is not None and found.charge_ref:
        _count(room, min(amount.minor, max(room.left_minor, 0)))


def unsuspend(found: Break, *, by: Actor, at: dt.datetime) -> None:
    """Take an effect out of suspense again: it is explained otherwise, or came back."""
    row = Posting.objects.filter(key=_key(found)).first()
    if row is None or Posting.objects.filter(reverses=row).exists():
        return
    reverse(row.key, why=str(found.kind), by=by, at=at)
    room = PaymentRoom.objects.filter(charge_ref=found.charge_ref, currency=row.currency).first()
    if room is not None and found.charge_ref:
        _count(room, -min(row.amount_minor, room.elsewhere_minor))


def take_over_extra(attempt: Attempt, *, by: Actor, at: dt.datetime) -> None:
    """Explain an effect that bears the key of an attempt: it was ours, made before a restore took the attempt away."""
    rows = Break.objects.filter(reference=attempt.key, kind=BreakKind.EXTRA, resolved_at__isnull=True)
    for found in rows:
        unsuspend(found, by=by, at=at)
        rows.filter(pk=found.pk).update(resolved_at=at, verdict=Verdict.TAKEN_OVER, version=F("version") + 1)


def theirs(found: Break) -> Money | None:
    """Return what the provider says was paid."""
    return Money(found.theirs_minor, found.their_currency) if found.theirs_minor else None


def _key(found: Break) -> str:
    return f"suspense:{found.provider}:{found.subject}"


def _count(room: PaymentRoom, minor: int) -> None:
    PaymentRoom.objects.filter(pk=room.pk).update(
        elsewhere_minor=F("elsewhere_minor") + minor, elsewhere_at_first_minor=F("elsewhere_at_first_minor") + minor
    )
