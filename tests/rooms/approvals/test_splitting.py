"""A6: splitting one payment does not avoid the limit that the sum would meet. Measured, with the rules' own functions.

Attackers know every limit and every window; they choose sizes, times, kinds, cases, colleagues and payees to stay under.
Honest traffic: lognormal amounts, few returning customers, packages of several lines, made from a fixed seed.
"""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

import pytest

from recourse.approvals.policy import Caps, Part, Sums, beyond, caps_of, flags, line_with_parts
from recourse.approvals.policy.limits import About
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.reading import default_rules
from recourse.handbook.policy.shape import Severity
from tests.cast import AT
from tests.rooms.approvals.conftest import DAY, HOUR, Desk

RULES = default_rules()
CAPS = caps_of(RULES, About(LineKind.REFUND, Severity.MEDIUM, "GBP"), person=UUID(int=0), roles=["resolver"])
PLANS, HONEST = 1_000, 20_000


@dataclass
class Counter:
    """What is counted against limits, as the ledger's budgets do, and all earlier parts."""

    caps: Caps = CAPS
    parts: list[Part] = field(default_factory=list)

    def holds(self, new: Part) -> bool:
        """Tell whether a line is held for a higher level; one that is not is granted and counted."""
        found = flags(new, self.parts, RULES.authority, limit=self.caps.per_line)
        sums = Sums(line_with_parts(new.minor, found), self._case(new), self._customer(new))
        day = sum(part.minor for part in self._since(new, 1) if part.proposer == new.proposer)
        is_held = bool(found) or beyond(self.caps, sums) is not None or day + new.minor > self.caps.per_agent
        self.parts.append(new)
        return is_held

    def _since(self, new: Part, days: int) -> Iterator[Part]:
        return (part for part in self.parts if dt.timedelta(0) <= new.at - part.at < days * DAY)

    def _case(self, new: Part) -> int:
        return new.minor + sum(part.minor for part in self.parts if part.case == new.case)

    def _customer(self, new: Part) -> int:
        days = RULES.authority.customer_days
        return new.minor + sum(part.minor for part in self._since(new, days) if part.customer == new.customer)


def person(number: int) -> UUID:
    """Return a key."""
    return UUID(int=number)


Plan = Callable[[random.Random], list[Part]]


def parts_of(dice: random.Random, total: int, count: int, span: dt.timedelta, **fixed: object) -> list[Part]:
    """Return parts of one sum, each at most just under the limit, at random times within a span."""
    sizes, left = [], total
    for index in range(count):
        least = max(1, left - (count - index - 1) * CAPS.per_line)
        size = left if index == count - 1 else dice.randint(least, min(CAPS.per_line, left - (count - index - 1)))
        sizes.append(size)
        left -= size
    times = sorted(AT + dice.random() * span for _size in sizes)
    base = {"kind": "refund", "case": person(1), "proposer": person(2), "customer": "jane", "payee": "jane"}
    return [Part(at=at, minor=size, **{**base, **fixed}) for at, size in zip(times, sizes, strict=True)]  # type: ignore[arg-type]


def total_and_count(dice: random.Random) -> tuple[int, int]:
    """Return a sum above the limit and a number of parts that stay under it."""
    count = dice.randint(2, 8)
    return dice.randint(CAPS.per_line + 1, CAPS.per_line * count), count


def same_case(dice: random.Random) -> list[Part]:
    """One agent, one case, within an hour to a month."""
    return parts_of(dice, *total_and_count(dice), dice.choice((HOUR, DAY, 29 * DAY)))


def across_cases(dice: random.Random) -> list[Part]:
    """A new case for each part, one customer."""
    found = parts_of(dice, *total_and_count(dice), dice.choice((HOUR, DAY, 29 * DAY)))
    return [replace(part, case=person(100 + index)) for index, part in enumerate(found)]


def across_customers(dice: random.Random) -> list[Part]:
    """A new case and a new customer for each part, one account that is paid."""
    found = across_cases(dice)
    return [replace(part, customer=f"customer {index}", payee="account 7") for index, part in enumerate(found)]


def by_colleagues(dice: random.Random) -> list[Part]:
    """Colleagues take turns on the cases of one customer."""
    return [replace(part, proposer=person(200 + dice.randrange(4))) for part in across_cases(dice)]


def one_payment(dice: random.Random) -> list[Part]:
    """Kinds, cases and colleagues change, against one payment."""
    kinds = [kind.value for kind in LineKind]
    return [
        replace(part, kind=dice.choice(kinds), payment="charge 9", customer=f"c{index}", payee=f"p{index}")
        for index, part in enumerate(by_colleagues(dice))
    ]


def kinds_change(dice: random.Random) -> list[Part]:
    """Kinds change on one case, beyond what the case allows together."""
    count = dice.randint(3, 8)
    total = dice.randint(CAPS.per_case + 1, max(CAPS.per_case + 2, CAPS.per_line * count))
    kinds = dice.sample([kind.value for kind in LineKind], count)
    found = parts_of(dice, total, count, dice.choice((HOUR, DAY, 29 * DAY)))
    return [replace(part, kind=kind) for part, kind in zip(found, kinds, strict=True)]


def just_under(dice: random.Random) -> list[Part]:
    """Every part just under the limit, customers and accounts change, one agent, within a week."""
    count = dice.randint(3, 8)
    sizes = [dice.randint(int(CAPS.per_line * 0.92), CAPS.per_line) for _number in range(count)]
    times = sorted(AT + dice.random() * 6 * DAY for _size in sizes)
    return [
        Part(
            at=at, minor=size, kind="refund", case=person(300 + n), proposer=person(2), customer=f"c{n}", payee=f"p{n}"
        )
        for n, (at, size) in enumerate(zip(times, sizes, strict=True))
    ]


ATTACKERS: tuple[Plan, ...] = (
    same_case, across_cases, across_customers, by_colleagues, one_payment, kinds_change, just_under,
)  # fmt: skip


def crossing(plan: Plan, parts: list[Part]) -> int:
    """Return the part with which the sum first passes the limit that it would have met as one."""
    if plan is just_under:
        return 2
    limit = CAPS.per_case if plan is kinds_change else CAPS.per_line
    total = 0
    for index, part in enumerate(parts):
        total += part.minor
        if total > limit:
            return index
    raise AssertionError("a plan that stays under the limit is no attack")


def caught(plan: Plan, parts: list[Part]) -> bool:
    """Tell whether the plan is held before a second part beyond the limit goes through."""
    counter = Counter()
    held = [index for index, part in enumerate(parts) if counter.holds(part)]
    return bool(held) and held[0] <= crossing(plan, parts)


def test_a_thousand_plans_to_split_are_stopped_or_flagged() -> None:
    dice = random.Random(6)
    missed = []
    for number in range(PLANS):
        plan = ATTACKERS[number % len(ATTACKERS)]
        parts = plan(dice)
        if not caught(plan, parts):
            missed.append((number, plan.__name__))
    rate = 1 - len(missed) / PLANS
    print(f"split plans: {PLANS}, caught {rate:.1%}")
    assert rate >= 0.99, missed[:5]


def honest(dice: random.Random, count: int) -> Iterator[Part]:
    """Yield honest lines of 40 people over a year, oldest first.

    One contact in ten is of a customer who came before, at any time in about the last 90 days; three in ten cases get
    two or three lines; amounts are lognormal, the middle one at 33.
    """
    at, customers = AT - 365 * DAY, 0
    while count > 0:
        at += dice.expovariate(1) * 26 * dt.timedelta(minutes=1)
        customers += 1
        is_known = dice.random() < 0.1 and customers > 10
        customer = f"c{dice.randrange(max(1, customers - 5_000), customers)}" if is_known else f"c{customers}"
        case = UUID(int=dice.getrandbits(64))
        kinds = ["refund", *(kind for kind in ("goodwill", "store_credit") if dice.random() < 0.2)]
        for kind in kinds[:count]:
            minor = max(100, int(dice.lognormvariate(8.1, 0.9)))
            yield Part(
                at=at, minor=min(minor, CAPS.per_line * 4), kind=kind, case=case, proposer=person(dice.randrange(40)),
                customer=customer, payee=customer, payment=f"{case}" if kind == "refund" else "",
            )  # fmt: skip
            count -= 1


@pytest.mark.parametrize("role", ["resolver", "front-line agent"])
def test_honest_traffic_is_left_alone(role: str) -> None:
    limit = caps_of(RULES, About(LineKind.REFUND, Severity.MEDIUM, "GBP"), person=UUID(int=0), roles=[role]).per_line
    by_customer: dict[str, list[Part]] = {}
    by_proposer: dict[UUID, list[Part]] = {}
    flagged = 0
    for part in honest(random.Random(8), HONEST):
        theirs, own = by_customer.setdefault(part.customer, []), by_proposer.setdefault(part.proposer, [])
        week = [one for one in own[-200:] if part.at - one.at < 7 * DAY and one.customer != part.customer]
        flagged += bool(flags(part, [*theirs, *week], RULES.authority, limit=limit))
        theirs.append(part)
        own.append(part)
    rate = flagged / HONEST
    print(f"honest lines of {role}: {HONEST}, flagged {rate:.2%}")
    assert rate <= 0.02


def test_490_three_times_in_an_hour_is_held_from_the_second_on(desk: Desk) -> None:
    desk.edition("authority.limits[resolver].per_line", 50_000)
    first = desk.ask(49_000, by="rosa", case=desk.case())
    second = desk.ask(49_000, by="rosa", at=AT + HOUR / 3, case=desk.case())
    third = desk.ask(49_000, by="rosa", at=AT + HOUR / 2, case=desk.case())
    assert [first.state, second.state, third.state] == ["granted", "asked", "asked"]
    assert second.needed_minor == 98_000
    assert second.is_flagged
    assert {flag["kind"] for flag in second.flags} == {"payee", "customer", "approver"}
    assert (third.needed_minor, third.level) == (147_000, 1)


def test_what_was_refused_is_no_part(desk: Desk) -> None:
    first = desk.decide(desk.ask(30_000, by="rosa"), "refuse")
    again = desk.ask(25_000, by="rosa", at=AT + HOUR)
    assert (first.state, again.state) == ("refused", "granted")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"payee", "customer", "case", "approver"}),
        ({"payee": "", "customer": "", "case": person(9)}, set()),
        ({"kind": "goodwill"}, set()),
        ({"kind": "goodwill", "payment": "charge"}, {"payment"}),
        ({"kind": "goodwill", "minor": 24_000}, set()),
        ({"minor": 0}, set()),
        ({"at": AT - 366 * DAY}, set()),
        ({"at": AT - 40 * DAY}, {"case"}),
        ({"at": AT + DAY}, set()),
        ({"proposer": person(5)}, {"payee", "customer", "case"}),
        ({"proposer": person(5), "approver": person(2)}, {"payee", "customer", "case", "approver"}),
    ],
)
def test_parts_are_put_together_by_what_they_share(changes: dict[str, object], expected: set[str]) -> None:
    new = Part(
        at=AT, minor=24_000, kind="refund", case=person(1), proposer=person(2), customer="jane", payee="jane",
        payment="charge",
    )  # fmt: skip
    earlier = replace(new, minor=20_000, payment="", at=AT - HOUR)
    found = flags(new, [replace(earlier, **changes)], RULES.authority, limit=25_000)  # type: ignore[arg-type]
    assert {flag.kind for flag in found} == expected


def test_a_line_above_its_limit_or_of_nothing_splits_nothing() -> None:
    new = Part(at=AT, minor=25_001, kind="refund", case=person(1), proposer=person(2))
    for minor in (25_001, 0):
        assert flags(replace(new, minor=minor), [new], RULES.authority, limit=25_000) == ()
