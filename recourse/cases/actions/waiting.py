"""Waits: an interval with a reason of the handbook, beside the stage."""

import datetime as dt
from uuid import UUID

from recourse.cases.actions.keeping import ask, load, plain, refuse, save
from recourse.cases.events import WaitEnded, WaitStarted
from recourse.cases.models import Case, Wait
from recourse.cases.queries.find import CaseKey
from recourse.handbook.policy.reasons import WaitReason
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import record


@verb
def wait(
    key: CaseKey,
    *,
    reason: str,
    by: Actor,
    at: dt.datetime,
    question_message_id: UUID | None = None,
    wake_at: dt.datetime | None = None,
    seen: int | None = None,
) -> Wait:
    """Begin to wait, for a reason of the handbook that holds at `at`.

    A reason that needs a question wants the message that asked it. The wait wakes at `wake_at`, at the latest after
    the reason's own limit.
    """
    case = load(key, by=by, seen=seen)
    ask("wait", case, by)
    edition = edition_at(at)
    chosen = edition.rules.reasons.wait_reason(reason)
    if chosen is None:
        refuse("wait.unknown", reason=reason)
        raise AssertionError
    _check_question(chosen, question_message_id)
    limit = at + dt.timedelta(days=chosen.limit_days)
    begun = Wait.objects.create(
        case=case,
        reason=chosen.code,
        is_pausing=chosen.pauses,
        question_message_id=question_message_id,
        from_at=at,
        wake_at=min(wake_at, limit) if wake_at else limit,
        by_staff_id=by.staff_id,
    )
    case.is_waiting = True
    save(case, "is_waiting", at=at)
    record(_started(begun), thread=case.thread, by=by, at=at, edition=edition.number)
    return begun


def _check_question(reason: WaitReason, question_message_id: UUID | None) -> None:
    if reason.needs_question and question_message_id is None:
        refuse("wait.question")


def _started(begun: Wait) -> WaitStarted:
    return WaitStarted(
        wait_id=str(begun.pk),
        reason=begun.reason,
        is_pausing=begun.is_pausing,
        question_message_id=plain(begun.question_message_id),
        wake_at=iso(begun.wake_at) if begun.wake_at else "",
    )


@verb
def end_wait(key: CaseKey, *, why: str, by: Actor, at: dt.datetime, seen: int | None = None) -> Case:
    """Stop waiting; `why` is a word such as `answered`, `woken`, `by_hand`. The customer's own answer may end it."""
    case = load(key, by=by, seen=seen)
    ask("end_wait", case, by)
    finish_wait(case, why=why, by=by, at=at)
    save(case, at=at)
    return case


def finish_wait(case: Case, *, why: str, by: Actor, at: dt.datetime) -> None:
    """End the running wait of a locked case, for the verbs that imply it."""
    running = Wait.objects.get(case=case, until_at__isnull=True)
    running.until_at = max(at, running.from_at)
    running.save(update_fields=["until_at"])
    case.is_waiting = False
    case.save(update_fields=["is_waiting"])
    event = WaitEnded(wait_id=str(running.pk), reason=running.reason, is_pausing=running.is_pausing, why=why)
    record(event, thread=case.thread, by=by, at=at)


def wake_waits(*, by: Actor, at: dt.datetime, limit: int = 200) -> int:
    """End every wait whose time is up, each in its own transaction; return how many. For the worker."""
    due = Wait.objects.filter(until_at__isnull=True, wake_at__lte=at).order_by("wake_at")
    woken = 0
    for case_id in list(due.values_list("case_id", flat=True)[:limit]):
        woken += _wake(case_id, by, at)
    return woken


@verb
def _wake(case_id: UUID, by: Actor, at: dt.datetime) -> int:
    case = load(case_id, by=by)
    if not Wait.objects.filter(case=case, until_at__isnull=True, wake_at__lte=at).exists():
        return 0
    finish_wait(case, why="woken", by=by, at=at)
    save(case, at=at)
    return 1
