"""The outbox as people see it: what waits, what is stuck, which workers live, when the schedule runs."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Min, Q

from recourse.kit.actor import Actor
from recourse.kit.paging import PAGE_SIZE, Page, page
from recourse.timeline.models import Delivery, Slot, Worker
from recourse.timeline.policy import DeliveryState

UNFINISHED = [DeliveryState.WAITING, DeliveryState.RUNNING, DeliveryState.STUCK]


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many deliveries wait, run and are stuck; since when the oldest due one has been waiting."""

    waiting: int
    running: int
    stuck: int
    oldest_due_at: dt.datetime | None


def deliveries(
    *, viewer: Actor, state: str = DeliveryState.STUCK, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[Delivery]:
    """Return the deliveries in a state, newest first, with their entries. Needs the right to operate the system."""
    viewer.require("system:operate")
    found = Delivery.objects.filter(state=state).select_related("entry__thread")
    return page(found, order=["-id"], cursor=cursor, size=size)


def delivery(delivery_id: UUID, *, viewer: Actor) -> Delivery | None:
    """Return one delivery with its entry. Needs the right to operate the system."""
    viewer.require("system:operate")
    return Delivery.objects.filter(pk=delivery_id).select_related("entry__thread").first()


def outbox_counts(*, at: dt.datetime) -> OutboxCounts:
    """Count what is not finished."""
    rows = Delivery.objects.filter(state__in=UNFINISHED).values_list("state").annotate(Count("pk")).order_by()
    counts: dict[str, int] = dict(rows)
    due = Delivery.objects.filter(state=DeliveryState.WAITING, next_look_at__lte=at)
    return OutboxCounts(
        waiting=counts.get(DeliveryState.WAITING, 0),
        running=counts.get(DeliveryState.RUNNING, 0),
        stuck=counts.get(DeliveryState.STUCK, 0),
        oldest_due_at=due.aggregate(oldest=Min("next_look_at"))["oldest"],
    )


def workers(*, seen_after: dt.datetime) -> Sequence[Worker]:
    """Return the workers that have not stopped and were seen after an instant, newest first."""
    return list(Worker.objects.filter(seen_at__gt=seen_after, stopped_at__isnull=True).order_by("-seen_at"))


def last_seen_worker() -> Worker | None:
    """Return the worker that was seen last, stopped or not."""
    return Worker.objects.order_by("-seen_at").first()


def due_slots(*, at: dt.datetime) -> Sequence[str]:
    """Return the names of the lines of the schedule whose time has come and that nobody runs."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    return list(Slot.objects.filter(free, next_run_at__lte=at).order_by("next_run_at").values_list("name", flat=True))


def slots() -> Sequence[Slot]:
    """Return the lines of the schedule with when they ran and run next."""
    return list(Slot.objects.order_by("next_run_at"))
