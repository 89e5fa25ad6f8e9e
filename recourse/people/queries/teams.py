"""Questions about teams, skills, absence and delegation."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible
from recourse.people.models import Absence, Delegation, Department, Membership, Skill, SkillGrant, Staff, Team
from recourse.people.policy import Permission
from recourse.people.queries.words import findable


@dataclass(frozen=True, slots=True)
class Away:
    """That somebody is away; `kind` is empty for those who need not know why."""

    id: UUID
    staff_id: UUID
    name: str
    kind: str
    from_at: dt.datetime
    until_at: dt.datetime


def teams(*, has_retired: bool = False) -> QuerySet[Team]:
    """Return the teams by name with `members` counted; those that work, unless the retired are asked for too."""
    counted = Team.objects.annotate(members=Count("memberships", filter=Q(memberships__staff__is_active=True)))
    return (counted if has_retired else counted.filter(is_active=True)).select_related("department").order_by("name")


def team_named(slug: str) -> Team:
    """Return a team by its short name. Raises NotVisible."""
    found = Team.objects.filter(slug=findable(slug)).select_related("department").first()
    if found is None:
        raise NotVisible
    return found


def memberships(team_id: UUID, *, viewer: Actor) -> QuerySet[Membership]:
    """Return who belongs to a team, leads first; members see their own team."""
    if team_id not in viewer.team_ids:
        viewer.require(Permission.STAFF_READ)
    found = Membership.objects.filter(team_id=team_id, staff__is_active=True)
    return found.select_related("staff").order_by("-is_lead", "staff__name", "id")


def leads_of(team_id: UUID) -> QuerySet[Staff]:
    """Return the active leads of a team."""
    return Staff.objects.filter(memberships__team_id=team_id, memberships__is_lead=True, is_active=True).order_by(
        "name"
    )


def skills() -> QuerySet[Skill]:
    """Return the skills by name."""
    return Skill.objects.order_by("name")


def skill_named(slug: str) -> Skill:
    """Return a skill by its short name. Raises NotVisible."""
    found = Skill.objects.filter(slug=findable(slug)).first()
    if found is None:
        raise NotVisible
    return found


def department_named(slug: str) -> Department | None:
    """Return a department by its short name, or None."""
    return Department.objects.filter(slug=findable(slug)).first()


def skills_of(staff_id: UUID, *, at: dt.datetime) -> dict[str, int]:
    """Return the skills somebody has that day (UTC): short name → level."""
    held = SkillGrant.objects.filter(Q(until_on__isnull=True) | Q(until_on__gte=at.date()), staff_id=staff_id)
    return dict(held.values_list("skill__slug", "level"))


def is_absent(staff: Staff, *, at: dt.datetime) -> bool:
    """Tell whether somebody is away at an instant."""
    return staff.absences.filter(from_at__lte=at, until_at__gt=at).exists()


def who_is_away(
    *, viewer: Actor, from_at: dt.datetime, until_at: dt.datetime, team_ids: Sequence[UUID] = ()
) -> list[Away]:
    """Return who is away at some time within [from_at, until_at), by when it begins; of some teams, or of all."""
    viewer.require(Permission.STAFF_READ)
    found = Absence.objects.filter(from_at__lt=until_at, until_at__gt=from_at, staff__is_active=True)
    if team_ids:
        found = found.filter(staff__memberships__team_id__in=team_ids).distinct()
    led = _led_by(viewer)
    return [_away(absence, viewer, led) for absence in found.select_related("staff").order_by("from_at", "id")]


def absences_of(staff_id: UUID, *, viewer: Actor, at: dt.datetime) -> list[Away]:
    """Return the absences of one person that have not ended."""
    if viewer.staff_id != staff_id:
        viewer.require(Permission.STAFF_READ)
    found = Absence.objects.filter(staff_id=staff_id, until_at__gt=at).select_related("staff")
    led = _led_by(viewer)
    return [_away(absence, viewer, led) for absence in found.order_by("from_at")]


def _led_by(viewer: Actor) -> frozenset[UUID]:
    """Return whose absences the viewer may know the reason of, as a lead."""
    if not viewer.can(Permission.TEAM_LEAD):
        return frozenset()
    return frozenset(Membership.objects.filter(team_id__in=viewer.team_ids).values_list("staff_id", flat=True))


def _away(absence: Absence, viewer: Actor, led: frozenset[UUID]) -> Away:
    may_know = viewer.staff_id == absence.staff_id or viewer.can(Permission.STAFF_EDIT) or absence.staff_id in led
    kind = absence.kind if may_know else ""
    return Away(absence.pk, absence.staff_id, absence.staff.name, kind, absence.from_at, absence.until_at)


def delegations(*, viewer: Actor, at: dt.datetime, staff_id: UUID | None = None) -> QuerySet[Delegation]:
    """Return the delegations that stand or will; of one person (as giver or receiver), or of all for who may edit."""
    found = Delegation.objects.filter(ended_at__isnull=True, until_at__gt=at)
    if staff_id is None:
        viewer.require(Permission.STAFF_READ)
    elif staff_id != viewer.staff_id:
        viewer.require(Permission.STAFF_EDIT)
    if staff_id is not None:
        found = found.filter(Q(giver_id=staff_id) | Q(receiver_id=staff_id))
    return found.select_related("giver", "receiver").order_by("from_at", "id")


def givers_to(receiver_id: UUID, *, at: dt.datetime) -> QuerySet[Staff]:
    """Return for whom somebody may act at an instant; both must still work here."""
    return Staff.objects.filter(
        is_active=True,
        delegations_given__receiver_id=receiver_id,
        delegations_given__receiver__is_active=True,
        delegations_given__from_at__lte=at,
        delegations_given__until_at__gt=at,
        delegations_given__ended_at__isnull=True,
    ).distinct()
