"""How good the filter is, from the decisions on record."""

import datetime as dt

from recourse.escalations.models import Escalation
from recourse.escalations.policy import Outcome, Precision, State, precision
from recourse.kit.actor import Actor
from recourse.people.policy import Permission

DECIDED = (
    State.ACCEPTED, State.HANDING_BACK, State.HANDED_BACK, State.RETURNED, State.REDIRECTED, State.FINISHED,
)  # fmt: skip
COUNTED_AT_MOST = 100_000


def precision_of(*, by: str, viewer: Actor, since: dt.datetime, until: dt.datetime) -> list[Precision]:
    """Return acceptance, returns, need and misses of what was decided in [since, until), under one heading of HEADINGS.

    Needs escalation:gate or figures:read, else Refused; figures are of everybody's cases and name none of them.
    """
    if not viewer.can(Permission.ESCALATION_GATE):
        viewer.require(Permission.FIGURES_READ)
    return precision(outcomes(since=since, until=until), by=by)


def outcomes(*, since: dt.datetime, until: dt.datetime) -> list[Outcome]:
    """Return what was decided in [since, until), two queries."""
    rows = Escalation.objects.filter(state__in=DECIDED, decided_at__gte=since, decided_at__lt=until)
    found = rows.select_related("requester", "team").prefetch_related("grounds").order_by("decided_at")
    return [_outcome(row) for row in found[:COUNTED_AT_MOST]]


def _outcome(row: Escalation) -> Outcome:
    assert row.decided_at is not None
    is_out = row.state in (State.RETURNED, State.REDIRECTED)
    return Outcome(
        grounds=tuple(sorted(ground.code for ground in row.grounds.all() if ground.is_met)),
        agent=row.requester.name,
        team=row.team.name,
        month=f"{row.decided_at:%Y-%m}",
        is_let_in=not is_out,
        is_returned=row.state == State.RETURNED,
        is_pass_through=row.is_pass_through,
        was_needed=row.was_needed,
    )
