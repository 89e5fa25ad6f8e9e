"""Which case comes next: the marginal cost of delay times the rate of work, from whole numbers that can be shown."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from recourse.handbook.policy.clocks import ClockKind, Clocks
from recourse.handbook.policy.routing import Routing
from recourse.handbook.policy.shape import Length, Severity, Tier, Unit
from recourse.kit.calendar import WorkingCalendar

MINUTE = 60.0
HORIZON_MINUTES = 10_000_000
OFFERED_THOUGH_HELD = ("promise_open",)
ORDER_OF_CLOCKS = (
    ClockKind.RESOLUTION,
    ClockKind.UPDATE_CADENCE,
    ClockKind.NEXT_RESPONSE,
    ClockKind.FIRST_RESPONSE,
)


class OfferState(StrEnum):
    """What became of an offer."""

    TAKEN = "taken"
    OVERRIDDEN = "overridden"


class Matter(StrEnum):
    """What needs somebody now."""

    REPLY = "reply"
    CASE = "case"
    GATE = "gate"
    APPROVAL = "approval"
    RETURNED = "returned"
    HAND_BACK = "hand_back"
    PROMISE = "promise"
    NOTICE = "notice"


class Nobody(StrEnum):
    """Why no case is given."""

    NO_TEAM = "no_team"
    ABSENT = "absent"
    FULL = "full"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Kind:
    """Cases between which only the due time decides."""

    tier: Tier
    severity: Severity
    family: str
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """Generalised cμ from whole numbers: weight in hundredths, minutes of working time.

    `left` is working minutes to the binding due time, negative once past; `allowance` is what the kind of case has
    in all; `work` is the mean minutes that it takes. Source: Mandelbaum and Stolyar, Operations Research 52 (2004).
    """

    weight: int
    exponent: int
    allowance: int
    left: int
    work: int

    @property
    def used(self) -> int:
        """Return the minutes of the allowance that are used up, if it ends at the binding due time."""
        return max(self.allowance - self.left, 0)

    @property
    def value(self) -> float:
        """Return weight × exponent × (used ÷ allowance)^(exponent − 1) ÷ work."""
        share = self.used / self.allowance
        return float(self.weight * self.exponent * share ** (self.exponent - 1) / self.work)

    def parts(self) -> dict[str, int]:
        """Return the numbers, to be stored and shown."""
        return asdict(self)

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Self:
        """Rebuild a score from its numbers: the value is the same to the last bit."""
        return cls(**{name: int(parts[name]) for name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The handbook's numbers and the calendar in which minutes are counted."""

    routing: Routing
    clocks: Clocks
    calendar: WorkingCalendar

    def allowance(self, tier: Tier, severity: Severity) -> int:
        """Return the working minutes that such a case has in all: the longest-lasting clock that it has."""
        row = self.clocks.allowance(tier, severity)
        lengths = (row.length(kind) for kind in ORDER_OF_CLOCKS)
        return next((in_minutes(length, self.calendar) for length in lengths if length), 1)

    def score(self, kind: Kind, due_at: datetime, at: datetime) -> Score:
        """Return what delay of such a case costs now."""
        return Score(
            weight=self._weight(kind),
            exponent=self.routing.delay_exponent,
            allowance=self.allowance(kind.tier, kind.severity),
            left=self.minutes_left(due_at, at),
            work=self._work(kind),
        )

    def minutes_left(self, due_at: datetime, at: datetime) -> int:
        """Return whole working minutes to a due time; a case without one has no hurry."""
        if (due_at - at).total_seconds() > HORIZON_MINUTES * MINUTE:
            return HORIZON_MINUTES
        return int(self.calendar.elapsed(at, due_at) // MINUTE)

    def _weight(self, kind: Kind) -> int:
        return round(self.routing.weight(kind.severity, kind.family) * 100)

    def _work(self, kind: Kind) -> int:
        mean = self.routing.mean_minutes(kind.family)
        return max(mean - self.routing.continuity_minutes, 1) if kind.is_known else mean


def in_minutes(length: Length, calendar: WorkingCalendar) -> int:
    """Return a length in working minutes; a business day is the mean of the week's working days."""
    if length.unit is Unit.MINUTES:
        return length.amount
    return max(round(length.amount * calendar.mean_working_day / MINUTE), 1)


def rank(score: Score, due_at: datetime, case_id: Any) -> tuple[float, datetime, str]:
    """Return the key of the order, the next case first: highest cost of delay, then earliest due, then oldest."""
    return -score.value, due_at, str(case_id)
