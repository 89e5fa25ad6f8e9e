"""Looks at clocks whose time may have come: warnings and breaches, each told once, however late the look."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Case as When_
from django.db.models import F, QuerySet, Value, When
from django.db.models.functions import Coalesce

from recourse.clocks.actions.keeping import case_locked, next_look
from recourse.clocks.actions.noting import refresh
from recourse.clocks.events import ClockBreached, ClockWarned
from recourse.clocks.models import Clock
from recourse.clocks.policy import State
from recourse.clocks.queries.told import story_of
from recourse.kit.actor import Actor, system
from recourse.kit.time import iso
from recourse.timeline.actions import Happening, record_many
from recourse.timeline.models import Thread

BATCH = 500
BY = system("clocks")
_NEXT, _KEY = models.DateTimeField(), models.UUIDField()


def look(*, at: dt.datetime, limit: int = BATCH, by: Actor = BY) -> int:
    """Look at up to `limit` clocks whose next look lies before `at`; return how many were looked at.

    Claimed rows are locked and skipped by other workers; what is told is marked in the same transaction. Where
    nothing is due this is one indexed question.
    """
    if not _due(at).exists():
        return 0
    with transaction.atomic():
        rows = list(
            _due(at)
            .annotate(thread_id=F("case__thread_id"))
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("next_look_at")[:limit]
        )
        _tell(rows, by=by, at=at)
        for case_id in dict.fromkeys(row.case_id for row in rows if _is_resuming(row)):
            _run_on(case_id, by=by, at=at)
    return len(rows)


def drain(*, at: dt.datetime, by: Actor = BY) -> int:
    """Look until nothing is due; return how many clocks were looked at."""
    seen = 0
    while found := look(at=at, by=by):
        seen += found
    return seen


def _due(at: dt.datetime) -> QuerySet[Clock]:
    return Clock.objects.filter(next_look_at__lt=at)


def _is_resuming(row: Clock) -> bool:
    return row.state == State.PAUSED and row.resumes_at is not None


def _run_on(case_id: UUID, *, by: Actor, at: dt.datetime) -> None:
    """Let the clocks of a case run on whose waits have used up their limit."""
    case, story = case_locked(case_id=case_id), story_of(case_id)
    if story is not None:
        refresh(case, story, by=by, at=at, why="pause_limit")


def _tell(rows: Sequence[Clock], *, by: Actor, at: dt.datetime) -> None:
    threads = Thread.objects.in_bulk({row.thread_id for row in rows})  # type: ignore[attr-defined]
    told: list[Happening] = []
    breached, warned = [], []
    for row in rows:
        thread = threads[row.thread_id]  # type: ignore[attr-defined]
        told.extend(Happening(event, thread, by, at, row.edition) for event in _warnings(row, at))
        passed_at = _passed_at(row, at)
        if passed_at is not None:
            told.append(Happening(_breach(row, passed_at, at), thread, by, at, row.edition))
            breached.append(row)
        else:
            row.next_look_at = next_look(row)
            warned.append(row)
    record_many(told)
    _mark_breached(breached, at)
    _mark_warned(warned, at)


def _warnings(row: Clock, at: dt.datetime) -> list[ClockWarned]:
    """Return the warnings of shares that are used up and were not told; the row is marked with the highest."""
    if not row.is_open or row.state == State.PAUSED or row.due_at is None:
        return []
    passed = [(percent, dt.datetime.fromisoformat(when)) for percent, when in row.thresholds]
    due = [(percent, when) for percent, when in passed if percent > row.warned_percent and when < at]
    row.warned_percent = max([row.warned_percent, *(percent for percent, _when in due)])
    return [
        ClockWarned(row.kind, row.epoch, row.family, percent, iso(when), iso(row.due_at), iso(at))
        for percent, when in due
    ]


def _passed_at(row: Clock, at: dt.datetime) -> dt.datetime | None:
    """Return when a clock breached, where that was not told yet."""
    if row.breach_seen_at is not None:
        return None
    passed = row.breached_at or (row.due_at if row.is_open else None)
    return passed if passed is not None and passed < at else None


def _breach(row: Clock, passed_at: dt.datetime, at: dt.datetime) -> ClockBreached:
    return ClockBreached(row.kind, row.epoch, row.family, iso(passed_at), iso(at), is_ended=not row.is_open)


def _mark_breached(rows: Sequence[Clock], at: dt.datetime) -> None:
    Clock.objects.filter(pk__in=[row.pk for row in rows]).update(
        breached_at=Coalesce("breached_at", "due_at"),
        breach_seen_at=at,
        warned_percent=100,
        next_look_at=When_(When(state=State.PAUSED, then=F("resumes_at")), default=Value(None)),
        state=When_(When(state=State.RUNNING, then=Value(State.BREACHED.value)), default=F("state")),
    )


def _mark_warned(rows: Sequence[Clock], at: dt.datetime) -> None:
    """Mark warned clocks; those that next wait for their due time in one statement a share, the rest in a batch."""
    plain: dict[int, list[UUID]] = {}
    for row in rows:
        if row.next_look_at == row.due_at and row.due_at is not None:
            plain.setdefault(row.warned_percent, []).append(row.pk)
    for percent, keys in plain.items():
        Clock.objects.filter(pk__in=keys).update(warned_percent=percent, next_look_at=F("due_at"))
    _mark_each([row for row in rows if row.next_look_at != row.due_at or row.due_at is None])


def _mark_each(rows: Sequence[Clock]) -> None:
    """Set each row's own next look: as a prepared statement, which is twenty times cheaper than one CASE for all."""
    values = [
        [
            row.warned_percent,
            _NEXT.get_db_prep_save(row.next_look_at, connection),
            _KEY.get_db_prep_save(row.pk, connection),
        ]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE clocks_clock SET warned_percent = %s, next_look_at = %s WHERE id = %s", values)
