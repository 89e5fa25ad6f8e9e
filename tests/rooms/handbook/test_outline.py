"""The handbook as tables: everything is shown, what differs is marked, and each value can be edited where it stands."""

from typing import Any

import pytest

from recourse.handbook.policy.editing import with_value
from recourse.handbook.policy.fields import FieldKind, describe, typed
from recourse.handbook.policy.outline import Row, Table, outline, section_keys
from recourse.handbook.policy.reading import Mistakes, default_rules

RULES = default_rules()


def _tables(*given: Any) -> dict[str, Table]:
    return {table.path: table for section in outline(*given) for table in section.tables}


def _row(tables: dict[str, Table], path: str, head: str) -> Row:
    return next(row for row in tables[path].rows if row.head.text == head)


def test_every_section_stands_once_and_in_order() -> None:
    assert tuple(section.key for section in outline(RULES)) == section_keys()


def test_a_table_shows_an_entry_with_its_values_in_words() -> None:
    row = _row(_tables(RULES), "clocks.allowances", "Tier 2, severity high")
    assert [cell.text for cell in row.cells] == ["nothing", "60 min", "240 min", "2 business days", "5 business days"]
    assert not row.is_changed


def test_beside_an_earlier_edition_only_what_differs_is_marked() -> None:
    changed = with_value(RULES, "clocks.allowances[tier_2,high].first_response.amount", 45)
    changed = with_value(changed, "reasons.hold[legal]", None)
    changed = with_value(changed, "reasons.hold[weather]", {"code": "weather", "name": "Storm"})
    changed = with_value(changed, "reasons.hold[blocked].name", "Blocked")
    tables = _tables(changed, RULES)
    cell = _row(tables, "clocks.allowances", "Tier 2, severity high").cells[1]
    assert (cell.text, cell.old) == ("45 min", "60 min")
    states = {row.head.text: row.state for row in tables["reasons.hold"].rows if row.is_changed}
    assert states == {"Storm": "added", "Legal counsel asked for it to stay open": "removed", "Blocked": ""}
    assert sum(table.changed for table in tables.values()) == 4
    assert [len(section.changes) for section in outline(changed, RULES) if section.changes] == [1, 3]


def test_the_same_edition_beside_itself_has_no_mark() -> None:
    assert not any(table.changed for table in _tables(RULES, RULES).values())


def test_every_value_shown_can_be_described_and_written_back_unchanged() -> None:
    seen = set()
    for table in _tables(RULES).values():
        for row in table.rows[:1]:
            for cell in (row.head, *row.cells):
                if cell.path:
                    field = describe(RULES, cell.path)
                    seen.add(field.kind)
                    assert with_value(RULES, cell.path, field.value) == RULES
    assert seen == set(FieldKind)


@pytest.mark.parametrize(
    ("path", "posted", "value"),
    [
        ("escalation.gate.pass_through_percent", {"value": "5"}, 5),
        ("escalation.gate.pass_through_percent", {"value": "５"}, "５"),
        ("escalation.gate.pass_through_percent", {"value": "1e9"}, "1e9"),
        (
            "escalation.gate.decide_within",
            {"value": "2", "unit": "business_days"},
            {"amount": 2, "unit": "business_days"},
        ),
        ("clocks.allowances[tier_1,low].resolution", {"value": "", "unit": "minutes"}, None),
        ("clocks.allowances[tier_1,low].calendar", {"value": "new_york"}, "new_york"),
        ("clocks.kinds[resolution].pauses", {"value": "no"}, False),
        ("clocks.kinds[resolution].warn_at_percent", {"value": "50\r\n\r\n 90 "}, [50, 90]),
        ("ladders[answers].steps[late].tell", {"value": "owner\nteam"}, ["owner", "team"]),
        ("escalation.grounds[legal_exposure].qualifies", {"value": "a\r\nb"}, "a\nb"),
        ("reasons.hold[legal].help", {"value": " "}, None),
    ],
)
def test_what_a_form_posts_becomes_the_value(path: str, posted: dict[str, str], value: Any) -> None:
    assert typed(describe(RULES, path), posted) == value


@pytest.mark.parametrize("path", ["", "nothing", "reasons.hold[legal]", "reasons.hold[nothing].name"])
def test_a_path_that_names_no_value_is_refused(path: str) -> None:
    with pytest.raises(Mistakes):
        describe(RULES, path)


def test_choices_are_the_handbooks_own() -> None:
    field = describe(RULES, "clocks.calendar")
    assert (field.kind, [key for key, _name in field.choices]) == ("choice", ["london", "new_york", "always"])
    assert dict(describe(RULES, "escalation.matrix[low].one").choices)["tier_1"] == "Tier 1"
