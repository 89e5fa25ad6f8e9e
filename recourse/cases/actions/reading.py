"""Who may see a case that others may not: restriction, named readers, the read-only view that a requester keeps."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from recourse.cases.actions.keeping import ask, load, person, refuse, save, strings
from recourse.cases.events import CaseRead, CaseRestricted, CaseUnrestricted, ReaderAdded, ReaderRemoved
from recourse.cases.models import Case, CaseReader
from recourse.cases.policy import ReaderReason
from recourse.cases.queries.find import CaseKey
from recourse.kit.actor import Actor
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import record
from recourse.timeline.models import Entry

NOTED_EVERY = dt.timedelta(minutes=15)


@verb
def restrict(
    key: CaseKey,
    *,
    reader_ids: Sequence[UUID],
    by: Actor,
    at: dt.datetime,
    note: str = "",
    seen: int | None = None,
    under: str | None = None,
) -> Case:
    """Narrow a case to its owner and the named readers, at once. The one who restricts stays a reader."""
    case = load(key, by=by, seen=seen)
    ask("restrict", case, by, under=under)
    kept = {by.staff_id} if by.staff_id and by.staff_id != case.owner_id else set()
    named = sorted({*reader_ids, *kept} - {case.owner_id, None}, key=str)
    case.is_restricted = True
    save(case, "is_restricted", at=at)
    record(CaseRestricted(reader_ids=strings(named)), thread=case.thread, by=by, at=at, note=note)
    for staff_id in named:
        name_reader(case, staff_id, why=ReaderReason.NAMED, by=by, at=at)
    return case


@verb
def unrestrict(key: CaseKey, *, by: Actor, at: dt.datetime, note: str = "", seen: int | None = None) -> Case:
    """Open a restricted case to the desk again; its named readers stay named."""
    case = load(key, by=by, seen=seen)
    ask("unrestrict", case, by)
    case.is_restricted = False
    save(case, "is_restricted", at=at)
    record(CaseUnrestricted(), thread=case.thread, by=by, at=at, note=note)
    return case


@verb
def add_reader(
    key: CaseKey,
    *,
    staff_id: UUID,
    by: Actor,
    at: dt.datetime,
    why: ReaderReason = ReaderReason.NAMED,
    under: str | None = None,
) -> CaseReader:
    """Let somebody read a case, whatever its walls; reading gives no right to work on it. Again changes nothing."""
    case = load(key, by=by)
    ask("add_reader", case, by, under=under)
    reader = name_reader(case, staff_id, why=why, by=by, at=at)
    save(case, at=at)
    return reader


def name_reader(case: Case, staff_id: UUID, *, why: ReaderReason, by: Actor, at: dt.datetime) -> CaseReader:
    """Add a reader to a locked case, once."""
    staff = person(staff_id)
    if not staff.is_active:
        refuse("reader.cannot_read", name=staff.name)
    reader, is_new = CaseReader.objects.get_or_create(
        case=case, staff=staff, ended_at=None, defaults={"why": why, "added_at": at}
    )
    if is_new:
        record(ReaderAdded(staff_id=str(staff.pk), why=why), thread=case.thread, by=by, at=at)
    return reader


@verb
def note_read(key: CaseKey, *, by: Actor, at: dt.datetime) -> bool:
    """Put on the record that a person looked at a restricted case, once in 15 minutes; tell whether it did."""
    case = load(key, by=by)
    if not case.is_restricted or by.staff_id is None:
        return False
    seen = Entry.objects.filter(thread=case.thread, event=CaseRead.name, actor_id=by.id, at__gt=at - NOTED_EVERY)
    if seen.exists():
        return False
    record(CaseRead(), thread=case.thread, by=by, at=at)
    return True


@verb
def remove_reader(key: CaseKey, *, staff_id: UUID, by: Actor, at: dt.datetime, seen: int | None = None) -> Case:
    """Take a named reader's view away, at once."""
    case = load(key, by=by, seen=seen)
    ask("remove_reader", case, by)
    gone = CaseReader.objects.filter(case=case, staff_id=staff_id, ended_at__isnull=True).update(ended_at=at)
    if not gone:
        refuse("reader.not")
    save(case, at=at)
    record(ReaderRemoved(staff_id=str(staff_id)), thread=case.thread, by=by, at=at)
    return case
