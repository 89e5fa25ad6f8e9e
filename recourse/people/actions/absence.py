"""Verbs on absence and delegation."""

import datetime as dt
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.kit.models import locked
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.people.actions.book import clean_period, is_same_person, not_oneself, staff_locked, working
from recourse.people.actions.ending import end_one_delegation
from recourse.people.events import AbsenceAdded, AbsenceCancelled, DelegationGiven
from recourse.people.models import Absence, Delegation, Staff
from recourse.people.policy import DELEGATION_LASTS_AT_MOST, AbsenceKind, Period, Permission, makes_a_chain
from recourse.timeline.actions import record

ABSENCE_LASTS_AT_MOST = dt.timedelta(days=732)


@verb
def add_absence(
    *, staff_id: UUID, kind: str, from_at: dt.datetime, until_at: dt.datetime, by: Actor, at: dt.datetime
) -> Absence:
    """Note that somebody is away in [from_at, until_at): themself, a lead of their team, or an administrator.

    `kind` is holiday, sick, training, break or other; it never goes on the record.
    """
    staff = working(staff_locked(staff_id))
    _may_note(staff, by)
    if kind not in set(AbsenceKind):
        raise Invalid.one("kind", _("Choose one of: %(kinds)s.") % {"kinds": ", ".join(AbsenceKind)})
    clean_period(from_at, until_at)
    if until_at <= at:
        raise Invalid.one("until_at", _("This has passed already."))
    if until_at - from_at > ABSENCE_LASTS_AT_MOST:
        raise Invalid.one("until_at", _("At most two years."))
    absence = Absence.objects.create(staff=staff, kind=kind, from_at=from_at, until_at=until_at)
    event = AbsenceAdded(staff=str(staff.pk), from_at=iso(from_at), until_at=iso(until_at))
    record(event, thread=staff.thread, by=by, at=at)
    return absence


@verb
def cancel_absence(*, absence_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Call off an absence to come, or end one that has begun at this instant. Refused for one that is over."""
    absence = locked(Absence.objects.filter(pk=absence_id)).first()
    if absence is None:
        raise NotVisible
    staff = staff_locked(absence.staff_id)
    _may_note(staff, by)
    if absence.until_at <= at:
        raise Refused("absence.over", _("This absence is over."))
    until_at = max(absence.from_at, at)
    if absence.from_at >= at:
        absence.delete()
    else:
        absence.until_at = at
        absence.save(update_fields=["until_at"])
    event = AbsenceCancelled(staff=str(staff.pk), from_at=iso(absence.from_at), until_at=iso(until_at))
    record(event, thread=staff.thread, by=by, at=at)


def _may_note(staff: Staff, by: Actor) -> None:
    if by.staff_id == staff.pk or by.can(Permission.STAFF_EDIT):
        return
    shares_team = staff.memberships.filter(team_id__in=by.team_ids).exists()
    if not (by.can(Permission.TEAM_LEAD) and shares_team):
        raise Refused(
            "absence.not_lead",
            _("Only they, the leads of their teams and administrators may note this."),
            is_permission=True,
        )


@verb
def delegate(
    *, giver_id: UUID, receiver_id: UUID, from_at: dt.datetime, until_at: dt.datetime, by: Actor, at: dt.datetime
) -> Delegation:
    """Let `receiver` act for `giver` in [from_at, until_at), 92 days at most: by the giver, or an administrator.

    Never to oneself (another account is oneself), never for oneself by one's own hand, never passed on or returned.
    """
    by_id = sorted([giver_id, receiver_id])
    held = {staff_id: working(staff_locked(staff_id)) for staff_id in by_id}
    giver, receiver = held[giver_id], held[receiver_id]
    if by.staff_id != giver.pk:
        by.require(Permission.STAFF_EDIT)
        not_oneself(by, receiver, _("Nobody makes themself somebody’s delegate. The person away must do it."))
    if giver.person_id == receiver.person_id:
        raise Refused("delegation.oneself", _("A delegation to oneself delegates nothing."))
    clean_period(from_at, until_at)
    if until_at <= at:
        raise Invalid.one("until_at", _("This has passed already."))
    if until_at - from_at > DELEGATION_LASTS_AT_MOST:
        raise Invalid.one("until_at", _("A delegation lasts 92 days at most."))
    _no_chain(Period(giver.person_id, receiver.person_id, from_at, until_at), at)
    delegation = Delegation.objects.create(giver=giver, receiver=receiver, from_at=from_at, until_at=until_at)
    event = DelegationGiven(
        giver=str(giver.pk), receiver=str(receiver.pk), from_at=iso(from_at), until_at=iso(until_at)
    )
    record(event, thread=giver.thread, by=by, at=at)
    return delegation


def _no_chain(new: Period, at: dt.datetime) -> None:
    people = [new.giver, new.receiver]
    near = Q(giver__person_id__in=people) | Q(receiver__person_id__in=people)
    found = Delegation.objects.filter(near, ended_at__isnull=True, until_at__gt=at)
    standing = [
        Period(row.giver.person_id, row.receiver.person_id, row.from_at, row.until_at)
        for row in found.select_related("giver", "receiver")
    ]
    if makes_a_chain(new, standing):
        raise Refused(
            "delegation.chain",
            _("A delegation is never passed on: in that time the giver already acts for somebody, or the receiver "
              "has delegated."),
        )  # fmt: skip


@verb
def end_delegation(*, delegation_id: UUID, by: Actor, at: dt.datetime) -> Delegation:
    """End a delegation before its time: by giver, receiver or an administrator."""
    found = Delegation.objects.filter(pk=delegation_id).select_related("giver__thread", "receiver")
    delegation: Delegation | None = locked(found).first()
    if delegation is None:
        raise NotVisible
    if not (is_same_person(by, delegation.giver) or is_same_person(by, delegation.receiver)):
        by.require(Permission.STAFF_EDIT)
    if delegation.ended_at is not None or delegation.until_at <= at:
        raise Refused("delegation.over", _("This delegation is over."))
    end_one_delegation(delegation, by=by, at=at)
    return delegation
