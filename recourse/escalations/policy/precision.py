"""How good the filter is: shares of what the gate let through and of what it should have, each with its interval."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from recourse.kit.shares import Share


@dataclass(frozen=True, slots=True)
class Outcome:
    """One decided escalation, under every heading that it counts for."""

    grounds: tuple[str, ...]
    agent: str
    team: str
    month: str
    is_let_in: bool
    is_returned: bool
    is_pass_through: bool = False
    was_needed: bool | None = None


@dataclass(frozen=True, slots=True)
class Precision:
    """One heading: the share that the gate accepted or returned, and what became of those let in by chance."""

    heading: str
    accepted: Share
    returned: Share
    needed: Share
    missed: Share


HEADINGS: dict[str, Callable[[Outcome], tuple[str, ...]]] = {
    "all": lambda outcome: ("all",),
    "ground": lambda outcome: outcome.grounds,
    "agent": lambda outcome: (outcome.agent,),
    "team": lambda outcome: (outcome.team,),
    "month": lambda outcome: (outcome.month,),
}


def precision(outcomes: Iterable[Outcome], *, by: str) -> list[Precision]:
    """Group decided escalations under a heading of HEADINGS.

    `accepted`, `returned`: of all decided. `needed`: of those accepted on merit and finished, how many did need
    the team. `missed`: of refusals let in by chance and finished, how many did; an unbiased estimate of the
    share of all refusals that were wrong, since they are drawn at random.
    """
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for heading in HEADINGS[by](outcome):
            groups.setdefault(heading, []).append(outcome)
    return [_line(heading, group) for heading, group in sorted(groups.items())]


def _line(heading: str, group: list[Outcome]) -> Precision:
    merit = [o for o in group if o.is_let_in and not o.is_pass_through and o.was_needed is not None]
    chance = [o for o in group if o.is_pass_through and o.was_needed is not None]
    return Precision(
        heading=heading,
        accepted=Share(sum(o.is_let_in and not o.is_pass_through for o in group), len(group)),
        returned=Share(sum(o.is_returned or o.is_pass_through for o in group), len(group)),
        needed=Share(sum(bool(o.was_needed) for o in merit), len(merit)),
        missed=Share(sum(bool(o.was_needed) for o in chance), len(chance)),
    )
