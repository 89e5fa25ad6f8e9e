"""Generated organisations, and a model of who may decide that shares no code with the rules: it walks hour by hour."""

import datetime as dt
import random
from dataclasses import dataclass, field
from uuid import UUID

from recourse.approvals.policy import About, Colleague, Matter, Organisation, Parties, Sums
from recourse.handbook.policy.authority import ApprovalRoute, Authority, Level, Limit
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.reading import default_rules
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.shape import Severity
from recourse.people.policy import Period

ZERO = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
HOURS = 48
ROLES = ("lead", "finance", "director", "legal", "clerk")
LADDER = ("lead", "finance", "director")
PARTS = ("proposer", "editor", "beneficiary", "executor", "rule_author")


@dataclass(frozen=True)
class Account:
    """An account as the model sees it: a number, a human, roles, whether it works here, may decide, is there."""

    number: int
    human: int
    roles: frozenset[str]
    is_active: bool
    may_decide: bool
    is_present: bool


@dataclass
class World:
    """One organisation and one matter in it, in whole hours and pounds."""

    accounts: list[Account]
    delegations: list[tuple[int, int, int, int]]  # giver, receiver (humans), from hour, until hour
    parts: dict[str, set[int]]
    limits: dict[str, int]
    own_limits: dict[int, int]
    later_limits: dict[str, int]
    amount: int
    needed: int
    required: tuple[str, ...]
    first_level: str | None
    asked: int
    now: int
    given: list[int] = field(default_factory=list)


def key(kind: int, number: int) -> UUID:
    """Return the key of a human (1) or account (2)."""
    return UUID(int=kind * 10**6 + number)


def hour(number: int) -> dt.datetime:
    """Return an instant."""
    return ZERO + number * dt.timedelta(hours=1)


def make_world(seed: int) -> World:
    """Make an organisation: some humans with two accounts, roles, delegations in chains and cycles, changes in between."""
    dice = random.Random(seed)
    humans = dice.randint(3, 8)
    accounts = []
    for number in range(humans + dice.randint(0, 3)):
        human = number if number < humans else dice.randrange(humans)
        roles = frozenset(dice.sample(ROLES, dice.choice((0, 1, 1, 1, 2))))
        accounts.append(Account(number, human, roles, dice.random() > 0.08, dice.random() > 0.1, dice.random() > 0.15))
    asked = dice.randint(4, 30)
    parts = {part: {dice.randrange(humans)} if dice.random() < 0.3 else set() for part in PARTS}
    parts["proposer"] = {dice.randrange(humans)}
    return World(
        accounts=accounts,
        delegations=_delegations(dice, humans),
        parts=parts,
        limits={role: dice.choice((0, 100, 500, 1000)) for role in LADDER},
        own_limits={dice.randrange(humans): dice.choice((0, 100, 2000))} if dice.random() < 0.3 else {},
        later_limits={role: dice.choice((0, 100, 500, 1000)) for role in LADDER} if dice.random() < 0.4 else {},
        amount=dice.choice((1, 100, 101, 500, 501, 1000, 1001)),
        needed=dice.choice((1, 1, 2, 3)),
        required=dice.choice(((), (), ("legal",), ("legal", "clerk"))),
        first_level=dice.choice((None, None, "finance")),
        asked=asked,
        now=asked + dice.randint(0, 12),
    )


def _delegations(dice: random.Random, humans: int) -> list[tuple[int, int, int, int]]:
    """Return delegations, now and then a cycle of 1 to 6 humans."""
    found = []
    for _number in range(dice.choice((0, 1, 1, 2, 3))):
        giver, receiver = dice.randrange(humans), dice.randrange(humans)
        start = dice.randint(0, HOURS - 1)
        found.append((giver, receiver, start, dice.randint(start + 1, HOURS)))
    if dice.random() < 0.25:
        length = min(dice.randint(1, 6), humans)
        ring = dice.sample(range(humans), length)
        found += [(ring[i], ring[(i + 1) % length], 0, HOURS) for i in range(length)]
    return found


# The model. ----------------------------------------------------------------------------------------------------------


def model_allows(world: World, account: Account, giver: Account | None) -> bool:
    """Tell whether a yes of this account, for itself or for another, counts; worked out by hand from the promise."""
    acting = [account] if giver is None else [account, giver]
    if not all(one.is_active and one.may_decide for one in acting):
        return False
    with_part = set().union(*world.parts.values())
    for one in acting:
        if one.human in with_part:
            return False
        for moment in range(world.asked, world.now + 1):
            if any(other in with_part for other in _tied_at(world, one.human, moment)):
                return False
    if giver is not None and not _may_stand_in(world, account.human, giver.human):
        return False
    roles = acting[-1].roles
    is_on_ladder = bool(roles & set(LADDER))
    reach = min(_reach(world, one) for one in acting)
    return (is_on_ladder and world.amount <= reach) or bool(roles & set(world.required))


def _tied_at(world: World, human: int, moment: int) -> set[int]:
    found = set()
    for giver, receiver, start, end in world.delegations:
        if start <= moment < end:
            if giver == human:
                found.add(receiver)
            if receiver == human:
                found.add(giver)
    return found


def _may_stand_in(world: World, receiver: int, giver: int) -> bool:
    here = [(g, r) for g, r, start, end in world.delegations if start <= world.now < end]
    is_chain = any(r == giver for _g, r in here) or any(g == receiver for g, _r in here)
    return (giver, receiver) in here and not is_chain


def _reach(world: World, account: Account) -> int:
    def under(limits: dict[str, int]) -> int:
        if account.human in world.own_limits:
            return world.own_limits[account.human]
        return max([limits[role] for role in account.roles if role in limits], default=0)

    return min(under(world.limits), under(world.later_limits or world.limits))


def model_people(world: World) -> dict[int, list[tuple[Account, Account | None]]]:
    """Return, by human, the ways in which their yes counts, of those who are there now."""
    found: dict[int, list[tuple[Account, Account | None]]] = {}
    for account in world.accounts:
        for giver in (None, *world.accounts):
            if account.is_present and model_allows(world, account, giver):
                found.setdefault(account.human, []).append((account, giver))
    return found


# The same world as the rules take it. --------------------------------------------------------------------------------


def rules_with(world: World, limits: dict[str, int]) -> Rules:
    """Return a handbook with the world's limits, ladder and way."""

    def limit(name: str, minor: int, **whose: str) -> Limit:
        told = dict.fromkeys(("per_line", "per_case", "per_customer", "per_agent"), minor)
        return Limit(key=name, currency="GBP", **told, **whose)

    rows = [limit(role, minor, role=role) for role, minor in limits.items()]
    rows += [limit(f"own_{human}", minor, person=str(key(1, human))) for human, minor in world.own_limits.items()]
    way = ApprovalRoute(
        key="way", name="Way", approvers=world.needed, asked_at_once=max(world.needed, 2),
        required_roles=world.required, first_level=world.first_level,
    )  # fmt: skip
    ladder = tuple(Level(key=role, name=role, roles=(role,)) for role in LADDER)
    authority = Authority(limits=tuple(rows), levels=ladder, ways=(way,))
    return default_rules().model_copy(update={"authority": authority})


def matter_in(world: World) -> tuple[Matter, Organisation]:
    """Return the world's matter and organisation."""
    then = rules_with(world, world.limits)
    now = rules_with(world, world.later_limits) if world.later_limits else then
    matter = Matter(
        about=About(LineKind.REFUND, Severity.MEDIUM, "GBP"),
        sums=Sums(world.amount, world.amount, world.amount),
        parties=Parties(**{part: frozenset(key(1, human) for human in who) for part, who in world.parts.items()}),
        route=then.authority.ways[0],
        asked_under=then,
        now=now,
        asked_at=hour(world.asked),
        at=hour(world.now),
    )
    around = Organisation(
        tuple(colleague(account) for account in world.accounts),
        tuple(Period(key(1, g), key(1, r), hour(start), hour(end)) for g, r, start, end in world.delegations),
    )
    return matter, around


def colleague(account: Account) -> Colleague:
    """Return an account as the rules take it."""
    return Colleague(
        staff_id=key(2, account.number),
        person=key(1, account.human),
        roles=account.roles,
        is_active=account.is_active,
        is_present=account.is_present,
        may_decide=account.may_decide,
    )
