"""Sends events to webhooks: who gets which, what is said, how it is signed, what becomes of a failure."""

import base64
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F
from standardwebhooks import Webhook as Signer

from recourse.kit.actor import system
from recourse.kit.errors import Refused
from recourse.kit.ids import random_bytes
from recourse.kit.outbound import Answer, UnreachableError, configured
from recourse.kit.sealing import UnsealableError, seal, unseal
from recourse.kit.time import iso, monotonic
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import record
from recourse.timeline.events import WebhookDisabled, event_class
from recourse.timeline.models import Entry, Webhook, WebhookAttempt
from recourse.timeline.policy import Audience, WebhookState, canonical, is_worn_out
from recourse.timeline.queries.webhooks import subscriptions
from recourse.timeline.reactions import plug_subscribers

PREFIX = "webhook"
PURPOSE = "webhook secret"
REMEMBER = 5.0
ATTEMPTS_KEPT = dt.timedelta(days=30)


class NotTakenError(Exception):
    """The receiver did not take an event; the outbox tries again."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the rooms above know of a thread: whether its events may leave, and how it is called in public."""

    is_shareable: Callable[[str, UUID], bool]
    ref: Callable[[str, UUID], str]


_outside: list[Outside] = []
_remembered: dict[str, Any] = {}


def plug_webhooks(*, is_thread_shareable: Callable[[str, UUID], bool], thread_ref: Callable[[str, UUID], str]) -> None:
    """Connect webhooks to the outbox; both functions are given the kind and the key of a thread.

    Until this is called nothing is sent.
    """
    _outside[:] = [Outside(is_thread_shareable, thread_ref)]
    plug_subscribers(PREFIX, subscribers, carry)


def subscribers(event: str) -> Sequence[str]:
    """Return the names of the deliveries that an event causes; what is for a restricted audience causes none.

    The list of webhooks is remembered for at most five seconds in each process.
    """
    cls = event_class(event)
    if cls is None or cls.audience is Audience.RESTRICTED:
        return []
    if _remembered.get("until", 0.0) <= monotonic():
        _remembered.update(until=monotonic() + REMEMBER, rows=subscriptions())
    return [f"{PREFIX}:{key}" for key, events in _remembered["rows"] if "*" in events or event in events]


def forget_subscriptions() -> None:
    """Forget the remembered list, so that a change of a webhook holds at once in this process."""
    _remembered.clear()


def carry(position: int, key: str, at: dt.datetime) -> bool:
    """Send one event to one webhook; return False where it must not or need not be sent.

    Raises NotTakenError where the receiver did not answer with 2xx.
    """
    webhook = Webhook.objects.filter(pk=key, state=WebhookState.ACTIVE).first()
    entry = Entry.objects.select_related("thread").get(pk=position)
    if webhook is None or not _may_leave(entry):
        return False
    outcome, answer, secrets = "secret", None, _secrets(webhook, at)
    if secrets:
        outcome, answer = _post(webhook, entry, secrets, at)
    _note(webhook, entry, outcome, answer, at)
    if outcome != "taken":
        raise NotTakenError(outcome)
    return True


def message(entry: Entry) -> dict[str, Any]:
    """Return what a webhook is told of an entry: no note, no person."""
    thread = {"kind": entry.thread.kind, "id": str(entry.thread_id)}
    ref = _outside[0].ref(entry.thread.kind, entry.thread_id)
    return {
        "type": entry.event,
        "version": entry.version,
        "position": entry.position,
        "timestamp": iso(entry.at),
        "thread": thread | ({"ref": ref} if ref else {}),
        "actor_kind": entry.actor_kind,
        "data": _plain(entry),
    }


def new_secret() -> str:
    """Return a fresh secret in the form that receivers' libraries read."""
    return "whsec_" + base64.b64encode(random_bytes(32)).decode()


def sealed_secret(secret: str, webhook_id: UUID) -> str:
    """Return a secret as it is stored."""
    return seal(secret, purpose=PURPOSE, row=str(webhook_id))


def prune_attempts(*, at: dt.datetime, limit: int = 5_000) -> int:
    """Remove the log of sendings older than thirty days, and return how many rows went."""
    old = WebhookAttempt.objects.filter(at__lt=at - ATTEMPTS_KEPT).order_by("id").values_list("pk", flat=True)
    return WebhookAttempt.objects.filter(pk__in=list(old[:limit])).delete()[0]


def _plain(entry: Entry) -> Mapping[str, Any]:
    cls = event_class(entry.event)
    return vars(cls.from_payload(entry.payload)) if cls else {}


def _may_leave(entry: Entry) -> bool:
    """Tell whether an entry may go out now: its thread may have become restricted since it was written."""
    if entry.audience == Audience.RESTRICTED or not _outside:
        return False
    return _outside[0].is_shareable(entry.thread.kind, entry.thread_id)


def _secrets(webhook: Webhook, at: dt.datetime) -> list[str]:
    """Return the secrets to sign with: the present one, and for a day after a change the one before."""
    held = [webhook.secret]
    if webhook.previous_until and webhook.previous_until > at:
        held.append(webhook.previous_secret)
    try:
        return [unseal(secret, purpose=PURPOSE, row=str(webhook.pk)) for secret in held]
    except UnsealableError:
        return []


def _post(webhook: Webhook, entry: Entry, secrets: list[str], at: dt.datetime) -> tuple[str, Answer | None]:
    body = canonical(message(entry))
    key = f"{webhook.pk}:{entry.position}"
    signatures = " ".join(Signer(secret).sign(key, at, body) for secret in secrets)
    fields = {
        "Content-Type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures,
    }
    try:
        answer = configured().send("POST", webhook.url, body=body.encode(), headers=fields)
    except Refused as refused:
        return refused.code, None
    except UnreachableError as unreachable:
        return unreachable.code, None
    return "taken" if 200 <= answer.status < 300 else "refused", answer


@verb
def _note(webhook: Webhook, entry: Entry, outcome: str, answer: Answer | None, at: dt.datetime) -> None:
    """Log a sending; begin or end the time of failing; disable a webhook that has failed for days."""
    WebhookAttempt.objects.create(
        webhook=webhook,
        entry=entry,
        at=at,
        outcome=outcome,
        status=answer.status if answer else None,
        milliseconds=answer.milliseconds if answer else 0,
    )
    held = Webhook.objects.select_for_update().select_related("thread").get(pk=webhook.pk)
    if outcome == "taken":
        held.failing_since = None
    else:
        held.failing_since = held.failing_since or at
    is_over = held.state == WebhookState.ACTIVE and is_worn_out(held.failing_since, at)
    if is_over and held.failing_since:
        held.state = WebhookState.DISABLED
        gone = WebhookDisabled(webhook=str(held.pk), failing_since=iso(held.failing_since))
        record(gone, thread=held.thread, by=system("webhooks"), at=at)
        forget_subscriptions()
    if is_over or held.failing_since != webhook.failing_since:
        Webhook.objects.filter(pk=held.pk).update(
            failing_since=held.failing_since, state=held.state, version=F("version") + (1 if is_over else 0)
        )
