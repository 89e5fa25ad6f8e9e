"""What an asking needs: whether the proposer may decide alone, else which way and which level."""

import datetime as dt
from dataclasses import dataclass

from recourse.approvals.policy.limits import About, Caps, Sums, beyond, role_caps
from recourse.approvals.policy.parties import Parties
from recourse.handbook.policy.authority import ApprovalRoute, Authority
from recourse.handbook.policy.rules import Rules

HOUR = dt.timedelta(hours=1)


def route_for(authority: Authority, about: About, sums: Sums, repeats: int) -> ApprovalRoute:
    """Return the first way that fits a line; the band is asked of what the customer got together with it."""
    minor = max(sums.line, sums.customer)
    return next(way for way in authority.ways if way.fits(about.kind, about.severity, minor, repeats))


def is_within_own_authority(
    caps: Caps, sums: Sums, route: ApprovalRoute, parties: Parties, *, is_flagged: bool
) -> bool:
    """Tell whether the proposer decides alone: within every limit, no way that always asks, nothing that looks split,
    and nothing for the proposer to gain.
    """
    gains = bool(parties.proposer & (parties.beneficiary | parties.executor))
    return not route.is_always and not is_flagged and not gains and beyond(caps, sums) is None


def remind_at(route: ApprovalRoute, asked_at: dt.datetime) -> dt.datetime:
    """Return when those who were asked are reminded."""
    return asked_at + route.remind_after_hours * HOUR


def due_at(route: ApprovalRoute, asked_at: dt.datetime) -> dt.datetime:
    """Return when those who were asked have been silent for too long."""
    return asked_at + route.expires_after_hours * HOUR


def needs_fresh_factor(authority: Authority, counted: int) -> bool:
    """Tell whether an amount needs the second factor again."""
    return counted >= authority.step_up.from_minor > 0


def is_fresh(authority: Authority, factor_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Tell whether a second factor given at an instant still counts."""
    return factor_at is not None and at - factor_at <= dt.timedelta(minutes=authority.step_up.within_minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The facts of an asking that are kept with it, so that other rules can be asked about it later."""

    about: About
    sums: Sums
    repeats: int
    roles: tuple[str, ...]
    is_flagged: bool


def level_needed(rules: Rules, kept: Remembered) -> str:
    """Return how an asking would have gone, whoever works here: `own`, the key of a level with the way, or `nobody`."""
    way = route_for(rules.authority, kept.about, kept.sums, kept.repeats)
    own = role_caps(rules, kept.about, kept.roles)
    if is_within_own_authority(own, kept.sums, way, Parties(), is_flagged=kept.is_flagged):
        return "own"
    keys = [level.key for level in rules.authority.levels]
    first = keys.index(way.first_level) if way.first_level in keys else 0
    for level in rules.authority.levels[first:]:
        if any(beyond(role_caps(rules, kept.about, [role]), kept.sums) is None for role in level.roles):
            return f"{level.key}, {way.approvers}"
    return "nobody"
