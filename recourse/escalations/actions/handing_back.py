"""De-escalation: the team offers a case back with a reason and a note; it is back only once somebody took it."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.actions import add_reader, transfer
from recourse.cases.policy import ReaderReason
from recourse.cases.queries.find import CaseKey
from recourse.escalations.actions.keeping import ask, clean_note, load, parties, return_reason, save, tell
from recourse.escalations.events import HandBackDeclined, HandBackOffered, HandedBack
from recourse.escalations.models import Escalation, HandBack
from recourse.escalations.policy import NoticeKind, is_ping_pong
from recourse.handbook.policy.escalation import EscalationRules
from recourse.handbook.policy.shape import Tier
from recourse.handbook.queries import edition_at, persons_behind
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, Refused
from recourse.kit.transactions import verb
from recourse.people.models import Staff
from recourse.people.policy import Permission, TeamKind
from recourse.people.queries import actor_for, leads_of
from recourse.timeline.actions.record import record

HAND_BACK = str(Permission.ESCALATION_HAND_BACK)
WORK = str(Permission.CASE_WORK)


@verb
def hand_back(
    case_key: CaseKey,
    number: int,
    *,
    reason: str,
    note: str,
    was_needed: bool,
    by: Actor,
    at: dt.datetime,
    owner_id: UUID | None = None,
    seen: int | None = None,
) -> Escalation:
    """Offer a case back to the front line: to `owner_id`, or to whoever had it before.

    `was_needed` says whether it did need the team. A case that has gone back and forth as often as the handbook
    allows is offered to a lead of the front line, and flagged.
    """
    found = load(case_key, number, by=by, seen=seen)
    ask("hand_back", found, by)
    rules = edition_at(at).rules
    chosen = return_reason(reason, rules)
    words = clean_note(note, minimum=rules.escalation.gate.coaching_note_minimum)
    owner = _whom(found, owner_id, rules.escalation, by=by)
    found.offered_to, found.was_needed = owner, was_needed
    save(found, "hand_back", "offered_to", "was_needed", "is_ping_pong", "supervisor", at=at)
    event = HandBackOffered(
        escalation_id=str(found.pk),
        number=found.number,
        reason=chosen.code,
        offered_to=str(owner.pk),
        is_ping_pong=found.is_ping_pong,
    )
    entry = record(event, thread=found.case.thread, by=by, at=at, edition=edition_at(at).number, note=words)
    HandBack.objects.create(
        escalation=found, reason=chosen.code, offered_to=owner, offered_by_id=by.staff_id, offered_at=at, entry=entry
    )
    add_reader(found.case_id, staff_id=owner.pk, why=ReaderReason.NAMED, by=by, at=at, under=HAND_BACK)
    kind = NoticeKind.PING_PONG if found.is_ping_pong else NoticeKind.HAND_BACK_OFFERED
    tell({owner.pk}, kind, case=found.case, entry=entry, at=at, found=found, times=found.bounces + 1)
    return found


def _whom(found: Escalation, owner_id: UUID | None, rules: EscalationRules, *, by: Actor) -> Staff:
    """Return who is asked to take it back: a lead after too many bounces, else the one named or the former owner."""
    found.is_ping_pong = is_ping_pong(found.bounces + 1, limit=rules.bounce_limit)
    if found.is_ping_pong:
        lead = leads_of(found.origin_queue.team_id).exclude(person_id__in=persons_behind(by)).first()
        if lead is None:
            raise Refused(
                "escalation.no_lead",
                _("It has gone back and forth %(times)d times and the front line has no lead to take it.")
                % {"times": found.bounces + 1},
            )
        found.supervisor = lead
        return lead
    key: UUID = owner_id or found.origin_owner_id or found.requester_id
    owner = Staff.objects.filter(pk=key, is_active=True).first()
    if owner is None or not actor_for(owner).can(WORK):
        raise Invalid.one("owner", _("Choose somebody of the front line who can take it."))
    if not owner.memberships.filter(team__kind=TeamKind.FRONT_LINE).exists():
        raise Invalid.one("owner", _("Choose somebody of the front line who can take it."))
    if owner.person_id in persons_behind(by):
        raise Invalid.one("owner", _("Somebody else must take it back."))
    return owner


@verb
def take_back(case_key: CaseKey, number: int, *, by: Actor, at: dt.datetime, seen: int | None = None) -> Escalation:
    """Accept a case that was offered back: it returns to the queue it came from, owned by the one who accepts."""
    found = load(case_key, number, by=by, seen=seen)
    ask("take_back", found, by)
    offer = found.hand_backs.get(answered_at__isnull=True)
    owner_id = found.offered_to_id
    save(found, "take_back", at=at)
    offer.is_accepted, offer.answered_at = True, at
    offer.save(update_fields=["is_accepted", "answered_at"])
    transfer(found.case_id, queue=found.origin_queue, tier=Tier.FRONT_LINE, owner_id=owner_id, by=by, at=at, under=WORK)
    event = HandedBack(
        escalation_id=str(found.pk),
        number=found.number,
        owner_id=str(owner_id),
        reason=offer.reason,
        was_needed=bool(found.was_needed),
    )
    entry = record(event, thread=found.case.thread, by=by, at=at)
    tell(
        {*parties(found), offer.offered_by_id}, NoticeKind.HANDED_BACK, case=found.case, entry=entry, at=at,
        found=found, reason=offer.reason,
    )  # fmt: skip
    return found


@verb
def decline_back(
    case_key: CaseKey, number: int, *, note: str, by: Actor, at: dt.datetime, seen: int | None = None
) -> Escalation:
    """Say no to a case that was offered back, and why; it stays with the team."""
    found = load(case_key, number, by=by, seen=seen)
    ask("decline_back", found, by)
    words = clean_note(note, minimum=edition_at(at).rules.escalation.gate.coaching_note_minimum)
    offer = found.hand_backs.get(answered_at__isnull=True)
    found.offered_to, found.was_needed = None, None
    save(found, "decline_back", "offered_to", "was_needed", at=at)
    offer.is_accepted, offer.answered_at = False, at
    offer.save(update_fields=["is_accepted", "answered_at"])
    event = HandBackDeclined(escalation_id=str(found.pk), number=found.number)
    entry = record(event, thread=found.case.thread, by=by, at=at, note=words)
    tell({offer.offered_by_id}, NoticeKind.HAND_BACK_DECLINED, case=found.case, entry=entry, at=at, found=found)
    return found
