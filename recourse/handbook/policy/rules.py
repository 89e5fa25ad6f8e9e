"""The whole handbook: one frozen value, every reference inside it checked, with canonical text and hash."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from recourse.handbook.policy.authority import Authority
from recourse.handbook.policy.calendars import Calendar
from recourse.handbook.policy.clocks import Basis, Clocks, Roll, StatutoryClock
from recourse.handbook.policy.conditions import CaseCondition, Vocabulary, check, evaluate
from recourse.handbook.policy.escalation import EscalationRules
from recourse.handbook.policy.facts import FactValue, Subject
from recourse.handbook.policy.intake import Intake
from recourse.handbook.policy.ladders import Ladder
from recourse.handbook.policy.money import MoneyRules
from recourse.handbook.policy.reasons import Reasons
from recourse.handbook.policy.remedies import RemedyRules
from recourse.handbook.policy.routing import Routing
from recourse.handbook.policy.shape import Currency, Key, Name, Shape, refusal, require_unique

Path = tuple[str | int, ...]
Broken = tuple[Path, PydanticCustomError]
BROKEN = "rules.broken"


class Listed(Shape):
    """An entry of one of the company's own lists."""

    key: Key
    name: Name


class Regime(Listed):
    """A regulation that a case may fall under; it does where `applies_when` holds."""

    applies_when: CaseCondition


class Rules(Shape):
    """What one edition says."""

    currency: Currency
    families: Annotated[tuple[Listed, ...], Field(min_length=1, max_length=100)]
    regimes: Annotated[tuple[Regime, ...], Field(max_length=50)] = ()
    calendars: Annotated[tuple[Calendar, ...], Field(min_length=1, max_length=50)]
    clocks: Clocks
    escalation: EscalationRules
    ladders: Annotated[tuple[Ladder, ...], Field(max_length=50)] = ()
    reasons: Reasons
    routing: Routing
    intake: Intake
    remedies: RemedyRules = RemedyRules()
    money: MoneyRules = MoneyRules()
    authority: Authority = Field(default_factory=Authority)

    @model_validator(mode="after")
    def _references(self) -> Self:
        for name in ("families", "regimes", "calendars", "ladders"):
            require_unique(getattr(self, name), lambda item: item.key, name)
        broken = [*self._broken_keys(), *self._broken_conditions()]
        if broken:
            facts = {"count": len(broken), "broken": broken}
            raise PydanticCustomError(BROKEN, "{count} references are broken", facts)
        return self

    def _broken_keys(self) -> Iterator[Broken]:
        known = {
            "calendar": {calendar.key for calendar in self.calendars},
            "ground": {ground.code for ground in self.escalation.grounds},
            "statutory clock": {clock.key for clock in self.clocks.statutory},
            "family": {family.key for family in self.families},
            "level": {level.key for level in self.authority.levels},
            "rate for the currency": {self.currency, *self._exchangeable()},
        }
        for path, kind, value in self._references_made():
            if value not in known[kind]:
                yield path, refusal("rules.unknown", what=kind, key=value)
        for index, clock in enumerate(self.clocks.statutory):
            if clock.calendar is None and (clock.basis is Basis.BUSINESS_DAYS or clock.roll is not Roll.NONE):
                yield ("clocks", "statutory", index, "calendar"), refusal("statutory.calendar")

    def _references_made(self) -> Iterator[tuple[Path, str, str]]:
        yield ("clocks", "calendar"), "calendar", self.clocks.calendar
        for index, row in enumerate(self.clocks.allowances):
            if row.calendar is not None:
                yield ("clocks", "allowances", index, "calendar"), "calendar", row.calendar
        for index, clock in enumerate(self.clocks.statutory):
            if clock.calendar is not None:
                yield ("clocks", "statutory", index, "calendar"), "calendar", clock.calendar
            if clock.ground is not None:
                yield ("clocks", "statutory", index, "starts_on"), "ground", clock.ground
        for index, ground in enumerate(self.escalation.grounds):
            if ground.starts_clock is not None:
                yield ("escalation", "grounds", index, "starts_clock"), "statutory clock", ground.starts_clock
        for index, ladder in enumerate(self.ladders):
            for place, key in enumerate(ladder.statutory):
                yield ("ladders", index, "statutory", place), "statutory clock", key
        for index, work in enumerate(self.routing.families):
            yield ("routing", "families", index, "family"), "family", work.family
        for index, route in enumerate(self.authority.ways):
            if route.first_level is not None:
                yield ("authority", "ways", index, "first_level"), "level", route.first_level
        for index, limit in enumerate(self.authority.limits):
            yield ("authority", "limits", index, "currency"), "rate for the currency", limit.currency

    def _exchangeable(self) -> Iterator[str]:
        """Yield the currencies that have a rate to the company's own."""
        yield from (rate.from_currency for rate in self.money.rates if rate.to_currency == self.currency)

    def _broken_conditions(self) -> Iterator[Broken]:
        """Check every condition once more, now that the company's own lists are known."""
        for path, source, scope in self.conditions():
            try:
                check(source, scope, vocabulary=self.vocabulary)
            except PydanticCustomError as problem:
                yield path, problem

    def conditions(self) -> Iterator[tuple[Path, str, Subject]]:
        """Yield every condition with its path and its scope."""
        for index, regime in enumerate(self.regimes):
            yield ("regimes", index, "applies_when"), regime.applies_when, Subject.CASE
        for index, clock in enumerate(self.clocks.statutory):
            yield ("clocks", "statutory", index, "applies_when"), clock.applies_when, Subject.REGIME
        for index, ground in enumerate(self.escalation.grounds):
            yield ("escalation", "grounds", index, "condition"), ground.condition, Subject.REGIME
        for index, ladder in enumerate(self.ladders):
            for place, step in enumerate(ladder.steps):
                yield ("ladders", index, "steps", place, "condition"), step.condition, Subject.CLOCK
        for index, owed in enumerate(self.remedies.entitlements):
            yield ("remedies", "entitlements", index, "condition"), owed.condition, Subject.REGIME
        for index, letter in enumerate(self.remedies.letters):
            yield ("remedies", "letters", index, "condition"), letter.condition, Subject.REGIME

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the company's own lists that facts take their texts from."""
        return {
            "families": frozenset(family.key for family in self.families),
            "regimes": frozenset(regime.key for regime in self.regimes),
            "grounds": frozenset(ground.code for ground in self.escalation.grounds),
        }

    def with_regimes(self, facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
        """Return facts with `case.regimes` filled in from the conditions of the regimes."""
        found = tuple(regime.key for regime in self.regimes if evaluate(regime.applies_when, facts).holds)
        return {**facts, "case.regimes": found}

    def statutory_for(self, facts: Mapping[str, FactValue]) -> tuple[StatutoryClock, ...]:
        """Return the statutory clocks that run beside a case with these facts, whatever starts them."""
        known = self.with_regimes(facts)
        return tuple(clock for clock in self.clocks.statutory if evaluate(clock.applies_when, known).holds)

    def calendar(self, key: str) -> Calendar:
        """Return a calendar by its key; KeyError where there is none."""
        found = next((calendar for calendar in self.calendars if calendar.key == key), None)
        if found is None:
            raise KeyError(key)
        return found

    @property
    def content_hash(self) -> str:
        """Return the SHA-256 of the canonical text."""
        return hashlib.sha256(canonical(self).encode()).hexdigest()


def canonical(rules: Rules) -> str:
    """Return the one text of these rules: JSON, keys sorted, no spaces, nothing left out."""
    return json.dumps(rules.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
