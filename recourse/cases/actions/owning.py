"""Owners, queues and teams: who works on a case, and who speaks with the customer."""

import datetime as dt
from uuid import UUID

from recourse.cases.actions.keeping import ask, load, person, plain, refuse, require, save
from recourse.cases.actions.moving import begin
from recourse.cases.actions.reading import name_reader
from recourse.cases.events import CaseAssigned, CaseReleased, CaseTransferred, ContactHanded
from recourse.cases.models import Case, Queue
from recourse.cases.policy import ReaderReason, Stage, Tier
from recourse.cases.policy.owning import contact_after
from recourse.cases.queries.find import CaseKey
from recourse.kit.actor import Actor
from recourse.kit.transactions import verb
from recourse.people.models import Membership, Staff
from recourse.people.queries import actor_for
from recourse.timeline.actions.record import record


@verb
def take(key: CaseKey, *, by: Actor, at: dt.datetime, seen: int | None = None) -> Case:
    """Own a case that nobody owns, and start it where it is new. Taking one's own case again changes nothing."""
    case = load(key, by=by, seen=seen)
    ask("take", case, by)
    if by.staff_id is None:
        refuse("owner.nobody")
        raise AssertionError
    if case.owner_id != by.staff_id:
        _give(case, person(by.staff_id), by=by, at=at)
    if case.stage == Stage.NEW:
        begin(case, by=by, at=at)
    return case


@verb
def assign(key: CaseKey, *, owner_id: UUID, by: Actor, at: dt.datetime, seen: int | None = None) -> Case:
    """Give a case to an owner: its owner may hand it on, a lead may give any.

    Refused where the new owner may not work on cases, has left, or stands outside the wall of the case's team.
    """
    case = load(key, by=by, seen=seen)
    ask("assign", case, by)
    owner = person(owner_id)
    if case.owner_id == owner.pk:
        refuse("owner.same", name=owner.name)
    _check_owner(case, owner)
    _give(case, owner, by=by, at=at)
    return case


def _check_owner(case: Case, owner: Staff) -> None:
    if not owner.is_active:
        refuse("owner.left", name=owner.name)
    if not actor_for(owner).can("case:work"):
        refuse("owner.absent_right", name=owner.name)
    is_member = case.team.is_walled and Membership.objects.filter(team=case.team, staff=owner).exists()
    if case.team.is_walled and not is_member:
        refuse("owner.outside_wall", name=owner.name, team=case.team.name)


def _give(case: Case, owner: Staff, *, by: Actor, at: dt.datetime) -> None:
    was = case.owner_id
    case.owner = owner
    case.contact_owner_id = contact_after(Tier(case.tier), case.contact_owner_id, owner.pk)
    save(case, "owner", "contact_owner_id", at=at)
    event = CaseAssigned(
        owner_id=str(owner.pk),
        from_id=plain(was),
        contact_owner_id=plain(case.contact_owner_id),
        is_own_act=owner.pk == by.staff_id,
    )
    record(event, thread=case.thread, by=by, at=at)


@verb
def release(key: CaseKey, *, by: Actor, at: dt.datetime, seen: int | None = None) -> Case:
    """Let a case go back to its queue; whoever spoke with the customer stays named until somebody takes it."""
    case = load(key, by=by, seen=seen)
    ask("release", case, by)
    was = case.owner_id
    case.owner = None
    save(case, "owner", at=at)
    record(CaseReleased(from_id=plain(was)), thread=case.thread, by=by, at=at)
    return case


@verb
def hand_contact(key: CaseKey, *, staff_id: UUID, by: Actor, at: dt.datetime, seen: int | None = None) -> Case:
    """Name another person to speak with the customer."""
    case = load(key, by=by, seen=seen)
    ask("assign", case, by)
    contact = person(staff_id)
    _check_owner(case, contact)
    if case.contact_owner_id == contact.pk:
        refuse("owner.same", name=contact.name)
    was = case.contact_owner_id
    case.contact_owner = contact
    save(case, "contact_owner", at=at)
    record(ContactHanded(contact_owner_id=str(contact.pk), from_id=plain(was)), thread=case.thread, by=by, at=at)
    return case


@verb
def transfer(
    key: CaseKey,
    *,
    queue: Queue,
    by: Actor,
    at: dt.datetime,
    tier: Tier | None = None,
    owner_id: UUID | None = None,
    note: str = "",
    seen: int | None = None,
    under: str | None = None,
) -> Case:
    """Move a case to another queue, perhaps of another team and tier.

    Within a team the owner stays. Another team's case is nobody's until one of them takes it (or `owner_id` gives it);
    the person who speaks with the customer stays, and keeps a read-only view where that team works behind a wall.
    `under` names the right of the escalation verb that implies it; else a change of tier needs case:assign.
    """
    case = load(key, by=by, seen=seen)
    ask("transfer", case, by, under=under)
    before = (case.queue, case.team_id, case.tier, case.owner_id)
    if queue.pk == case.queue_id and tier in (None, case.tier):
        refuse("queue.same")
    if not queue.is_active:
        refuse("queue.closed")
    if tier is not None and tier != case.tier and under is None:
        require("case:assign", by)
    case.queue, case.team, case.tier = queue, queue.team, tier or case.tier
    if case.team_id != before[1]:
        _leave_team(case)
    save(case, "queue", "team", "tier", "owner", "contact_owner_id", at=at)
    event = CaseTransferred(queue=queue.slug, from_queue=before[0].slug, tier=case.tier, from_tier=before[2])
    record(event, thread=case.thread, by=by, at=at, note=note)
    _keep_sight(case, before[3], by=by, at=at)
    if owner_id is not None:
        owner = person(owner_id)
        _check_owner(case, owner)
        _give(case, owner, by=by, at=at)
    return case


def _leave_team(case: Case) -> None:
    """Take the owner off a case that goes to another team, and keep the one whom the customer knows."""
    case.contact_owner_id = case.contact_owner_id or case.owner_id
    case.owner = None


def _keep_sight(case: Case, former_owner_id: UUID | None, *, by: Actor, at: dt.datetime) -> None:
    if not (case.team.is_walled or case.is_restricted):
        return
    members = set(Membership.objects.filter(team=case.team).values_list("staff_id", flat=True))
    for staff_id in {case.contact_owner_id, former_owner_id} - {None, case.owner_id, *members}:
        if staff_id is not None:
            name_reader(case, staff_id, why=ReaderReason.CONTACT, by=by, at=at)
