"""What about money a person of finance must look at: raised once, ended by an answer or by that person."""

import datetime as dt
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible, Stale
from recourse.kit.models import locked
from recourse.kit.money import Money
from recourse.kit.text import clean_text
from recourse.kit.transactions import verb
from recourse.ledger.actions.stating import tell
from recourse.ledger.events import MoneyTaskDone
from recourse.ledger.models import Attempt, MoneyTask
from recourse.ledger.policy import AttemptState, TaskKind
from recourse.ledger.policy.attempts import ASK_A_PERSON_AFTER
from recourse.people.policy import Permission

UNANSWERED = (AttemptState.PLANNED, AttemptState.SENDING, AttemptState.UNKNOWN)


def raise_task(kind: TaskKind, subject: str, amount: Money, *, at: dt.datetime, attempt: Attempt | None = None) -> None:
    """Put something before the people of finance, unless it stands there already."""
    task = MoneyTask(
        kind=kind, subject=subject[:160], amount_minor=amount.minor, currency=amount.currency, attempt=attempt,
        raised_at=at,
    )  # fmt: skip
    MoneyTask.objects.bulk_create([task], ignore_conflicts=True)


def end_task(kind: TaskKind, subject: str, *, at: dt.datetime, reason: str) -> None:
    """Take a task away that has answered itself."""
    open_ones = MoneyTask.objects.filter(kind=kind, subject=subject[:160], done_at__isnull=True)
    open_ones.update(done_at=at, reason=reason, version=F("version") + 1)


@verb
def finish_task(task_id: UUID, *, reason: str, by: Actor, at: dt.datetime, seen: int | None = None) -> MoneyTask:
    """Say what was done about a task; needs money:reconcile. Raises NotVisible, Stale, Invalid without a reason."""
    by.require(Permission.MONEY_RECONCILE)
    task: MoneyTask | None = locked(MoneyTask.objects.filter(pk=task_id, done_at__isnull=True)).first()
    if task is None:
        raise NotVisible
    require_seen(task.version, seen)
    task.reason = clean_text(reason, field="reason", limit=2_000, is_required=True)
    task.done_at, task.done_by_id, task.version = at, by.staff_id, task.version + 1
    task.save()
    told = MoneyTaskDone(task_id=str(task.pk), kind=task.kind)
    tell(told, task.attempt.case_id if task.attempt else None, by=by, at=at, note=task.reason)
    return task


def require_seen(version: int, seen: int | None) -> None:
    """Refuse an act on something that has changed since it was read."""
    if seen is not None and seen != version:
        raise Stale(_("Somebody changed this since you opened it. Look at it again, then decide."), current=version)


@verb
def ask_people(*, at: dt.datetime) -> int:
    """Put every payment of unknown outcome before a person after half an hour, and return how many were new."""
    late = Attempt.objects.filter(state__in=UNANSWERED, first_sent_at__lte=at - ASK_A_PERSON_AFTER)
    unasked = late.exclude(tasks__kind__in=(TaskKind.UNKNOWN, TaskKind.MISMATCH), tasks__done_at__isnull=True)
    found = list(unasked[:200])
    for attempt in found:
        raise_task(TaskKind.UNKNOWN, attempt.key, attempt.amount, attempt=attempt, at=at)
    return len(found)
