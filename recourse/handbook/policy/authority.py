"""Who may decide about how much money: limits, levels, routes of approval, exchange, splitting, second factor."""

from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.shape import (
    Count,
    Currency,
    Days,
    Key,
    Name,
    Percent,
    Severity,
    Shape,
    refusal,
    require_unique,
)

Minor = Annotated[int, Field(ge=0, le=10**15)]
Hours = Annotated[int, Field(ge=1, le=8784)]
PersonKey = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Kinds = Annotated[tuple[LineKind, ...], Field(max_length=10)]
Severities = Annotated[tuple[Severity, ...], Field(max_length=4)]
Roles = Annotated[tuple[Name, ...], Field(max_length=20)]


class Limit(Shape):
    """What a role, or one person instead of their roles, may decide alone; an amount equal to a limit is within it.

    No kinds means every kind, no severities every severity; a limit that names them goes before one that does not.
    Amounts are minor units of `currency`. `person` is the key of the human, whatever their accounts.
    """

    key: Key
    role: Name | None = None
    person: PersonKey | None = None
    line_kinds: Kinds = ()
    case_severities: Severities = ()
    currency: Currency
    per_line: Minor
    per_case: Minor
    per_customer: Minor
    per_agent: Minor

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.role is None) == (self.person is None):
            raise refusal("authority.whose")
        if not self.per_line <= self.per_case <= self.per_customer or self.per_line > self.per_agent:
            raise refusal("authority.order")
        require_unique(self.line_kinds, lambda kind: kind.value, "kinds")
        require_unique(self.case_severities, lambda severity: severity.value, "severities")
        return self

    @property
    def scope(self) -> tuple[object, ...]:
        """Return for whom and what it stands; no two limits may stand for the same."""
        return self.role, self.person, frozenset(self.line_kinds), frozenset(self.case_severities), self.currency

    def covers(self, kind: LineKind, severity: Severity, currency: str) -> bool:
        """Tell whether it speaks of such a line."""
        is_kind = not self.line_kinds or kind in self.line_kinds
        return is_kind and (not self.case_severities or severity in self.case_severities) and self.currency == currency

    @property
    def precision(self) -> int:
        """Return how exactly it speaks: a kind counts more than a severity."""
        return 2 * bool(self.line_kinds) + bool(self.case_severities)


class Level(Shape):
    """One step of the ladder of those who approve: the roles asked there."""

    key: Key
    name: Name
    roles: Annotated[tuple[Name, ...], Field(min_length=1, max_length=20)]


class ApprovalRoute(Shape):
    """How a line is approved: by how many different people of how many asked, with which roles among them.

    The first route that fits decides. The band runs from `from_minor` up to, not including, `below_minor`, in the
    company's currency, over what the customer got together with this line. `repeats_from` counts earlier grants to
    the customer. `is_always` asks even where the proposer could decide alone.
    """

    key: Key
    name: Name
    line_kinds: Kinds = ()
    case_severities: Severities = ()
    from_minor: Minor = 0
    below_minor: Minor | None = None
    repeats_from: Count = 0
    is_always: bool = False
    approvers: Annotated[int, Field(ge=1, le=10)] = 1
    asked_at_once: Annotated[int, Field(ge=1, le=20)] = 3
    required_roles: Roles = ()
    first_level: Key | None = None
    remind_after_hours: Hours = 8
    expires_after_hours: Hours = 24

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.below_minor is not None and self.below_minor <= self.from_minor:
            raise refusal("route.band")
        if self.asked_at_once < self.approvers:
            raise refusal("route.too_few_asked", approvers=self.approvers, asked=self.asked_at_once)
        if self.remind_after_hours >= self.expires_after_hours:
            raise refusal("route.reminder")
        require_unique(self.required_roles, lambda role: role, "roles")
        return self

    @property
    def is_for_all(self) -> bool:
        """Tell whether every line fits."""
        is_narrow = self.line_kinds or self.case_severities or self.from_minor or self.repeats_from
        return not is_narrow and self.below_minor is None

    def fits(self, kind: LineKind, severity: Severity, minor: int, repeats: int) -> bool:
        """Tell whether a line goes this way; `minor` in the company's currency."""
        is_named = (not self.line_kinds or kind in self.line_kinds) and (
            not self.case_severities or severity in self.case_severities
        )
        is_in_band = self.from_minor <= minor and (self.below_minor is None or minor < self.below_minor)
        return is_named and is_in_band and repeats >= self.repeats_from


class SplitKey(StrEnum):
    """By what the parts of one payment are put together again."""

    PAYEE = "payee"
    CUSTOMER = "customer"
    CASE = "case"
    PAYMENT = "payment"
    APPROVER = "approver"


class SplitWindow(Shape):
    """How far back parts with the same payee, customer, case, payment or approver count as one line."""

    key: SplitKey
    days: Days


class Splitting(Shape):
    """How splitting to stay under a limit is found: sums over sliding windows, and runs just under the limit.

    `near_percent` of the limit per line is “just under”; the `near_count`-th such line of one proposer within
    `near_days` is held too, whoever is paid.
    """

    windows: Annotated[tuple[SplitWindow, ...], Field(max_length=5)] = (
        SplitWindow(key=SplitKey.PAYEE, days=30),
        SplitWindow(key=SplitKey.CUSTOMER, days=30),
        SplitWindow(key=SplitKey.CASE, days=365),
        SplitWindow(key=SplitKey.PAYMENT, days=365),
        SplitWindow(key=SplitKey.APPROVER, days=7),
    )
    near_percent: Percent = 90
    near_count: Annotated[int, Field(ge=2, le=100)] = 3
    near_days: Days = 7

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_unique(self.windows, lambda window: window.key.value, "windows for")
        return self


class StepUp(Shape):
    """From which amount, in the company's currency, a second factor must have been given how lately."""

    from_minor: Minor = 0
    within_minutes: Annotated[int, Field(ge=1, le=1440)] = 10


def _any_route() -> tuple[ApprovalRoute, ...]:
    return (ApprovalRoute(key="usual", name="Usual"),)


class Authority(Shape):
    """Everything about who decides over money. Rolling periods are days; amounts in the company's currency."""

    customer_days: Days = 90
    agent_days: Days = 1
    grant_lasts_days: Days = 30
    review_within_hours: Hours = 48
    step_up: StepUp = StepUp()
    limits: Annotated[tuple[Limit, ...], Field(max_length=500)] = ()
    levels: Annotated[tuple[Level, ...], Field(max_length=20)] = ()
    ways: Annotated[tuple[ApprovalRoute, ...], Field(min_length=1, max_length=100)] = Field(default_factory=_any_route)
    splitting: Splitting = Splitting()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for name in ("limits", "levels", "ways"):
            require_unique(getattr(self, name), lambda item: item.key, name)
        require_unique(self.limits, lambda limit: limit.scope, "limits for")
        if not self.ways[-1].is_for_all:
            raise refusal("route.missing")
        for route, later in pairwise(self.ways):
            if route.is_for_all:
                raise refusal("route.unreachable", key=later.key)
        return self
