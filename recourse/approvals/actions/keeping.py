"""What every verb of an approval does first and last: load and lock, compare, ask, write, tell."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.approvals.models import Approval, Ask, Decision
from recourse.approvals.policy import (
    MOVES_BY_NAME,
    NOTHING,
    AskState,
    Mover,
    Said,
    Seat,
    Sums,
    Verdict,
    may_move,
)
from recourse.approvals.queries.said import refused
from recourse.approvals.queries.weighing import standing_of
from recourse.cases.actions import lift_hold
from recourse.cases.models import Case
from recourse.cases.queries.find import final_id
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor, system
from recourse.kit.cards import mask_cards
from recourse.kit.errors import NotVisible, Stale
from recourse.kit.models import locked
from recourse.kit.text import clean_text
from recourse.people.models import Staff
from recourse.timeline.actions import record
from recourse.timeline.events import Event
from recourse.timeline.models import Entry

HOLD = "approval_pending"
NOTE_LIMIT = 4000
DESK = system("approvals")
CAPS = ("per_line", "per_case", "per_customer", "per_agent")
SUMS = ("line", "case", "customer", "cause")
BESIDE = ("case__thread", "case__customer", "proposer", "on_behalf_of", "customer")


@dataclass(frozen=True, slots=True)
class How:
    """How somebody decides: with which words, when the second factor was given, whether by a link."""

    words: str = ""
    factor_at: dt.datetime | None = None
    by_link: bool = False


def load(approval_id: UUID, *, by: Actor, seen: int | None = None) -> Approval:
    """Return an approval, its case locked before it; NotVisible where hidden, Stale where it has moved on.

    Whoever is asked may load it, whether or not they may read the case.
    """
    case_id = Approval.objects.visible_to(by).filter(pk=approval_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NotVisible
    list(locked(Case.objects.filter(pk=case_id)).values_list("pk"))
    found: Approval = locked(Approval.objects.select_related(*BESIDE).filter(pk=approval_id)).get()
    if seen is not None and seen != found.version:
        raise Stale(_("Somebody decided meanwhile. Look at it again."), current=found.version)
    return found


def ask(move: str, found: Approval, mover: Mover) -> None:
    """Raise Refused unless the table lets this actor make this move now."""
    said = may_move(move, standing_of(found), mover)
    if said is not None:
        raise refused(said)


def require_terms(found: Approval, terms_hash: str) -> None:
    """Refuse a decision about other terms than those that stand."""
    if terms_hash != found.terms_hash:
        raise refused(Said("approval.terms_changed"))


def person(by: Actor) -> Staff:
    """Return the member of staff who acts; no program, mail or customer asks for or decides an approval."""
    found = Staff.objects.filter(pk=by.staff_id, is_active=True).first() if by.staff_id else None
    if found is None:
        raise refused(Said("approval.nobody"))
    return found


def nobody_can(found: Approval) -> Said:
    """Return that nobody's authority covers what is asked."""
    return Said("approval.nobody_can", {"needed": found.needed_minor, "currency": found.counted_currency})


def clean_note(note: str, *, field: str = "note", is_required: bool = False) -> str:
    """Return a person's words without control characters and card numbers; Invalid where needed and empty."""
    return mask_cards(clean_text(note, field=field, limit=NOTE_LIMIT, is_required=is_required)).text


def which(found: Approval) -> dict[str, Any]:
    """Return what every event of an approval says."""
    return {
        "approval_id": str(found.pk),
        "number": found.number,
        "kind": found.kind,
        "matter": found.matter,
        "terms_hash": found.terms_hash,
    }


def amount(found: Approval) -> dict[str, Any]:
    """Return the amount as events say it."""
    return {"remedy_kind": found.remedy_kind, "amount_minor": found.amount_minor, "currency": found.currency}


def tell(event: Event, found: Approval, *, by: Actor, at: dt.datetime, note: str = "") -> Entry:
    """Record an event on the thread of the case."""
    return record(event, thread=found.case.thread, by=by, at=at, edition=found.edition, note=note)


def save(found: Approval, move: str, *fields: str, at: dt.datetime) -> None:
    """Write a locked approval in the state that a move leads to; an end settles what was asked and lifts the hold."""
    found.state = MOVES_BY_NAME[move].to_state or found.state
    written = {"state", "version", *fields}
    if not found.is_live:
        found.ended_at, found.remind_at = at, None
        written |= {"ended_at", "remind_at"}
    found.version += 1
    found.save(update_fields=sorted(written))


def settle_asks(found: Approval, state: AskState, *, at: dt.datetime) -> None:
    """End every open asking."""
    Ask.objects.filter(approval=found, state=AskState.OPEN).update(state=state, ended_at=at)


def free_case(found: Approval, *, at: dt.datetime) -> None:
    """Lift the hold that a pending approval keeps on its case, or on the one that this was merged into."""
    case_id = final_id(found.case)
    if edition_at(at).rules.reasons.hold_reason(HOLD) is not None:
        lift_hold(case_id, reason=HOLD, matter=str(found.pk), by=DESK, at=at)


def write_decision(
    found: Approval,
    verdict: Verdict,
    *,
    by: Staff,
    entry: Entry,
    at: dt.datetime,
    one: Seat | None = None,
    sums: Sums | None = None,
    how: How = How(),
) -> Decision:
    """Keep one decision for ever: who, as whom, under which limits and edition, on which sum and terms."""
    seen = sums or Sums(found.counted_minor, 0, 0)
    caps = one.caps if one else NOTHING
    return Decision.objects.create(
        approval=found,
        verdict=verdict,
        by=by,
        person_id=by.person_id,
        proposer_person_id=found.proposer_person_id,
        on_behalf_of_id=one.on_behalf_of.staff_id if one and one.on_behalf_of else None,
        at=at,
        edition=edition_at(at).number or 0,
        terms_hash=found.terms_hash,
        amount_minor=found.amount_minor,
        currency=found.currency,
        limits={**{name: getattr(caps, name) for name in CAPS}, "keys": list(caps.keys)},
        seen={name: getattr(seen, name) for name in SUMS},
        covers=one.covers if one else False,
        signs_as=sorted(one.signs_as) if one else [],
        factor_at=how.factor_at,
        by_link=how.by_link,
        entry=entry,
    )
