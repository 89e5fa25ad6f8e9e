"""Time-based escalation: what happens before, at and after a due time, each step once for each clock."""

from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from recourse.handbook.policy.clocks import ClockKind
from recourse.handbook.policy.conditions import ClockCondition
from recourse.handbook.policy.shape import Key, Name, Shape, Tier, refusal, require_unique


class When(StrEnum):
    """On which side of the due time a step fires."""

    BEFORE = "before"
    AT = "at"
    AFTER = "after"


class Act(StrEnum):
    """What a step does."""

    NOTIFY = "notify"
    RAISE_PRIORITY = "raise_priority"
    ASSIGN_LEAD = "assign_lead"


class Whom(StrEnum):
    """Who is told."""

    OWNER = "owner"
    TEAM = "team"
    TEAM_LEAD = "team_lead"
    GATEKEEPERS = "gatekeepers"


class Step(Shape):
    """One rung: at an offset in working minutes from the due time, if its condition holds at that time."""

    key: Key
    when: When
    minutes: Annotated[int, Field(ge=0, le=100_000)] = 0
    act: Act
    tell: Annotated[tuple[Whom, ...], Field(max_length=4)] = ()
    condition: ClockCondition = "true"
    ignores_hours: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.when is When.AT) != (self.minutes == 0):
            raise refusal("ladder.offset")
        if self.act is Act.NOTIFY and not self.tell:
            raise refusal("rules.missing", what="person to tell", key=self.key)
        return self

    @property
    def offset(self) -> int:
        """Return working minutes after the due time; negative before it."""
        return -self.minutes if self.when is When.BEFORE else self.minutes


class Ladder(Shape):
    """Steps for some clocks in some tiers; an empty list of tiers means all."""

    key: Key
    name: Name
    clocks: Annotated[tuple[ClockKind, ...], Field(max_length=4)] = ()
    statutory: Annotated[tuple[Key, ...], Field(max_length=50)] = ()
    tiers: Annotated[tuple[Tier, ...], Field(max_length=4)] = ()
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        require_unique(self.steps, lambda step: step.key, "steps")
        if any(later.offset < earlier.offset for earlier, later in pairwise(self.steps)):
            raise refusal("ladder.order")
        return self

    def covers(self, clock: str, tier: Tier) -> bool:
        """Tell whether the ladder stands beside a clock: its kind or the key of a statutory one."""
        named = clock in {kind.value for kind in self.clocks} or clock in self.statutory
        return named and (not self.tiers or tier in self.tiers)
