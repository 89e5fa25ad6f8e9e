"""Verbs over webhooks: receivers outside that are told of events as they happen."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.kit.ids import uuid7
from recourse.kit.outbound import configured
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import open_thread, record
from recourse.timeline.actions.sending import PREFIX, forget_subscriptions, new_secret, sealed_secret
from recourse.timeline.events import (
    Event,
    WebhookAdded,
    WebhookEdited,
    WebhookPaused,
    WebhookRedelivered,
    WebhookRemoved,
    WebhookResumed,
    WebhookSecretRotated,
    WebhookTested,
)
from recourse.timeline.models import Delivery, Webhook
from recourse.timeline.policy import DeliveryState, WebhookState
from recourse.timeline.queries.webhooks import subscribable_events

OLD_SECRET_FOR = dt.timedelta(hours=24)
LIMIT = 50
RIGHT = "webhook:edit"


@verb
def add_webhook(*, url: str, events: Sequence[str], by: Actor, at: dt.datetime) -> tuple[Webhook, str]:
    """Subscribe a receiver to events (names of the catalogue, or `*`) and return it with its secret, shown only now.

    Raises Invalid where the address does not lead to the open internet or an event is not known.
    """
    by.require(RIGHT)
    checked, named = _checked_url(url), _checked_events(events)
    if Webhook.objects.exclude(state=WebhookState.REMOVED).count() >= LIMIT:
        raise Refused("webhook.limit", _("There are %(limit)d webhooks already; remove one first.") % {"limit": LIMIT})
    key, secret = uuid7(), new_secret()
    webhook = Webhook.objects.create(
        id=key,
        thread=open_thread("webhook"),
        url=checked,
        events=named,
        secret=sealed_secret(secret, key),
        owner_id=by.staff_id,
        created_at=at,
    )
    _recorded(webhook, WebhookAdded(webhook=str(key), events=named), by, at)
    return webhook, secret


@verb
def edit_webhook(
    *, webhook_id: UUID, url: str, events: Sequence[str], by: Actor, at: dt.datetime, seen: int | None = None
) -> Webhook:
    """Change where and of what a receiver is told. Raises Invalid, NotVisible, Stale."""
    webhook = _held(webhook_id, by, seen)
    checked, named = _checked_url(url), _checked_events(events)
    is_url_changed = checked != webhook.url
    webhook.url, webhook.events = checked, named
    if is_url_changed:
        webhook.failing_since = None
    return _saved(webhook, WebhookEdited(str(webhook.pk), named, is_url_changed), by, at)


@verb
def rotate_secret(*, webhook_id: UUID, by: Actor, at: dt.datetime, seen: int | None = None) -> tuple[Webhook, str]:
    """Give a receiver a new secret and return it, shown only now; for a day both secrets sign."""
    webhook = _held(webhook_id, by, seen)
    secret = new_secret()
    webhook.previous_secret, webhook.previous_until = webhook.secret, at + OLD_SECRET_FOR
    webhook.secret = sealed_secret(secret, webhook.pk)
    return _saved(webhook, WebhookSecretRotated(str(webhook.pk)), by, at), secret


@verb
def pause_webhook(*, webhook_id: UUID, by: Actor, at: dt.datetime, seen: int | None = None) -> Webhook:
    """Send nothing until the webhook is resumed; what happens meanwhile is not sent later."""
    webhook = _held(webhook_id, by, seen, [WebhookState.ACTIVE])
    webhook.state = WebhookState.PAUSED
    return _saved(webhook, WebhookPaused(str(webhook.pk)), by, at)


@verb
def resume_webhook(*, webhook_id: UUID, by: Actor, at: dt.datetime, seen: int | None = None) -> Webhook:
    """Send again to a paused or disabled webhook."""
    webhook = _held(webhook_id, by, seen, [WebhookState.PAUSED, WebhookState.DISABLED])
    webhook.state, webhook.failing_since = WebhookState.ACTIVE, None
    return _saved(webhook, WebhookResumed(str(webhook.pk)), by, at)


@verb
def remove_webhook(*, webhook_id: UUID, by: Actor, at: dt.datetime, seen: int | None = None) -> Webhook:
    """Stop using a webhook for good: its secrets are destroyed, its row stays for the log of what was sent."""
    webhook = _held(webhook_id, by, seen)
    webhook.state, webhook.secret, webhook.previous_secret = WebhookState.REMOVED, "", ""
    webhook.previous_until = None
    return _saved(webhook, WebhookRemoved(str(webhook.pk)), by, at)


@verb
def try_webhook(*, webhook_id: UUID, by: Actor, at: dt.datetime) -> Delivery:
    """Send a `webhook.tested` event to one webhook, whatever it is subscribed to."""
    webhook = _held(webhook_id, by, None, [WebhookState.ACTIVE])
    entry = record(WebhookTested(str(webhook.pk)), thread=webhook.thread, by=by, at=at)
    delivery, _is_new = Delivery.objects.get_or_create(
        entry=entry, reaction=f"{PREFIX}:{webhook.pk}", defaults={"is_outside": True, "next_look_at": at}
    )
    return delivery


@verb
def redeliver(*, webhook_id: UUID, position: int, by: Actor, at: dt.datetime) -> Delivery:
    """Send an event once more to a webhook that was sent it, or should have been. Raises NotVisible for any other."""
    webhook = _held(webhook_id, by, None, [WebhookState.ACTIVE])
    named = Delivery.objects.filter(entry_id=position, reaction=f"{PREFIX}:{webhook.pk}")
    delivery = named.select_for_update(of=("self",)).first()
    if delivery is None:
        raise NotVisible
    if delivery.state == DeliveryState.RUNNING:
        raise Refused("delivery.state", _("This delivery is not in a state that allows that."))
    delivery.state, delivery.attempts, delivery.next_look_at, delivery.done_at = DeliveryState.WAITING, 0, at, None
    delivery.save(update_fields=["state", "attempts", "next_look_at", "done_at"])
    record(WebhookRedelivered(str(webhook.pk), position), thread=webhook.thread, by=by, at=at)
    return delivery


def _held(webhook_id: UUID, by: Actor, seen: int | None, states: Sequence[WebhookState] = ()) -> Webhook:
    """Load and lock a webhook that is not removed, as it was seen, in one of the states."""
    by.require(RIGHT)
    living = Webhook.objects.exclude(state=WebhookState.REMOVED)
    webhook = living.select_for_update(of=("self",)).select_related("thread").filter(pk=webhook_id).first()
    if webhook is None:
        raise NotVisible
    if seen is not None and seen != webhook.version:
        raise Stale(_("Somebody changed this webhook meanwhile."), current=webhook.version)
    if states and webhook.state not in states:
        raise Refused("webhook.state", _("This webhook is not in a state that allows that."))
    return webhook


def _saved(webhook: Webhook, event: Event, by: Actor, at: dt.datetime) -> Webhook:
    webhook.version += 1
    webhook.save()
    return _recorded(webhook, event, by, at)


def _recorded(webhook: Webhook, event: Event, by: Actor, at: dt.datetime) -> Webhook:
    record(event, thread=webhook.thread, by=by, at=at)
    transaction.on_commit(forget_subscriptions)
    return webhook


def _checked_url(url: str) -> str:
    try:
        configured().check(url)
    except Refused as refused:
        raise Invalid.one("url", refused.sentence) from refused
    return url.strip()


def _checked_events(events: Sequence[str]) -> list[str]:
    named = sorted(set(events))
    unknown = [name for name in named if name not in {"*", *subscribable_events()}]
    if unknown:
        raise Invalid.one("events", _("There is no event called “%(name)s” to subscribe to.") % {"name": unknown[0]})
    if not named:
        raise Invalid.one("events", _("Choose at least one event."))
    return named
