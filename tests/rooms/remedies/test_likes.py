"""Like cases: the nearest by loss, length, product and channel; a band from ten on, and nothing before."""

from dataclasses import replace
from uuid import uuid4

import pytest

from recourse.handbook.policy.remedies import Peers
from recourse.remedies.policy import Peer, like_cases, percentile, share_of
from recourse.remedies.policy.likes import distance

HERE = Peer(uuid4(), given=0, loss=10_000, days=3, product="kettle", channel="web")
RULES = Peers()


def peers(*shares: int) -> list[Peer]:
    return [replace(HERE, case_id=uuid4(), given=share, loss=10_000) for share in shares]


def test_nine_are_too_few_to_say() -> None:
    found = like_cases(HERE, peers(*[10_000] * 9), RULES)
    assert found.is_few
    assert not found.is_outside(0)
    assert len(found.peers) == 9


def test_ten_span_a_band_from_the_tenth_to_the_ninetieth_in_a_hundred() -> None:
    found = like_cases(HERE, peers(*range(1_000, 11_000, 1_000)), RULES)
    assert (found.low, found.high) == (1_000, 9_000)
    assert not found.is_outside(1_000)
    assert not found.is_outside(9_000)
    assert found.is_outside(999)
    assert found.is_outside(9_001)


def test_the_nearest_count_and_the_far_ones_do_not() -> None:
    near = peers(*[10_000] * 40)
    far = [replace(one, case_id=uuid4(), loss=1_000_000, given=0) for one in near]
    found = like_cases(HERE, [*far, *near], RULES)
    assert {one.case_id for one in found.peers} == {one.case_id for one in near}
    assert (found.low, found.high) == (10_000, 10_000)


@pytest.mark.parametrize(
    "other",
    [
        replace(HERE, loss=20_001), replace(HERE, days=7), replace(HERE, product="lamp"), replace(HERE, channel="phone"),
    ],
)  # fmt: skip
def test_each_difference_makes_a_case_less_like(other: Peer) -> None:
    assert distance(HERE, other) > distance(HERE, HERE) == 0


def test_a_percentile_is_a_value_that_somebody_got() -> None:
    assert [percentile([1, 2, 3, 4], percent) for percent in (0, 25, 26, 90, 100)] == [1, 1, 2, 4, 4]


def test_of_no_loss_nothing_is_a_share() -> None:
    assert share_of(500, 0) == 0
    assert share_of(1, 3) == 3_333
