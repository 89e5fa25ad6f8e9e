"""Questions about accounts, roles and rights."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible
from recourse.kit.paging import PAGE_SIZE, Page, page
from recourse.people.models import Absence, Department, Membership, Role, RoleGrant, Staff
from recourse.people.policy import Permission
from recourse.people.queries.words import findable

ORDER = ("name", "id")


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """What narrows the list of staff: words of name or address, and exact names of role, team, skill."""

    words: str = ""
    role: str = ""
    team: str = ""
    skill: str = ""
    has_left: bool = False


def staff_page(
    *, viewer: Actor, narrow: StaffFilter = StaffFilter(), cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[Staff]:
    """Return one page of staff by name, each with roles, teams and skills read along."""
    viewer.require(Permission.STAFF_READ)
    rows = _whole(Staff.objects.filter(is_active=not narrow.has_left))
    for word in findable(narrow.words).split()[:6]:
        rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word.lower()))
    for path, wanted in (("grants__role__name", narrow.role), ("memberships__team__slug", narrow.team)):
        rows = rows.filter(**{path: findable(wanted)}) if wanted else rows
    rows = rows.filter(skills__skill__slug=findable(narrow.skill)) if narrow.skill else rows
    return page(rows, order=ORDER, cursor=cursor, size=size)


def _whole(rows: QuerySet[Staff]) -> QuerySet[Staff]:
    return rows.select_related("department").prefetch_related(
        Prefetch("grants", RoleGrant.objects.select_related("role").order_by("role__name")),
        Prefetch("memberships", Membership.objects.select_related("team").order_by("team__name")),
        "skills__skill",
    )


def staff_one(staff_id: UUID, *, viewer: Actor) -> Staff:
    """Return one account with roles, teams and skills; everybody may see their own. Raises NotVisible."""
    if viewer.staff_id != staff_id and not viewer.can(Permission.STAFF_READ):
        raise NotVisible
    found = _whole(Staff.objects.filter(pk=staff_id)).first()
    if found is None:
        raise NotVisible
    return found


def by_address(address: str) -> Staff | None:
    """Return the account of an address, whatever its case."""
    return Staff.objects.filter(email=findable(address).lower()).first()


def names_of(staff_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names behind some keys; unknown keys are left out."""
    return dict(Staff.objects.filter(pk__in=set(staff_ids)).values_list("pk", "name"))


def active_staff() -> QuerySet[Staff]:
    """Return everybody who works here now, by name."""
    return Staff.objects.filter(is_active=True).order_by(*ORDER)


def present_staff(*, at: dt.datetime) -> QuerySet[Staff]:
    """Return everybody who works here and is not away at an instant."""
    away = Absence.objects.filter(staff=OuterRef("pk"), from_at__lte=at, until_at__gt=at)
    return active_staff().filter(~Exists(away))


def specialists(skill: str, *, at: dt.datetime, team_id: UUID | None = None) -> QuerySet[Staff]:
    """Return who has a skill that day and is not away, the highest level first; `skill` is its short name.

    A grant holds through the day of `until_on`, in UTC.
    """
    holds = Q(skills__until_on__isnull=True) | Q(skills__until_on__gte=at.date())
    found = present_staff(at=at).filter(holds, skills__skill__slug=findable(skill))
    if team_id is not None:
        found = found.filter(memberships__team_id=team_id)
    return found.order_by("-skills__level", *ORDER)


def holders_of(permission: str) -> QuerySet[Staff]:
    """Return the active staff who hold a right through any of their roles."""
    roles = [role.pk for role in Role.objects.all() if permission in role.permissions]
    return active_staff().filter(grants__role__in=roles).distinct()


def roles(*, viewer: Actor) -> list[Role]:
    """Return every role, the built-in ones first in the order of their list, with `holders` counted."""
    viewer.require(Permission.STAFF_READ)
    counted = Role.objects.annotate(holders=Count("grants", filter=Q(grants__staff__is_active=True)))
    return list(counted.order_by("-is_built_in", "name"))


def role_named(name: str) -> Role:
    """Return a role by name. Raises NotVisible."""
    found = Role.objects.filter(name=findable(name)).first()
    if found is None:
        raise NotVisible
    return found


def departments() -> QuerySet[Department]:
    """Return the departments by name."""
    return Department.objects.order_by("name")
