"""How long a case stood at each tier. Levels follow one another; nothing is counted twice."""

import datetime as dt
import json
from dataclasses import dataclass

from recourse.cases.models import Case
from recourse.timeline.models import Entry


@dataclass(frozen=True, slots=True)
class Level:
    """One stretch of time at one tier; the last one ends now, or when the case was settled."""

    tier: str
    from_at: dt.datetime
    until_at: dt.datetime

    @property
    def lasted(self) -> dt.timedelta:
        """Return how long it lasted, by the clock on the wall: the customer's time counts, not ours."""
        return self.until_at - self.from_at


def levels_of(case: Case, *, at: dt.datetime) -> list[Level]:
    """Return the tiers that a case stood at, in order (one query)."""
    moves = Entry.objects.filter(thread_id=case.thread_id, event="case.transferred").order_by("number")
    told = [(at_, json.loads(payload)) for at_, payload in moves.values_list("at", "payload")]
    changes = [(at_, said["from_tier"], said["tier"]) for at_, said in told if said["tier"] != said["from_tier"]]
    end = case.resolved_at or at
    tiers = [changes[0][1] if changes else case.tier, *(after for _at, _before, after in changes)]
    begins = [case.opened_at, *(at_ for at_, _before, _after in changes)]
    ends = [*begins[1:], max(end, begins[-1])]
    return [Level(tier, begun, until) for tier, begun, until in zip(tiers, begins, ends, strict=True)]
