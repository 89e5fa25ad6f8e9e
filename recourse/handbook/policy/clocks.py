"""How long things may take: allowances by tier and severity, and the library of statutory clocks."""

from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from recourse.handbook.policy.conditions import Condition
from recourse.handbook.policy.shape import (
    SEVERITIES,
    TIERS,
    Key,
    Length,
    Line,
    Name,
    Positive,
    Severity,
    Shape,
    Tier,
    refusal,
    require_unique,
)


class ClockKind(StrEnum):
    """The commercial clocks of a case."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    UPDATE_CADENCE = "update_cadence"
    RESOLUTION = "resolution"


class OnReopen(StrEnum):
    """What a reopened case does to a clock that had ended."""

    CONTINUE = "continue"
    NEW_INSTANCE = "new_instance"
    NONE = "none"


class Allowance(Shape):
    """The lengths that one tier has for one severity; a kind that is left out has no clock there."""

    tier: Tier
    severity: Severity
    calendar: Key | None = None
    first_response: Length | None = None
    next_response: Length | None = None
    update_cadence: Length | None = None
    resolution: Length | None = None

    def length(self, kind: ClockKind) -> Length | None:
        """Return the length for a kind of clock, or None where it has none."""
        found: Length | None = getattr(self, kind.value)
        return found


WarningShare = Annotated[int, Field(ge=1, le=99)]


class KindRule(Shape):
    """How one kind of clock behaves, whatever its length."""

    kind: ClockKind
    pauses: bool
    on_reopen: OnReopen
    counts_closed_time: bool = False
    warn_at_percent: Annotated[tuple[WarningShare, ...], Field(max_length=5)]
    pause_limit: Length | None = None

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if any(later <= earlier for earlier, later in pairwise(self.warn_at_percent)):
            raise refusal("warning.order")
        return self


class Basis(StrEnum):
    """What a statutory clock counts."""

    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"
    HOURS = "hours"
    MONTHS = "months"


class EndsOn(StrEnum):
    """The fact that meets a statutory clock."""

    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    NOTIFIED = "notified"


class EndsAt(StrEnum):
    """Where in its last day a statutory clock ends."""

    INSTANT = "instant"
    END_OF_DAY = "end_of_day"
    CLOSE_OF_BUSINESS = "close_of_business"


class Roll(StrEnum):
    """Whether a last day without business moves to the next one with."""

    NONE = "none"
    NEXT_BUSINESS_DAY = "next_business_day"


StartsOn = Annotated[str, StringConstraints(pattern=r"^(receipt|sent|ground:[a-z][a-z0-9_]{0,39})$")]


class StatutoryClock(Shape):
    """A clock that a law or a regulator sets; it never pauses.

    The day of the start is day 0. `starts_on` is `receipt` (the first message reached us), `sent` (a body
    passed the complaint on) or `ground:<code>` (an escalation on it). It runs where `applies_when` holds.
    """

    key: Key
    name: Name
    source: Line
    basis: Basis
    amount: Positive
    starts_on: StartsOn
    ends_on: EndsOn
    ends_at: EndsAt
    roll: Roll = Roll.NONE
    calendar: Key | None = None
    applies_when: Condition = "true"
    warn_at_percent: Annotated[tuple[WarningShare, ...], Field(max_length=5)] = (50, 80)

    @property
    def ground(self) -> str | None:
        """Return the code of the ground that starts the clock, or None."""
        return self.starts_on.removeprefix("ground:") if self.starts_on.startswith("ground:") else None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.basis is Basis.HOURS and (self.ends_at is not EndsAt.INSTANT or self.roll is not Roll.NONE):
            raise refusal("statutory.end")
        if any(later <= earlier for earlier, later in pairwise(self.warn_at_percent)):
            raise refusal("warning.order")
        return self


class Clocks(Shape):
    """All lengths. `calendar` is used where an allowance or a clock names none of its own.

    `promise_warn_at_percent` are the shares of a promise's time at which its giver is warned.
    """

    calendar: Key
    kinds: tuple[KindRule, ...]
    allowances: tuple[Allowance, ...]
    statutory: Annotated[tuple[StatutoryClock, ...], Field(max_length=100)]
    promise_warn_at_percent: Annotated[tuple[WarningShare, ...], Field(max_length=5)] = (80,)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if any(later <= earlier for earlier, later in pairwise(self.promise_warn_at_percent)):
            raise refusal("warning.order")
        require_unique(self.kinds, lambda rule: rule.kind.value, "rules for the clock")
        require_unique(self.allowances, lambda row: f"{row.tier}, {row.severity}", "allowances for")
        require_unique(self.statutory, lambda clock: clock.key, "statutory clocks")
        missing = set(ClockKind) - {rule.kind for rule in self.kinds}
        if missing:
            raise refusal("rules.missing", what="rule", key=sorted(missing)[0])
        rows = {(row.tier, row.severity) for row in self.allowances}
        for tier in TIERS:
            for severity in SEVERITIES:
                if (tier, severity) not in rows:
                    raise refusal("allowance.missing", tier=tier.value, severity=severity.value)
        self._refuse_looser()
        return self

    def _refuse_looser(self) -> None:
        """Refuse a more severe case that may take longer than a less severe one, in the same unit."""
        for tier in TIERS:
            for lower, higher in pairwise(SEVERITIES):
                for kind in ClockKind:
                    before = self.allowance(tier, lower).length(kind)
                    after = self.allowance(tier, higher).length(kind)
                    if before and after and before.unit is after.unit and after.amount > before.amount:
                        facts = {"tier": tier.value, "kind": kind.value, "severity": higher.value}
                        raise refusal("allowance.looser", **facts)

    def allowance(self, tier: Tier, severity: Severity) -> Allowance:
        """Return the row for a tier and a severity; every pair has one."""
        return next(row for row in self.allowances if row.tier is tier and row.severity is severity)

    def kind(self, kind: ClockKind) -> KindRule:
        """Return how a kind of clock behaves."""
        return next(rule for rule in self.kinds if rule.kind is kind)

    def statutory_clock(self, key: str) -> StatutoryClock | None:
        """Return a statutory clock by its key."""
        return next((clock for clock in self.statutory if clock.key == key), None)

    def calendar_key(self, row: Allowance | StatutoryClock) -> str:
        """Return the key of the calendar that an allowance or a statutory clock runs on."""
        return row.calendar or self.calendar
