"""What may be escalated, on which evidence, to which tier and team, and what the gate may do."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from recourse.handbook.policy.conditions import Condition
from recourse.handbook.policy.shape import (
    ESCALATION_TIERS,
    IMPACTS,
    SEVERITIES,
    TIERS,
    Count,
    Days,
    Impact,
    Key,
    Length,
    Line,
    Money,
    Name,
    Positive,
    Severity,
    Shape,
    Slug,
    Text,
    Tier,
    refusal,
    require_unique,
)

REQUIRED_GROUNDS = (
    "systemic_failure",
    "financial_impact",
    "legal_exposure",
    "privacy_breach",
    "repeated_failure",
    "special_skill",
)
PASS_THROUGH_LIMIT = 10


class EvidenceType(StrEnum):
    """What a piece of evidence is."""

    TEXT = "text"
    AMOUNT = "amount"
    REFERENCE = "reference"
    COUNT = "count"
    DATE = "date"
    FILE = "file"


class EvidenceItem(Shape):
    """One piece of evidence that a ground asks for.

    `minimum` means characters of a text, the number of a count, and files of a file; amounts are measured
    against `thresholds`, one for each currency.
    """

    key: Key
    name: Name
    help: Line | None = None
    type: EvidenceType
    is_required: bool = True
    minimum: Count = 0
    thresholds: Annotated[tuple[Money, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_unique(self.thresholds, lambda money: money.currency, "thresholds in")
        is_amount = self.type is EvidenceType.AMOUNT
        if (is_amount and self.minimum) or (self.thresholds and not is_amount):
            raise refusal("ground.threshold")
        return self

    def threshold(self, currency: str) -> Money | None:
        """Return the amount that a value in this currency must reach, or None where none is set."""
        return next((money for money in self.thresholds if money.currency == currency), None)


class RepeatedFailure(Shape):
    """When attempts have failed repeatedly: any one of the counts, reached within the days, is enough."""

    contacts: Positive
    reopens: Positive
    same_cause: Positive
    within_days: Days


class Ground(Shape):
    """A reason for which a case may leave the front line.

    `condition` must hold too; `starts_clock` names the statutory clock that an escalation on it starts;
    `counts` makes it computed, never ticked by hand.
    """

    code: Key
    name: Name
    qualifies: Text
    evidence: Annotated[tuple[EvidenceItem, ...], Field(max_length=20)] = ()
    condition: Condition = "true"
    starts_clock: Key | None = None
    restricts_readers: bool = False
    counts: RepeatedFailure | None = None
    minimum_tier: Tier | None = None

    @property
    def is_computed(self) -> bool:
        """Whether the record decides it, and nobody ticks it."""
        return self.counts is not None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_unique(self.evidence, lambda item: item.key, "pieces of evidence")
        if self.is_computed and any(item.is_required for item in self.evidence):
            raise refusal("ground.computed")
        if not self.is_computed and not any(item.is_required for item in self.evidence):
            raise refusal("ground.evidence")
        return self


class MatrixRow(Shape):
    """For one severity, the tier for each impact."""

    severity: Severity
    one: Tier
    several: Tier
    many: Tier
    company: Tier

    def tier(self, impact: Impact) -> Tier:
        """Return the tier for an impact."""
        found: Tier = getattr(self, impact.value)
        return found


class TierRule(Shape):
    """Who works a tier, and what it promises to the one who escalated."""

    tier: Tier
    name: Name
    team: Slug
    respond_within: Length
    update_every: Length
    required_roles: Annotated[tuple[Name, ...], Field(max_length=20)] = ()


class AccountLevel(Shape):
    """When open escalations of one customer are worked as one."""

    is_on: bool
    cases: Annotated[int, Field(ge=2, le=100)]
    within_days: Days


class Gate(Shape):
    """What the gate may do. A share of refusals, drawn by chance, passes so that misses are measured."""

    decide_within: Length
    pass_through_percent: Annotated[int, Field(ge=0, le=PASS_THROUGH_LIMIT)]
    coaching_note_minimum: Annotated[int, Field(ge=1, le=2000)] = 20


class EscalationRules(Shape):
    """The escalation protocol."""

    grounds: Annotated[tuple[Ground, ...], Field(max_length=50)]
    matrix: tuple[MatrixRow, ...]
    tiers: tuple[TierRule, ...]
    gate: Gate
    bounce_limit: Annotated[int, Field(ge=1, le=20)]
    account_level: AccountLevel

    @model_validator(mode="after")
    def _complete(self) -> Self:
        require_unique(self.grounds, lambda ground: ground.code, "grounds")
        require_unique(self.matrix, lambda row: row.severity.value, "matrix rows for")
        require_unique(self.tiers, lambda rule: rule.tier.value, "tiers")
        codes = {ground.code for ground in self.grounds}
        for code in REQUIRED_GROUNDS:
            if code not in codes:
                raise refusal("ground.required", key=code)
        self._refuse_holes()
        self._refuse_falls()
        return self

    def _refuse_holes(self) -> None:
        rows = {row.severity for row in self.matrix}
        for severity in SEVERITIES:
            if severity not in rows:
                raise refusal("matrix.missing", severity=severity.value)
        named = {rule.tier for rule in self.tiers}
        for tier in ESCALATION_TIERS:
            if tier not in named:
                raise refusal("rules.missing", what="team", key=tier.value)
        if Tier.FRONT_LINE in named:
            raise refusal("matrix.front_line")

    def _refuse_falls(self) -> None:
        """A more severe or wider case never goes to a lower tier than a less serious one."""
        for row, severity in enumerate(SEVERITIES):
            for column, impact in enumerate(IMPACTS):
                here = self.tier_for(severity, impact)
                if here is Tier.FRONT_LINE:
                    raise refusal("matrix.front_line")
                above = [self.tier_for(SEVERITIES[row - 1], impact)] if row else []
                beside = [self.tier_for(severity, IMPACTS[column - 1])] if column else []
                highest = max([*above, *beside], key=TIERS.index, default=here)
                if TIERS.index(here) < TIERS.index(highest):
                    raise refusal(
                        "matrix.falls",
                        severity=severity.value,
                        impact=impact.value,
                        tier=here.value,
                        below=highest.value,
                    )

    def tier_for(self, severity: Severity, impact: Impact) -> Tier:
        """Return the tier that the matrix gives."""
        return next(row for row in self.matrix if row.severity is severity).tier(impact)

    def tier_rule(self, tier: Tier) -> TierRule:
        """Return who works a tier above the front line."""
        return next(rule for rule in self.tiers if rule.tier is tier)

    def ground(self, code: str) -> Ground | None:
        """Return a ground by its code."""
        return next((ground for ground in self.grounds if ground.code == code), None)
