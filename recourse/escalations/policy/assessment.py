"""Whether a request may leave the front line, to which tier and team, by when, and why: shown before it is sent."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from recourse.escalations.policy.evidence import Value, read
from recourse.escalations.policy.failures import History, tallies
from recourse.escalations.policy.words import Said
from recourse.handbook.policy.conditions import evaluate
from recourse.handbook.policy.escalation import EscalationRules, Ground, RepeatedFailure, TierRule
from recourse.handbook.policy.facts import FactValue
from recourse.handbook.policy.shape import TIERS, Impact, Severity, Tier


@dataclass(frozen=True, slots=True)
class Claim:
    """A ground that somebody names, with its evidence by key, as it was given."""

    code: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for."""

    severity: Severity
    impact: Impact
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the record knows: the documented facts for conditions, and when attempts were made."""

    at: dt.datetime
    known: Mapping[str, FactValue] = field(default_factory=dict)
    history: History = field(default_factory=History)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that keeps the request from being sent, by the name of its field."""

    field: str
    said: Said


@dataclass(frozen=True, slots=True)
class GroundVerdict:
    """What became of one ground: met or not, and every reason."""

    code: str
    name: str
    is_claimed: bool
    is_computed: bool
    is_met: bool
    why: tuple[Said, ...]
    evidence: Mapping[str, Value]
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """The whole answer. `qualifies` is true when nothing is missing and at least one ground is met."""

    qualifies: bool
    grounds: tuple[GroundVerdict, ...]
    missing: tuple[Missing, ...]
    tier: Tier
    matrix_tier: Tier
    rule: TierRule
    statutory: tuple[str, ...]
    restricts_readers: bool
    explain: tuple[Said, ...]

    @property
    def met(self) -> tuple[GroundVerdict, ...]:
        """Return the grounds that are met."""
        return tuple(verdict for verdict in self.grounds if verdict.is_met)


def assess(request: Request, facts: Facts, rules: EscalationRules) -> Assessment:
    """Weigh a request against the handbook: each ground, what is missing, tier, team, promises, consequences."""
    claims = {claim.code: claim for claim in request.claims}
    verdicts = tuple(_verdict(ground, claims.get(ground.code), facts) for ground in rules.grounds)
    met = [ground for ground, verdict in zip(rules.grounds, verdicts, strict=True) if verdict.is_met]
    missing = (*_stray(request, rules, has_met=bool(met)), *(gap for verdict in verdicts for gap in verdict.missing))
    matrix_tier = rules.tier_for(request.severity, request.impact)
    tier = strictest(matrix_tier, met)
    rule = rules.tier_rule(tier)
    statutory = tuple(dict.fromkeys(ground.starts_clock for ground in met if ground.starts_clock))
    is_restricting = any(ground.restricts_readers for ground in met)
    return Assessment(
        qualifies=bool(met) and not missing,
        grounds=verdicts,
        missing=missing,
        tier=tier,
        matrix_tier=matrix_tier,
        rule=rule,
        statutory=statutory,
        restricts_readers=is_restricting,
        explain=(*_tier_rows(request, matrix_tier, met), *_rule_rows(rule, statutory, is_restricting)),
    )


def strictest(matrix_tier: Tier, met: list[Ground]) -> Tier:
    """Return the highest of the matrix's tier and the least tier of every ground that is met."""
    return max([matrix_tier, *(ground.minimum_tier for ground in met if ground.minimum_tier)], key=TIERS.index)


def _stray(request: Request, rules: EscalationRules, *, has_met: bool) -> tuple[Missing, ...]:
    """Name claims that the handbook does not know or that nobody may make, and a request without any ground."""
    found = []
    for claim in request.claims:
        ground = rules.ground(claim.code)
        if ground is None:
            found.append(Missing("grounds", Said("ground.unknown", {"code": claim.code[:40]})))
        elif ground.is_computed:
            found.append(Missing(f"grounds.{ground.code}", Said("ground.computed")))
    if not request.claims and not has_met:
        found.append(Missing("grounds", Said("ground.none")))
    return tuple(found)


def _verdict(ground: Ground, claim: Claim | None, facts: Facts) -> GroundVerdict:
    if ground.counts is not None:
        return _counted(ground, ground.counts, facts)
    if claim is None:
        return GroundVerdict(ground.code, ground.name, False, False, False, (Said("ground.not_chosen"),), {})
    values: dict[str, Value] = {}
    missing: list[Missing] = []
    short: list[Said] = []
    for item in ground.evidence:
        reading = read(item, claim.evidence.get(item.key))
        if reading.problem:
            missing.append(Missing(f"grounds.{ground.code}.{item.key}", reading.problem))
        if reading.shortfall and item.is_required:
            short.append(reading.shortfall)
        if reading.value is not None:
            values[item.key] = reading.value
    known = {item.key for item in ground.evidence}
    for key in sorted(set(claim.evidence) - known):
        missing.append(Missing(f"grounds.{ground.code}", Said("evidence.unknown", {"key": key[:40]})))
    why = [Said("ground.incomplete")] if missing else [*short, *_condition(ground, facts)]
    return GroundVerdict(
        ground.code, ground.name, True, False, not why, tuple(why) or (Said("ground.met"),), values, tuple(missing)
    )


def _counted(ground: Ground, counts: RepeatedFailure, facts: Facts) -> GroundVerdict:
    found = tallies(counts, facts.history, at=facts.at)
    failed = _condition(ground, facts)
    is_met = any(tally.is_reached for tally in found) and not failed
    why = (*(tally.said for tally in found), *failed)
    return GroundVerdict(ground.code, ground.name, False, True, is_met, why, {t.kind: t.found for t in found})


def _condition(ground: Ground, facts: Facts) -> list[Said]:
    verdict = evaluate(ground.condition, facts.known)
    if verdict.fault:
        return [Said("ground.condition_fault", {"fault": verdict.fault})]
    return [] if verdict.holds else [Said("ground.condition", {"condition": ground.condition})]


def _tier_rows(request: Request, matrix_tier: Tier, met: list[Ground]) -> list[Said]:
    asked: dict[str, str | int] = {
        "severity": request.severity.value, "impact": request.impact.value, "tier": matrix_tier.value
    }  # fmt: skip
    raising = [
        Said("tier.raised", {"ground": ground.name, "tier": ground.minimum_tier.value})
        for ground in met
        if ground.minimum_tier and TIERS.index(ground.minimum_tier) > TIERS.index(matrix_tier)
    ]
    return [Said("tier.matrix", asked), *raising]


def _rule_rows(rule: TierRule, statutory: tuple[str, ...], is_restricting: bool) -> list[Said]:
    rows = [
        Said("tier.team", {"tier": rule.tier.value, "team": rule.team}),
        Said(f"tier.response_{rule.respond_within.unit.value}", {"amount": rule.respond_within.amount}),
        Said(f"tier.cadence_{rule.update_every.unit.value}", {"amount": rule.update_every.amount}),
    ]
    if rule.required_roles:
        rows.append(Said("tier.roles", {"roles": ", ".join(rule.required_roles)}))
    rows.extend(Said("clock.starts", {"clock": key}) for key in statutory)
    if is_restricting:
        rows.append(Said("readers.narrowed"))
    return rows
