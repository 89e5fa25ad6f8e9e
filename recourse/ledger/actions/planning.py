"""Writes payments down before they go out: the attempt with its one key, the room that it takes, what it is for."""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.crashpoint import crashpoint
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.ids import digest
from recourse.kit.money import Money
from recourse.kit.transactions import verb
from recourse.ledger.actions.extras import take_over_extra
from recourse.ledger.actions.rooms import leave_room, open_room, take_room
from recourse.ledger.actions.stating import about, require_approved, tell
from recourse.ledger.events import RefundPlanned, RefundWithdrawn
from recourse.ledger.models import Attempt, PaymentRoom, PaymentsHold, Posting
from recourse.ledger.policy import AttemptState
from recourse.ledger.policy.attempts import LIVE
from recourse.ledger.providers import MANUAL, is_configured

LIVE_STATES = [state.value for state in LIVE]


@verb
def plan_refund(
    line_matter: str, *, payment_id: UUID, amount: Money, approval_ref: str, by: Actor, at: dt.datetime
) -> Attempt:
    """Write down that a captured payment is paid back, wholly or in part; the worker sends it after this commits.

    The amount must be approved for the matter. The same again returns the same attempt; a new one is made only once
    the last was refused or failed. Raises NotVisible, Refused (payment.exceeded, payment.disputed, payment.currency,
    money.not_approved, ledger.key_reused).
    """
    room = open_room(payment_id)
    provider = edition_at(at).rules.money.provider_for(room.method)
    return _plan(line_matter, room, provider if is_configured(provider) else MANUAL, amount, approval_ref, by, at)


@verb
def plan_manual(line_matter: str, *, amount: Money, approval_ref: str, by: Actor, at: dt.datetime) -> Attempt:
    """Write down that finance pays an amount by hand, past any captured payment; two persons confirm it.

    As `plan_refund`, without a payment whose room is taken.
    """
    return _plan(line_matter, None, MANUAL, amount, approval_ref, by, at)


@verb
def withdraw_attempt(attempt_id: UUID, *, by: Actor, at: dt.datetime, note: str = "") -> Attempt:
    """Take back an attempt that has not gone out. Raises NotVisible, Refused (attempt.state) once it has."""
    attempt = Attempt.objects.select_related("room").filter(pk=attempt_id).first()
    if attempt is None:
        raise NotVisible
    gone = Attempt.objects.filter(pk=attempt_id, state=AttemptState.PLANNED, first_sent_at__isnull=True)
    ended = {"state": AttemptState.WITHDRAWN, "ended_at": at, "next_look_at": None, "version": attempt.version + 1}
    if not gone.update(**ended):
        raise Refused("attempt.state", _("This payment has gone out, or ended already."))
    if attempt.room is not None:
        leave_room(attempt.room, attempt.amount)
    attempt.refresh_from_db()
    told = RefundWithdrawn(**about(attempt))
    tell(told, attempt.case_id, by=by, at=at, note=note)
    return attempt


def key_of(matter: str, number: int) -> str:
    """Return the key that an attempt is sent under: the same again after a restore from a backup."""
    return f"rc-{digest(f'{matter}/{number}')[:40]}"


def _plan(
    matter: str, room: PaymentRoom | None, provider: str, amount: Money, approval_ref: str, by: Actor, at: dt.datetime
) -> Attempt:
    standing = _standing(matter, approval_ref)
    if standing is not None:
        return _same(standing, matter, room, amount, approval_ref)
    require_approved(matter, amount)
    attempt = _row(matter, room, provider, amount, approval_ref, at)
    take_over_extra(attempt, by=by, at=at)
    try:
        with transaction.atomic():
            attempt.save(force_insert=True)
    except IntegrityError as error:  # somebody planned the same at the same moment
        raise Refused("ledger.key_reused", _("This is being paid already.")) from error
    payment_id = str(room.payment_id) if room else ""
    tell(RefundPlanned(**about(attempt), payment_id=payment_id), attempt.case_id, by=by, at=at, edition=attempt.edition)
    if room is not None:
        take_room(room, amount)
    crashpoint("ledger.planned")
    return attempt


def _standing(matter: str, approval_ref: str) -> Attempt | None:
    live = Attempt.objects.select_related("room").filter(state__in=LIVE_STATES)
    return live.filter(matter=matter).first() or live.filter(approval_ref=approval_ref).first()


def _same(found: Attempt, matter: str, room: PaymentRoom | None, amount: Money, approval_ref: str) -> Attempt:
    asked = (matter, room.pk if room else None, amount, approval_ref)
    if (found.matter, found.room_id, found.amount, found.approval_ref) != asked:
        raise Refused("ledger.key_reused", _("This is being paid already, with other content."))
    return found


def _row(
    matter: str, room: PaymentRoom | None, provider: str, amount: Money, approval_ref: str, at: dt.datetime
) -> Attempt:
    number = Attempt.objects.filter(matter=matter).count() + 1
    first = Posting.objects.filter(matter=matter).order_by("id").first()
    return Attempt(
        matter=matter,
        number=number,
        key=key_of(matter, number),
        approval_ref=approval_ref,
        room=room,
        provider=provider,
        amount_minor=amount.minor,
        currency=amount.currency,
        case_id=first.case_id if first else None,
        planned_at=at,
        next_look_at=None if provider == MANUAL else at,
        is_looked_up_first=PaymentsHold.objects.exists(),
        edition=edition_at(at).number,
    )
