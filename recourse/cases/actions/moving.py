"""Moves a case along the table: start, resolve, close, reopen."""

import datetime as dt

from recourse.cases.actions.keeping import ask, load, refuse, save
from recourse.cases.actions.waiting import finish_wait
from recourse.cases.events import CaseClosed, CaseReopened, CaseResolved, CaseStarted
from recourse.cases.models import Case
from recourse.cases.policy import Stage, Tier
from recourse.cases.policy.owning import contact_after
from recourse.cases.queries.find import CaseKey
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import record


@verb
def start(key: CaseKey, *, by: Actor, at: dt.datetime, seen: int | None = None) -> Case:
    """Begin to work on a new case; where nobody owns it, the one who starts it owns it."""
    case = load(key, by=by, seen=seen)
    ask("start", case, by)
    begin(case, by=by, at=at)
    return case


def begin(case: Case, *, by: Actor, at: dt.datetime) -> None:
    """Move a locked new case to work, for `start` and `take`."""
    own(case, by)
    case.stage = Stage.WORKING
    save(case, "stage", "owner_id", "contact_owner_id", at=at)
    record(CaseStarted(), thread=case.thread, by=by, at=at)


def own(case: Case, by: Actor) -> None:
    """Set the actor as owner of an unowned case; refused for one who is no person."""
    if case.owner_id is None and case.contact_owner_id is None:
        if by.staff_id is None:
            refuse("owner.nobody")
        case.owner_id = by.staff_id
    if case.owner_id is not None:
        case.contact_owner_id = contact_after(Tier(case.tier), case.contact_owner_id, case.owner_id)


@verb
def resolve(key: CaseKey, *, reason: str, by: Actor, at: dt.datetime, note: str = "", seen: int | None = None) -> Case:
    """Say that the case is answered, with a reason for closing of the handbook.

    Refused while a hold or a blocking case stands, or where the reason needs an answer and none was sent
    (`touch_activity(…, is_answer=True)` tells of one). Ends a running wait.
    """
    case = load(key, by=by, seen=seen)
    ask("resolve", case, by)
    edition = edition_at(at)
    chosen = edition.rules.reasons.close_reason(reason)
    if chosen is None:
        refuse("close.unknown", reason=reason)
        raise AssertionError
    if chosen.needs_answer and case.answered_at is None and not by.is_system:
        refuse("case.unanswered")
    if case.is_waiting:
        finish_wait(case, why="resolved", by=by, at=at)
    if case.owner_id is None and by.staff_id is not None:
        own(case, by)
    case.stage, case.resolved_at, case.close_reason = Stage.RESOLVED, at, chosen.code
    save(case, "stage", "resolved_at", "close_reason", "owner_id", "contact_owner_id", at=at)
    event = CaseResolved(reason=chosen.code, outcome=chosen.outcome.value)
    record(event, thread=case.thread, by=by, at=at, edition=edition.number, note=note)
    return case


@verb
def close(key: CaseKey, *, by: Actor, at: dt.datetime, seen: int | None = None) -> Case:
    """Close a resolved case. Refused while a hold stands or a part of it is open."""
    case = load(key, by=by, seen=seen)
    ask("close", case, by)
    case.stage, case.closed_at = Stage.CLOSED, at
    save(case, "stage", "closed_at", at=at)
    record(CaseClosed(), thread=case.thread, by=by, at=at)
    return case


@verb
def reopen(key: CaseKey, *, by: Actor, at: dt.datetime, note: str = "", seen: int | None = None) -> Case:
    """Take a resolved or closed case up again; its customer may too. Where nobody is named any more, it is new."""
    case = load(key, by=by, seen=seen)
    ask("reopen", case, by)
    was = case.stage
    is_named = case.owner_id is not None or case.contact_owner_id is not None
    case.stage = Stage.WORKING if is_named else Stage.NEW
    case.resolved_at = case.closed_at = None
    case.close_reason = ""
    case.reopened_times += 1
    save(case, "stage", "resolved_at", "closed_at", "close_reason", "reopened_times", at=at)
    record(CaseReopened(times=case.reopened_times, was=was), thread=case.thread, by=by, at=at, note=note)
    return case
