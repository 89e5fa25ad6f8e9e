"""Conditions: what is refused at save and where, and that what is accepted does what it says."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from recourse.handbook.policy.conditions import Verdict, check, evaluate
from recourse.handbook.policy.facts import FACTS, FactType, Subject

REFUSED = [
    ("case.severty == 'high'", "condition.name", 1),
    ("counts.contacts > 3 && case.nonsense", "condition.name", 24),
    ("severity == 'high'", "condition.name", 1),
    ("case", "condition.name", 1),
    ("case.severity == 'hihg'", "condition.type", 18),
    ("case.severity in ['high', 'urgent']", "condition.type", 27),
    ("'urgent' != case.severity", "condition.type", 1),
    ("case.severity == 1", "condition.type", 15),
    ("case.severity > 'high'", "condition.type", 1),
    ("case.is_restricted == 'yes'", "condition.type", 20),
    ("order.total_minor > 10.5", "condition.syntax", 21),
    ("order.total_minor > 10u", "condition.syntax", 21),
    ("order.total_minor > 010", "condition.syntax", 21),
    ("order.total_minor > 9223372036854775808", "condition.syntax", 21),
    ("order.total_minor / 0 > 1", "condition.syntax", 19),
    ("order.total_minor + 'a' > 1", "condition.type", 21),
    ("order.total_minor && true", "condition.type", 1),
    ("!order.total_minor", "condition.type", 2),
    ("-case.is_restricted", "condition.type", 2),
    ("true ? 1 : 'a'", "condition.type", 12),
    ("size(order.total_minor) > 1", "condition.type", 6),
    ("size(case.problem) > 1", "condition.type", 6),
    ("case.grounds == 'legal_exposure'", "condition.type", 14),
    ("'a' in 'abc'", "condition.type", 8),
    ("case.problem.matches('(a+)+$')", "condition.syntax", 14),
    ("case.grounds.exists(g, g == 'x')", "condition.syntax", 14),
    ("case.problem.startsWith(1)", "condition.type", 25),
    ("case.severity = 'high'", "condition.syntax", 15),
    ("case.severity == 'high", "condition.syntax", 18),
    ("case.severity == ", "condition.syntax", 18),
    ("(true", "condition.syntax", 6),
    ("[", "condition.syntax", 2),
    ("['a' 'b']", "condition.syntax", 6),
    ("true true", "condition.syntax", 6),
    ("case..severity == 'high'", "condition.syntax", 6),
    ("", "condition.syntax", 1),
    ("__import__('os')", "condition.name", 1),
    ("'a\\u0041' == case.problem", "condition.syntax", 1),
]


@pytest.mark.parametrize(("source", "code", "position"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_wrong_condition_is_refused_with_its_position(source: str, code: str, position: int) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        check(source, Subject.CLOCK)
    assert (refused.value.type, (refused.value.context or {})["position"]) == (code, position)


@pytest.mark.parametrize("source", ["1", "case.severity", "counts.contacts + 1", "case.grounds", "['a']"])
def test_a_condition_must_be_true_or_false(source: str) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        check(source, Subject.CASE)
    assert refused.value.type == "condition.result"


@pytest.mark.parametrize("source", ["(" * 200 + "true" + ")" * 200, "!" * 200 + "true", "true" + " || true" * 200])
def test_a_monster_is_refused_and_breaks_nothing(source: str) -> None:
    with pytest.raises(PydanticCustomError):
        check(source, Subject.CASE)


def test_a_near_miss_is_told_what_was_meant() -> None:
    with pytest.raises(PydanticCustomError, match=r"Did you mean case\.severity"):
        check("case.severty == 'high'", Subject.CASE)


def test_facts_of_a_later_scope_are_unknown_in_an_earlier_one() -> None:
    check("clock.is_paused", Subject.CLOCK)
    check("'us_cfpb' in case.regimes", Subject.REGIME)
    for source, scope in [("clock.is_paused", Subject.REGIME), ("'a' in case.regimes", Subject.CASE)]:
        with pytest.raises(PydanticCustomError) as refused:
            check(source, scope)
        assert refused.value.type == "condition.name"


def test_values_of_the_companys_own_lists_are_checked_where_the_lists_are_known() -> None:
    lists = {"families": frozenset({"delivery"})}
    check("case.family == 'delivery'", Subject.CASE, vocabulary=lists)
    check("case.family == 'anything'", Subject.CASE)
    with pytest.raises(PydanticCustomError, match="delivery"):
        check("case.family == 'delivry'", Subject.CASE, vocabulary=lists)


@pytest.mark.parametrize(
    ("source", "facts", "holds"),
    [
        ("case.severity == 'high'", {"case.severity": "high"}, True),
        ("case.severity == 'high'", {}, False),
        ("counts.contacts >= 3 && counts.reopens == 0", {"counts.contacts": 3}, True),
        ("'legal_exposure' in case.grounds", {"case.grounds": ("legal_exposure",)}, True),
        ("size(case.grounds) == 0", {}, True),
        ("case.problem.contains('fee')", {"case.problem": "a fee for nothing"}, True),
        ("order.is_known ? order.total_minor > 100 : true", {}, True),
        ("order.total_minor * 2 - 1 == -1", {}, True),
        ("case.problem == 'it\\'s \\\\ \\\"'", {"case.problem": "it's \\ \""}, True),
    ],
)
def test_a_condition_holds_for_the_facts_that_it_describes(source: str, facts: dict[str, Any], holds: bool) -> None:
    check(source, Subject.CASE)
    assert evaluate(source, facts) == Verdict(holds)


def test_an_overflow_is_a_fault_that_is_told_and_does_not_hold() -> None:
    source = "order.total_minor * order.total_minor > 0"
    check(source, Subject.CASE)
    verdict = evaluate(source, {"order.total_minor": 2**62})
    assert not verdict.holds
    assert "verflow" in verdict.fault


@pytest.mark.parametrize("facts", [{"case.severty": "high"}, {"counts.contacts": "3"}, {"counts.contacts": True}])
def test_facts_that_the_schema_does_not_have_are_the_callers_fault(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no such fact|takes number"):
        evaluate("true", facts)


def test_every_fact_is_documented_with_a_type_and_a_value_for_unknown() -> None:
    for fact in FACTS:
        assert fact.meaning
        assert fact.accepts(fact.when_unknown)


NUMBERS = [fact.name for fact in FACTS if fact.type is FactType.NUMBER]
TRUTHS = [fact.name for fact in FACTS if fact.type is FactType.TRUTH]
TEXTS = [fact.name for fact in FACTS if fact.type is FactType.TEXT and not fact.values]
Meaning = tuple[str, Any]
WORDS = st.text(alphabet="abc '\"\\é", max_size=5)


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _number(facts: dict[str, Any]) -> st.SearchStrategy[Meaning]:
    leaf = st.integers(0, 50).map(lambda n: (str(n), n)) | st.sampled_from(NUMBERS).map(
        lambda name: (name, facts[name])
    )

    def both(pair: tuple[Meaning, Meaning]) -> st.SearchStrategy[Meaning]:
        (one, a), (two, b) = pair
        return st.sampled_from([(f"({one} + {two})", a + b), (f"({one} - {two})", a - b), (f"({one} * {two})", a * b)])

    return st.recursive(leaf, lambda inner: st.tuples(inner, inner).flatmap(both), max_leaves=4)


def _truth(facts: dict[str, Any]) -> st.SearchStrategy[Meaning]:
    number = _number(facts)
    words = WORDS.map(lambda word: (_quoted(word), word)) | st.sampled_from(TEXTS).map(lambda name: (name, facts[name]))

    def compared(pair: tuple[Meaning, Meaning]) -> st.SearchStrategy[Meaning]:
        (one, a), (two, b) = pair
        table = [("==", a == b), ("!=", a != b), ("<", a < b), ("<=", a <= b), (">", a > b), (">=", a >= b)]
        return st.sampled_from([(f"{one} {sign} {two}", held) for sign, held in table])

    def worded(pair: tuple[Meaning, Meaning]) -> st.SearchStrategy[Meaning]:
        (one, a), (two, b) = pair
        return st.sampled_from([
            (f"{one} == {two}", a == b),
            (f"{one}.contains({two})", b in a),
            (f"{one}.startsWith({two})", a.startswith(b)),
            (f"{one} in [{two}]", a == b),
        ])  # fmt: skip

    leaf = (
        st.sampled_from([("true", True), ("false", False), *((name, facts[name]) for name in TRUTHS)])
        | st.tuples(number, number).flatmap(compared)
        | st.tuples(words, words).flatmap(worded)
    )

    def joined(trio: tuple[Meaning, Meaning, Meaning]) -> st.SearchStrategy[Meaning]:
        (one, a), (two, b), (three, c) = trio
        return st.sampled_from([
            (f"({one} && {two})", a and b),
            (f"({one} || {two})", a or b),
            (f"!({one})", not a),
            (f"({one} ? {two} : {three})", b if a else c),
        ])  # fmt: skip

    return st.recursive(leaf, lambda inner: st.tuples(inner, inner, inner).flatmap(joined), max_leaves=6)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_whatever_is_accepted_means_what_it_says(data: st.DataObject) -> None:
    facts: dict[str, Any] = {name: data.draw(st.integers(-5, 50)) for name in NUMBERS}
    facts |= {name: data.draw(st.booleans()) for name in TRUTHS}
    facts |= {name: data.draw(WORDS) for name in TEXTS}
    source, meant = data.draw(_truth(facts))
    if len(source) <= 1000:
        check(source, Subject.CLOCK)
        assert evaluate(source, facts) == Verdict(meant), source


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="case.severity'high()[]&|!=<>? :,1+-*", max_size=40))
def test_any_text_is_accepted_or_refused_and_never_breaks_the_reader(source: str) -> None:
    try:
        check(source, Subject.CLOCK)
    except PydanticCustomError:
        return
    assert evaluate(source, {}).fault == ""
