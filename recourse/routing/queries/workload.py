"""Who carries what: open cases, promises and decisions beside the limit, for leads."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from recourse.cases.models import IS_OPEN, Case
from recourse.clocks.models import Promise
from recourse.clocks.policy.promises import PromiseState
from recourse.handbook.policy.shape import Tier
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.people.models import Absence, Membership
from recourse.people.policy import Permission


@dataclass(frozen=True, slots=True)
class Load:
    """What one member of a team carries: cases by state, promises, the limit, and whether they are away."""

    staff_id: UUID
    name: str
    team: str
    open_cases: int
    waiting_cases: int
    late_cases: int
    promises: int
    late_promises: int
    limit: int
    is_away: bool

    @property
    def carried(self) -> int:
        """Return cases and promises together: a promise binds as a case does."""
        return self.open_cases + self.promises

    @property
    def is_full(self) -> bool:
        """Whether nothing more is given to them."""
        return self.open_cases >= self.limit


@dataclass(slots=True)
class _Counted:
    """What was counted for one account."""

    cases: tuple[int, int, int] = (0, 0, 0)
    promises: tuple[int, int] = (0, 0)
    is_away: bool = False


def workload(viewer: Actor, *, at: dt.datetime, team_ids: list[UUID] | None = None) -> list[Load]:
    """Return the load of the members of the viewer's teams (or of those given), the heaviest first.

    Needs team:lead, or figures:read. Counts every case, seen or not: a number names none.
    """
    if not viewer.can(Permission.TEAM_LEAD):
        viewer.require(Permission.FIGURES_READ)
    wanted = team_ids if team_ids is not None else sorted(viewer.team_ids, key=str)
    members = Membership.objects.filter(team__in=wanted, staff__is_active=True).select_related("staff", "team")
    rows = list(members.order_by("team__name", "staff__name"))
    counted = _count({row.staff_id for row in rows}, at)
    rules = edition_at(at).rules
    limits = {rule.team: rules.routing.limit(rule.tier) for rule in rules.escalation.tiers}
    front = rules.routing.limit(Tier.FRONT_LINE)
    found = [_load(row, counted[row.staff_id], limits.get(row.team.slug, front)) for row in rows]
    return sorted(found, key=lambda load: (-load.carried, load.name))


def _count(staff_ids: set[UUID], at: dt.datetime) -> dict[UUID, _Counted]:
    """Count cases, promises and absence of some accounts: three questions, whatever their number."""
    found = {staff_id: _Counted() for staff_id in staff_ids}
    cases: Any = Case.objects.filter(IS_OPEN, owner_id__in=staff_ids).values_list("owner_id").order_by()
    waits = Count("pk", filter=Q(is_waiting=True))
    late = Count("pk", filter=Q(due_at__lt=at, is_waiting=False))
    for owner_id, *numbers in cases.annotate(every=Count("pk"), waits=waits, late=late):
        found[owner_id].cases = (numbers[0], numbers[1], numbers[2])
    given: Any = Promise.objects.filter(state=PromiseState.OPEN, given_by_id__in=staff_ids).values_list("given_by_id")
    for giver_id, *numbers in given.order_by().annotate(every=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at))):
        found[giver_id].promises = (numbers[0], numbers[1])
    away = Absence.objects.filter(staff_id__in=staff_ids, from_at__lte=at, until_at__gt=at)
    for staff_id in away.values_list("staff_id", flat=True):
        found[staff_id].is_away = True
    return found


def _load(row: Membership, counted: _Counted, usual: int) -> Load:
    own = row.staff.work_in_progress_limit
    return Load(
        row.staff_id,
        row.staff.name,
        row.team.name,
        *counted.cases,
        *counted.promises,
        limit=usual if own is None else own,
        is_away=counted.is_away,
    )
