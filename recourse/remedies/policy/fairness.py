"""The order of fairness: what is owed, what makes whole, then the band of goodwill. Whole minor units, rounded down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from recourse.handbook.policy.conditions import evaluate
from recourse.handbook.policy.facts import FactValue
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.remedies import Basis, Duty, Entitlement, Fault, RemedyRules
from recourse.handbook.policy.shape import Severity
from recourse.remedies.policy.words import COUNTED, Said, State

SHARES = 100**4
WITHOUT_MONEY = frozenset({LineKind.REPLACEMENT, LineKind.SERVICE_RESTORATION})


class Part(StrEnum):
    """Which step of fairness a line belongs to; what stands beside them moves no money of its own."""

    ENTITLEMENT = "entitlement"
    WHOLE = "whole"
    GOODWILL = "goodwill"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class HarmClaimed:
    """One item of harm as the customer claims it."""

    key: str
    minor: int
    has_document: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What fairness depends on. `stakes` are the amounts concerned, by basis; `known` the facts of conditions."""

    currency: str
    cause: str
    severity: Severity
    fault: Fault
    days: int = 0
    is_vulnerable: bool = False
    stakes: Mapping[Basis, int] = field(default_factory=dict)
    harms: tuple[HarmClaimed, ...] = ()
    known: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Owed:
    """One entitlement in money."""

    key: str
    name: str
    duty: Duty
    source: str
    basis: Basis
    minor: int
    satisfied_by: tuple[LineKind, ...]


@dataclass(frozen=True, slots=True)
class HarmRow:
    """One item of harm: what was claimed, what counts, and why not all of it."""

    key: str
    name: str
    claimed: int
    counted: int
    is_consequential: bool
    why: Said | None = None


@dataclass(frozen=True, slots=True)
class Fairness:
    """The whole answer. `ceiling` is the most of everything together."""

    currency: str
    owed: tuple[Owed, ...]
    harms: tuple[HarmRow, ...]
    loss: int
    goodwill: int
    ceiling: int
    explain: tuple[Said, ...]

    @property
    def entitled(self) -> int:
        """Return what is owed in all."""
        return sum(one.minor for one in self.owed)

    @property
    def whole(self) -> int:
        """Return what makes the customer whole in all."""
        return sum(row.counted for row in self.harms)


def weigh(facts: Facts, rules: RemedyRules) -> Fairness:
    """Weigh a case in the order of fairness.

    Of several entitlements on one basis the highest counts, law before contract. Goodwill is the loss times the shares
    for severity, fault, duration and vulnerability, as far as the cap on everything together leaves room.
    """
    owed = _strongest(_owed(facts, rules))
    harms = tuple(_harm(item, facts, rules) for item in facts.harms)
    cause = rules.cause(facts.cause)
    lost = sum(facts.stakes.get(basis, 0) for basis in (cause.loses if cause else ()))
    due = sum(one.minor for one in owed) + sum(row.counted for row in harms)
    loss = max(lost + sum(row.counted for row in harms), due)
    ceiling = loss * rules.goodwill.cap_percent // 100
    shares = _shares(facts, rules)
    wanted = loss * shares[0] * shares[1] * shares[2] * shares[3] // SHARES
    goodwill = max(min(wanted, ceiling - due), 0)
    return Fairness(facts.currency, owed, harms, loss, goodwill, ceiling, _explain(shares, wanted, goodwill, rules))


def _owed(facts: Facts, rules: RemedyRules) -> Iterable[Owed]:
    for rule in rules.entitlements:
        if facts.cause not in rule.causes or facts.days < rule.days_at_least:
            continue
        minor = _amount(rule, facts)
        if minor and evaluate(rule.condition, facts.known).holds:
            yield Owed(rule.key, rule.name, rule.duty, rule.source, rule.basis, minor, rule.satisfied_by)


def _amount(rule: Entitlement, facts: Facts) -> int:
    if rule.basis is Basis.FIXED:
        return next((money.minor for money in rule.amounts if money.currency == facts.currency), 0)
    return facts.stakes.get(rule.basis, 0) * rule.percent // 100


def _strongest(found: Iterable[Owed]) -> tuple[Owed, ...]:
    kept: dict[Basis | str, Owed] = {}
    for one in found:
        place = one.key if one.basis is Basis.FIXED else one.basis
        if place not in kept or _rank(one) > _rank(kept[place]):
            kept[place] = one
    return tuple(kept.values())


def _rank(one: Owed) -> tuple[int, bool]:
    return one.minor, one.duty is Duty.LAW


def _harm(item: HarmClaimed, facts: Facts, rules: RemedyRules) -> HarmRow:
    rule = rules.harm(item.key)
    if rule is None:
        return HarmRow(item.key, item.key, item.minor, 0, False, Said("harm.unknown"))
    if rule.needs_document and not item.has_document:
        return HarmRow(rule.key, rule.name, item.minor, 0, rule.is_consequential, Said("harm.no_document"))
    share = item.minor * rule.percent // 100
    cap = rule.cap(facts.currency)
    counted = share if cap is None else min(share, cap)
    why = None if counted == item.minor else Said("harm.capped", {"percent": rule.percent})
    return HarmRow(rule.key, rule.name, item.minor, counted, rule.is_consequential, why)


def _shares(facts: Facts, rules: RemedyRules) -> tuple[int, int, int, int]:
    goodwill = rules.goodwill
    vulnerability = goodwill.vulnerability_percent if facts.is_vulnerable else 100
    return (
        goodwill.severity(facts.severity), goodwill.fault(facts.fault), goodwill.duration(facts.days), vulnerability
    )  # fmt: skip


def _explain(shares: tuple[int, int, int, int], wanted: int, goodwill: int, rules: RemedyRules) -> tuple[Said, ...]:
    severity, fault, duration, vulnerability = shares
    rows = [
        Said("goodwill.severity", {"percent": severity}),
        Said("goodwill.fault", {"percent": fault}),
        Said("goodwill.duration", {"percent": duration}),
        Said("goodwill.vulnerability", {"percent": vulnerability}),
    ]
    if goodwill < wanted:
        rows.append(Said("goodwill.capped", {"percent": rules.goodwill.cap_percent}))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Given:
    """One line as the checks look at it."""

    number: int
    kind: LineKind
    part: Part
    rule: str
    minor: int
    state: State

    @property
    def counts(self) -> bool:
        """Tell whether the customer may still get it."""
        return self.state in COUNTED


def shortfalls(fair: Fairness, lines: Iterable[Given]) -> dict[str, int]:
    """Return what is missing of every entitlement that the lines do not meet, by its key.

    A line without money, such as a replacement, meets the entitlement whole. One that the customer declined counts as
    offered: it was theirs to take.
    """
    standing = [line for line in lines if line.part is Part.ENTITLEMENT]
    live = [line for line in standing if line.counts or line.state is State.DECLINED]
    missing = {}
    for one in fair.owed:
        fitting = [line for line in live if line.rule == one.key and line.kind in one.satisfied_by]
        given = sum(line.minor for line in fitting)
        if given < one.minor and not any(line.kind in WITHOUT_MONEY for line in fitting):
            missing[one.key] = one.minor - given
    return missing


def excess(fair: Fairness, lines: Iterable[Given], line: Given) -> int:
    """Return by how much a line, with the others of its part that still count, goes beyond what its part allows.

    An entitlement allows what is owed under its rule, making whole the harm that counts under its key, goodwill its
    band; what stands beside them allows anything.
    """
    if line.part is Part.BESIDE:
        return 0
    alike = [one for one in lines if one.number != line.number and one.counts and one.part is line.part]
    if line.part is not Part.GOODWILL:
        alike = [one for one in alike if one.rule == line.rule]
    spent = sum(one.minor for one in alike) + line.minor
    return max(spent - allowance(fair, line.part, line.rule), 0)


def allowance(fair: Fairness, part: Part, rule: str) -> int:
    """Return how much a part allows in all: under one rule of it, or the band of goodwill."""
    if part is Part.ENTITLEMENT:
        return sum(one.minor for one in fair.owed if one.key == rule)
    if part is Part.WHOLE:
        return sum(row.counted for row in fair.harms if row.key == rule)
    return fair.goodwill
