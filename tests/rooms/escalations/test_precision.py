"""How good the filter is, said with its uncertainty."""

import random

import pytest

from recourse.escalations.policy import HEADINGS, Outcome, precision
from recourse.kit.shares import Share


def outcome(**given: object) -> Outcome:
    usual: dict[str, object] = {
        "grounds": ("legal_exposure",), "agent": "ann", "team": "front", "month": "2026-03", "is_let_in": True,
        "is_returned": False,
    }  # fmt: skip
    return Outcome(**{**usual, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (4, 5, 0.3755, 0.9638),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (50, 100, 0.4038, 0.5962),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    found = Share(part, whole).interval
    assert found == pytest.approx((low, high), abs=5e-5)


def test_nine_are_too_few_to_say_and_ten_are_not() -> None:
    assert Share(9, 9).is_few
    assert not Share(9, 10).is_few
    assert Share(0, 0).rate is None


def test_a_refusal_let_in_by_chance_counts_as_returned_and_never_as_accepted_on_merit() -> None:
    rows = [outcome(is_let_in=True, is_pass_through=True, was_needed=True)] * 3
    rows += [outcome(is_let_in=False, is_returned=True)] * 7
    rows += [outcome(was_needed=True)] * 9 + [outcome(was_needed=False)]
    (line,) = precision(rows, by="all")
    assert (line.accepted.part, line.accepted.whole) == (10, 20)
    assert (line.returned.part, line.returned.whole) == (10, 20)
    assert (line.needed.part, line.needed.whole) == (9, 10)
    assert (line.missed.part, line.missed.whole) == (3, 3)
    assert line.missed.is_few


@pytest.mark.parametrize("by", HEADINGS)
def test_every_heading_counts_every_outcome(by: str) -> None:
    rows = [
        outcome(grounds=("a", "b"), agent="x"),
        outcome(grounds=("a",), agent="y", is_let_in=False, is_returned=True),
    ]
    lines = precision(rows, by=by)
    assert sum(line.accepted.whole for line in lines) == (3 if by == "ground" else 2)


def test_the_share_of_misses_is_recovered_from_a_random_share_of_refusals() -> None:
    draws = random.Random(7)
    rows = []
    for _ in range(20_000):
        is_wrong, is_through = draws.random() < 0.2, draws.random() < 0.05
        rows.append(
            outcome(
                is_let_in=is_through, is_returned=not is_through, is_pass_through=is_through,
                was_needed=is_wrong if is_through else None,
            )
        )  # fmt: skip
    (line,) = precision(rows, by="all")
    low, high = line.missed.interval
    assert low < 0.2 < high
    assert high - low < 0.06
