"""The team lead's page: service level by clock with intervals, workload, the worst first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from recourse.cases.queries.lists import queue_counts, queues
from recourse.clocks.queries import By, compliance, standing, worst_first
from recourse.handbook.queries import edition_at
from recourse.kit.errors import Invalid
from recourse.people.policy import Permission
from recourse.people.queries import who_is_away
from recourse.people.queries.teams import teams
from recourse.routing.queries import workload
from recourse.web.door import GET, DeskRequest, screen, show
from recourse.web.parts import Due
from recourse.web.screens.case.words import clock_name
from recourse.web.screens.shares import said

DAYS = (7, 30, 90)
SOON = dt.timedelta(hours=8)


@dataclass(frozen=True)
class Level:
    """How often one kind of clock was met."""

    name: str
    met: str
    paused: str


@dataclass(frozen=True)
class Worst:
    """One clock that is late or due first."""

    name: str
    ref: str
    subject: str
    owner: str
    team: str
    due: Due


@dataclass(frozen=True)
class TeamPage:
    """How the desk stands now."""

    standing: Any
    days: int
    choices: Sequence[int]
    levels: Sequence[Level]
    by: str
    worst: Sequence[Worst]
    queues: Sequence[tuple[Any, Any]]
    load: Sequence[Any]
    away: Sequence[Any]


@screen(*GET, needs=Permission.FIGURES_READ)
def team(request: DeskRequest) -> HttpResponse:
    """Show service level, workload and what is worst."""
    days, by = request.GET.get("days", "30"), request.GET.get("by", "kind")
    if days not in {str(one) for one in DAYS} or by not in set(By):
        raise Invalid.one("days", _("Choose one of the list."))
    actor, lines = request.actor, list(queues(viewer=request.actor))
    counts = queue_counts(lines, viewer=actor)
    page = TeamPage(
        standing=standing(actor, at=request.at, within=SOON),
        days=int(days),
        choices=DAYS,
        levels=_levels(request, int(days), By(by)),
        by=by,
        worst=[_worst(request, clock) for clock in worst_first(actor, limit=15)],
        queues=[(one, counts[one.pk]) for one in lines],
        load=workload(actor, at=request.at, team_ids=None if actor.team_ids else [one.pk for one in teams()]),
        away=who_is_away(viewer=actor, from_at=request.at, until_at=request.at + SOON),
    )
    return show(request, "team/team.html", page)


def _levels(request: DeskRequest, days: int, by: By) -> list[Level]:
    since = request.at - dt.timedelta(days=days)
    rules = edition_at(request.at).rules
    names = {one.key: one.name for one in rules.clocks.statutory}
    groups = {str(one.pk): one.name for one in teams()}
    return [
        Level(
            name=_name(one.group[0], names, groups),
            met=said(one.met),
            paused="" if one.paused_share is None else f"{one.paused_share:.0%}",
        )
        for one in compliance(request.actor, since=since, until=request.at, by=[by])
    ]


def _name(group: Any, names: dict[str, str], groups: dict[str, str]) -> str:
    found = str(group)
    return names.get(found) or groups.get(found) or _(found.replace("_", " "))


def _worst(request: DeskRequest, clock: Any) -> Worst:
    state = "breached" if clock.due_at < request.at else "running"
    return Worst(
        name=clock_name(clock, edition_at(request.at).rules),
        ref=clock.case.ref,
        subject=clock.case.subject,
        owner=clock.case.owner.name if clock.case.owner else _("nobody yet"),
        team=clock.case.team.name,
        due=Due(clock.due_at, request.at, state),
    )
