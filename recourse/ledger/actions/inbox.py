"""Takes in what providers report by themselves: kept as it came, once, and then worked through, in any order."""

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from recourse.handbook.queries import edition_at
from recourse.kit.actor import system
from recourse.kit.crashpoint import crashpoint
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.models import locked
from recourse.kit.money import Money
from recourse.kit.transactions import verb
from recourse.ledger.actions.chargebacks import hear_of_chargeback
from recourse.ledger.actions.hearing import hear
from recourse.ledger.actions.tasks import raise_task
from recourse.ledger.models import Attempt, ProviderEvent
from recourse.ledger.policy import TaskKind, Told
from recourse.ledger.providers import ForgedError, is_configured, provider
from recourse.ledger.providers.card import heard, listed_row

log = logging.getLogger(__name__)
TRIES = 8
REFUNDS = ("refund.", "charge.refund.")
DISPUTES = "charge.dispute."


def keep_report(name: str, *, body: bytes, headers: Mapping[str, str], at: dt.datetime) -> bool:
    """Keep a report whose signature holds, once; tell whether it is new.

    Raises NotVisible for a provider that there is not, Refused (report.forged) for what it did not send, or not now.
    """
    if not is_configured(name):
        raise NotVisible
    try:
        report = provider(name).read_report(body, headers, at)
    except ForgedError as error:
        raise Refused("report.forged", _("This report bears no signature of the provider that holds now.")) from error
    made = ProviderEvent(
        provider=name, event_id=report.event_id, kind=report.kind, body=dict(report.body), received_at=at
    )
    is_new = not ProviderEvent.objects.filter(provider=name, event_id=report.event_id).exists()
    ProviderEvent.objects.bulk_create([made], ignore_conflicts=True)
    crashpoint("inbox.kept")
    return is_new


def take_reports(*, at: dt.datetime, limit: int = 20) -> int:
    """Work through reports that wait, and return how many; one that cannot be taken in is put before a person."""
    waiting = ProviderEvent.objects.filter(taken_at__isnull=True).order_by("received_at")
    found = list(waiting.values_list("pk", flat=True)[:limit])
    for event_id in found:
        try:
            _take(event_id, at)
        except Exception as error:  # one report must not keep the others from being read
            log.exception("a report of a provider cannot be taken in")
            _put_off(event_id, type(error).__name__, at)
    return len(found)


@verb
def _take(event_id: UUID, at: dt.datetime) -> None:
    event: ProviderEvent | None = locked(ProviderEvent.objects.filter(pk=event_id, taken_at__isnull=True)).first()
    if event is None:
        return
    outcome = "passed_over"
    if event.kind.startswith(REFUNDS):
        outcome = _refund(event, at)
    elif event.kind.startswith(DISPUTES):
        outcome = hear_of_chargeback(event.provider, event.body, at=at)
    ProviderEvent.objects.filter(pk=event.pk).update(taken_at=at, outcome=outcome)
    crashpoint("inbox.taken")


def _refund(event: ProviderEvent, at: dt.datetime) -> str:
    """Bring a report about a refund to its attempt: by our reference, or by the provider's."""
    told = listed_row(_plain(event.body))
    ours = Attempt.objects.filter(provider=event.provider)
    attempt = ours.filter(key=told.reference).first() if told.reference else None
    attempt = attempt or ours.filter(provider_ref=told.provider_ref).first()
    if attempt is None:
        return "unmatched"
    said = Told(heard(told.status), told.provider_ref, told.amount, told.code)
    hear(attempt.pk, said, by=system(f"provider:{event.provider}"), at=at)
    return told.status


def _plain(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"created": 0, **body}


@verb
def _put_off(event_id: UUID, why: str, at: dt.datetime) -> None:
    ProviderEvent.objects.filter(pk=event_id).update(tries=F("tries") + 1)
    event = ProviderEvent.objects.get(pk=event_id)
    if event.tries >= TRIES:
        ProviderEvent.objects.filter(pk=event_id).update(taken_at=at, outcome=f"stuck:{why}"[:40])
        nothing = Money(0, edition_at(at).rules.currency)
        raise_task(TaskKind.UNEXPLAINED, f"report:{event.provider}:{event.event_id}", nothing, at=at)
