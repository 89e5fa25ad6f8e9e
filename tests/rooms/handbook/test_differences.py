"""The difference between editions reads like sentences, and is empty exactly when nothing differs."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recourse.handbook.policy.calendars import Calendar
from recourse.handbook.policy.differences import diff
from recourse.handbook.policy.editing import with_value
from recourse.handbook.policy.readable import in_words
from recourse.handbook.policy.reading import Mistakes, default_rules
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.shape import Length, Money, Shape, Unit
from recourse.handbook.policy.words import FIELDS, VALUES
from tests.rooms.handbook.changed import rules

RULES = default_rules()

SAID = [
    (
        "clocks.allowances[tier_2,high].first_response.amount",
        45,
        "Tier 2, severity high: first response 60 min → 45 min",
    ),
    (
        "clocks.allowances[tier_1,critical].resolution",
        {"amount": 2, "unit": "business_days"},
        "Tier 1, severity critical: resolution 1 business day → 2 business days",
    ),
    ("clocks.allowances[tier_3,low].next_response", None, "Tier 3, severity low: next response 960 min → nothing"),
    ("clocks.kinds[resolution].pauses", False, "resolution: pauses yes → no"),
    ("escalation.matrix[high].several", "tier_3", "severity high: impact several Tier 2 → Tier 3"),
    (
        "escalation.gate.pass_through_percent",
        5,
        "Gate: refusals let through to measure misses, percent 3 → 5",
    ),
    (
        "escalation.grounds[financial_impact].evidence[loss].thresholds",
        [{"currency": "GBP", "minor": 40000}],
        "Grounds, Significant financial impact, Evidence, Amount of the loss: "
        "from GBP 500.00, USD 600.00, EUR 600.00 → GBP 400.00",
    ),
    ("calendars[london].holidays[2026-12-25]", None, "London office, Holidays, 2026-12-25 Christmas Day: removed"),
    (
        "calendars[new_york].windows",
        [{"days": ["saturday", "friday"], "opens": "22:00", "closes": "06:00"}],
        "New York office: hours Monday–Friday 09:00–17:00 → Friday, Saturday 22:00–06:00",
    ),
    ("routing.limits[tier_1].cases", 15, "Limits, Tier 1: cases 20 → 15"),
    (
        "reasons.hold[weather]",
        {"code": "weather", "name": "Storm"},
        "Reasons to hold, Storm: added: code weather; name Storm; help nothing",
    ),
    ("ladders[answers].steps[late].tell", ["team"], "Steps, late: tells the owner, the team lead → the team"),
]


def test_the_currency_of_the_company_is_one_readable_row() -> None:
    bare = with_value(RULES, "authority.limits", [])
    assert [str(change) for change in diff(bare, with_value(bare, "currency", "USD"))] == [
        "currency: currency GBP → USD"
    ]


@pytest.mark.parametrize(("path", "value", "said"), SAID, ids=[row[0] for row in SAID])
def test_one_change_is_one_readable_row(path: str, value: Any, said: str) -> None:
    changes = diff(RULES, with_value(RULES, path, value))
    assert [str(change)[-len(said) :] for change in changes] == [said]
    assert changes[0].path in path


def test_another_order_is_told_once() -> None:
    families = [*RULES.families[1:], RULES.families[0]]
    changes = diff(RULES, rules(families=[family.model_dump() for family in families]))
    assert [change.kind for change in changes] == ["moved"]


def test_the_same_handbook_has_no_difference() -> None:
    assert diff(RULES, default_rules()) == ()


def test_our_words_are_translated_and_the_companys_are_not() -> None:
    changed = with_value(RULES, "reasons.hold[legal].name", "Counsel")
    (change,) = diff(RULES, changed, lambda words: f"<{words}>")
    assert change.where == ("<Reasons>", "<Reasons to hold>", "Counsel")
    assert (change.what, change.old) == ("<name>", "Legal counsel asked for it to stay open")


PATHS = [path for path, _value, _said in SAID]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATHS), st.integers(1, 4000) | st.none() | st.booleans()), max_size=4))
def test_a_difference_is_empty_exactly_when_the_hash_is_the_same(edits: list[tuple[str, Any]]) -> None:
    changed = RULES
    for path, value in edits:
        try:
            changed = with_value(changed, path, value)
        except Mistakes:
            continue
    assert (diff(RULES, changed) == ()) == (changed.content_hash == RULES.content_hash)
    back, forth = diff(changed, RULES), diff(RULES, changed)
    assert {change.path for change in back} == {change.path for change in forth}


def _shapes(shape: type[Shape], seen: set[type[Shape]]) -> set[type[Shape]]:
    """Return a shape and every shape inside it."""
    if shape in seen:
        return seen
    seen.add(shape)
    for field in shape.model_fields.values():
        stack = [field.annotation]
        while stack:
            kind = stack.pop()
            stack.extend(getattr(kind, "__args__", ()))
            if isinstance(kind, type) and issubclass(kind, Shape):
                _shapes(kind, seen)
    return seen


def test_every_field_and_every_stored_value_has_words() -> None:
    fields, values = set(), set()
    for shape in _shapes(Rules, set()):
        for name, field in shape.model_fields.items():
            fields.add(name)
            stack: list[Any] = [field.annotation]
            while stack:
                kind = stack.pop()
                stack.extend(getattr(kind, "__args__", ()))
                values |= {member.value for member in getattr(kind, "__members__", {}).values()}
    assert fields == set(FIELDS)
    assert values == set(VALUES)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Money(currency="JPY", minor=500), "JPY 500"),
        (Money(currency="KWD", minor=1500), "KWD 1.500"),
        (Length(amount=2, unit=Unit.BUSINESS_DAYS), "2 business days"),
        (None, "nothing"),
        (True, "yes"),
    ],
)
def test_a_value_reads_as_people_say_it(value: Any, said: str) -> None:
    assert in_words(value) == said


def test_a_calendar_is_a_shape_like_all_others() -> None:
    assert issubclass(Calendar, Shape)
