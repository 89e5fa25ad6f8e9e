"""Takes in what a provider says of an attempt, whatever way it is heard: the reply, a look-up, a report, its list."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.kit.actor import Actor
from recourse.kit.crashpoint import crashpoint
from recourse.kit.errors import NotVisible
from recourse.kit.models import locked
from recourse.kit.transactions import verb
from recourse.ledger.actions.extras import take_over_extra
from recourse.ledger.actions.rooms import empty_room, fill_room, leave_room
from recourse.ledger.actions.stating import about, execute, settle, tell, undo
from recourse.ledger.actions.tasks import end_task, raise_task
from recourse.ledger.events import RefundFailed, RefundRefused, RefundUnknown
from recourse.ledger.models import Attempt
from recourse.ledger.policy import AttemptState, Heard, Stage, TaskKind, Told
from recourse.ledger.policy.attempts import ENDED, EXECUTED, after, may_send_again, next_look
from recourse.ledger.queries.states import unreversed

S = AttemptState
PENDING_LOOK = dt.timedelta(hours=6)


@verb
def hear(attempt_id: UUID, told: Told, *, by: Actor, at: dt.datetime) -> Attempt:
    """Move an attempt as far as a word of the provider carries it, with all that follows; the same again does nothing.

    An answer that names another amount or currency moves nothing: a person must look, and it is never sent again.
    """
    attempt: Attempt | None = locked(Attempt.objects.select_related("room").filter(pk=attempt_id)).first()
    if attempt is None:
        raise NotVisible
    before = S(attempt.state)
    is_wrong = _is_wrong(attempt, told)
    if is_wrong:
        told = Told(Heard.UNKNOWN, told.provider_ref, code="mismatch")
        attempt.is_barred = True
    state = after(before, told.heard)
    _note(attempt, told, state, at)
    if is_wrong:
        raise_task(TaskKind.MISMATCH, attempt.key, attempt.amount, attempt=attempt, at=at)
    if state is not before:
        _follow(attempt, before, state, by, at)
    crashpoint("ledger.noted")
    return attempt


def _is_wrong(attempt: Attempt, told: Told) -> bool:
    """Tell whether the answer is about another payment than the one asked for, or about one known by another name."""
    if told.amount is not None and told.amount != attempt.amount:
        return True
    return bool(told.provider_ref and attempt.provider_ref and told.provider_ref != attempt.provider_ref)


def _note(attempt: Attempt, told: Told, state: AttemptState, at: dt.datetime) -> None:
    attempt.state = state
    if not attempt.is_barred or not attempt.provider_ref:
        attempt.provider_ref = attempt.provider_ref or told.provider_ref
    attempt.code = told.code or attempt.code
    attempt.version += 1
    attempt.next_look_at = _next(attempt, told, state, at)
    if attempt.next_look_at == at and state is S.UNKNOWN:
        attempt.state = S.PLANNED
    if state in EXECUTED:
        attempt.executed_at = attempt.executed_at or at
    if state is S.SUCCEEDED:
        attempt.settled_at = attempt.settled_at or at
    if state in ENDED:
        attempt.ended_at = attempt.ended_at or at
    attempt.save()


def _next(attempt: Attempt, told: Told, state: AttemptState, at: dt.datetime) -> dt.datetime | None:
    """Return when to look again; `at` itself where the provider knows nothing and its key still protects us."""
    if state is S.UNKNOWN:
        is_safe = told.heard is Heard.ABSENT and not attempt.is_barred and may_send_again(attempt.first_sent_at, at)
        return at if is_safe else next_look(attempt.looks, at)
    if state is S.PENDING:
        return at + PENDING_LOOK
    return attempt.next_look_at if state in (S.PLANNED, S.SENDING) else None


def _follow(attempt: Attempt, before: AttemptState, state: AttemptState, by: Actor, at: dt.datetime) -> None:
    """Do what a step brings with it: postings, room, events, tasks."""
    if state is S.UNKNOWN:
        tell(RefundUnknown(**about(attempt)), attempt.case_id, by=by, at=at)
        return
    end_task(TaskKind.UNKNOWN, attempt.key, at=at, reason=_("The provider answered."))
    if state in EXECUTED:
        _execute(attempt, before, state, by, at)
    elif state is S.REFUSED:
        tell(RefundRefused(**about(attempt), code=attempt.code), attempt.case_id, by=by, at=at)
        raise_task(TaskKind.FAILED, attempt.key, attempt.amount, attempt=attempt, at=at)
        if attempt.room is not None:
            leave_room(attempt.room, attempt.amount)
    elif state is S.FAILED:
        _fail(attempt, before, by, at)


def _execute(attempt: Attempt, before: AttemptState, state: AttemptState, by: Actor, at: dt.datetime) -> None:
    told: dict[str, Any] = {
        "key": attempt.key, "amount": attempt.amount, "provider": attempt.provider, "by": by, "at": at,
        "reference": attempt.provider_ref,
    }  # fmt: skip
    if before not in EXECUTED:
        take_over_extra(attempt, by=by, at=at)
        execute(attempt.matter, **told)
    if state is S.SUCCEEDED:
        settle(attempt.matter, **told)
        if attempt.room is not None:
            fill_room(attempt.room, attempt.amount)


def _fail(attempt: Attempt, before: AttemptState, by: Actor, at: dt.datetime) -> None:
    """Undo what was posted for an attempt, once, and say that the amount is owed again."""
    ours = (f"{Stage.EXECUTED}:{attempt.matter}:{attempt.key}", f"{Stage.SETTLED}:{attempt.matter}:{attempt.key}")
    rows = [row for row in unreversed(attempt.matter) if row.key in ours]
    if rows:
        undo(rows, why=attempt.code or "failed", by=by, at=at)
    tell(RefundFailed(**about(attempt), code=attempt.code), attempt.case_id, by=by, at=at)
    raise_task(TaskKind.FAILED, attempt.key, attempt.amount, attempt=attempt, at=at)
    if attempt.room is not None:
        (empty_room if before is S.SUCCEEDED else leave_room)(attempt.room, attempt.amount)
