"""What may leave the front line: the answer that the form shows before anything is sent."""

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recourse.escalations.policy import Claim, Facts, History, Request, assess, read
from recourse.handbook.policy.escalation import EscalationRules, EvidenceItem, EvidenceType
from recourse.handbook.policy.reading import default_rules
from recourse.handbook.policy.shape import IMPACTS, SEVERITIES, TIERS, Impact, Severity, Tier

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
RULES: EscalationRules = default_rules().escalation
LOSS = {"loss": {"currency": "GBP", "minor": 50_000}, "reckoning": "Two charges of 250 for one order"}
BREACH = {"what": "Another customer's address on the label", "people": 2, "known_on": "2026-03-01"}


def ask(*claims: Claim, severity: str = "medium", impact: str = "one") -> Request:
    return Request(Severity(severity), Impact(impact), claims)


def judged(request: Request, history: History | None = None, **known: Any) -> Any:
    return assess(request, Facts(AT, known, history or History()), RULES)


def test_a_complete_ground_qualifies_and_says_tier_team_and_promises() -> None:
    found = judged(ask(Claim("financial_impact", LOSS)))
    assert found.qualifies
    assert [verdict.code for verdict in found.met] == ["financial_impact"]
    assert (found.tier, found.rule.team) == (Tier.TIER_1, "resolution-1")
    codes = [row.code for row in found.explain]
    assert codes == [
        "tier.matrix", "tier.team", "tier.response_minutes", "tier.cadence_business_days", "tier.roles",
    ]  # fmt: skip


def test_an_amount_exactly_at_the_threshold_is_enough_and_a_penny_less_is_not() -> None:
    short = {**LOSS, "loss": {"currency": "GBP", "minor": 49_999}}
    found = judged(ask(Claim("financial_impact", short)))
    assert not found.qualifies
    assert not found.missing
    verdict = next(v for v in found.grounds if v.code == "financial_impact")
    assert verdict.why[0].code == "ground.below"
    assert verdict.why[0].facts["minimum"] == "GBP 500.00"


def test_an_amount_in_a_currency_without_threshold_is_not_met_and_says_so() -> None:
    found = judged(ask(Claim("financial_impact", {**LOSS, "loss": {"currency": "JPY", "minor": 10**9}})))
    assert not found.qualifies
    verdict = next(v for v in found.grounds if v.code == "financial_impact")
    assert verdict.why[0].code == "ground.no_threshold"


@pytest.mark.parametrize(
    ("evidence", "field"),
    [
        ({"reckoning": LOSS["reckoning"]}, "grounds.financial_impact.loss"),
        ({"loss": LOSS["loss"]}, "grounds.financial_impact.reckoning"),
        ({**LOSS, "reckoning": "too short"}, "grounds.financial_impact.reckoning"),
        ({**LOSS, "loss": "500"}, "grounds.financial_impact.loss"),
        ({**LOSS, "loss": {"currency": "GBP", "minor": 500.5}}, "grounds.financial_impact.loss"),
        ({**LOSS, "loss": {"currency": "GBP", "minor": True}}, "grounds.financial_impact.loss"),
        ({**LOSS, "loss": {"currency": "GBP", "minor": -1}}, "grounds.financial_impact.loss"),
        ({**LOSS, "surprise": "x"}, "grounds.financial_impact"),
    ],
)
def test_what_is_missing_is_named_by_its_field(evidence: dict[str, Any], field: str) -> None:
    found = judged(ask(Claim("financial_impact", evidence)))
    assert not found.qualifies
    assert [gap.field for gap in found.missing] == [field]


def test_a_request_without_any_ground_is_told_to_choose_one() -> None:
    found = judged(ask())
    assert [(gap.field, gap.said.code) for gap in found.missing] == [("grounds", "ground.none")]


def test_one_incomplete_ground_keeps_back_a_request_whose_other_ground_is_met() -> None:
    found = judged(ask(Claim("financial_impact", LOSS), Claim("special_skill", {"skill": "Tax"})))
    assert found.met
    assert not found.qualifies
    assert [gap.field for gap in found.missing] == ["grounds.special_skill.tried"]


def test_the_strictest_ground_sets_the_tier_and_says_why() -> None:
    found = judged(ask(Claim("financial_impact", LOSS), Claim("privacy_breach", BREACH), severity="low"))
    assert (found.matrix_tier, found.tier) == (Tier.TIER_1, Tier.TIER_3)
    assert any(row.code == "tier.raised" and row.facts["tier"] == "tier_3" for row in found.explain)
    assert found.rule.team == "resolution-2"


def test_a_privacy_breach_starts_its_clock_and_narrows_readers() -> None:
    found = judged(ask(Claim("privacy_breach", BREACH)))
    assert found.statutory == ("gdpr_breach_72_hours",)
    assert found.restricts_readers
    assert {"clock.starts", "readers.narrowed"} <= {row.code for row in found.explain}


def test_an_unmet_ground_has_no_consequences() -> None:
    found = judged(ask(Claim("financial_impact", LOSS), Claim("privacy_breach", {**BREACH, "people": 0})))
    assert found.statutory == ()
    assert not found.restricts_readers
    assert found.tier is Tier.TIER_1


def days_ago(*days: float) -> tuple[dt.datetime, ...]:
    return tuple(AT - dt.timedelta(days=day) for day in days)


@pytest.mark.parametrize(
    ("history", "is_met"),
    [
        (History(), False),
        (History(contacts=days_ago(1, 2, 3)), False),
        (History(contacts=days_ago(0, 1, 2, 30)), True),
        (History(contacts=days_ago(0, 1, 2, 30.001)), False),
        (History(reopens=days_ago(1, 2)), True),
        (History(reopens=days_ago(1, 40)), False),
        (History(same_cause=days_ago(5, 6, 7)), True),
        (History(contacts=days_ago(1, 2, 3), reopens=days_ago(1), same_cause=days_ago(1, 2)), False),
    ],
)
def test_repeated_failure_is_counted_from_the_record(history: History, is_met: bool) -> None:
    found = judged(ask(), history)
    verdict = next(v for v in found.grounds if v.code == "repeated_failure")
    assert verdict.is_met is is_met
    assert found.qualifies is is_met
    assert [said.code for said in verdict.why] == ["counts.contacts", "counts.reopens", "counts.same_cause"]


def test_nobody_can_tick_repeated_failure() -> None:
    found = judged(ask(Claim("repeated_failure", {"contacts": 99})))
    assert not found.qualifies
    assert not found.met
    assert ("grounds.repeated_failure", "ground.computed") in [(g.field, g.said.code) for g in found.missing]


def test_an_unknown_ground_is_refused_by_name() -> None:
    found = judged(ask(Claim("vip", {})))
    assert [(gap.field, gap.said.code) for gap in found.missing] == [("grounds", "ground.unknown")]


def test_a_condition_of_the_handbook_decides_too() -> None:
    grounds = tuple(
        ground.model_copy(update={"condition": "customer.tenure_days > 30"})
        if ground.code == "special_skill"
        else ground
        for ground in RULES.grounds
    )
    rules = RULES.model_copy(update={"grounds": grounds})
    request = ask(Claim("special_skill", {"skill": "Customs law", "tried": "x" * 30}))
    assert assess(request, Facts(AT, {"customer.tenure_days": 31}), rules).qualifies
    refused = assess(request, Facts(AT, {"customer.tenure_days": 30}), rules)
    assert not refused.qualifies
    assert next(v for v in refused.grounds if v.code == "special_skill").why[0].code == "ground.condition"


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("impact", IMPACTS)
def test_the_matrix_gives_the_tier_of_every_cell(severity: Severity, impact: Impact) -> None:
    found = judged(ask(Claim("financial_impact", LOSS), severity=severity, impact=impact))
    assert found.tier is RULES.tier_for(severity, impact)
    assert found.rule.tier is found.tier


def test_more_severe_or_wider_never_goes_lower() -> None:
    def tier(severity: Severity, impact: Impact) -> int:
        return TIERS.index(judged(ask(Claim("special_skill"), severity=severity, impact=impact)).tier)

    for one, other in itertools.pairwise(SEVERITIES):
        assert all(tier(one, impact) <= tier(other, impact) for impact in IMPACTS)
    for narrow, wide in itertools.pairwise(IMPACTS):
        assert all(tier(severity, narrow) <= tier(severity, wide) for severity in SEVERITIES)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text() | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=10,
)


@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(EvidenceType), value=ANYTHING)
def test_no_input_whatever_breaks_the_reading_of_evidence(kind: EvidenceType, value: Any) -> None:
    reading = read(EvidenceItem(key="piece", name="Piece", type=kind, minimum=0), value)
    assert reading.value is not None or reading.problem is not None


@settings(max_examples=200, deadline=None)
@given(evidence=st.dictionaries(st.sampled_from(["loss", "reckoning", "proof", "other"]), ANYTHING))
def test_whatever_is_claimed_nothing_qualifies_with_something_missing(evidence: dict[str, Any]) -> None:
    found = judged(ask(Claim("financial_impact", evidence)))
    assert not (found.qualifies and found.missing)
    assert not (found.qualifies and not found.met)
