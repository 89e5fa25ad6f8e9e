"""Questions about the receivers outside that are told of events."""

from collections.abc import Sequence
from uuid import UUID

from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible
from recourse.kit.paging import PAGE_SIZE, Page, page
from recourse.timeline.events import catalogue
from recourse.timeline.models import Webhook, WebhookAttempt
from recourse.timeline.policy import Audience, WebhookState


def webhooks(*, viewer: Actor) -> Sequence[Webhook]:
    """Return every webhook that is not removed, newest first. Needs the right to edit webhooks."""
    viewer.require("webhook:edit")
    return list(Webhook.objects.exclude(state=WebhookState.REMOVED).order_by("-id"))


def webhook(webhook_id: UUID, *, viewer: Actor) -> Webhook:
    """Return one webhook; a removed one is not visible. Needs the right to edit webhooks."""
    viewer.require("webhook:edit")
    found = Webhook.objects.exclude(state=WebhookState.REMOVED).filter(pk=webhook_id).first()
    if found is None:
        raise NotVisible
    return found


def attempts(
    webhook_id: UUID, *, viewer: Actor, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[WebhookAttempt]:
    """Return what was sent to a webhook and what came of it, newest first. Needs the right to edit webhooks."""
    viewer.require("webhook:edit")
    found = WebhookAttempt.objects.filter(webhook_id=webhook_id).select_related("entry")
    return page(found, order=["-id"], cursor=cursor, size=size)


def subscribable_events() -> list[str]:
    """Return the names of events that may leave: all but those for a restricted audience."""
    return [name for name, cls in catalogue().items() if cls.audience is not Audience.RESTRICTED]


def subscriptions() -> list[tuple[str, frozenset[str]]]:
    """Return the key and the events (or `*`) of every webhook that is sent to."""
    rows = Webhook.objects.filter(state=WebhookState.ACTIVE).values_list("pk", "events")
    return [(str(pk), frozenset(events)) for pk, events in rows]
