"""Payments by hand: one person of finance pays and says so, another one checks it; and who judges what nobody knows."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.handbook.queries import persons_behind
from recourse.kit.actor import Actor
from recourse.kit.crashpoint import crashpoint
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.kit.models import locked
from recourse.kit.text import clean_line, clean_text
from recourse.kit.transactions import verb
from recourse.ledger.actions.hearing import hear
from recourse.ledger.actions.stating import about, execute, tell
from recourse.ledger.actions.tasks import require_seen
from recourse.ledger.events import RefundConfirmed, RefundJudged
from recourse.ledger.models import Attempt, Posting
from recourse.ledger.policy import AttemptState, Heard, Stage, Told
from recourse.ledger.policy.attempts import ASK_A_PERSON_AFTER
from recourse.ledger.providers import MANUAL
from recourse.people.models import Staff
from recourse.people.policy import Permission

S = AttemptState


@verb
def confirm_payment(
    attempt_id: UUID, *, reference: str, by: Actor, at: dt.datetime, seen: int | None = None
) -> Attempt:
    """Say that a payment by hand was made, under the bank's reference; needs money:confirm.

    Whoever approved the amount does not pay it. Raises NotVisible, Stale, Invalid, Refused (payment.own_approval,
    attempt.state).
    """
    attempt = _manual(attempt_id, S.PLANNED, by, seen)
    if persons_behind(by) & _approvers(attempt):
        raise Refused("payment.own_approval", _("You approved this amount; somebody else must pay it."))
    attempt.provider_ref = clean_line(reference, field="reference", limit=120, is_required=True)
    if Attempt.objects.filter(provider=MANUAL, provider_ref=attempt.provider_ref).exists():
        raise Invalid.one("reference", _("This reference stands for another payment."))
    attempt.state, attempt.first_by_id, attempt.first_sent_at, attempt.executed_at = S.PAID, by.staff_id, at, at
    attempt.first_person_id = _person(by)
    attempt.first_persons = sorted(str(person) for person in persons_behind(by))
    attempt.version += 1
    attempt.save()
    tell(RefundConfirmed(**about(attempt), is_second=False), attempt.case_id, by=by, at=at)
    told: dict[str, Any] = {"key": attempt.key, "amount": attempt.amount, "provider": MANUAL, "by": by, "at": at}
    execute(attempt.matter, reference=attempt.provider_ref, **told)
    crashpoint("manual.confirmed")
    return attempt


@verb
def check_payment(attempt_id: UUID, *, by: Actor, at: dt.datetime, seen: int | None = None) -> Attempt:
    """Confirm, as the second person, that a payment by hand was made as it was said; needs money:confirm.

    Raises NotVisible, Stale, Refused (payment.same_person) for anybody who stood behind the first, (attempt.state).
    """
    attempt = _manual(attempt_id, S.PAID, by, seen)
    require_another(attempt, by)
    if persons_behind(by) & _approvers(attempt):
        raise Refused("payment.own_approval", _("You approved this amount; somebody else must check its payment."))
    Attempt.objects.filter(pk=attempt.pk).update(second_by=by.staff_id, second_person_id=_person(by))
    tell(RefundConfirmed(**about(attempt), is_second=True), attempt.case_id, by=by, at=at)
    return hear(attempt.pk, Told(Heard.SUCCEEDED), by=by, at=at)


@verb
def refuse_payment(attempt_id: UUID, *, note: str, by: Actor, at: dt.datetime, seen: int | None = None) -> Attempt:
    """Say that a payment by hand cannot be made, or as the second person that it was not; needs money:confirm.

    Raises NotVisible, Stale, Invalid without a note, Refused (payment.same_person, attempt.state).
    """
    by.require(Permission.MONEY_CONFIRM)
    note = clean_text(note, field="note", limit=2_000, is_required=True)
    attempt = _locked(attempt_id, seen)
    if attempt.provider != MANUAL or attempt.state not in (S.PLANNED, S.PAID):
        raise _not_now()
    if attempt.state == S.PAID:
        require_another(attempt, by)
    heard = Heard.FAILED if attempt.state == S.PAID else Heard.REFUSED
    tell(RefundJudged(**about(attempt), is_paid=False), attempt.case_id, by=by, at=at, note=note)
    return hear(attempt.pk, Told(heard, code="by_hand"), by=by, at=at)


@verb
def judge_attempt(
    attempt_id: UUID, *, is_paid: bool, note: str, by: Actor, at: dt.datetime, provider_ref: str = "",
    seen: int | None = None,
) -> Attempt:  # fmt: skip
    """Say, after looking at the provider's own pages, whether a payment of unknown outcome was made.

    Needs money:reconcile; allowed half an hour after it was sent. Raises NotVisible, Stale, Invalid, Refused
    (attempt.state).
    """
    by.require(Permission.MONEY_RECONCILE)
    note = clean_text(note, field="note", limit=2_000, is_required=True)
    attempt = _locked(attempt_id, seen)
    is_late = attempt.first_sent_at is not None and at - attempt.first_sent_at >= ASK_A_PERSON_AFTER
    if attempt.state not in (S.UNKNOWN, S.SENDING) or not is_late:
        raise _not_now()
    reference = clean_line(provider_ref, field="provider_ref", limit=120, is_required=is_paid)
    tell(RefundJudged(**about(attempt), is_paid=is_paid), attempt.case_id, by=by, at=at, note=note)
    told = Told(Heard.SUCCEEDED, reference) if is_paid else Told(Heard.REFUSED, code="judged")
    return hear(attempt.pk, told, by=by, at=at)


def require_another(attempt: Attempt, by: Actor) -> None:
    """Refuse anybody who stood behind the first confirmation, under whatever account."""
    if {str(person) for person in persons_behind(by)} & set(attempt.first_persons):
        raise Refused("payment.same_person", _("You said that this was paid; somebody else must check it."))


def _manual(attempt_id: UUID, state: AttemptState, by: Actor, seen: int | None) -> Attempt:
    by.require(Permission.MONEY_CONFIRM)
    attempt = _locked(attempt_id, seen)
    if attempt.provider != MANUAL or attempt.state != state or by.staff_id is None:
        raise _not_now()
    return attempt


def _locked(attempt_id: UUID, seen: int | None) -> Attempt:
    attempt: Attempt | None = locked(Attempt.objects.select_related("room").filter(pk=attempt_id)).first()
    if attempt is None:
        raise NotVisible
    require_seen(attempt.version, seen)
    return attempt


def _not_now() -> Refused:
    return Refused("attempt.state", _("This payment is not in a state that allows that."))


def _person(by: Actor) -> UUID:
    return Staff.objects.get(pk=by.staff_id or UUID(int=0)).person_id


def _approvers(attempt: Attempt) -> frozenset[UUID]:
    """Return the persons under whose hands the amount was approved."""
    rows = Posting.objects.filter(matter=attempt.matter, stage=Stage.APPROVED, reverses__isnull=True)
    accounts = [name.removeprefix("staff:") for name in rows.values_list("by", flat=True) if name.startswith("staff:")]
    return frozenset(Staff.objects.filter(pk__in=accounts).values_list("person_id", flat=True))
