"""Conditions of the company: CEL over documented facts, type-checked at save, evaluated without surprise."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import cel
from pydantic import AfterValidator

from recourse.handbook.policy.expressions import Problem, check_types
from recourse.handbook.policy.facts import FACTS, FACTS_BY_NAME, Fact, FactValue, Subject, facts_up_to
from recourse.handbook.policy.shape import refusal

CONDITION_LIMIT = 1000
Vocabulary = Mapping[str, frozenset[str]]


def check(source: str, scope: Subject, *, vocabulary: Vocabulary | None = None) -> None:
    """Refuse a condition that cannot be understood, names an unknown fact, or mixes types: with its position.

    `scope` decides which facts may be asked about. `vocabulary` holds the handbook's own lists (families,
    regimes, grounds), so that a misspelt value is refused too.
    """
    if len(source) > CONDITION_LIMIT:
        raise refusal("condition.long", limit=CONDITION_LIMIT)
    known = facts_up_to(scope)
    try:
        found = check_types(source, known, vocabulary or {})
        _compiled(source)
    except Problem as problem:
        raise _said(problem, known) from problem
    if found != "true or false":
        raise refusal("condition.result", found=found)


def _said(problem: Problem, known: Mapping[str, Fact]) -> Exception:
    if problem.code != "name":
        return refusal(f"condition.{problem.code}", position=problem.position, problem=problem.sentence)
    near = difflib.get_close_matches(problem.sentence, known, n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]}?" if near else ""
    return refusal("condition.name", position=problem.position, name=problem.sentence, hint=hint)


def _checked(scope: Subject) -> AfterValidator:
    def checked(source: str) -> str:
        check(source, scope)
        return source

    return AfterValidator(checked)


CaseCondition = Annotated[str, _checked(Subject.CASE)]
Condition = Annotated[str, _checked(Subject.REGIME)]
ClockCondition = Annotated[str, _checked(Subject.CLOCK)]


@lru_cache(maxsize=2048)
def _compiled(source: str) -> cel.Program:
    try:
        return cel.compile(source)
    except ValueError as error:
        raise Problem("syntax", 1, str(error).splitlines()[0][:200]) from error


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a condition holds. With a `fault` (an overflow) it does not, and the fault says why."""

    holds: bool
    fault: str = ""


def evaluate(source: str, facts: Mapping[str, FactValue]) -> Verdict:
    """Tell whether a checked condition holds for facts given by name ("case.severity": "high").

    A fact left out has its documented value for unknown. A name or type that the schema does not have raises
    ValueError: that is a fault of the caller, not of the handbook.
    """
    try:
        return Verdict(holds=_compiled(source).execute(_context(facts)) is True)
    except (ArithmeticError, RuntimeError, TypeError, LookupError) as error:
        return Verdict(holds=False, fault=str(error)[:200])


def _context(facts: Mapping[str, FactValue]) -> dict[str, dict[str, object]]:
    context: dict[str, dict[str, object]] = {}
    for name in facts.keys() - FACTS_BY_NAME.keys():
        raise ValueError(f"no such fact: {name}")
    for fact in FACTS:
        value = facts.get(fact.name, fact.when_unknown)
        if not fact.accepts(value):
            raise ValueError(f"{fact.name} takes {fact.type}, not {value!r}")
        room, _, name = fact.name.partition(".")
        context.setdefault(room, {})[name] = list(value) if isinstance(value, tuple) else _plain(value)
    return context


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value
