"""A handbook that is wrong is refused whole, each mistake with its path; odd texts are refused or kept as they are."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from recourse.handbook.policy.reading import Mistakes, read_json, read_toml, read_tree
from recourse.handbook.policy.rules import Rules, canonical
from recourse.handbook.policy.shape import Name, Text
from recourse.handbook.policy.writing import write_toml
from tests.rooms.handbook.changed import mistakes, tree

NAUGHTY = Path(__file__).resolve().parents[4] / "shared" / "data" / "naughty_strings"


def _set(path: str, value: Any) -> dict[str, Any]:
    changed = tree()
    *through, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    place: Any = changed
    for part in through:
        place = place[part]
    place[last] = value
    return changed


BROKEN = [
    ("currency", "gbp", "currency", "string_pattern_mismatch"),
    ("surprise", 1, "surprise", "extra_forbidden"),
    ("clocks/calendar", "paris", "clocks.calendar", "rules.unknown"),
    ("clocks/allowances/3/calendar", "paris", "clocks.allowances[front_line,critical].calendar", "rules.unknown"),
    (
        "clocks/allowances/3/resolution/amount",
        "60",
        "clocks.allowances[front_line,critical].resolution.amount",
        "int_type",
    ),
    (
        "clocks/allowances/3/resolution/amount",
        0,
        "clocks.allowances[front_line,critical].resolution.amount",
        "greater_than_equal",
    ),
    (
        "clocks/allowances/3/resolution/amount",
        True,
        "clocks.allowances[front_line,critical].resolution.amount",
        "int_type",
    ),
    ("clocks/allowances/3/resolution/unit", "hours", "clocks.allowances[front_line,critical].resolution.unit", "enum"),
    ("clocks/allowances/3/severity", "low", "clocks", "rules.twice"),
    ("clocks/allowances/1/first_response/amount", 500, "clocks", "allowance.looser"),
    ("clocks/kinds/0/warn_at_percent", [80, 50], "clocks.kinds[first_response]", "warning.order"),
    ("clocks/kinds/0/warn_at_percent", [100], "clocks.kinds[first_response].warn_at_percent[0]", "less_than_equal"),
    ("clocks/statutory/0/starts_on", "ground:nonsense", "clocks.statutory[acknowledgement].starts_on", "rules.unknown"),
    (
        "clocks/statutory/0/starts_on",
        "tuesday",
        "clocks.statutory[acknowledgement].starts_on",
        "string_pattern_mismatch",
    ),
    ("clocks/statutory/0/calendar", None, "clocks.statutory[acknowledgement].calendar", "statutory.calendar"),
    ("clocks/statutory/7/ends_at", "end_of_day", "clocks.statutory[gdpr_breach_72_hours]", "statutory.end"),
    (
        "clocks/statutory/0/applies_when",
        "'uk' in case.regimes",
        "clocks.statutory[acknowledgement].applies_when",
        "condition.type",
    ),
    ("clocks/statutory/0/applies_when", "case.x", "clocks.statutory[acknowledgement].applies_when", "condition.name"),
    ("regimes/0/applies_when", "case.family == 'credits'", "regimes[uk_financial].applies_when", "condition.type"),
    ("escalation/grounds/0/code", "other", "escalation", "ground.required"),
    (
        "escalation/grounds/3/starts_clock",
        "nonsense",
        "escalation.grounds[privacy_breach].starts_clock",
        "rules.unknown",
    ),
    ("escalation/grounds/0/evidence", [], "escalation.grounds[systemic_failure]", "ground.evidence"),
    ("escalation/gate/pass_through_percent", 11, "escalation.gate.pass_through_percent", "less_than_equal"),
    ("escalation/matrix/3/one", "front_line", "escalation", "matrix.front_line"),
    ("escalation/matrix/3/one", "tier_1", "escalation", "matrix.falls"),
    ("ladders/0/steps/0/minutes", 0, "ladders[answers].steps[remind_owner]", "ladder.offset"),
    ("ladders/2/statutory/0", "nonsense", "ladders[law].statutory[0]", "rules.unknown"),
    (
        "ladders/0/steps/0/condition",
        "clock.left > 1",
        "ladders[answers].steps[remind_owner].condition",
        "condition.name",
    ),
    ("reasons/wait/5/pauses", True, "reasons.wait[department]", "wait.pauses"),
    ("reasons/wait/5/needs_question", True, "reasons.wait[department]", "wait.question"),
    ("reasons/wait/1/code", "customer_answer", "reasons", "rules.twice"),
    ("routing/families/0/family", "nonsense", "routing.families[nonsense].family", "rules.unknown"),
    ("routing/weights", [], "routing", "rules.missing"),
    ("intake/limits/attachments_bytes", 2048, "intake.limits", "intake.limits"),
    ("calendars/0/zone", "Europe/Londn", "calendars[london].zone", "calendar.zone"),
    ("calendars/0/windows", [], "calendars[london]", "calendar.closed"),
    ("calendars/0/windows/0/closes", "25:00", "calendars[london].windows[0].closes", "calendar.time"),
    ("calendars/0/holidays/1/on", "2025-01-01", "calendars[london]", "rules.twice"),
    ("calendars/0/holidays/1/on", "2025-02-30", "calendars[london].holidays[2025-02-30].on", "date_parsing"),
]


@pytest.mark.parametrize(("place", "value", "path", "code"), BROKEN, ids=[f"{row[0]}={row[1]!r}" for row in BROKEN])
def test_a_mistake_is_refused_with_the_path_of_its_field(place: str, value: Any, path: str, code: str) -> None:
    assert (path, code) in mistakes(_set(place, value))


def test_several_mistakes_are_told_together() -> None:
    changed = _set("clocks/calendar", "paris")
    changed["routing"]["families"][0]["family"] = "nonsense"
    assert [path for path, _code in mistakes(changed)] == ["clocks.calendar", "routing.families[nonsense].family"]


@pytest.mark.parametrize("text", ["a = ", "= 1", "a = 1\na = 2", "\x00", "[" * 5000, "a" * 1_000_001, "\ud800 = 1"])
def test_what_is_not_toml_is_refused(text: str) -> None:
    with pytest.raises(Mistakes) as refused:
        read_toml(text)
    assert refused.value.mistakes[0].code.startswith("toml.")


@pytest.mark.parametrize("value", ["1979-05-27T07:32:00Z", "inf", "nan", "07:32:00", "1.5"])
def test_a_toml_value_of_another_kind_is_refused(value: str) -> None:
    with pytest.raises(Mistakes):
        read_toml(f"currency = {value}")


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "12", '{"currency": "GBP"}'])
def test_stored_text_that_is_no_handbook_is_refused(text: str) -> None:
    with pytest.raises(Mistakes):
        read_json(text)


def _texts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every text in a tree."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _texts(part, (*path, index))


def _surfaces() -> list[tuple[Any, ...]]:
    """Return one path for each text field of the schema: lists by their first entry that has the field."""
    seen: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for path in _texts(tree()):
        seen.setdefault(tuple("*" if isinstance(part, int) else part for part in path), path)
    return list(seen.values())


def _naughty() -> list[str]:
    found = sorted(NAUGHTY.glob("*.json")) if NAUGHTY.exists() else []
    return [text for file in found for text in json.loads(file.read_text("utf8"))]


def _put(path: tuple[Any, ...], text: str) -> dict[str, Any]:
    changed = tree()
    place: Any = changed
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = text
    return changed


def _at(rules: Rules, path: tuple[Any, ...]) -> Any:
    place: Any = rules.model_dump(mode="json")
    for part in path:
        place = place[part]
    return place


has_naughty = pytest.mark.skipif(
    not _naughty(), reason="the real material naughty_strings is not beside the repository"
)
SURFACES = _surfaces()


@pytest.mark.material
@has_naughty
@pytest.mark.parametrize("path", SURFACES, ids=lambda path: ".".join(map(str, path)))
def test_a_naughty_string_in_any_text_field_is_refused_or_kept_to_the_letter(path: tuple[Any, ...]) -> None:
    """Each field takes its own share of the strings, so that together they take all."""
    share = -(-len(_naughty()) // len(SURFACES)) * 2
    begin = SURFACES.index(path) * share // 2
    for text in (_naughty() * 2)[begin : begin + share]:
        try:
            rules = read_tree(_put(path, text))
        except Mistakes:
            continue
        assert _at(rules, path) == text
        assert _at(read_json(canonical(rules)), path) == text


@pytest.mark.material
@has_naughty
def test_every_naughty_string_as_a_name_and_as_a_text_is_refused_or_survives_toml() -> None:
    changed, kept = tree(), 0
    for text in _naughty():
        for adapter in (TypeAdapter(Name), TypeAdapter(Text)):
            try:
                adapter.validate_python(text)
            except ValidationError:
                break
        else:
            kept += 1
            changed["families"].append({"key": f"family_{kept}", "name": text})
    changed["families"] = changed["families"][:100]
    assert kept > 350
    rules = read_tree(changed)
    assert read_toml(write_toml(rules)) == rules


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b", "a\x00b", "a\u202eb", "a\nb", "\ud800", " a", "a\u2028b", "x" * 121]
)
def test_a_name_that_cannot_be_shown_is_refused(text: str) -> None:
    assert mistakes(_put(("calendars", 0, "name"), text))
