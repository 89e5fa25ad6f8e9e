"""Sends what was planned and looks up what is not known. Each call stands between two transactions, in neither.

An attempt is claimed by one conditional UPDATE under a lease; whoever dies with it leaves it `sending`, and once the
lease is over it is looked up like any other of unknown outcome. It is sent again only under its own key, only after the
provider said that it knows nothing of it, and only while the provider still knows keys of that age.
"""

import datetime as dt

from django.db.models import F
from django.db.models.functions import Coalesce

from recourse.kit.actor import system
from recourse.kit.crashpoint import crashpoint
from recourse.ledger.actions.hearing import hear
from recourse.ledger.actions.quarantine import is_restored, mark_sent
from recourse.ledger.actions.tasks import ask_people
from recourse.ledger.models import Attempt, PaymentsHold
from recourse.ledger.policy import AttemptState, Heard, Told
from recourse.ledger.policy.attempts import LEASE, may_send_again, next_look
from recourse.ledger.providers import Order, Provider, is_configured, provider

S = AttemptState
LOOKED_UP = (S.SENDING, S.UNKNOWN, S.PENDING)
LATER = dt.timedelta(minutes=10)


def send_due(*, at: dt.datetime, limit: int = 5) -> int:
    """Send or look up what is due, and return how many payments that was. While payments are held, only look up."""
    done = ask_people(at=at)
    due = Attempt.objects.filter(next_look_at__lte=at)
    if not due.exists():
        return done
    states = LOOKED_UP if _is_held(at) else (S.PLANNED, *LOOKED_UP)
    found = due.filter(state__in=states).select_related("room").order_by("next_look_at")
    return done + sum(_work(attempt, at) for attempt in found[:limit])


def _is_held(at: dt.datetime) -> bool:
    return is_restored(at=at) or PaymentsHold.objects.filter(lifted_at__isnull=True).exists()


def _work(attempt: Attempt, at: dt.datetime) -> int:
    if not is_configured(attempt.provider):
        Attempt.objects.filter(pk=attempt.pk, next_look_at__lte=at).update(next_look_at=at + LATER)
        return 0
    outside = provider(attempt.provider)
    if attempt.state != S.PLANNED or attempt.is_looked_up_first:
        return _look_up(attempt, outside, at)
    return _send(attempt, outside, at)


def _send(attempt: Attempt, outside: Provider, at: dt.datetime) -> int:
    if attempt.room is not None and attempt.room.open_disputes:
        hear(attempt.pk, Told(Heard.REFUSED, code="disputed"), by=system("ledger"), at=at)
        return 1
    if not may_send_again(attempt.first_sent_at, at) or attempt.is_barred:
        Attempt.objects.filter(pk=attempt.pk, state=S.PLANNED).update(state=S.UNKNOWN, next_look_at=at)
        return 1
    if not _claim_sending(attempt, at):
        return 0
    mark_sent(attempt)
    crashpoint("ledger.claimed")
    told = outside.send(order_of(attempt))
    crashpoint("ledger.heard")
    hear(attempt.pk, told, by=system("ledger"), at=at)
    return 1


def _claim_sending(attempt: Attempt, at: dt.datetime) -> bool:
    """Take an attempt for sending, committed before the call: nobody sends it beside us or forgets that we did."""
    free = Attempt.objects.filter(pk=attempt.pk, state=S.PLANNED, next_look_at__lte=at, is_looked_up_first=False)
    taken = free.update(
        state=S.SENDING,
        sends=F("sends") + 1,
        first_sent_at=Coalesce(F("first_sent_at"), at),
        next_look_at=at + LEASE,
        version=F("version") + 1,
    )
    return bool(taken)


def _look_up(attempt: Attempt, outside: Provider, at: dt.datetime) -> int:
    free = Attempt.objects.filter(next_look_at__lte=at, pk=attempt.pk, state=attempt.state)
    if not free.update(next_look_at=at + LEASE, looks=F("looks") + 1, looked_at=at):
        return 0
    told = outside.look_up(order_of(attempt))
    crashpoint("ledger.heard")
    if attempt.state == S.PLANNED and told.heard in (Heard.ABSENT, Heard.UNKNOWN):
        _after_first_look(attempt, told, at)
    else:
        hear(attempt.pk, told, by=system("ledger"), at=at)
    return 1


def _after_first_look(attempt: Attempt, told: Told, at: dt.datetime) -> None:
    """Let a payment that was looked up before its first sending go out, once the provider said that it knows none."""
    is_absent = told.heard is Heard.ABSENT
    Attempt.objects.filter(pk=attempt.pk, state=S.PLANNED).update(
        is_looked_up_first=not is_absent, next_look_at=at if is_absent else next_look(attempt.looks, at)
    )


def order_of(attempt: Attempt) -> Order:
    """Return what the provider is asked for."""
    return Order(attempt.key, attempt.room.charge_ref if attempt.room else "", attempt.amount)
