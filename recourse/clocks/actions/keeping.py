"""What every verb of the clocks does: tell a fact, replay, bring the rows into line, say what changed."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.cases.policy import FAR
from recourse.clocks import events
from recourse.clocks.models import Clock, ClockFact
from recourse.clocks.policy import Chosen, ClockState, Fact, State
from recourse.clocks.queries.told import Story, told_of
from recourse.kit.actor import Actor
from recourse.kit.models import locked
from recourse.kit.time import iso
from recourse.timeline.actions import Happening
from recourse.timeline.events import Event

FIELDS = (
    "about",
    "state",
    "tier",
    "severity",
    "edition",
    "basis",
    "amount",
    "calendar",
    "calendar_version",
    "started_at",
    "due_at",
    "paused_since",
    "resumes_at",
    "paused_seconds",
    "used_seconds",
    "ended_at",
    "breached_at",
    "breach_seen_at",
    "thresholds",
    "next_look_at",
)
ROLLING = ("used_seconds",)
_WRITTEN: list[Any] = [Clock._meta.get_field(name) for name in (*FIELDS, "id")]
_UPDATE = f"UPDATE clocks_clock SET {', '.join(f'{name} = %s' for name in FIELDS)} WHERE id = %s"  # noqa: S608


@dataclass(slots=True)
class Changes:
    """Rows to write and what they tell, for one case."""

    made: list[Clock] = field(default_factory=list)
    changed: list[Clock] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    due_at: dt.datetime | None = None


def case_locked(*, thread_id: UUID | None = None, case_id: UUID | None = None) -> Case:
    """Return a case by its thread or key, locked until the transaction ends."""
    rows = locked(Case.objects.select_related("thread", "customer"))
    found: Case = rows.get(thread_id=thread_id) if thread_id else rows.get(pk=case_id)
    return found


def fact_row(case: Case, fact: Fact, chosen: Chosen | None = None) -> ClockFact:
    """Return a fact as a row, not yet written."""
    return ClockFact(case=case, number=fact.number, kind=fact.kind, at=fact.at, told=told_of(fact, chosen))


def compare(case: Case, story: Story, rows: Iterable[Clock], *, at: dt.datetime, why: str = "") -> Changes:
    """Replay a story to `at` and return what its rows must become, and the events that say so."""
    known = {(row.kind, row.epoch): row for row in rows}
    changes, told = Changes(), _Telling(why)
    states = story.as_told(at)
    for state in states:
        row = known.get(state.key)
        if row is None:
            row = Clock(case=case, kind=state.kind, family=state.family, epoch=state.epoch)
            fill(row, state, story.chosen, at)
            changes.made.append(row)
            told.began(row)
            continue
        before = {name: getattr(row, name) for name in FIELDS}
        fill(row, state, story.chosen, at)
        if any(getattr(row, name) != before[name] for name in FIELDS if name not in ROLLING or not row.is_open):
            changes.changed.append(row)
            told.altered(row, before)
    changes.events = told.events()
    changes.due_at = min((state.due_at for state in states if state.is_open and state.due_at), default=None)
    return changes


def fill(row: Clock, state: ClockState, chosen: Chosen, at: dt.datetime) -> None:
    """Write a state into a row; what was told of warnings and breaches stays."""
    length, calendar = state.target.length, state.target.length.calendar
    read = state.target.chosen or chosen
    row.about, row.state = state.ref, state.state
    row.tier, row.severity, row.edition = read.tier, read.severity, read.edition
    row.basis, row.amount = length.basis, length.amount
    row.calendar = calendar.spec.key if calendar else ""
    row.calendar_version = calendar.spec.version if calendar else 0
    row.started_at, row.due_at = state.started_at, state.due_at
    row.paused_since, row.resumes_at = state.paused_since, state.resumes_at
    row.paused_seconds, row.used_seconds = state.paused_seconds, state.used_seconds
    row.ended_at, row.breached_at = state.ended_at, state.breached_at
    if state.is_breach_known and row.breach_seen_at is None:
        row.breach_seen_at = at
    row.thresholds = [[threshold.percent, iso(threshold.at)] for threshold in state.thresholds]
    row.next_look_at = next_look(row)


def next_look(row: Clock) -> dt.datetime | None:
    """Return when something about a clock will be due to be told, or nothing."""
    if row.breached_at is not None and row.breach_seen_at is None:
        return row.breached_at
    if not row.is_open:
        return None
    if row.state == State.PAUSED:
        return row.resumes_at
    if row.breached_at is not None:
        return None
    left = [dt.datetime.fromisoformat(passed) for percent, passed in row.thresholds if percent > row.warned_percent]
    return min([*left, *([row.due_at] if row.due_at else [])], default=None)


def write(case: Case, changes: Changes) -> None:
    """Write the rows of one case, and its nearest due time where that moved.

    Clocks that ended come first: at no moment are two of a kind open.
    """
    for is_open in (False, True):
        _update([row for row in changes.changed if row.is_open is is_open])
    if changes.made:
        Clock.objects.bulk_create(changes.made)
    if (case.due_at if case.due_at != FAR else None) != changes.due_at:
        cases.set_due(case.pk, changes.due_at)
        case.due_at = changes.due_at or FAR


def _update(rows: Sequence[Clock]) -> None:
    """Write whole rows as a prepared statement: one CASE for each of twenty columns costs ten times as much."""
    if rows:
        values = [
            [field.get_db_prep_save(getattr(row, field.attname), connection) for field in _WRITTEN] for row in rows
        ]
        with connection.cursor() as cursor:
            cursor.executemany(_UPDATE, values)


def happenings(
    case: Case, told: Sequence[Event], *, by: Actor, at: dt.datetime, edition: int, note: str = ""
) -> list[Happening]:
    """Return events as they go on the record of a case; a note belongs to the first."""
    return [
        Happening(event, case.thread, by, at, edition, note if index == 0 else "") for index, event in enumerate(told)
    ]


class _Telling:
    """Gathers what happened to the rows of one case into as few events as there are kinds of change."""

    def __init__(self, why: str) -> None:
        self.why = why
        self.found: dict[type[Event], list[dict[str, Any]]] = {}

    def began(self, row: Clock) -> None:
        self._add(events.ClocksStarted, row, due_at=_text(row.due_at))
        if not row.is_open:
            self._ended(row)

    def altered(self, row: Clock, before: dict[str, Any]) -> None:
        was_open = before["ended_at"] is None
        if not row.is_open and (was_open or row.state != before["state"]):
            self._ended(row)
        elif row.is_open and not was_open:
            self._add(events.ClocksReopened, row, due_at=_text(row.due_at))
        elif row.state == State.PAUSED and before["state"] != State.PAUSED:
            self._add(events.ClocksPaused, row)
        elif row.is_open and before["state"] == State.PAUSED and row.due_at is not None:
            paused = round(row.paused_seconds)
            self._add(events.ClocksResumed, row, due_at=_text(row.due_at), paused_seconds=paused)
        elif row.is_open and (row.due_at != before["due_at"] or row.amount != before["amount"]):
            self._moved(row, before)

    def events(self) -> list[Event]:
        order: tuple[type[Event], ...] = (
            events.ClocksReopened,
            events.ClocksEnded,
            events.ClocksStarted,
            events.ClocksMoved,
            events.ClocksPaused,
            events.ClocksResumed,
        )
        why = {"why": self.why}
        return [
            cls(**(why if cls is events.ClocksMoved else {}), clocks=self.found[cls])  # type: ignore[call-arg]
            for cls in order
            if cls in self.found
        ]

    def _ended(self, row: Clock) -> None:
        self._add(events.ClocksEnded, row, state=row.state, due_at=_text(row.due_at))

    def _moved(self, row: Clock, before: dict[str, Any]) -> None:
        self._add(
            events.ClocksMoved,
            row,
            due_at=_text(row.due_at),
            from_due_at=_text(before["due_at"]),
            basis=row.basis,
            amount=row.amount,
            from_amount=before["amount"],
        )

    def _add(self, cls: type[Event], row: Clock, **more: Any) -> None:
        told = {"kind": row.kind, "epoch": row.epoch, "family": row.family, "edition": row.edition, **more}
        self.found.setdefault(cls, []).append(told)


def _text(at: dt.datetime | None) -> str:
    return iso(at) if at else ""
