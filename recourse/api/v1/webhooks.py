"""Webhooks and the outbox over JSON: who is told of what, what was sent, what is stuck."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.shapes import Body, Cursor, PageOf, Size, Versioned, acting, at, told, viewer
from recourse.kit.errors import NotVisible
from recourse.timeline import actions, queries
from recourse.timeline.policy import DeliveryState, WebhookState

router = Router()
EventName = Annotated[str, Field(min_length=1, max_length=80)]


class WebhookIn(Versioned):
    """An address on the open internet, and the events that it is told of (`*` for all that may leave)."""

    url: Annotated[str, Field(min_length=1, max_length=2000, examples=["https://example.com/hook"])]
    events: Annotated[list[EventName], Field(min_length=1, max_length=200)]


class WebhookOut(Schema):
    """A webhook without its secret."""

    id: UUID
    version: int
    url: str
    events: list[str]
    state: WebhookState
    failing_since: dt.datetime | None
    created_at: dt.datetime


class SecretOut(Schema):
    """A webhook with its secret, shown only now."""

    webhook: WebhookOut
    secret: str


class AttemptOut(Schema):
    """One sending and what came of it."""

    id: UUID
    position: int
    at: dt.datetime
    outcome: str
    status: int | None
    milliseconds: int

    @staticmethod
    def resolve_position(attempt: Any) -> int:
        """Return the position of the entry that was sent."""
        return int(attempt.entry_id)


class DeliveryOut(Schema):
    """A delivery of the outbox."""

    id: UUID
    position: int
    reaction: str
    state: DeliveryState
    attempts: int
    next_look_at: dt.datetime | None
    error: str
    done_at: dt.datetime | None

    @staticmethod
    def resolve_position(delivery: Any) -> int:
        """Return the position of the entry behind it."""
        return int(delivery.entry_id)


class OutboxOut(Schema):
    """How many deliveries are not finished."""

    waiting: int
    running: int
    stuck: int
    oldest_due_at: dt.datetime | None


class RedeliverIn(Body):
    """The position of the entry to send once more."""

    position: Annotated[int, Field(strict=True, ge=1, le=2**63 - 1)]


class ReasonIn(Body):
    """Why."""

    reason: Annotated[str, Field(max_length=1000)] = ""


@router.get("/webhooks", response=answers(list[WebhookOut]), operation_id="list_webhooks")
def listed(request: HttpRequest) -> Any:
    """Return every webhook that is not removed, newest first."""
    return list(queries.webhooks(viewer=viewer(request)))


@router.post("/webhooks", response=answers(SecretOut, 201), operation_id="add_webhook")
def add(request: HttpRequest, body: WebhookIn) -> Any:
    """Subscribe a receiver to events."""
    webhook, secret = actions.add_webhook(url=body.url, events=body.events, **acting(request))
    return {"webhook": webhook, "secret": secret}


@router.get("/webhooks/events", response=answers(list[str]), operation_id="list_webhook_events")
def events(request: HttpRequest) -> Any:
    """Return the names of the events that may leave."""
    return queries.subscribable_events()


@router.get("/webhooks/{webhook_id}", response=answers(WebhookOut), operation_id="get_webhook")
def one(request: HttpRequest, webhook_id: UUID) -> Any:
    """Return one webhook."""
    return queries.webhook(webhook_id, viewer=viewer(request))


@router.put("/webhooks/{webhook_id}", response=answers(WebhookOut), operation_id="edit_webhook")
def edit(request: HttpRequest, webhook_id: UUID, body: WebhookIn) -> Any:
    """Change where and of what a receiver is told."""
    return actions.edit_webhook(webhook_id=webhook_id, **told(body), **acting(request))


@router.post("/webhooks/{webhook_id}/secret", response=answers(SecretOut), operation_id="rotate_secret")
def rotate(request: HttpRequest, webhook_id: UUID, body: Versioned) -> Any:
    """Give a receiver a new secret; for a day both sign."""
    webhook, secret = actions.rotate_secret(webhook_id=webhook_id, seen=body.seen, **acting(request))
    return {"webhook": webhook, "secret": secret}


@router.post("/webhooks/{webhook_id}/pause", response=answers(WebhookOut), operation_id="pause_webhook")
def pause(request: HttpRequest, webhook_id: UUID, body: Versioned) -> Any:
    """Send nothing until the webhook is resumed."""
    return actions.pause_webhook(webhook_id=webhook_id, seen=body.seen, **acting(request))


@router.post("/webhooks/{webhook_id}/resumption", response=answers(WebhookOut), operation_id="resume_webhook")
def resume(request: HttpRequest, webhook_id: UUID, body: Versioned) -> Any:
    """Send again to a paused or disabled webhook."""
    return actions.resume_webhook(webhook_id=webhook_id, seen=body.seen, **acting(request))


@router.delete("/webhooks/{webhook_id}", response=answers(WebhookOut), operation_id="remove_webhook")
def remove(request: HttpRequest, webhook_id: UUID) -> Any:
    """Stop using a webhook for good."""
    return actions.remove_webhook(webhook_id=webhook_id, **acting(request))


@router.post("/webhooks/{webhook_id}/test", response=answers(DeliveryOut), operation_id="test_webhook")
def test(request: HttpRequest, webhook_id: UUID) -> Any:
    """Send a `webhook.tested` event."""
    return actions.try_webhook(webhook_id=webhook_id, **acting(request))


@router.get("/webhooks/{webhook_id}/attempts", response=answers(PageOf[AttemptOut]), operation_id="list_attempts")
def attempts(request: HttpRequest, webhook_id: UUID, cursor: Cursor = None, size: Size = 50) -> Any:
    """Return what was sent and what came of it, newest first."""
    queries.webhook(webhook_id, viewer=viewer(request))
    return queries.attempts(webhook_id, viewer=viewer(request), cursor=cursor, size=size)


@router.post("/webhooks/{webhook_id}/redelivery", response=answers(DeliveryOut), operation_id="redeliver")
def redeliver(request: HttpRequest, webhook_id: UUID, body: RedeliverIn) -> Any:
    """Send an event once more."""
    return actions.redeliver(webhook_id=webhook_id, position=body.position, **acting(request))


@router.get("/deliveries", response=answers(PageOf[DeliveryOut]), operation_id="list_deliveries")
def deliveries(
    request: HttpRequest, state: DeliveryState = DeliveryState.STUCK, cursor: Cursor = None, size: Size = 50
) -> Any:
    """Return the deliveries in a state, newest first."""
    return queries.deliveries(viewer=viewer(request), state=state, cursor=cursor, size=size)


@router.get("/deliveries/counts", response=answers(OutboxOut), operation_id="count_deliveries")
def counts(request: HttpRequest) -> Any:
    """Return how many deliveries are not finished."""
    viewer(request).require("system:operate")
    return queries.outbox_counts(at=at(request))


@router.get("/deliveries/{delivery_id}", response=answers(DeliveryOut), operation_id="get_delivery")
def delivery(request: HttpRequest, delivery_id: UUID) -> Any:
    """Return one delivery."""
    found = queries.delivery(delivery_id, viewer=viewer(request))
    if found is None:
        raise NotVisible
    return found


@router.post("/deliveries/{delivery_id}/retry", response=answers(DeliveryOut), operation_id="retry_delivery")
def retry(request: HttpRequest, delivery_id: UUID) -> Any:
    """Let a stuck, dropped or waiting delivery run again at once."""
    return actions.retry_delivery(delivery_id=delivery_id, **acting(request))


@router.post("/deliveries/{delivery_id}/dropping", response=answers(DeliveryOut), operation_id="drop_delivery")
def drop(request: HttpRequest, delivery_id: UUID, body: ReasonIn) -> Any:
    """Give up a stuck delivery; it stays listed as dropped."""
    return actions.drop_delivery(delivery_id=delivery_id, **told(body), **acting(request))
