"""Promises to customers: made by a person, kept or broken by a person, watched by a clock."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.actions.holding import lift_hold, place_hold
from recourse.cases.models import Case
from recourse.cases.policy import Stage
from recourse.cases.queries.find import CaseKey, named
from recourse.clocks import events
from recourse.clocks.actions.keeping import case_locked
from recourse.clocks.actions.noting import tell
from recourse.clocks.actions.starting import start_for_case
from recourse.clocks.models import Promise
from recourse.clocks.policy import Fact, FactKind
from recourse.clocks.policy.promises import FACT_OF, SENTENCES, PromiseState, kept_at
from recourse.clocks.queries.told import story_of
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible, Refused, Stale
from recourse.kit.models import locked
from recourse.kit.text import clean_line, clean_text
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.timeline.actions import record
from recourse.timeline.events import Event

HOLD = "promise_open"
WHAT_LIMIT = 2000


@verb
def make_promise(
    key: CaseKey, *, what: str, due_at: dt.datetime, by: Actor, at: dt.datetime, to_whom: str = ""
) -> Promise:
    """Promise the customer of a case something by `due_at`; its clock starts, and it holds the case open.

    Needs promise:make and a person. Raises NotVisible, Invalid(what), Refused(promise.past, promise.case_merged).
    """
    by.require(Permission.PROMISE_MAKE)
    case = _case(key, by)
    giver = by.staff_id
    if giver is None:
        raise _refusal("promise.nobody")
    if case.stage == Stage.MERGED:
        raise _refusal("promise.case_merged")
    if due_at <= at:
        raise _refusal("promise.past")
    promise = Promise(
        case=case,
        made_on=case,
        what=clean_text(what, field="what", limit=WHAT_LIMIT, is_required=True),
        to_whom=clean_line(to_whom, field="to_whom", limit=200),
        given_by_id=giver,
        given_at=at,
        due_at=due_at,
    )
    promise.save(force_insert=True)
    made = events.PromiseMade(str(promise.pk), iso(due_at), str(giver))
    record(made, thread=case.thread, by=by, at=at, note=promise.what)
    _tell(promise, FactKind.PROMISE_MADE, at, by=by, at=at)
    if edition_at(at).rules.reasons.hold_reason(HOLD) is not None:
        place_hold(case.pk, reason=HOLD, matter=str(promise.pk), by=by, at=at, under=Permission.PROMISE_MAKE.value)
    return promise


@verb
def keep_promise(
    promise_id: UUID, *, by: Actor, at: dt.datetime, kept_on: dt.datetime | None = None, seen: int | None = None
) -> Promise:
    """Say that a promise was kept, now or at an earlier instant: in time up to its due time, late after it."""
    promise = _open(promise_id, by, seen)
    done_at = max(min(kept_on or at, at), promise.given_at)
    state = kept_at(promise.due_at, done_at)
    kept = events.PromiseKept(str(promise.pk), iso(promise.due_at), state is PromiseState.LATE)
    return _settle(promise, state, kept, by=by, at=at, settled_at=done_at)


@verb
def break_promise(promise_id: UUID, *, why: str, by: Actor, at: dt.datetime, seen: int | None = None) -> Promise:
    """Say that a promise will not be kept, and why."""
    promise = _open(promise_id, by, seen)
    broken = events.PromiseBroken(str(promise.pk), iso(promise.due_at))
    return _settle(promise, PromiseState.BROKEN, broken, by=by, at=at, settled_at=at, why=why)


@verb
def withdraw_promise(promise_id: UUID, *, why: str, by: Actor, at: dt.datetime, seen: int | None = None) -> Promise:
    """Say that a promise is void, and why; it counts neither as kept nor as broken."""
    promise = _open(promise_id, by, seen)
    withdrawn = events.PromiseWithdrawn(str(promise.pk), iso(promise.due_at))
    return _settle(promise, PromiseState.WITHDRAWN, withdrawn, by=by, at=at, settled_at=at, why=why)


@verb
def move_promise(
    promise_id: UUID, *, due_at: dt.datetime, why: str, by: Actor, at: dt.datetime, seen: int | None = None
) -> Promise:
    """Give a promise another time, and say why. A time that has passed stays on record as missed."""
    promise = _open(promise_id, by, seen)
    if due_at <= at:
        raise _refusal("promise.past")
    if due_at == promise.due_at:
        raise _refusal("promise.same")
    before, promise.due_at = promise.due_at, due_at
    promise.version += 1
    promise.save(update_fields=["due_at", "version"])
    moved = events.PromiseMoved(str(promise.pk), iso(due_at), iso(before))
    said = clean_text(why, field="why", limit=WHAT_LIMIT, is_required=True)
    record(moved, thread=promise.case.thread, by=by, at=at, note=said)
    _tell(promise, FactKind.PROMISE_MOVED, at, by=by, at=at)
    return promise


def _case(key: CaseKey, by: Actor) -> Case:
    found: Case | None = locked(Case.objects.visible_to(by).select_related("thread").filter(named(key))).first()
    if found is None:
        raise NotVisible
    return found


def _open(promise_id: UUID, by: Actor, seen: int | None) -> Promise:
    """Return an open promise, locked with its case, for one who may settle promises and see the case."""
    by.require(Permission.PROMISE_SETTLE)
    case_id = Promise.objects.filter(pk=promise_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NotVisible
    case = _case(case_id, by)
    promise: Promise = locked(Promise.objects.filter(pk=promise_id)).get()
    promise.case = case
    if seen is not None and seen != promise.version:
        raise Stale(_("Somebody changed this promise since you opened it."), current=promise.version)
    if not promise.is_open:
        raise _refusal("promise.settled")
    return promise


def _settle(
    promise: Promise,
    state: PromiseState,
    event: Event,
    *,
    by: Actor,
    at: dt.datetime,
    settled_at: dt.datetime,
    why: str = "",
) -> Promise:
    promise.state, promise.settled_at, promise.settled_by_id = state, settled_at, by.staff_id
    promise.version += 1
    promise.save(update_fields=["state", "settled_at", "settled_by", "version"])
    needs_why = state in (PromiseState.BROKEN, PromiseState.WITHDRAWN)
    said = clean_text(why, field="why", limit=WHAT_LIMIT, is_required=needs_why)
    record(event, thread=promise.case.thread, by=by, at=at, note=said)
    _tell(promise, FACT_OF[state], settled_at, by=by, at=at)
    lift_hold(promise.case_id, reason=HOLD, matter=str(promise.pk), by=by, at=at, under=Permission.PROMISE_SETTLE.value)
    return promise


def _tell(promise: Promise, kind: FactKind, happened_at: dt.datetime, *, by: Actor, at: dt.datetime) -> None:
    case = promise.case
    if story_of(case.pk) is None:
        start_for_case(case_locked(case_id=case.pk), by=by, at=at)
    fact = Fact(0, kind, happened_at, ref=str(promise.pk), due_at=promise.due_at)
    tell(case, fact, by=by, at=at)


def _refusal(code: str) -> Refused:
    return Refused(code, _(SENTENCES[code]))
