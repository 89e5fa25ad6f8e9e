"""Takes messages out of a case into one of their own, and back. The messages themselves are moved by their room."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from recourse.cases.actions.keeping import ask, load, load_two, refuse, save, strings
from recourse.cases.actions.opening import NewCase, open_split
from recourse.cases.actions.reading import name_reader
from recourse.cases.actions.waiting import finish_wait
from recourse.cases.events import CaseDivided, CaseMerged, SplitUndone
from recourse.cases.models import Case, CaseSplit
from recourse.cases.policy import FAR, Channel, Impact, Priority, ReaderReason, Severity, Stage, Tier
from recourse.cases.queries.find import CaseKey
from recourse.cases.queries.state import readers_of
from recourse.kit.actor import Actor
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import Happening, record, record_many


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is split off: messages, moved or copied as quotes, a subject, and when the first of them was received."""

    subject: str
    message_ids: Sequence[UUID]
    received_at: dt.datetime
    is_moved: bool = True


@verb
def split(
    key: CaseKey, part: Part, *, by: Actor, at: dt.datetime, note: str = "", seen: int | None = None
) -> CaseSplit:
    """Make a new case of some messages of a case: same customer, queue, tier and walls, its own clock from receipt.

    Returns the split, with `result` the new case. Needs case:split.
    """
    origin = load(key, by=by, seen=seen)
    ask("split", origin, by)
    result = open_split(_new(origin, part), by=by, at=at)
    if origin.is_restricted:
        _copy_readers(origin, result, by=by, at=at)
    row = CaseSplit.objects.create(
        origin=origin,
        result=result,
        message_ids=strings(part.message_ids),
        is_moved=part.is_moved,
        by_staff_id=by.staff_id,
        at=at,
    )
    save(origin, at=at)
    event = CaseDivided(ref=result.ref, case_id=str(result.pk), message_ids=row.message_ids, is_moved=part.is_moved)
    record(event, thread=origin.thread, by=by, at=at, note=note)
    return row


def _new(origin: Case, part: Part) -> NewCase:
    return NewCase(
        subject=part.subject,
        channel=Channel(origin.channel),
        queue=origin.queue,
        customer=origin.customer,
        received_at=part.received_at,
        severity=Severity(origin.severity),
        impact=Impact(origin.impact),
        priority=Priority(origin.priority),
        tier=Tier(origin.tier),
        family=origin.family,
        is_restricted=origin.is_restricted,
        split_from=origin.ref,
    )


def _copy_readers(origin: Case, result: Case, *, by: Actor, at: dt.datetime) -> None:
    staff = {reader.staff_id for reader in readers_of(origin)} | {origin.owner_id, by.staff_id}
    for staff_id in sorted(filter(None, staff), key=str):
        name_reader(result, staff_id, why=ReaderReason.NAMED, by=by, at=at)


@verb
def undo_split(result: CaseKey, *, by: Actor, at: dt.datetime, note: str = "", seen: int | None = None) -> CaseSplit:
    """Take a split-off case back: it keeps its number, is read-only and leads to the case that it came from."""
    found = load(result, by=by, seen=seen)
    ask("split", found, by)
    row = CaseSplit.objects.filter(result=found, undone_at__isnull=True).first()
    if row is None:
        refuse("split.undone")
        raise AssertionError
    one, origin = load_two(row.result_id, row.origin_id, by=by)
    if origin.stage == Stage.MERGED:
        refuse("merge.kept_merged", kept=origin.ref)
    if one.is_waiting:
        finish_wait(one, why="merged", by=by, at=at)
    was = one.stage
    row.undone_at = at
    row.save(update_fields=["undone_at"])
    one.stage, one.merged_into, one.due_at = Stage.MERGED, origin, FAR
    save(one, "stage", "merged_into", "due_at", at=at)
    save(origin, at=at)
    back = SplitUndone(ref=one.ref, case_id=str(one.pk), message_ids=row.message_ids, is_moved=row.is_moved)
    gone = CaseMerged(into=origin.ref, into_id=str(origin.pk), was=was)
    record_many([Happening(gone, one.thread, by, at, None, note), Happening(back, origin.thread, by, at, None, note)])
    return row
