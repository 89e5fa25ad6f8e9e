"""Holds: named reasons why a case may not close; several at once, lifted one by one."""

import datetime as dt

from recourse.cases.actions.keeping import ask, load, refuse, save
from recourse.cases.events import HoldLifted, HoldPlaced
from recourse.cases.models import Hold
from recourse.cases.queries.find import CaseKey
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.text import clean_line
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import record


@verb
def place_hold(
    key: CaseKey,
    *,
    reason: str,
    by: Actor,
    at: dt.datetime,
    matter: str = "",
    note: str = "",
    seen: int | None = None,
    under: str | None = None,
) -> Hold:
    """Keep a case from being resolved and closed, for a reason of the handbook, by matter; each matter once."""
    case = load(key, by=by, seen=seen)
    ask("place_hold", case, by, under=under)
    edition = edition_at(at)
    if edition.rules.reasons.hold_reason(reason) is None:
        refuse("hold.unknown", reason=reason)
    subject = clean_line(matter, field="matter", limit=120)
    if Hold.objects.filter(case=case, reason=reason, matter=subject, lifted_at__isnull=True).exists():
        refuse("hold.twice")
    hold = Hold.objects.create(case=case, reason=reason, matter=subject, placed_at=at, placed_by_id=by.staff_id)
    save(case, at=at)
    event = HoldPlaced(hold_id=str(hold.pk), reason=reason)
    record(event, thread=case.thread, by=by, at=at, edition=edition.number, note=note)
    return hold


@verb
def lift_hold(
    key: CaseKey,
    *,
    reason: str,
    by: Actor,
    at: dt.datetime,
    matter: str = "",
    note: str = "",
    seen: int | None = None,
    under: str | None = None,
) -> bool:
    """Lift the hold of a reason and matter and tell whether one stood; none is no error."""
    case = load(key, by=by, seen=seen)
    hold = Hold.objects.filter(case=case, reason=reason, matter=matter, lifted_at__isnull=True).first()
    if hold is None:
        return False
    ask("lift_hold", case, by, under=under)
    hold.lifted_at, hold.lifted_by_id = at, by.staff_id
    hold.save(update_fields=["lifted_at", "lifted_by_id"])
    save(case, at=at)
    record(HoldLifted(hold_id=str(hold.pk), reason=hold.reason), thread=case.thread, by=by, at=at, note=note)
    return True
