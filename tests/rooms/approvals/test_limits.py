"""Limits, ways and hours: example tables without a database."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from recourse.approvals.policy import (
    NOTHING,
    About,
    Caps,
    Colleague,
    Given,
    Matter,
    Organisation,
    Parties,
    Remembered,
    Sums,
    Terms,
    beyond,
    caps_of,
    due_at,
    frozen,
    is_complete,
    is_fresh,
    is_within_own_authority,
    lesser,
    level_needed,
    needs_fresh_factor,
    remind_at,
    route_for,
    seats,
    terms_hash,
    who_must_decide,
)
from recourse.approvals.policy.limits import counted, rate_of
from recourse.approvals.policy.routing import _chosen
from recourse.handbook.policy.editing import with_value
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.money import Rate
from recourse.handbook.policy.reading import default_rules
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.shape import Severity
from recourse.kit.money import Money
from tests.cast import AT
from tests.rooms.handbook.changed import mistakes, tree

RULES = default_rules()
ANNA = UUID(int=1)
REFUND = About(LineKind.REFUND, Severity.MEDIUM, "GBP")


def with_rate(value: str = "0.8") -> Rules:
    """Return the defaults with a rate from euros."""
    money = RULES.money.model_copy(
        update={"rates": (Rate(from_currency="EUR", to_currency="GBP", value=value, source="test"),)}
    )
    return RULES.model_copy(update={"money": money})


@pytest.mark.parametrize(
    ("roles", "kind", "severity", "per_line"),
    [
        (["front-line agent"], "refund", "medium", 2_500),
        (["resolver"], "refund", "medium", 25_000),
        (["resolver"], "refund", "critical", 50_000),
        (["resolver"], "goodwill", "medium", 10_000),
        (["resolver"], "goodwill", "critical", 10_000),
        (["resolver"], "consequential_loss", "low", 0),
        (["front-line agent", "resolver"], "refund", "low", 25_000),
        (["trainer"], "refund", "low", 0),
        ([], "refund", "low", 0),
    ],
)
def test_a_limit_is_that_of_the_widest_role_and_the_exactest_row(
    roles: list[str], kind: str, severity: str, per_line: int
) -> None:
    about = About(LineKind(kind), Severity(severity), "GBP")
    assert caps_of(RULES, about, person=ANNA, roles=roles).per_line == per_line


def test_a_persons_own_limit_replaces_those_of_the_roles_downward_too() -> None:
    own = {
        "key": "anna", "person": str(ANNA), "currency": "GBP", "per_line": 7, "per_case": 7, "per_customer": 7,
        "per_agent": 7,
    }  # fmt: skip
    rules = with_value(RULES, "authority.limits[anna]", own)
    assert caps_of(rules, REFUND, person=ANNA, roles=["director"]).per_line == 7
    assert caps_of(rules, REFUND, person=UUID(int=2), roles=["director"]).per_line == 10_000_000


def test_another_currency_counts_at_the_rate_and_without_one_not_at_all() -> None:
    rules = with_rate()
    assert counted(Money(10_000, "EUR"), rules) == Money(8_000, "GBP")
    assert counted(Money(10_000, "JPY"), rules) is None
    assert rate_of(rules, "JPY") is None
    euros = About(LineKind.REFUND, Severity.MEDIUM, "EUR")
    assert caps_of(rules, euros, person=ANNA, roles=["resolver"]).per_line == 25_000
    own = {
        "key": "eur", "role": "resolver", "currency": "EUR", "per_line": 10_000, "per_case": 10_000,
        "per_customer": 10_000, "per_agent": 10_000,
    }  # fmt: skip
    with_row = with_value(rules, "authority.limits[eur]", own)
    assert caps_of(with_row, euros, person=ANNA, roles=["resolver"]).per_line == 8_000
    lost = with_row.model_copy(update={"money": RULES.money})
    assert caps_of(lost, euros, person=ANNA, roles=["resolver"]) == NOTHING


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        (Sums(10, 20, 30, 20), None),
        (Sums(11, 20, 30, 20), "line"),
        (Sums(10, 21, 30, 20), "case"),
        (Sums(10, 20, 30, 21), "cause"),
        (Sums(10, 20, 31, 20), "customer"),
    ],
)
def test_equal_is_within_and_one_unit_more_is_not(sums: Sums, expected: str | None) -> None:
    assert beyond(Caps(10, 20, 30, 40), sums) == expected


def test_a_delegate_reaches_as_far_as_both_do() -> None:
    assert lesser(Caps(1, 9, 3, 8, keys=("a",)), Caps(2, 5, 7, 1, keys=("b", "a"))) == Caps(1, 5, 3, 1, keys=("a", "b"))


@pytest.mark.parametrize(
    ("kind", "line", "customer", "repeats", "expected"),
    [
        ("refund", 100, 100, 0, "usual"),
        ("refund", 100, 100, 3, "again"),
        ("refund", 500_000, 100, 0, "large"),
        ("refund", 100, 500_000, 0, "large"),
        ("refund", 499_999, 499_999, 0, "usual"),
        ("consequential_loss", 1, 1, 9, "loss"),
    ],
)
def test_the_first_way_that_fits_is_taken(kind: str, line: int, customer: int, repeats: int, expected: str) -> None:
    about = About(LineKind(kind), Severity.LOW, "GBP")
    assert route_for(RULES.authority, about, Sums(line, line, customer), repeats).key == expected


@pytest.mark.parametrize(
    ("way", "parties", "is_flagged", "line", "expected"),
    [
        ("usual", Parties(proposer=frozenset({ANNA})), False, 100, True),
        ("usual", Parties(proposer=frozenset({ANNA})), True, 100, False),
        ("usual", Parties(proposer=frozenset({ANNA})), False, 25_001, False),
        ("loss", Parties(proposer=frozenset({ANNA})), False, 0, False),
        ("usual", Parties(proposer=frozenset({ANNA}), beneficiary=frozenset({ANNA})), False, 100, False),
        ("usual", Parties(proposer=frozenset({ANNA}), executor=frozenset({ANNA})), False, 100, False),
        ("usual", Parties(proposer=frozenset({ANNA}), editor=frozenset({ANNA})), False, 100, True),
    ],
)
def test_who_may_decide_alone(way: str, parties: Parties, is_flagged: bool, line: int, expected: bool) -> None:
    route = next(one for one in RULES.authority.ways if one.key == way)
    caps = caps_of(RULES, REFUND, person=ANNA, roles=["resolver"])
    found = is_within_own_authority(caps, Sums(line, line, line), route, parties, is_flagged=is_flagged)
    assert found is expected


def test_hours_to_remind_and_to_run_out() -> None:
    usual = RULES.authority.ways[-1]
    assert (remind_at(usual, AT), due_at(usual, AT)) == (AT + dt.timedelta(hours=8), AT + dt.timedelta(hours=24))


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, True), (10, True), (10.1, False), (None, False)]
)  # fmt: skip
def test_a_second_factor_is_fresh_for_ten_minutes(minutes: float | None, expected: bool) -> None:
    given = None if minutes is None else AT - dt.timedelta(minutes=minutes)
    assert is_fresh(RULES.authority, given, AT) is expected


def test_from_which_amount_it_is_asked_for() -> None:
    assert [needs_fresh_factor(RULES.authority, minor) for minor in (99_999, 100_000)] == [False, True]
    off = with_value(RULES, "authority.step_up.from_minor", 0)
    assert not needs_fresh_factor(off.authority, 10**9)


@pytest.mark.parametrize(
    ("line", "kind", "roles", "expected"),
    [
        (2_500, "refund", ("front-line agent",), "own"),
        (2_501, "refund", ("front-line agent",), "lead, 1"),
        (100_001, "refund", ("front-line agent",), "finance, 1"),
        (1_000_001, "refund", ("front-line agent",), "director, 2"),
        (99_000_000, "refund", ("front-line agent",), "nobody"),
        (1, "consequential_loss", ("director",), "lead, 2"),
    ],
)
def test_the_level_that_an_asking_would_have_needed(
    line: int, kind: str, roles: tuple[str, ...], expected: str
) -> None:
    about = About(LineKind(kind), Severity.MEDIUM, "GBP")
    kept = Remembered(about=about, sums=Sums(line, line, line), repeats=0, roles=roles, is_flagged=False)
    assert level_needed(RULES, kept) == expected


def test_a_way_may_begin_higher_up() -> None:
    rules = with_value(RULES, "authority.ways[usual].first_level", "finance")
    kept = Remembered(about=REFUND, sums=Sums(3_000, 3_000, 3_000), repeats=0, roles=(), is_flagged=False)
    assert level_needed(rules, kept) == "finance, 1"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], False),
        ([(1, True, ())], False),
        ([(1, True, ()), (2, False, ("legal",))], True),
        ([(1, True, ()), (1, True, ("legal",))], False),
        ([(1, False, ("legal",)), (2, False, ("legal",))], False),
        ([(1, True, ()), (2, True, ())], False),
    ],
)
def test_enough_different_people_one_with_a_limit_every_role(given: list[Any], expected: bool) -> None:
    loss = RULES.authority.ways[0]
    said = [Given(UUID(int=who), covers, frozenset(roles)) for who, covers, roles in given]
    assert is_complete(said, loss) is expected


def test_only_as_many_are_asked_as_the_way_says_the_least_busy_of_the_team_first() -> None:
    people = [
        Colleague(staff_id=UUID(int=n), person=UUID(int=n), roles=frozenset({"team lead"}), load=load, shares_team=near)
        for n, load, near in ((1, 9, True), (2, 0, False), (3, 1, True), (4, 0, True), (5, 7, False))
    ]
    matter = a_matter()
    routing = who_must_decide(matter, Organisation(tuple(people)))
    assert routing is not None
    assert [one.person.int for one in routing.seats] == [4, 3, 1]
    assert len(seats(matter, Organisation(tuple(people)))) == 5
    assert who_must_decide(matter, Organisation()) is None
    with pytest.raises(AssertionError):
        _chosen([], matter.route, [])


def a_matter() -> Matter:
    """Return a refund of 300 that nobody here has a part in."""
    return Matter(
        about=REFUND, sums=Sums(30_000, 30_000, 30_000), parties=Parties(), route=RULES.authority.ways[-1],
        asked_under=RULES, now=RULES, asked_at=AT, at=AT,
    )  # fmt: skip


CHANGES: dict[str, Any] = {
    "amount": Money(2, "GBP"), "remedy_kind": "goodwill", "cause": "late", "evidence": ("b",), "content": {"a": 2},
    "payment": "charge", "payee": "iban", "payee_customer_id": UUID(int=9), "case_id": UUID(int=8), "matter": "m2",
    "kind": "other",
}  # fmt: skip
BESIDE: dict[str, Any] = {
    "severity": "high", "editors": (ANNA,), "beneficiary_person_ids": (ANNA,), "executor_person_ids": (ANNA,),
    "evidence": ("a2", "a1"),
}  # fmt: skip


def some_terms(**changes: Any) -> Terms:
    """Return terms."""
    told: dict[str, Any] = {
        "kind": "remedy_line", "matter": "m1", "case_id": UUID(int=7), "amount": Money(1, "GBP"),
        "remedy_kind": "refund", "severity": "low", "evidence": ("a1", "a2"), "content": {"a": 1},
    }  # fmt: skip
    return Terms(**{**told, **changes})


@pytest.mark.parametrize("name", CHANGES)
def test_any_change_of_terms_changes_the_hash(name: str) -> None:
    assert terms_hash(some_terms(**{name: CHANGES[name]})) != terms_hash(some_terms())


@pytest.mark.parametrize("name", BESIDE)
def test_what_stands_beside_the_terms_does_not(name: str) -> None:
    assert terms_hash(some_terms(**{name: BESIDE[name]})) == terms_hash(some_terms())


def test_the_payee_is_the_account_or_else_the_customer() -> None:
    assert some_terms(payee="iban").payee_key == "iban"
    assert some_terms(payee_customer_id=ANNA).payee_key == str(ANNA)
    assert some_terms().payee_key == ""
    assert frozen(some_terms())["amount"] == 1


NONSENSE: list[tuple[str, Any, str, str]] = [
    ("limits/0/role", None, "authority.limits[front_line]", "authority.whose"),
    ("limits/0/person", str(ANNA), "authority.limits[front_line]", "authority.whose"),
    ("limits/0/per_line", 6_000, "authority.limits[front_line]", "authority.order"),
    ("limits/0/per_agent", 1, "authority.limits[front_line]", "authority.order"),
    ("limits/0/per_line", -1, "authority.limits[front_line].per_line", "greater_than_equal"),
    ("limits/0/line_kinds", ["refund", "refund"], "authority.limits[front_line]", "rules.twice"),
    ("limits/0/line_kinds", ["gift"], "authority.limits[front_line].line_kinds[0]", "enum"),
    ("limits/0/case_severities", ["low", "low"], "authority.limits[front_line]", "rules.twice"),
    ("limits/0/currency", "USD", "authority.limits[front_line].currency", "rules.unknown"),
    ("limits/1/key", "front_line", "authority", "rules.twice"),
    ("limits/1/role", "front-line agent", "authority", "rules.twice"),
    ("levels/0/roles", [], "authority.levels[lead].roles", "too_short"),
    ("levels/1/key", "lead", "authority", "rules.twice"),
    ("ways/1/below_minor", 1, "authority.ways[large]", "route.band"),
    ("ways/0/asked_at_once", 1, "authority.ways[loss]", "route.too_few_asked"),
    ("ways/0/approvers", 0, "authority.ways[loss].approvers", "greater_than_equal"),
    ("ways/0/required_roles", ["legal", "legal"], "authority.ways[loss]", "rules.twice"),
    ("ways/0/remind_after_hours", 72, "authority.ways[loss]", "route.reminder"),
    ("ways/0/first_level", "boss", "authority.ways[loss].first_level", "rules.unknown"),
    ("ways/3/from_minor", 5, "authority", "route.missing"),
    ("ways/3/below_minor", 5, "authority", "route.missing"),
    ("ways/2/repeats_from", 0, "authority", "route.unreachable"),
    ("ways", [], "authority.ways", "too_short"),
    ("splitting/windows/1/key", "payee", "authority.splitting", "rules.twice"),
    ("customer_days", 0, "authority.customer_days", "greater_than_equal"),
    ("step_up/within_minutes", 0, "authority.step_up.within_minutes", "greater_than_equal"),
]


@pytest.mark.parametrize(("path", "value", "where", "code"), NONSENSE, ids=[f"{row[0]}={row[1]}" for row in NONSENSE])
def test_nonsense_is_refused_with_its_path(path: str, value: Any, where: str, code: str) -> None:
    changed = tree()
    place: Any = changed["authority"]
    *through, last = path.split("/")
    for step in through:
        place = place[int(step) if step.isdigit() else step]
    place[int(last) if last.isdigit() else last] = value
    assert (where, code) in mistakes(changed)


def test_a_handbook_of_before_reads_with_an_authority_that_lets_nobody_decide() -> None:
    older = {name: part for name, part in tree().items() if name != "authority"}
    assert mistakes(older) == []


def test_a_role_that_has_signed_is_not_asked_again() -> None:
    loss = RULES.authority.ways[0]
    matter = replace(a_matter(), route=loss, about=About(LineKind.CONSEQUENTIAL_LOSS, Severity.LOW, "GBP"))
    people = [
        Colleague(staff_id=UUID(int=n), person=UUID(int=n), roles=frozenset({role}))
        for n, role in ((1, "legal"), (2, "team lead"), (3, "legal"))
    ]
    given = [Given(UUID(int=1), covers=False, signs_as=frozenset({"legal"}))]
    routing = who_must_decide(matter, Organisation(tuple(people)), given=given)
    assert routing is not None
    assert routing.seats[0].person == UUID(int=2)
