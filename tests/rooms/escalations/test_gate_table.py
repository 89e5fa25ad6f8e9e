"""Every state × move × person × right: the table answers, and only the drawn moves pass."""

import itertools
from uuid import UUID, uuid4

import pytest

from recourse.escalations.policy import (
    ACTS,
    GATE_MOVES,
    MOVES,
    MOVES_BY_NAME,
    OPEN,
    SENTENCES,
    Guard,
    Mover,
    Standing,
    State,
    allowed_moves,
    is_ping_pong,
    may_move,
    note_refusal,
    passes_through,
)
from recourse.people.policy import Permission

REQUESTER, BEHALF, OFFERED, OTHER = (uuid4() for _ in range(4))
PERSONS: dict[str, frozenset[UUID]] = {
    "requester": frozenset({REQUESTER}), "on behalf": frozenset({BEHALF}), "offered": frozenset({OFFERED}),
    "other": frozenset({OTHER}), "nobody": frozenset(), "other for requester": frozenset({OTHER, REQUESTER}),
}  # fmt: skip
RIGHTS = frozenset(move.permission for move in MOVES_BY_NAME.values())


def standing(state: State, *, is_back_and_forth: bool = False) -> Standing:
    return Standing(state, frozenset({REQUESTER, BEHALF}), OFFERED, 2 if is_back_and_forth else 0, is_back_and_forth)


def fits(guard: Guard, who: str) -> bool:
    return {
        Guard.ANYONE: True,
        Guard.ANOTHER_PERSON: who in {"offered", "other"},
        Guard.REQUESTER: who in {"requester", "on behalf", "other for requester"},
        Guard.OFFERED: who == "offered",
    }[guard]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", MOVES_BY_NAME)
def test_a_move_passes_exactly_where_the_table_draws_it(state: State, name: str) -> None:
    move = MOVES_BY_NAME[name]
    for (who, persons), has_right in itertools.product(PERSONS.items(), (True, False)):
        rights = RIGHTS if has_right else RIGHTS - {move.permission}
        refused = may_move(name, standing(state), Mover(persons, rights))
        is_drawn = state in move.from_states and has_right and fits(move.guard, who)
        assert (refused is None) is is_drawn, (who, has_right, refused)
        assert refused is None or refused.code in SENTENCES


def test_nothing_moves_out_of_an_ended_escalation() -> None:
    for state in set(State) - set(OPEN):
        assert all(not {state} & set(move.from_states) for move in MOVES)
        open_to = allowed_moves(standing(state), Mover(frozenset({OTHER}), RIGHTS))
        assert {name for name, said in open_to.items() if said is None} <= {act.name for act in ACTS}


def test_every_state_can_be_reached_and_every_right_exists() -> None:
    assert {move.to_state for move in MOVES} | {State.REQUESTED} == set(State)
    assert {permission.value for permission in Permission} >= RIGHTS


def test_an_escalation_is_judged_once() -> None:
    judged = Standing(State.FINISHED, frozenset(), is_judged=True)
    refused = may_move("judge", judged, Mover(frozenset({OTHER}), RIGHTS))
    assert refused is not None
    assert refused.code == "gate.judged"


@pytest.mark.parametrize("name", GATE_MOVES)
def test_after_going_back_and_forth_only_a_lead_decides(name: str) -> None:
    stuck = standing(State.REQUESTED, is_back_and_forth=True)
    refused = may_move(name, stuck, Mover(frozenset({OTHER}), RIGHTS))
    assert refused is not None
    assert refused.code == "gate.supervisor"
    assert may_move(name, stuck, Mover(frozenset({OTHER}), RIGHTS | {"team:lead"})) is None
    assert may_move(name, stuck, Mover(frozenset({REQUESTER}), RIGHTS | {"team:lead"})) is not None


def test_a_note_too_short_to_learn_from_is_refused() -> None:
    assert note_refusal("   thin   ", minimum=5) is not None
    assert note_refusal("x" * 20, minimum=20) is None


@pytest.mark.parametrize(
    ("draw", "percent", "passes"), [(0.0, 3, True), (0.0299, 3, True), (0.03, 3, False), (0.0, 0, False)]
)
def test_the_share_that_passes_is_the_handbooks(draw: float, percent: int, passes: bool) -> None:
    assert passes_through(draw, percent=percent) is passes


def test_the_second_bounce_is_one_too_many() -> None:
    assert [is_ping_pong(bounces, limit=2) for bounces in (0, 1, 2, 3)] == [False, False, True, True]
