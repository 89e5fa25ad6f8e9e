"""The rules that the product brings can be used as they are."""

import datetime as dt

import pytest

from recourse.handbook.policy.clocks import ClockKind
from recourse.handbook.policy.escalation import REQUIRED_GROUNDS
from recourse.handbook.policy.reading import default_rules, default_text, read_json, read_toml
from recourse.handbook.policy.rules import canonical
from recourse.handbook.policy.shape import IMPACTS, SEVERITIES, TIERS, Impact, Severity, Tier
from recourse.handbook.policy.writing import write_toml
from recourse.kit.calendar import working_calendar

RULES = default_rules()


def test_written_as_toml_and_read_again_they_are_the_same() -> None:
    assert read_toml(write_toml(RULES)) == RULES
    assert read_toml(default_text()) == RULES


def test_stored_and_read_again_they_have_the_same_hash() -> None:
    again = read_json(canonical(RULES))
    assert again == RULES
    assert again.content_hash == RULES.content_hash


def test_the_hash_changes_with_any_value() -> None:
    other = RULES.model_copy(update={"currency": "EUR"})
    assert other.content_hash != RULES.content_hash


def test_every_tier_and_severity_has_an_allowance() -> None:
    for tier in TIERS:
        for severity in SEVERITIES:
            row = RULES.clocks.allowance(tier, severity)
            assert all(row.length(kind) for kind in ClockKind)


def test_every_severity_and_impact_has_a_tier_with_a_team() -> None:
    for severity in SEVERITIES:
        for impact in IMPACTS:
            assert RULES.escalation.tier_rule(RULES.escalation.tier_for(severity, impact)).team
    assert RULES.escalation.tier_for(Severity.LOW, Impact.ONE) is Tier.TIER_1
    assert RULES.escalation.tier_for(Severity.CRITICAL, Impact.COMPANY) is Tier.TIER_3


def test_every_required_ground_asks_for_evidence_or_is_computed() -> None:
    for code in REQUIRED_GROUNDS:
        ground = RULES.escalation.ground(code)
        assert ground is not None
        assert ground.is_computed == (code == "repeated_failure")


def test_a_privacy_breach_starts_its_clock_and_restricts_readers() -> None:
    ground = RULES.escalation.ground("privacy_breach")
    assert ground is not None
    assert ground.restricts_readers
    clock = RULES.clocks.statutory_clock(ground.starts_clock or "")
    assert clock is not None
    assert (clock.ground, clock.amount, clock.basis) == ("privacy_breach", 72, "hours")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"case.source": "cfpb"}, {"cfpb_fifteen_days", "cfpb_sixty_days"}),
        (
            {"customer.country": "GB", "case.family": "credit"},
            {"acknowledgement", "disp_third_business_day", "disp_eight_weeks"},
        ),
        (
            {"customer.country": "GB", "case.family": "payment"},
            {"acknowledgement", "disp_third_business_day", "psd_fifteen_days", "psd_thirty_five_days"},
        ),
        ({"case.family": "privacy"}, {"gdpr_one_month"}),
        ({"case.family": "delivery", "customer.country": "GB"}, set()),
    ],
)
def test_statutory_clocks_follow_the_regime(facts: dict[str, str], expected: set[str]) -> None:
    found = {clock.key for clock in RULES.statutory_for(facts)} - {"gdpr_breach_72_hours"}
    assert found == expected


@pytest.mark.parametrize("key", ["london", "new_york", "always"])
def test_calendars_work_out_as_working_time(key: str) -> None:
    calendar = working_calendar(RULES.calendar(key).spec())
    start = dt.datetime(2026, 1, 12, 15, 0, tzinfo=dt.UTC)
    assert calendar.add(start, 3600) == start + dt.timedelta(hours=1)


def test_easter_closes_london_and_not_new_york() -> None:
    days = {key: {day.on for day in RULES.calendar(key).holidays} for key in ("london", "new_york")}
    assert dt.date(2026, 4, 6) in days["london"] - days["new_york"]
    assert dt.date(2026, 7, 3) in days["new_york"] - days["london"]
