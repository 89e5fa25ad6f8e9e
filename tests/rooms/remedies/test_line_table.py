"""Every state × move × role × right: the table answers, and only the drawn moves pass."""

import itertools

import pytest

from recourse.handbook.policy.remedies import Execution
from recourse.people.policy import ROLES, Permission
from recourse.remedies.policy import (
    ENDED,
    MOVE_OF,
    MOVES,
    SENTENCES,
    STATE_NAMES,
    UNSETTLED,
    LineStanding,
    Role,
    State,
    allowed_moves,
    may_move,
)

RIGHTS = frozenset(move.permission for move in MOVES if move.permission)


def fits(name: str, line: LineStanding) -> bool:
    needs_approval = name in {"offer", "accept", "execute", "start"}
    by_hand = name in {"confirm", "give_up"}
    if needs_approval and not line.has_approval:
        return False
    if name == "execute" and line.needs_acceptance and line.state is State.APPROVED:
        return False
    return not by_hand or line.execution is Execution.FULFILMENT


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", MOVE_OF)
def test_a_move_passes_exactly_where_the_table_draws_it(state: State, name: str) -> None:
    move = MOVE_OF[name]
    truths = (True, False)
    for role, has_right, needs, approved, execution in itertools.product(Role, truths, truths, truths, Execution):
        line = LineStanding(state, execution, needs, approved)
        rights = RIGHTS if has_right else RIGHTS - {move.permission}
        refused = may_move(name, line, role, rights.__contains__)
        has_it = has_right or not move.permission
        is_drawn = role is move.role and state in move.from_states and has_it and fits(name, line)
        assert (refused is None) is is_drawn, (role, has_right, line, refused)
        assert refused is None or refused.code in SENTENCES


@pytest.mark.parametrize("held", ROLES.values(), ids=ROLES)
def test_each_role_of_the_company_moves_lines_by_its_rights_alone(held: frozenset[Permission]) -> None:
    for state, move in itertools.product(State, MOVES):
        line = LineStanding(state, Execution.FULFILMENT, needs_acceptance=False)
        refused = may_move(move.name, line, Role.STAFF, held.__contains__)
        is_drawn = move.role is Role.STAFF and state in move.from_states and move.permission in held
        assert (refused is None) is is_drawn


def test_a_line_that_has_ended_for_good_moves_no_more() -> None:
    for state in (State.WITHDRAWN, State.REPLACED):
        assert all(state not in move.from_states for move in MOVES)


def test_what_is_settled_can_only_come_back() -> None:
    assert [move.name for move in MOVES if State.SETTLED in move.from_states] == ["fail"]


def test_nothing_leads_back_from_a_yes_of_the_customer_but_failing() -> None:
    assert {move.to_state for move in MOVES if State.ACCEPTED in move.from_states} == {State.EXECUTING, State.FAILED}


def test_every_state_can_be_reached_has_a_name_and_is_settled_or_not() -> None:
    assert {move.to_state for move in MOVES} == set(State)
    assert set(STATE_NAMES) == set(State)
    assert {*ENDED, *UNSETTLED} == set(State)
    assert State.FAILED in UNSETTLED


def test_every_right_of_the_table_exists() -> None:
    assert {permission.value for permission in Permission} >= RIGHTS


def test_a_customer_has_three_answers_and_nothing_else() -> None:
    table = allowed_moves(LineStanding(State.OFFERED), Role.CUSTOMER, lambda right: False)
    assert [name for name, said in table.items() if said is None] == ["accept", "decline", "counter"]
