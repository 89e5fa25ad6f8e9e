"""The reasons that people choose from: for waiting, holding, closing, returning and overriding."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from recourse.handbook.policy.shape import Days, Key, Line, Name, Shape, Text, refusal, require_unique


class WaitsFor(StrEnum):
    """Who must act next while a case waits."""

    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"
    OURSELVES = "ourselves"


class WaitReason(Shape):
    """Why a case waits. `pauses` stops the clocks that pause; `needs_question` wants one sent first."""

    code: Key
    name: Name
    waits_for: WaitsFor
    pauses: bool
    needs_question: bool = False
    limit_days: Days = 30

    @model_validator(mode="after")
    def _honest(self) -> Self:
        if self.needs_question and self.waits_for is not WaitsFor.CUSTOMER:
            raise refusal("wait.question")
        if self.pauses and self.waits_for is WaitsFor.OURSELVES:
            raise refusal("wait.pauses")
        return self


class HoldReason(Shape):
    """Why a case may not close yet."""

    code: Key
    name: Name
    help: Line | None = None


class CloseOutcome(StrEnum):
    """What a closed case counts as."""

    SOLVED = "solved"
    NOT_SOLVED = "not_solved"
    WITHDRAWN = "withdrawn"
    NO_FAULT = "no_fault"
    NOT_A_CASE = "not_a_case"


class CloseReason(Shape):
    """Why a case was closed, and what that counts as."""

    code: Key
    name: Name
    outcome: CloseOutcome
    needs_answer: bool = True


class ReturnReason(Shape):
    """Why the gate or a tier hands a case back; `coaching` is what the front line learns from it."""

    code: Key
    name: Name
    coaching: Text


class Decision(StrEnum):
    """The decisions that a person may override with a reason."""

    TIER = "tier"
    NEXT_CASE = "next_case"
    PRIORITY = "priority"
    OWNER = "owner"


class OverrideReason(Shape):
    """Why a person decided otherwise than the rules did."""

    code: Key
    name: Name
    decisions: Annotated[tuple[Decision, ...], Field(min_length=1, max_length=4)]


class Reasons(Shape):
    """All lists of reasons."""

    wait: Annotated[tuple[WaitReason, ...], Field(min_length=1, max_length=50)]
    hold: Annotated[tuple[HoldReason, ...], Field(min_length=1, max_length=50)]
    close: Annotated[tuple[CloseReason, ...], Field(min_length=1, max_length=50)]
    returns: Annotated[tuple[ReturnReason, ...], Field(min_length=1, max_length=50)]
    override: Annotated[tuple[OverrideReason, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _unique(self) -> Self:
        for name in type(self).model_fields:
            require_unique(getattr(self, name), lambda reason: reason.code, "reasons")
        return self

    def wait_reason(self, code: str) -> WaitReason | None:
        """Return a reason for waiting by its code."""
        return next((reason for reason in self.wait if reason.code == code), None)

    def hold_reason(self, code: str) -> HoldReason | None:
        """Return a reason for holding by its code."""
        return next((reason for reason in self.hold if reason.code == code), None)

    def close_reason(self, code: str) -> CloseReason | None:
        """Return a reason for closing by its code."""
        return next((reason for reason in self.close if reason.code == code), None)

    def return_reason(self, code: str) -> ReturnReason | None:
        """Return a reason for handing back by its code."""
        return next((reason for reason in self.returns if reason.code == code), None)

    def override_reason(self, code: str, decision: Decision) -> OverrideReason | None:
        """Return a reason for overriding this decision by its code."""
        fitting = (reason for reason in self.override if decision in reason.decisions)
        return next((reason for reason in fitting if reason.code == code), None)
