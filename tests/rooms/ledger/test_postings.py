"""Postings balance, are made once, and neither the product nor SQL nor the owner changes them (A3)."""

import random
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from recourse.kit.errors import NotVisible, Refused
from recourse.kit.money import Money
from recourse.ledger import actions
from recourse.ledger.models import Balance, Posting
from recourse.ledger.policy import NewPosting, Stage
from recourse.ledger.queries import check_ledger
from tests.cast import AT, SYSTEM
from tests.equipment.counts import many
from tests.rooms.ledger.build import Story, eur
from tests.rooms.ledger.test_budgets import at_once

ONCE: dict[str, Any] = {"by": SYSTEM, "at": AT}
ACCOUNTS = [
    "clearing:promised",
    "clearing:approved",
    "cost:refund",
    "bank:card",
    "suspense:unexplained",
    "liability:vouchers",
]
ATTACKS = [
    "UPDATE ledger_posting SET amount_minor = amount_minor + 1",
    "UPDATE ledger_posting SET to_account_id = 'cost:refund'",
    "UPDATE ledger_posting SET reverses_id = NULL",
    "UPDATE ledger_posting SET key = key || 'x'",
    "DELETE FROM ledger_posting",
    "DELETE FROM ledger_posting WHERE reverses_id IS NULL",
    "UPDATE ledger_attempt SET key = 'other'",
    "UPDATE ledger_attempt SET amount_minor = 1",
    "DELETE FROM ledger_attempt",
    "UPDATE ledger_voucher SET amount_minor = 999999",
    "DELETE FROM ledger_voucher",
    "DELETE FROM ledger_paymentroom",
]
ON_POSTGRES = [f"TRUNCATE {table} CASCADE" for table in ("ledger_posting", "ledger_attempt", "ledger_voucher")]


def new(
    key: str, minor: int = 100, *, source: str = ACCOUNTS[0], to: str = ACCOUNTS[2], currency: str = "EUR"
) -> NewPosting:
    return NewPosting(
        key=key, from_account=source, to_account=to, amount=Money(minor, currency), stage=Stage.MOVED, matter=f"m:{key}"
    )


@pytest.mark.django_db
def test_the_same_key_posts_once_and_never_something_else() -> None:
    first = actions.post([new("a"), new("b")], **ONCE)
    again = actions.post([new("b"), new("a"), new("a")], **ONCE)
    assert [row.pk for row in again] == [first[1].pk, first[0].pk, first[0].pk]
    for other in (new("a", 101), new("a", currency="USD"), new("a", to="bank:card"), new("a", source="bank:card")):
        with pytest.raises(Refused) as refused:
            actions.post([other], **ONCE)
        assert refused.value.code == "ledger.key_reused"
    assert Posting.objects.count() == 2
    assert check_ledger(at=AT) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "bad", [new("a", 0), new("a", -5), new("a", to="clearing:promised"), new("a", to="teapot:x"), new("a", to="cost:")]
)
def test_what_is_no_movement_is_not_posted(bad: NewPosting) -> None:
    with pytest.raises(Refused):
        actions.post([new("ok"), bad], **ONCE)
    assert not Posting.objects.exists()


@pytest.mark.django_db
def test_a_posting_is_reversed_once_and_a_reversal_never() -> None:
    actions.post([new("a")], **ONCE)
    first = actions.reverse("a", why="error", **ONCE)
    assert actions.reverse("a", why="error", **ONCE).pk == first.pk
    assert (first.from_account_id, first.to_account_id, first.amount_minor) == ("cost:refund", "clearing:promised", 100)
    with pytest.raises(Refused):
        actions.reverse(first.key, why="error", **ONCE)
    with pytest.raises(NotVisible):
        actions.reverse("nothing", why="error", **ONCE)
    assert all(row.minor == 0 for row in Balance.objects.all())
    assert check_ledger(at=AT) == []


@pytest.mark.django_db
@pytest.mark.parametrize("attack", [*ATTACKS, *ON_POSTGRES])
def test_no_sql_changes_what_was_posted_or_planned(story: Story, attack: str, is_postgres: bool) -> None:
    if attack in ON_POSTGRES and not is_postgres:
        pytest.skip("SQLite has no TRUNCATE")
    attempt = story.refund(1_000)
    actions.post([new("a")], **ONCE)
    actions.reverse("a", why="x", **ONCE)
    actions.issue_voucher(
        story.approved(500), amount=eur(500), approval_ref="v", customer_id=story.cast.jane.pk, **ONCE
    )
    connection.check_constraints()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(attack)
    attempt.refresh_from_db()
    assert check_ledger(at=AT) == []


@pytest.mark.django_db
def test_the_model_refuses_too(story: Story) -> None:
    row = actions.post([new("a")], **ONCE)[0]
    for act in (row.save, row.delete, Posting.objects.all().delete, lambda: Posting.objects.update(amount_minor=1)):
        with pytest.raises(Refused):
            act()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "rule"),
    [("UPDATE ledger_balance SET minor = minor + 1", "balance"), ("UPDATE ledger_standing SET minor = 0", "standing"),
     ("UPDATE ledger_paymentroom SET refunding_minor = 0", "payment_refunding"),
     ("UPDATE ledger_budget SET granted_minor = 0", "budget_granted")],
)  # fmt: skip
def test_the_check_finds_a_sum_that_was_changed_behind_its_back(story: Story, sql: str, rule: str) -> None:
    from tests.rooms.ledger.test_budgets import grant, hold  # noqa: PLC0415

    story.refund(1_000)
    hold("m1", 300)
    grant("m1", 500)
    assert check_ledger(at=AT) == []
    connection.cursor().execute(sql)
    assert rule in {one.rule for one in check_ledger(at=AT)}


MOVES = st.lists(
    st.tuples(
        st.integers(0, 30), st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), st.integers(1, 10**9),
        st.sampled_from(["EUR", "JPY", "KWD", "CLF"]), st.booleans(),
    ),
    min_size=20, max_size=40,
)  # fmt: skip


class AnyPostings(TestCase):
    """Whatever is posted and reversed, however often, every sum agrees."""

    @settings(max_examples=many(60, 2_000), deadline=None)
    @given(MOVES)
    def test_whatever_is_posted_and_reversed_every_currency_sums_to_nothing(self, moves: Any) -> None:
        posted: dict[str, NewPosting] = {}
        for key, source, to, minor, currency, is_reversed in moves:
            told = posted.get(f"k{key}") or new(f"k{key}", minor, source=source, to=to, currency=currency)
            if told.from_account == told.to_account:
                continue
            posted[told.key] = told
            actions.post([told], **ONCE)
            if is_reversed:
                actions.reverse(told.key, why="x", **ONCE)
        assert check_ledger(at=AT) == []
        sums: dict[str, int] = {}
        for row in Balance.objects.all():
            sums[row.currency] = sums.get(row.currency, 0) + row.minor
        assert set(sums.values()) <= {0}


@pytest.mark.django_db
@pytest.mark.slow_once
def test_ten_thousand_postings_balance() -> None:
    dice = random.Random(1)
    batch = []
    for number in range(many(10_000, 1_000_000)):
        source, to = dice.sample(ACCOUNTS, 2)
        batch.append(
            new(f"n{number}", dice.randrange(1, 10**9), source=source, to=to, currency=dice.choice(["EUR", "JPY"]))
        )
        if len(batch) == 500:
            actions.post(batch, **ONCE)
            batch = []
    assert Posting.objects.count() == many(10_000, 1_000_000)
    assert check_ledger(at=AT) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sixteen_who_post_at_once_lose_nothing_and_post_one_key_once(is_postgres: bool) -> None:
    if not is_postgres:
        pytest.skip("writers take turns on SQLite")
    acts = [
        lambda n=n: actions.post([new(f"x{n}-{i}", to=ACCOUNTS[2 + i % 4]) for i in range(8)], **ONCE)
        for n in range(14)
    ]  # type: ignore[misc]
    acts += [lambda: actions.post([new("same")], **ONCE)] * 2
    assert at_once(acts) == [None] * 16  # type: ignore[arg-type]
    assert Posting.objects.count() == 14 * 8 + 1
    assert check_ledger(at=AT) == []
