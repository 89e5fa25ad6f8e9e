"""A5: nobody approves their own money, in 2,000 generated organisations, each human tried from every seat."""

from dataclasses import replace
from itertools import product

import pytest

from recourse.approvals.policy import Seat, as_given, is_complete, may_approve, seat, who_must_decide
from tests.rooms.approvals.organisations import (
    LADDER,
    Account,
    World,
    colleague,
    key,
    make_world,
    matter_in,
    model_allows,
    model_people,
)

GRAPHS, BLOCK = 2_000, 250


@pytest.mark.parametrize("first", range(0, GRAPHS, BLOCK))
def test_the_rules_agree_with_the_model_for_every_human_and_seat(first: int) -> None:
    tried = allowed = 0
    for seed in range(first, first + BLOCK):
        world = make_world(seed)
        matter, around = matter_in(world)
        for account in world.accounts:
            for giver in (None, *world.accounts):
                taken = seat(colleague(account), matter, around, colleague(giver) if giver else None)
                counts = isinstance(taken, Seat) and may_approve(taken, matter, []) is None
                assert counts == model_allows(world, account, giver), (seed, account, giver, taken)
                tried, allowed = tried + 1, allowed + counts
    assert tried > BLOCK * 20
    assert allowed > BLOCK / 2


@pytest.mark.parametrize("first", range(0, GRAPHS, BLOCK))
def test_whoever_is_asked_may_decide_and_nobody_is_asked_in_vain(first: int) -> None:
    asked = none = 0
    for seed in range(first, first + BLOCK):
        world = make_world(seed)
        matter, around = matter_in(world)
        routing = who_must_decide(matter, around)
        people = model_people(world)
        if routing is None:
            none += 1
            assert not can_complete(world, people, len(LADDER) - 1), seed
            continue
        asked += 1
        told = {int(one.person) - 10**6 for one in routing.seats}
        assert told <= set(people), seed
        assert len(told) == len(routing.seats)
        assert is_complete(map(as_given, routing.seats), matter.route)
        assert can_complete(world, people, routing.level), seed
        lowest = LADDER.index(world.first_level) if world.first_level else 0
        assert not any(can_complete(world, people, level) for level in range(lowest, routing.level)), seed
    assert min(asked, none) > BLOCK / 20


Ways = dict[int, list[tuple[Account, Account | None]]]


def can_complete(world: World, people: Ways, highest: int) -> bool:
    """Tell by the model whether the humans up to a step of the ladder, with those who must sign, would be enough.

    Each human gives one yes, from one of their accounts, for one of those they act for: every placing is tried.
    """
    lowest = LADDER.index(world.first_level) if world.first_level else 0
    steps, required = set(LADDER[lowest : highest + 1]), set(world.required)
    choices = []
    for ways in people.values():
        counts = []
        for account, giver in ways:
            roles = (giver or account).roles
            covers = bool(roles & set(LADDER)) and model_covers(world, account, giver)
            if (covers and roles & steps) or roles & required:
                counts.append((covers, roles & required))
        choices.append(counts or [None])
    for placing in product(*choices):
        yes = [one for one in placing if one is not None]
        signed = set().union(*(roles for _covers, roles in yes))
        if len(yes) >= world.needed and any(covers for covers, _roles in yes) and signed >= required:
            return True
    return False


def model_covers(world: World, account: Account, giver: Account | None) -> bool:
    """Tell by the model whether it is the limit that lets them."""
    return model_allows(replace(world, required=()), account, giver)


@pytest.mark.parametrize("length", range(1, 7))
def test_a_ring_of_delegations_lets_nobody_act_for_anybody(length: int) -> None:
    world = make_world(7)
    world.delegations = [(one, (one + 1) % length, 0, 48) for one in range(length)]
    matter, around = matter_in(world)
    for account in world.accounts:
        for giver in world.accounts:
            taken = seat(colleague(account), matter, around, colleague(giver))
            assert not isinstance(taken, Seat), (account, giver)


def test_ending_a_delegation_just_before_the_decision_does_not_help() -> None:
    world = make_world(11)
    other = next(one for one in world.accounts if one.human not in set().union(*world.parts.values()))
    proposer = next(iter(world.parts["proposer"]))
    world.delegations = [(proposer, other.human, 0, world.asked + 1)]
    world.now = world.asked + 9
    matter, around = matter_in(world)
    taken = seat(colleague(other), matter, around)
    assert not isinstance(taken, Seat) or not other.is_active
    assert key(1, proposer) in matter.parties.everybody
