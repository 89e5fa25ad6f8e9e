"""Brings a matter's money through its four states, each posted once, and takes back what is owed no longer."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.models import Case
from recourse.kit.actor import Actor
from recourse.kit.errors import Refused
from recourse.kit.money import Money
from recourse.kit.transactions import verb
from recourse.ledger.actions.posting import post, reverse_many
from recourse.ledger.events import MoneyApproved, MoneyExecuted, MoneyPromised, MoneyReversed, MoneySettled
from recourse.ledger.models import Attempt, Posting
from recourse.ledger.policy import NewPosting, Stage
from recourse.ledger.policy.chart import APPROVED, PROMISED, way
from recourse.ledger.queries.states import standing_of, unreversed
from recourse.timeline.actions.record import operations_thread, record
from recourse.timeline.events import Event


@verb
def promise(
    matter: str, *, amount: Money, kind: str, case_id: UUID, by: Actor, at: dt.datetime, cause: str = "",
    edition: int | None = None,
) -> Posting:  # fmt: skip
    """Post that an amount is promised for a matter: its cost is borne from now on. `kind` is the kind of remedy.

    The same again changes nothing; another amount is Refused (ledger.key_reused): withdraw the first.
    """
    from_account, to_account = way(Stage.PROMISED, remedy_kind=kind)
    new = NewPosting(
        key=_key(matter, Stage.PROMISED, ""),
        from_account=from_account,
        to_account=to_account,
        amount=amount,
        stage=Stage.PROMISED,
        matter=matter,
        case_id=case_id,
        cause=cause,
    )
    return _state(new, MoneyPromised(matter, amount.minor, amount.currency, kind), by, at, edition)


@verb
def approve(matter: str, *, approval_ref: str, by: Actor, at: dt.datetime, edition: int | None = None) -> Posting:
    """Post that the promised amount of a matter may be paid; `approval_ref` names who decided that, and what.

    Raises Refused (money.not_promised) where nothing is promised.
    """
    kept = _posting(_key(matter, Stage.APPROVED, approval_ref))
    if kept is not None:
        return kept
    owed = standing_of(matter, PROMISED)
    if owed is None:
        raise Refused("money.not_promised", _("Nothing is promised for this that could be approved."))
    told = MoneyApproved(matter, owed.minor, owed.currency, approval_ref)
    new = _next(matter, Stage.APPROVED, owed, key=approval_ref, reference=approval_ref)
    return _state(new, told, by, at, edition)


@verb
def execute(
    matter: str, *, key: str, amount: Money, provider: str, by: Actor, at: dt.datetime, reference: str = ""
) -> Posting:
    """Post that an approved amount was paid. Raises Refused (money.not_approved) where less is approved."""
    kept = _posting(_key(matter, Stage.EXECUTED, key))
    if kept is not None:
        return kept
    require_approved(matter, amount)
    new = _next(matter, Stage.EXECUTED, amount, key=key, reference=reference, provider=provider)
    return _state(new, MoneyExecuted(matter, amount.minor, amount.currency, provider), by, at)


@verb
def settle(
    matter: str, *, key: str, amount: Money, provider: str, by: Actor, at: dt.datetime, reference: str = ""
) -> Posting:
    """Post that an executed amount has arrived."""
    new = _next(matter, Stage.SETTLED, amount, key=key, reference=reference, provider=provider)
    return _state(new, MoneySettled(matter, amount.minor, amount.currency, provider), by, at)


@verb
def withdraw(matter: str, *, why: str, by: Actor, at: dt.datetime, note: str = "") -> None:
    """Undo what is promised or approved for a matter and not paid: it is owed no longer. `why` is a word.

    Raises Refused (money.executed) where something was paid. Nothing left to undo changes nothing.
    """
    rows = unreversed(matter)
    if any(row.stage in (Stage.EXECUTED, Stage.SETTLED) for row in rows):
        raise Refused("money.executed", _("What was paid is not withdrawn."))
    if rows:
        undo(rows, why=why, by=by, at=at, is_withdrawn=True, note=note)


def undo(
    rows: list[Posting], *, why: str, by: Actor, at: dt.datetime, is_withdrawn: bool = False, note: str = ""
) -> None:
    """Reverse postings of one matter, the last first, and say so on the case."""
    reverse_many([row.key for row in reversed(rows)], why=why, by=by, at=at)
    first = rows[0]
    stages = [str(row.stage) for row in reversed(rows)]
    told = MoneyReversed(first.matter, first.amount_minor, first.currency, stages, is_withdrawn)
    tell(told, first.case_id, by=by, at=at, note=note)


def require_approved(matter: str, amount: Money) -> None:
    """Refuse unless exactly this much is approved for the matter and not yet paid."""
    owed = standing_of(matter, APPROVED)
    if owed is None or owed != amount:
        raise Refused("money.not_approved", _("What is to be paid is not what was approved."))


def about(attempt: Attempt) -> dict[str, Any]:
    """Return what every event about an attempt says."""
    return {
        "matter": attempt.matter,
        "amount_minor": attempt.amount_minor,
        "currency": attempt.currency,
        "attempt_id": str(attempt.pk),
        "provider": attempt.provider,
    }


def tell(
    told: Event, case_id: UUID | None, *, by: Actor, at: dt.datetime, edition: int | None = None, note: str = ""
) -> None:
    """Record an event on the thread of a case, or of operations where it belongs to none."""
    case = Case.objects.select_related("thread").filter(pk=case_id).first() if case_id else None
    record(told, thread=case.thread if case else operations_thread(), by=by, at=at, edition=edition, note=note)


def _state(new: NewPosting, told: Event, by: Actor, at: dt.datetime, edition: int | None = None) -> Posting:
    is_new = _posting(new.key) is None
    row = post([new], by=by, at=at, edition=edition)[0]
    if is_new:
        tell(told, new.case_id, by=by, at=at, edition=edition)
    return row


def _next(matter: str, stage: Stage, amount: Money, *, key: str, reference: str, provider: str = "") -> NewPosting:
    first = Posting.objects.filter(matter=matter).order_by("-id").first()
    from_account, to_account = way(stage, provider=provider)
    return NewPosting(
        key=_key(matter, stage, key),
        from_account=from_account,
        to_account=to_account,
        amount=amount,
        stage=stage,
        matter=matter,
        case_id=first.case_id if first else None,
        cause=first.cause if first else "",
        reference=reference,
    )


def _key(matter: str, stage: Stage, key: str) -> str:
    return f"{stage}:{matter}:{key}" if key else f"{stage}:{matter}:{_round(matter, stage)}"


def _round(matter: str, stage: Stage) -> int:
    """Return how often this state was taken back, so that a matter can be promised anew after a withdrawal."""
    return Posting.objects.filter(matter=matter, stage=stage, reverses__isnull=False).count()


def _posting(key: str) -> Posting | None:
    found: Posting | None = Posting.objects.filter(key=key, reversal__isnull=True).first()
    return found
