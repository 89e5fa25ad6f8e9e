"""The numbers behind "get next": what delay costs, how long work takes, and how much one person carries."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from recourse.handbook.policy.shape import (
    SEVERITIES,
    TIERS,
    Key,
    Positive,
    Severity,
    Shape,
    Tier,
    refusal,
    require_unique,
)

Weight = Annotated[int, Field(ge=1, le=10_000)]


class SeverityWeight(Shape):
    """What a minute of delay of an overdue case costs, beside other severities; only the ratio counts."""

    severity: Severity
    weight: Weight


class FamilyWork(Shape):
    """For a family of problems: its cost of delay (percent of normal) and its mean minutes of work."""

    family: Key
    weight_percent: Annotated[int, Field(ge=1, le=10_000)] = 100
    mean_minutes: Positive


class WorkLimit(Shape):
    """How many open cases one person of a tier carries at most."""

    tier: Tier
    cases: Annotated[int, Field(ge=1, le=500)]


class Routing(Shape):
    """Generalised cμ: the next case is the one with the largest marginal cost of delay × service rate.

    A minute of delay costs weight × exponent × (used ÷ allowance)^(exponent − 1); the rate is one over the mean
    minutes of work. Source: Mandelbaum and Stolyar, Operations Research 52 (2004), 836–855.
    """

    delay_exponent: Annotated[int, Field(ge=1, le=5)]
    continuity_minutes: Annotated[int, Field(ge=0, le=480)]
    default_mean_minutes: Positive
    weights: tuple[SeverityWeight, ...]
    families: Annotated[tuple[FamilyWork, ...], Field(max_length=100)] = ()
    limits: tuple[WorkLimit, ...]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        require_unique(self.weights, lambda row: row.severity.value, "weights for")
        require_unique(self.families, lambda row: row.family, "families")
        require_unique(self.limits, lambda row: row.tier.value, "limits for")
        for severity in SEVERITIES:
            if severity not in {row.severity for row in self.weights}:
                raise refusal("rules.missing", what="weight", key=severity.value)
        for tier in TIERS:
            if tier not in {row.tier for row in self.limits}:
                raise refusal("rules.missing", what="limit", key=tier.value)
        return self

    def weight(self, severity: Severity, family: str) -> float:
        """Return the cost weight of a case."""
        base = next(row.weight for row in self.weights if row.severity is severity)
        share = next((row.weight_percent for row in self.families if row.family == family), 100)
        return base * share / 100

    def mean_minutes(self, family: str) -> int:
        """Return the mean minutes of work for a family."""
        found = (row.mean_minutes for row in self.families if row.family == family)
        return next(found, self.default_mean_minutes)

    def limit(self, tier: Tier) -> int:
        """Return how many open cases one person of a tier carries at most."""
        return next(row.cases for row in self.limits if row.tier is tier)
