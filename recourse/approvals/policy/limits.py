"""How far somebody's authority reaches: limits read from the handbook, in the company's currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from recourse.handbook.policy.authority import Authority, Limit
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.shape import Severity
from recourse.kit.money import Money, exchange, rate


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that somebody may decide, in minor units of the company's currency; `keys` name the limits."""

    per_line: int = 0
    per_case: int = 0
    per_customer: int = 0
    per_agent: int = 0
    keys: tuple[str, ...] = ()

    @property
    def amounts(self) -> tuple[int, int, int, int]:
        """Return the four limits."""
        return self.per_line, self.per_case, self.per_customer, self.per_agent


NOTHING = Caps()


@dataclass(frozen=True, slots=True)
class Sums:
    """What a line adds up to with all that is executed, approved and asked for, in the company's minor units.

    `line` is the line with the parts that it may have been split into.
    """

    line: int
    case: int
    customer: int
    cause: int = 0


@dataclass(frozen=True, slots=True)
class About:
    """What a limit is looked up by."""

    kind: LineKind
    severity: Severity
    currency: str


def lesser(one: Caps, other: Caps) -> Caps:
    """Return what both allow: the limit of a delegate, or of a request that a new edition met open."""
    return Caps(
        min(one.per_line, other.per_line),
        min(one.per_case, other.per_case),
        min(one.per_customer, other.per_customer),
        min(one.per_agent, other.per_agent),
        keys=tuple(dict.fromkeys((*one.keys, *other.keys))),
    )


def beyond(caps: Caps, sums: Sums) -> str | None:
    """Return the first thing for which a limit is passed (line, case, cause, customer), or None. Equal is within."""
    if sums.line > caps.per_line:
        return "line"
    if sums.case > caps.per_case:
        return "case"
    if sums.cause > caps.per_case:
        return "cause"
    return "customer" if sums.customer > caps.per_customer else None


def rate_of(rules: Rules, currency: str) -> Fraction | None:
    """Return what a unit is worth in the company's currency; None where the handbook does not say."""
    if currency == rules.currency:
        return Fraction(1)
    found = rules.money.rate(currency, rules.currency)
    return rate(found.value) if found is not None else None


def counted(amount: Money, rules: Rules) -> Money | None:
    """Return what an amount counts against limits, in the company's currency; None where there is no rate."""
    worth = rate_of(rules, amount.currency)
    return None if worth is None else exchange(amount, rules.currency, worth)


def caps_of(rules: Rules, about: About, *, person: UUID, roles: Iterable[str]) -> Caps:
    """Return how far somebody's authority reaches over such a line.

    A limit of the person replaces those of the roles; of several roles the largest counts. Of one owner's limits the
    one that speaks most exactly counts. Limits in the line's own currency go before those in the company's.
    """
    mine = _limit(rules, about, person=str(person))
    if mine is not None:
        return _caps(rules, mine)
    found = [_limit(rules, about, role=role) for role in sorted(set(roles))]
    reach = (_caps(rules, limit) for limit in found if limit is not None)
    return max(reach, key=lambda caps: caps.amounts, default=NOTHING)


def _limit(rules: Rules, about: About, *, role: str | None = None, person: str | None = None) -> Limit | None:
    """Return the one limit of a role or person that speaks most exactly of a line."""
    own = [row for row in rules.authority.limits if (row.role, row.person) == (role, person)]
    for currency in dict.fromkeys((about.currency, rules.currency)):
        rows = [row for row in own if row.covers(about.kind, about.severity, currency)]
        if rows:
            return max(rows, key=lambda row: row.precision)
    return None


def _caps(rules: Rules, limit: Limit) -> Caps:
    """Return a limit in the company's currency; one without a rate reaches nowhere."""
    worth = rate_of(rules, limit.currency)
    if worth is None:
        return NOTHING

    def told(minor: int) -> int:
        return exchange(Money(minor, limit.currency), rules.currency, worth).minor

    return Caps(
        told(limit.per_line), told(limit.per_case), told(limit.per_customer), told(limit.per_agent), keys=(limit.key,)
    )  # fmt: skip


def levels_of(authority: Authority, roles: Iterable[str]) -> tuple[int, ...]:
    """Return the steps of the ladder on which somebody with these roles stands."""
    held = set(roles)
    return tuple(index for index, level in enumerate(authority.levels) if held & set(level.roles))


def role_caps(rules: Rules, about: About, roles: Sequence[str]) -> Caps:
    """Return how far the roles of a level reach, whoever holds them."""
    return caps_of(rules, about, person=UUID(int=0), roles=roles)
