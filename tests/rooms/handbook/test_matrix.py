"""The matrix from severity and impact to tier is whole, and never sends a worse case lower."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from recourse.handbook.policy.escalation import EscalationRules
from recourse.handbook.policy.reading import default_rules, read_tree
from recourse.handbook.policy.shape import ESCALATION_TIERS, IMPACTS, SEVERITIES, TIERS, Impact, Severity
from tests.rooms.handbook.changed import mistakes, tree

TIER = st.sampled_from([tier.value for tier in TIERS])


def _matrix(cells: list[list[str]]) -> list[dict[str, str]]:
    return [
        {"severity": severity, **dict(zip(IMPACTS, row, strict=True))}
        for severity, row in zip(SEVERITIES, cells, strict=True)
    ]


def _is_sound(cells: list[list[str]]) -> bool:
    """The rule said once more in another way: compare every pair of cells."""
    order = [tier.value for tier in TIERS]
    places = [(row, column) for row in range(4) for column in range(4)]
    return all(cells[row][column] != "front_line" for row, column in places) and all(
        order.index(cells[a][b]) <= order.index(cells[c][d]) for a, b in places for c, d in places if a <= c and b <= d
    )


@settings(deadline=None)
@given(st.lists(st.lists(TIER, min_size=4, max_size=4), min_size=4, max_size=4))
def test_a_matrix_is_taken_exactly_when_no_worse_case_goes_lower(cells: list[list[str]]) -> None:
    changed = tree()
    changed["escalation"]["matrix"] = _matrix(cells)
    assert (not mistakes(changed)) == _is_sound(cells)


@settings(deadline=None)
@given(st.lists(st.sampled_from(ESCALATION_TIERS), min_size=16, max_size=16))
def test_a_matrix_that_rises_gives_each_pair_the_tier_of_its_cell(drawn: list[str]) -> None:
    rising = sorted(drawn)
    cells = [[rising[row + column] for column in range(4)] for row in range(4)]
    changed = tree()
    changed["escalation"]["matrix"] = _matrix(cells)
    rules = read_tree(changed)
    for row, severity in enumerate(Severity):
        for column, impact in enumerate(Impact):
            assert rules.escalation.tier_for(severity, impact) == cells[row][column]


@settings(deadline=None)
@given(st.sets(st.sampled_from(SEVERITIES), max_size=3))
def test_a_missing_row_is_refused(kept: set[Severity]) -> None:
    changed = tree()
    changed["escalation"]["matrix"] = [row for row in changed["escalation"]["matrix"] if row["severity"] in kept]
    assert mistakes(changed) == [("escalation", "matrix.missing")]


def test_a_missing_cell_is_refused_by_name() -> None:
    changed: dict[str, Any] = tree()
    del changed["escalation"]["matrix"][2]["many"]
    assert mistakes(changed) == [("escalation.matrix[high].many", "missing")]


def test_a_tier_without_a_team_is_refused() -> None:
    changed = tree()
    changed["escalation"]["tiers"].pop()
    assert mistakes(changed) == [("escalation", "rules.missing")]


def test_the_matrix_is_part_of_the_protocol() -> None:
    assert isinstance(default_rules().escalation, EscalationRules)
