"""Reading back what the clocks of a case were told, as the policy takes it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from recourse.cases.models import Case
from recourse.cases.queries.facts import case_facts
from recourse.clocks.models import ClockFact
from recourse.clocks.policy import (
    PROMISE,
    Chosen,
    ClockState,
    Fact,
    FactKind,
    Family,
    Fixed,
    Inherited,
    Plan,
    Reply,
    Target,
    plan_of,
    replay,
)
from recourse.handbook.models import Edition
from recourse.handbook.policy.facts import FACTS_BY_NAME, FactValue
from recourse.handbook.policy.rules import Rules
from recourse.handbook.queries import edition_numbered
from recourse.kit.time import iso

Told = dict[str, Any]
APPLIED_KEPT = 4096
_applied: dict[tuple[str, tuple[FactValue | None, ...]], tuple[str, ...]] = {}
FEW_FACTS = frozenset(
    f"case.{name}"
    for name in (
        "severity", "impact", "tier", "channel", "family", "problem", "product", "source", "is_restricted", "regimes"
    )
) | {"customer.country"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """All facts of a case in the order of their telling, and the plan with which it began."""

    facts: tuple[Fact, ...]
    plan: Plan
    chosen: Chosen

    def at(self, at: dt.datetime) -> tuple[ClockState, ...]:
        """Return every clock as it stood at an instant."""
        return replay(self.facts, self.plan, at)

    def as_told(self, at: dt.datetime) -> tuple[ClockState, ...]:
        """Return every clock as it stands now that all was told, though a machine whose clock ran ahead told of it."""
        return self.at(max(at, *(fact.at for fact in self.facts)))

    @property
    def last_number(self) -> int:
        """Return the number of the fact told last."""
        return self.facts[-1].number


def story_of(case_id: UUID) -> Story | None:
    """Return what happened to a case (one query), or None where its clocks were never started."""
    return stories_of([case_id]).get(case_id)


def stories_of(case_ids: Iterable[UUID]) -> Mapping[UUID, Story]:
    """Return what happened to some cases, in one query; those without clocks are left out."""
    rows = ClockFact.objects.filter(case_id__in=list(case_ids)).order_by("case_id", "number")
    found: dict[UUID, list[ClockFact]] = {}
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return {key: story(facts) for key, facts in found.items()}


def story(rows: list[ClockFact]) -> Story:
    """Return rows of one case as a story. `chosen` is the plan in force after the last of them."""
    facts = tuple(as_fact(row) for row in rows)
    chosen = [chosen_from(row.told["plan"]) for row in rows if "plan" in row.told]
    return Story(facts, plan_for(chosen[0]), chosen[-1])


def as_fact(row: ClockFact) -> Fact:
    """Return a row as the policy takes it."""
    told = row.told
    return Fact(
        number=row.number,
        kind=FactKind(row.kind),
        at=row.at,
        ref=told.get("ref", ""),
        key=told.get("key", ""),
        reply=Reply(told.get("reply", Reply.ANSWER)),
        plan=plan_for(chosen_from(told["plan"])) if "plan" in told else None,
        due_at=_instant(told.get("due_at")),
        inherited=tuple(inherited_from(one) for one in told.get("inherited", ())),
    )


def told_of(fact: Fact, chosen: Chosen | None = None) -> Told:
    """Return a fact as its row keeps it, without what it does not say."""
    told: Told = {"ref": fact.ref, "key": fact.key, "due_at": iso(fact.due_at) if fact.due_at else ""}
    if fact.kind is FactKind.STAFF_REPLIED:
        told["reply"] = fact.reply.value
    if chosen is not None:
        told["plan"] = chosen_told(chosen)
    if fact.inherited:
        told["inherited"] = [_inherited_told(one) for one in fact.inherited]
    return {name: value for name, value in told.items() if value}


def chosen_from(told: Told) -> Chosen:
    """Return by what a plan was chosen."""
    return Chosen(**{**told, "statutory": tuple(told.get("statutory", ()))})


def chosen_told(chosen: Chosen) -> Told:
    """Return by what a plan was chosen, as a fact keeps it."""
    return {
        "edition": chosen.edition,
        "rules": chosen.rules,
        "tier": chosen.tier,
        "severity": chosen.severity,
        "statutory": list(chosen.statutory),
    }


@lru_cache(maxsize=2048)
def plan_for(chosen: Chosen) -> Plan:
    """Return the plan that was so chosen; editions never change, so each is read once."""
    return plan_of(edition_numbered(chosen.edition).rules, chosen)


def chosen_for(case: Case, edition: Edition, *, at: dt.datetime) -> Chosen:
    """Return by what the plan of a case is chosen as it stands at `at`."""
    assert edition.number is not None  # a published edition has one
    return Chosen(
        edition=edition.number,
        rules=edition.content_hash,
        tier=case.tier,
        severity=case.severity,
        statutory=statutory_under(edition.rules, edition.content_hash, facts_for(case, edition.rules, at=at)),
    )


def facts_for(case: Case, rules: Rules, *, at: dt.datetime) -> Mapping[str, FactValue]:
    """Return the facts that the conditions of some rules ask about: cheap ones alone where these are enough."""
    return known_facts(case) if FEW_FACTS.issuperset(_asked(rules)) else case_facts(case, at=at)


def statutory_under(rules: Rules, rules_hash: str, facts: Mapping[str, FactValue]) -> tuple[str, ...]:
    """Return the keys of the statutory clocks that apply, without those that a ground starts.

    Cases that agree in all that the conditions ask about get the same answer without asking again.
    """
    key = rules_hash, tuple(facts.get(name) for name in sorted(_asked(rules)))
    found = _applied.get(key)
    if found is None:
        if len(_applied) >= APPLIED_KEPT:
            _applied.clear()
        applies = rules.statutory_for(facts)
        found = _applied[key] = tuple(sorted(clock.key for clock in applies if clock.ground is None))
    return found


def known_facts(case: Case) -> dict[str, FactValue]:
    """Return the facts that a case and its customer bear themselves: no query where the customer is loaded."""
    return {
        "case.severity": case.severity,
        "case.impact": case.impact,
        "case.tier": case.tier,
        "case.channel": case.channel,
        "case.family": case.family,
        "case.problem": case.problem,
        "case.product": case.product,
        "case.source": case.source,
        "case.is_restricted": case.is_restricted,
        "customer.country": case.customer.address.get("country", "") if case.customer else "",
    }


def _asked(rules: Rules) -> frozenset[str]:
    """Return the facts that the conditions of regimes and statutory clocks ask about."""
    regimes = tuple(regime.applies_when for regime in rules.regimes)
    return facts_named((*regimes, *(clock.applies_when for clock in rules.clocks.statutory)))


@lru_cache(maxsize=64)
def facts_named(sources: tuple[str, ...]) -> frozenset[str]:
    """Return the documented facts whose names stand in some conditions."""
    return frozenset(name for name in FACTS_BY_NAME if any(name in source for source in sources))


def inherited_from(told: Told) -> Inherited:
    """Return a clock that was brought along by a merge."""
    kind = told["kind"]
    plan = plan_for(chosen_from(told["plan"]))
    if kind == PROMISE:
        due_at = dt.datetime.fromisoformat(told["due_at"])
        target: Target | None = Target(PROMISE, Family.PROMISE, Fixed(due_at), warn_at=plan.promise_warn_at)
    else:
        target = plan.target(kind)
    if target is None:
        raise LookupError(f"edition {plan.edition} has no clock {kind}")
    return Inherited(
        kind=kind,
        target=target,
        started_at=dt.datetime.fromisoformat(told["started_at"]),
        pauses=tuple(
            (dt.datetime.fromisoformat(begun), dt.datetime.fromisoformat(ended)) for begun, ended in told["pauses"]
        ),
        breached_at=_instant(told.get("breached_at")),
        ref=told.get("ref", ""),
    )


def brought_along(state: ClockState, chosen: Chosen) -> Inherited:
    """Return an open clock as a merge takes it along, its target marked with the plan it can be read from."""
    target = state.target
    if target.chosen is None:
        target = Target(target.kind, target.family, target.length, target.warn_at, chosen=chosen)
    return Inherited(
        kind=state.kind,
        target=target,
        started_at=state.counted_from,
        pauses=state.pauses,
        breached_at=state.breached_at,
        ref=state.ref if state.kind == PROMISE else "",
    )


def _inherited_told(one: Inherited) -> Told:
    chosen, length = one.target.chosen, one.target.length
    assert chosen is not None  # brought_along marks every target
    return {
        "kind": one.kind,
        "ref": one.ref,
        "plan": chosen_told(chosen),
        "started_at": iso(one.started_at),
        "pauses": [[iso(begun), iso(ended)] for begun, ended in one.pauses],
        "breached_at": iso(one.breached_at) if one.breached_at else "",
        "due_at": iso(length.at) if isinstance(length, Fixed) else "",
    }


def _instant(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
