"""Keeps the schedule and the workers: one row a line, taken by one worker at a time; one row a worker, beating."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from cronsim import CronSim
from django.db.models import Q

from recourse.timeline.models import Slot, Worker

LEASE = dt.timedelta(minutes=15)
FORGOTTEN_AFTER = dt.timedelta(days=7)


def plan_slots(lines: Mapping[str, str], *, at: dt.datetime) -> None:
    """Make the table agree with the schedule in code: `name → cron expression` in UTC."""
    Slot.objects.exclude(name__in=lines).delete()
    known = dict(Slot.objects.values_list("name", "cron"))
    for name, cron in lines.items():
        if name not in known:
            Slot.objects.bulk_create(
                [Slot(name=name, cron=cron, next_run_at=following(cron, at))], ignore_conflicts=True
            )
        elif known[name] != cron:
            Slot.objects.filter(name=name).update(cron=cron, next_run_at=following(cron, at))


def following(cron: str, at: dt.datetime) -> dt.datetime:
    """Return the next instant of a cron expression after `at`."""
    return next(CronSim(cron, at))


def claim_slot(*, name: str, at: dt.datetime) -> dt.datetime | None:
    """Take a line that is due, under a lease of fifteen minutes; return the lease's end, None where it is not ours."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
    lease = at + LEASE
    return lease if Slot.objects.filter(free, name=name, next_run_at__lte=at).update(lease_until=lease) else None


def finish_slot(*, name: str, lease: dt.datetime, at: dt.datetime, error: str = "") -> None:
    """Note that a line has run, unless the lease was lost, and when it runs next: missed runs are not made up for."""
    held = Slot.objects.filter(name=name, lease_until=lease)
    for slot in held:
        held.update(next_run_at=following(slot.cron, at), lease_until=None, last_run_at=at, last_error=error[:2000])


def start_worker(*, name: str, at: dt.datetime) -> Worker:
    """Begin the row of a worker; rows of those long gone are removed."""
    Worker.objects.filter(seen_at__lt=at - FORGOTTEN_AFTER).delete()
    return Worker.objects.create(name=name, started_at=at, seen_at=at)


def beat(*, worker_id: UUID, at: dt.datetime) -> None:
    """Say that a worker lives."""
    Worker.objects.filter(pk=worker_id).update(seen_at=at)


def stop_worker(*, worker_id: UUID, at: dt.datetime) -> None:
    """Say that a worker has stopped of its own will."""
    Worker.objects.filter(pk=worker_id).update(seen_at=at, stopped_at=at)
