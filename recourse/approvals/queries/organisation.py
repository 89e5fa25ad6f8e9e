"""Who works here as the rules of approval look at it: rights, roles, presence, delegations, load; read afresh."""

import datetime as dt
from collections.abc import Collection
from functools import lru_cache
from uuid import UUID

from django.db.models import Count, Q

from recourse.approvals.models import Ask
from recourse.approvals.policy import AskState, Colleague, Organisation
from recourse.handbook.models import Edition
from recourse.handbook.queries import persons_at_work
from recourse.people.models import Absence, Delegation, Membership, RoleGrant, Staff
from recourse.people.policy import Period, Permission
from recourse.people.queries import holders_of


def organisation(
    *, parties: Collection[UUID], since: dt.datetime, at: dt.datetime, team_id: UUID | None = None
) -> Organisation:
    """Return everybody who may decide, and the delegations that touched them or the parties since an instant."""
    staff = list(holders_of(Permission.APPROVAL_DECIDE).values_list("pk", "person_id"))
    people = {person for _pk, person in staff} | set(parties)
    delegations = delegations_among(people, since=since, at=at)
    colleagues = _colleagues(dict(staff), at=at, team_id=team_id)
    return Organisation(colleagues, delegations)


def _colleagues(staff: dict[UUID, UUID], *, at: dt.datetime, team_id: UUID | None) -> tuple[Colleague, ...]:
    roles: dict[UUID, set[str]] = {}
    for pk, role in RoleGrant.objects.filter(staff_id__in=staff).values_list("staff_id", "role__name"):
        roles.setdefault(pk, set()).add(role)
    away = set(
        Absence.objects.filter(staff_id__in=staff, from_at__lte=at, until_at__gt=at).values_list("staff_id", flat=True)
    )
    members = Membership.objects.filter(staff_id__in=staff)
    beside = set(members.filter(team_id=team_id).values_list("staff_id", flat=True)) if team_id else set()
    waiting = Ask.objects.filter(staff_id__in=staff, state=AskState.OPEN).values_list("staff_id")
    load = dict(waiting.annotate(count=Count("pk")))
    return tuple(
        Colleague(
            staff_id=pk,
            person=person,
            roles=frozenset(roles.get(pk, ())),
            is_present=pk not in away,
            shares_team=pk in beside,
            load=load.get(pk, 0),
        )
        for pk, person in staff.items()
    )


def delegations_among(people: Collection[UUID], *, since: dt.datetime, at: dt.datetime) -> tuple[Period, ...]:
    """Return the delegations to or from some persons that stood at any time since an instant, as long as they stood."""
    near = Q(giver__person_id__in=people) | Q(receiver__person_id__in=people)
    found = Delegation.objects.filter(near, from_at__lte=at, until_at__gt=since).order_by("pk")
    rows = found.values_list("giver__person_id", "receiver__person_id", "from_at", "until_at", "ended_at")
    periods = [
        Period(giver, receiver, from_at, min(until, ended or until)) for giver, receiver, from_at, until, ended in rows
    ]
    return tuple(one for one in periods if one.from_at < one.until_at and since < one.until_at)


def roles_of(staff_id: UUID) -> tuple[str, ...]:
    """Return the names of the roles that an account holds."""
    return tuple(
        RoleGrant.objects.filter(staff_id=staff_id).order_by("role__name").values_list("role__name", flat=True)
    )


def person_of(staff_id: UUID) -> UUID:
    """Return the human behind an account."""
    return Staff.objects.values_list("person_id", flat=True).get(pk=staff_id)


@lru_cache(maxsize=128)
def authors_of_authority(edition_id: UUID) -> frozenset[UUID]:
    """Return who wrote or edited the rules of authority that an edition holds.

    That is who worked on the edition that last changed them: editions between that left them alone have no author of
    theirs. A published edition never changes, so the answer is kept.
    """
    here = Edition.objects.get(pk=edition_id)
    while here.base_id is not None:
        base = Edition.objects.get(pk=here.base_id)
        if base.rules.authority != here.rules.authority:
            break
        here = base
    return persons_at_work(here)
