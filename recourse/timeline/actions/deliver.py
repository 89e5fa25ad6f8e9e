"""Runs what was promised for after the commit: leased, retried with back-off, never run by two at once."""

import datetime as dt
import logging
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor, ActorKind, system
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.transactions import verb
from recourse.timeline import reactions
from recourse.timeline.actions.record import operations_thread, record
from recourse.timeline.events import DeliveryDropped, DeliveryRetried, DeliveryStuck, event_class
from recourse.timeline.models import Delivery, Entry
from recourse.timeline.policy import ATTEMPTS, DeliveryState, retry_at
from recourse.timeline.reactions import Happened

log = logging.getLogger(__name__)
LEASE = dt.timedelta(minutes=2)
PRUNE_AFTER = dt.timedelta(days=30)
RETRIED_FROM = [DeliveryState.STUCK, DeliveryState.WAITING, DeliveryState.DROPPED]


def claim(*, at: dt.datetime, limit: int, is_outside: bool = False, worker: str = "") -> list[Delivery]:
    """Take up to `limit` due deliveries under a lease of two minutes; those of a dead worker come back by themselves.

    One whose worker died is taken alone, as it may be what kills workers; started as often as it may be, it is stuck.
    """
    due = Delivery.objects.filter(is_outside=is_outside, next_look_at__lte=at)
    if not due.exists():
        return []
    with transaction.atomic():
        found = list(due.select_for_update(skip_locked=True).order_by("next_look_at")[:limit])
        for worn in (delivery for delivery in found if delivery.attempts >= ATTEMPTS):
            _stick(worn, _("The worker died during each of its tries."), at)
        taken = [delivery for delivery in found if delivery.attempts < ATTEMPTS]
        orphaned = [delivery for delivery in taken if delivery.state == DeliveryState.RUNNING]
        taken = orphaned[:1] or taken
        for delivery in taken:
            delivery.attempts += 1
            delivery.state, delivery.worker, delivery.next_look_at = DeliveryState.RUNNING, worker, at + LEASE
        Delivery.objects.bulk_update(taken, ["attempts", "state", "worker", "next_look_at"])
    return taken


def run_delivery(*, delivery: Delivery, at: dt.datetime) -> bool:
    """Run one claimed delivery and mark it; tell whether it was done.

    One that stays inside runs and is marked in one transaction, so its effect comes once. One that leaves the machine
    runs outside of any: it comes at least once, and its receiver knows it by its position.
    """
    try:
        return _carry(delivery, at) if delivery.is_outside else _react(delivery, at)
    except Exception as error:  # whatever a reaction does, the outbox goes on
        _failed(delivery, error, at)
        return False


def release(*, taken: Sequence[Delivery], at: dt.datetime) -> None:
    """Give back deliveries that were claimed and not started, for a worker that stops."""
    for delivery in taken:
        _ours(delivery).update(state=DeliveryState.WAITING, attempts=delivery.attempts - 1, next_look_at=at)


def _react(delivery: Delivery, at: dt.datetime) -> bool:
    with transaction.atomic():
        held = _ours(delivery).select_for_update(of=("self",)).first()
        if held is None:
            return False
        _act(held)
        _finish(held, DeliveryState.DONE, at)
    return True


def _carry(delivery: Delivery, at: dt.datetime) -> bool:
    if not _ours(delivery).update(next_look_at=at + LEASE):
        return False
    is_wanted = True
    if carry := reactions.carrier(delivery.reaction):
        is_wanted = carry(delivery.entry_id, delivery.reaction.partition(":")[2], at)
    else:
        _act(delivery)
    return bool(_finish(delivery, DeliveryState.DONE if is_wanted else DeliveryState.DROPPED, at))


def _act(delivery: Delivery) -> None:
    """Tell a reaction what happened."""
    entry = Entry.objects.select_related("private").get(pk=delivery.entry_id)
    cls, reaction = event_class(entry.event), reactions.reaction(delivery.reaction)
    if reaction is None or cls is None:
        raise LookupError(f"nothing here is called {delivery.reaction}")
    note = entry.private.note if hasattr(entry, "private") else ""
    by = Actor(kind=ActorKind(entry.actor_kind), id=entry.actor_id, on_behalf_of=entry.on_behalf_of)
    happened = Happened(entry.position, entry.thread_id, by, entry.at, entry.edition, note)
    reaction.act(cls.from_payload(entry.payload), happened)


def _ours(delivery: Delivery) -> QuerySet[Delivery]:
    """Return the row, as long as the lease that was taken with this start is still ours."""
    return Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.RUNNING, attempts=delivery.attempts)


def _finish(delivery: Delivery, state: DeliveryState, at: dt.datetime) -> int:
    return _ours(delivery).update(state=state, done_at=at, next_look_at=None, error="")


@verb
def _failed(delivery: Delivery, error: Exception, at: dt.datetime) -> None:
    said = f"{type(error).__name__}: {error}"[:2000]
    log.warning("delivery %s of %s failed: %s", delivery.reaction, delivery.entry_id, type(error).__name__)
    if again := retry_at(delivery.attempts, at):
        _ours(delivery).update(state=DeliveryState.WAITING, next_look_at=again, error=said)
    elif _ours(delivery).exists():
        _stick(delivery, said, at)


def _stick(delivery: Delivery, said: str, at: dt.datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.STUCK, next_look_at=None, error=said)
    stuck = DeliveryStuck(
        delivery=str(delivery.pk), reaction=delivery.reaction, position=delivery.entry_id, attempts=delivery.attempts
    )
    record(stuck, thread=operations_thread(), by=system("worker"), at=at)


@verb
def retry_delivery(*, delivery_id: UUID, by: Actor, at: dt.datetime) -> Delivery:
    """Let a stuck, dropped or waiting delivery run again at once. Raises NotVisible, Refused(delivery.state)."""
    by.require("system:operate")
    delivery = _held(delivery_id, RETRIED_FROM)
    delivery.state, delivery.attempts, delivery.next_look_at, delivery.done_at = DeliveryState.WAITING, 0, at, None
    delivery.save(update_fields=["state", "attempts", "next_look_at", "done_at"])
    event = DeliveryRetried(delivery=str(delivery.pk), reaction=delivery.reaction, position=delivery.entry_id)
    record(event, thread=operations_thread(), by=by, at=at)
    return delivery


@verb
def drop_delivery(*, delivery_id: UUID, by: Actor, at: dt.datetime, reason: str = "") -> Delivery:
    """Give up a stuck delivery; it stays listed as dropped. Raises NotVisible, Refused(delivery.state)."""
    by.require("system:operate")
    delivery = _held(delivery_id, [DeliveryState.STUCK])
    delivery.state, delivery.done_at, delivery.next_look_at = DeliveryState.DROPPED, at, None
    delivery.save(update_fields=["state", "done_at", "next_look_at"])
    event = DeliveryDropped(delivery=str(delivery.pk), reaction=delivery.reaction, position=delivery.entry_id)
    record(event, thread=operations_thread(), by=by, at=at, note=reason)
    return delivery


def prune_deliveries(*, at: dt.datetime, limit: int = 5_000) -> int:
    """Remove deliveries that were done or dropped more than thirty days ago, and return how many went."""
    old = Delivery.objects.filter(done_at__lt=at - PRUNE_AFTER).order_by("done_at").values_list("pk", flat=True)
    return Delivery.objects.filter(pk__in=list(old[:limit])).delete()[0]


def _held(delivery_id: UUID, states: list[DeliveryState]) -> Delivery:
    delivery = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery_id).first()
    if delivery is None:
        raise NotVisible
    if delivery.state not in states:
        raise Refused("delivery.state", _("This delivery is not in a state that allows that."))
    return delivery
