"""One value at a time: a path leads to its place, and what breaks the whole is refused."""

from typing import Any

import pytest

from recourse.handbook.policy.editing import with_value
from recourse.handbook.policy.lifecycle import raise_calendar_versions
from recourse.handbook.policy.reading import Mistakes, default_rules

RULES = default_rules()


def test_a_value_is_replaced_and_nothing_else() -> None:
    changed = with_value(RULES, "escalation.tiers[tier_2].team", "experts")
    assert changed.escalation.tier_rule(RULES.escalation.tiers[1].tier).team == "experts"
    assert with_value(changed, "escalation.tiers[tier_2].team", RULES.escalation.tiers[1].team) == RULES


def test_an_entry_is_added_under_its_key_and_taken_away_again() -> None:
    step = {"key": "later", "when": "after", "minutes": 2000, "act": "notify", "tell": ["owner"]}
    added = with_value(RULES, "ladders[solutions].steps[later]", step)
    assert [one.key for one in added.ladders[1].steps][-1] == "later"
    assert with_value(added, "ladders[solutions].steps[later]", None) == RULES


@pytest.mark.parametrize(
    "path",
    [
        "", ".", "nothing", "clocks.nothing", "clocks.allowances[tier_9,high].resolution", "clocks.allowances[0]x",
        "clocks[london]", "currency.name", "escalation..gate", "__class__", "clocks.__dict__", "content_hash",
        "calendars[london", "calendars[nothing].zone", "reasons.hold[nothing]",
    ],
)  # fmt: skip
def test_a_path_that_leads_nowhere_is_refused(path: str) -> None:
    with pytest.raises(Mistakes) as refused:
        with_value(RULES, path, None)
    assert {one.code for one in refused.value.mistakes} == {"path.unknown"}


@pytest.mark.parametrize(
    ("path", "value", "at"),
    [
        ("escalation.gate.pass_through_percent", 50, "escalation.gate.pass_through_percent"),
        ("escalation.gate.pass_through_percent", "3", "escalation.gate.pass_through_percent"),
        ("families[credit]", None, "regimes[uk_financial].applies_when"),
        ("calendars[london]", None, "clocks.calendar"),
        ("escalation.grounds[privacy_breach].code", "leak", "escalation"),
        ("reasons.hold[weather]", {"code": "weather"}, "reasons.hold[weather].name"),
    ],
)
def test_a_value_that_breaks_the_whole_is_refused(path: str, value: Any, at: str) -> None:
    with pytest.raises(Mistakes) as refused:
        with_value(RULES, path, value)
    assert at in {one.path for one in refused.value.mistakes}


def test_a_changed_calendar_gets_the_next_version_and_an_unchanged_one_keeps_its_own() -> None:
    changed = with_value(RULES, "calendars[london].holidays[2026-12-25]", None)
    changed = with_value(changed, "calendars[new_york].version", 7)
    versions = {calendar.key: calendar.version for calendar in raise_calendar_versions(changed, RULES).calendars}
    assert versions == {"london": 2, "new_york": 1, "always": 1}
