"""The score behind “get next”: whole numbers that anybody can reckon again, and an order that follows from them."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.handbook.policy.reading import default_rules
from recourse.handbook.policy.shape import SEVERITIES, TIERS, Severity, Tier
from recourse.kit.calendar import working_calendar
from recourse.routing.policy import HORIZON_MINUTES, Kind, Score, Yardstick, rank
from recourse.routing.queries.said import line, why

RULES = default_rules()
LONDON = working_calendar(RULES.calendar("london").spec())
STICK = Yardstick(RULES.routing, RULES.clocks, LONDON)
AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
FAMILIES = ("", "delivery", "billing", "privacy", "unheard of")


def score(severity: str = "high", left: float = 120, *, family: str = "", is_known: bool = False) -> Score:
    due_at = LONDON.add(AT, left * 60)
    return STICK.score(Kind(Tier.FRONT_LINE, Severity(severity), family, is_known), due_at, AT)


def test_the_formula_is_generalised_c_mu() -> None:
    found = score("high", 240)
    assert found.parts() == {"weight": 400, "exponent": 5, "allowance": 960, "left": 240, "work": 45}
    assert found.value == 400 * 5 * (720 / 960) ** 4 / 45


@given(
    st.integers(1, 10**6), st.integers(1, 5), st.integers(1, 10**5), st.integers(-(10**6), 10**6), st.integers(1, 10**4)
)
def test_the_reason_line_reproduces_the_score_exactly(
    weight: int, exponent: int, allowance: int, left: int, work: int
) -> None:
    found = Score(weight, exponent, allowance, left, work)
    numbers = [int(number) for number in re.findall(r"\d+", line(found).partition(" = ")[0])]
    w, e, used, whole, power, minutes = numbers
    assert float(w * e * (used / whole) ** power / minutes) == found.value
    assert Score.from_parts(found.parts()).value == found.value


@given(st.sampled_from(TIERS), st.sampled_from(SEVERITIES), st.sampled_from(FAMILIES), st.booleans(),
       st.integers(-10_000, 10_000), st.integers(0, 5_000))  # fmt: skip
def test_within_a_kind_an_earlier_due_time_never_scores_less(
    tier: Tier, severity: Severity, family: str, is_known: bool, minutes: int, later: int
) -> None:
    kind = Kind(tier, severity, family, is_known)
    due = AT + dt.timedelta(minutes=minutes)
    first, second = (STICK.score(kind, at, AT) for at in (due, due + dt.timedelta(minutes=later)))
    assert first.value >= second.value


def test_delay_costs_more_for_a_severer_case_with_the_same_share_used() -> None:
    shares = [STICK.score(Kind(Tier.FRONT_LINE, severity, ""), AT, AT) for severity in SEVERITIES]
    assert [found.used / found.allowance for found in shares] == [1.0] * 4
    assert [found.value for found in shares] == sorted(found.value for found in shares)


def test_short_work_goes_before_long_work() -> None:
    assert score(family="delivery").value > score(family="billing").value


def test_who_knows_the_case_saves_the_reading() -> None:
    assert score(is_known=True).work == score().work - RULES.routing.continuity_minutes
    assert score(is_known=True).value > score().value


def test_privacy_weighs_double() -> None:
    assert score(family="privacy").weight == 2 * score().weight


def test_a_case_without_a_due_time_has_no_hurry() -> None:
    far = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
    found = STICK.score(Kind(Tier.FRONT_LINE, Severity.CRITICAL, ""), far, AT)
    assert (found.left, found.value) == (HORIZON_MINUTES, 0.0)
    assert "no due time" in why(Kind(Tier.FRONT_LINE, Severity.CRITICAL, ""), found)


def test_nights_and_holidays_are_not_counted() -> None:
    friday = dt.datetime(2026, 3, 6, 16, 30, tzinfo=dt.UTC)
    monday = dt.datetime(2026, 3, 9, 9, 30, tzinfo=dt.UTC)
    assert STICK.minutes_left(monday, friday) == 60


def test_lateness_is_said_in_words() -> None:
    kind = Kind(Tier.FRONT_LINE, Severity.HIGH, "delivery", is_known=True)
    said = why(kind, score(left=-90, family="delivery", is_known=True))
    assert said == "High severity; 90 working minutes late; about 15 minutes of work. You know it already."


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("severity", SEVERITIES)
def test_every_kind_has_an_allowance(tier: Tier, severity: Severity) -> None:
    assert STICK.allowance(tier, severity) >= 1


def test_ties_go_to_the_earlier_due_and_then_the_older_case() -> None:
    same = Score(100, 2, 100, 50, 10)
    order = sorted([rank(same, AT + dt.timedelta(1), "a"), rank(same, AT, "c"), rank(same, AT, "b")])
    assert [key[2] for key in order] == ["b", "c", "a"]
