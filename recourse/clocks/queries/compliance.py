"""How often clocks were met in a period: by clock, team and tier, with intervals, and down to the cases."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from recourse.cases.models import visible_ids
from recourse.clocks.models import Clock
from recourse.clocks.policy import State
from recourse.kit.actor import Actor
from recourse.kit.shares import Share
from recourse.people.policy import Permission

BESIDE = ("case__owner", "case__team", "case__customer")


class By(StrEnum):
    """What the report may be broken down by."""

    KIND = "kind"
    FAMILY = "family"
    TIER = "tier"
    SEVERITY = "severity"
    TEAM = "team"


COLUMN = {**{by: by.value for by in By}, By.TEAM: "case__team_id"}


@dataclass(frozen=True, slots=True)
class ComplianceRow:
    """One group: its values in the order asked for, how many of its clocks were met in time, and time paused.

    `paused_share` is the part of the working time that waits stopped; None where none passed.
    """

    group: tuple[Any, ...]
    met: Share
    paused_share: float | None


def compliance(
    viewer: Actor, *, since: dt.datetime, until: dt.datetime, by: Sequence[By] = (By.KIND,)
) -> list[ComplianceRow]:
    """Return how often clocks were met that were judged in [since, until), by group.

    A clock is judged when it is met in time, and when it breaches, open or not; clocks that were stopped, withdrawn or
    merged before either are not counted. Needs figures:read; counts only cases that the viewer may see.
    """
    viewer.require(Permission.FIGURES_READ)
    columns = [COLUMN[part] for part in by]
    rows = (
        judged(viewer, since=since, until=until)
        .values(*columns)
        .annotate(
            whole=Count("pk"),
            met=Count("pk", filter=Q(state=State.MET)),
            paused=Sum("paused_seconds"),
            used=Sum("used_seconds"),
        )
        .order_by(*columns)
    )
    return [
        ComplianceRow(
            tuple(row[column] for column in columns),
            Share(row["met"], row["whole"]),
            _share(row["paused"], row["used"]),
        )
        for row in rows
    ]


def judged(viewer: Actor, *, since: dt.datetime, until: dt.datetime) -> QuerySet[Clock]:
    """Keep the clocks that were met, or breached, in a period, on cases that the viewer may see."""
    met = Q(state=State.MET, ended_at__gte=since, ended_at__lt=until)
    breached = Q(breached_at__gte=since, breached_at__lt=until) & ~Q(state__in=[State.MERGED, State.WITHDRAWN])
    broken = Q(state=State.BROKEN, breached_at__isnull=True, ended_at__gte=since, ended_at__lt=until)
    return Clock.objects.filter(met | breached | broken, case__in=visible_ids(viewer))


def compliance_clocks(
    viewer: Actor,
    *,
    since: dt.datetime,
    until: dt.datetime,
    is_met: bool | None = None,
    kind: str = "",
    tier: str = "",
    team_id: UUID | None = None,
    limit: int = 200,
) -> list[Clock]:
    """Return the clocks behind a row of the report with their cases, the latest first."""
    viewer.require(Permission.FIGURES_READ)
    rows = judged(viewer, since=since, until=until)
    wanted = {"kind": kind, "tier": tier, "case__team_id": team_id}
    rows = rows.filter(**{column: value for column, value in wanted.items() if value})
    if is_met is not None:
        rows = rows.filter(state=State.MET) if is_met else rows.exclude(state=State.MET)
    return list(rows.select_related(*BESIDE).order_by("-started_at", "-pk")[:limit])


def _share(paused: float | None, used: float | None) -> float | None:
    whole = (paused or 0) + (used or 0)
    return (paused or 0) / whole if whole else None
