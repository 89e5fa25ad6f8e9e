"""Limits hold however many ask at once, count what is asked for, and let go of what is over (A4, the ledger's part)."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from recourse.handbook.models import Edition
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.money import Money
from recourse.ledger import actions
from recourse.ledger.models import Budget, BudgetHold
from recourse.ledger.policy import HoldState, Scope, ScopeKind, Totals
from tests.cast import AT, SYSTEM, Cast
from tests.equipment.counts import many
from tests.rooms.ledger.build import eur

AGENT = Scope(ScopeKind.AGENT, "agent-1", 30, "EUR")
CASE = Scope(ScopeKind.CASE, "case-1", 0, "EUR")
DAY = dt.timedelta(days=1)
ONCE = {"by": SYSTEM, "at": AT}


def hold(matter: str, minor: int, *scopes: Scope, at: dt.datetime = AT) -> dict[Scope, Totals]:
    return dict(actions.hold_budget(scopes or (AGENT,), amount=eur(minor), matter=matter, by=SYSTEM, at=at))


def grant(matter: str, cap: int, *scopes: Scope, at: dt.datetime = AT, counts_pending: bool = False) -> None:
    caps = dict.fromkeys(scopes or (AGENT,), cap)
    actions.grant_budget(matter, caps=caps, by=SYSTEM, at=at, counts_pending=counts_pending)


def totals(scope: Scope = AGENT, at: dt.datetime = AT) -> Totals:
    return actions.budget_totals([scope], at=at)[scope]


@pytest.mark.django_db
def test_what_is_asked_for_counts_and_what_is_granted_counts_and_what_is_released_does_not() -> None:
    assert hold("m1", 300) == {AGENT: Totals(300, 0)}
    assert hold("m1", 300) == {AGENT: Totals(300, 0)}
    grant("m1", 500)
    grant("m1", 500)
    assert totals() == Totals(0, 300)
    hold("m2", 200)
    assert totals() == Totals(200, 300)
    actions.release_budget("m2", **ONCE)
    actions.release_budget("m1", **ONCE)
    actions.release_budget("m1", **ONCE)
    assert totals() == Totals(0, 0)
    assert hold("m1", 100) == {AGENT: Totals(100, 0)}


@pytest.mark.django_db
def test_equal_to_the_limit_is_within_and_one_unit_more_is_not() -> None:
    hold("m1", 300)
    grant("m1", 500)
    hold("m2", 200)
    grant("m2", 500)
    hold("m3", 1)
    with pytest.raises(Refused) as refused:
        grant("m3", 500)
    assert refused.value.code == "authority.exceeded"
    assert totals() == Totals(1, 500)


@pytest.mark.django_db
def test_one_scope_that_is_full_grants_nothing_in_any() -> None:
    hold("m1", 400, CASE)
    grant("m1", 500, CASE)
    hold("m2", 200, AGENT, CASE)
    with pytest.raises(Refused):
        grant("m2", 500, AGENT, CASE)
    assert totals(AGENT) == Totals(200, 0)
    assert totals(CASE) == Totals(200, 400)


@pytest.mark.django_db
def test_what_others_asked_for_counts_where_the_caller_says_so() -> None:
    hold("m1", 300)
    hold("m2", 300)
    with pytest.raises(Refused):
        grant("m1", 500, counts_pending=True)
    grant("m1", 500)


@pytest.mark.django_db
def test_the_same_matter_with_another_amount_is_refused() -> None:
    hold("m1", 300)
    with pytest.raises(Refused) as refused:
        hold("m1", 301)
    assert refused.value.code == "ledger.key_reused"


@pytest.mark.django_db
def test_a_budget_without_a_cap_is_not_granted_and_a_matter_without_budgets_is_absent() -> None:
    hold("m1", 300, AGENT, CASE)
    with pytest.raises(Refused) as refused:
        grant("m1", 500, AGENT)
    assert refused.value.code == "authority.no_cap"
    with pytest.raises(NotVisible):
        grant("nothing", 500)


@pytest.mark.django_db
def test_a_grant_leaves_the_window_at_its_end_and_not_before() -> None:
    hold("m1", 500)
    grant("m1", 500)
    late = AT + 30 * DAY
    assert totals(at=late - dt.timedelta(seconds=1)) == Totals(0, 500)
    assert totals(at=late) == Totals(0, 0)
    hold("m2", 500, at=late)
    grant("m2", 500, at=late)
    assert totals(at=late) == Totals(0, 500)
    assert BudgetHold.objects.get(matter="m1").state == HoldState.AGED
    actions.release_budget("m1", by=SYSTEM, at=late)
    assert totals(at=late) == Totals(0, 500)


@pytest.mark.django_db
def test_a_scope_for_ever_lets_nothing_go() -> None:
    hold("m1", 500, CASE)
    grant("m1", 500, CASE)
    assert totals(CASE, at=AT + 4000 * DAY) == Totals(0, 500)


@pytest.mark.django_db
def test_another_currency_counts_at_the_rate_of_the_handbook_which_is_kept(cast: Cast, with_rates: Edition) -> None:
    actions.hold_budget([AGENT], amount=Money(10_000, "USD"), matter="m1", by=SYSTEM, at=AT)
    kept = BudgetHold.objects.get(matter="m1")
    assert totals() == Totals(9_232, 0)
    assert (kept.rate, kept.asked_minor, kept.asked_currency) == ("0.92315", 10_000, "USD")
    assert kept.rate_from == f"handbook {with_rates.number} ECB 2026-03-01"
    with pytest.raises(Refused) as refused:
        actions.hold_budget([AGENT], amount=Money(10_000, "CHF"), matter="m2", by=SYSTEM, at=AT)
    assert refused.value.code == "money.no_rate"


def at_once(acts: list[Callable[[], object]]) -> list[BaseException | None]:
    """Run acts in threads of their own, all let go by one barrier, and return what each raised."""
    barrier, met = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index: int) -> None:
        connection.ensure_connection()
        barrier.wait()
        try:
            acts[index]()
        except BaseException as error:  # whatever it was, the test looks at it
            met[index] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[index]) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(met)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(many(5, 500)))
def test_sixteen_at_once_never_pass_the_limit(is_postgres: bool, turn: int) -> None:
    if not is_postgres:
        pytest.skip("writers take turns on SQLite")
    scopes = (AGENT, CASE) if turn % 2 else (CASE,)  # with two, whoever waits for the first is late for the second
    for index in range(16):
        hold(f"m{turn}-{index}", 100, *scopes)
    met = at_once([lambda index=index: grant(f"m{turn}-{index}", 500, *scopes) for index in range(16)])
    assert sum(error is None for error in met) == 5
    assert {error.code for error in met if isinstance(error, Refused)} == {"authority.exceeded"}
    assert all(error is None or isinstance(error, Refused) for error in met), met
    for scope in scopes:
        assert totals(scope) == Totals(1100, 500)
    assert Budget.objects.filter(granted_minor__gt=500).count() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_grants_releases_and_askings_at_once_keep_the_sums(is_postgres: bool) -> None:
    if not is_postgres:
        pytest.skip("writers take turns on SQLite")
    for index in range(8):
        hold(f"old{index}", 50, CASE, AGENT)
        grant(f"old{index}", 10_000, AGENT, CASE)
        hold(f"new{index}", 70, AGENT, CASE)
    acts: list[Callable[[], object]] = []
    for index in range(8):
        acts.append(lambda index=index: actions.release_budget(f"old{index}", **ONCE))  # type: ignore[misc]
        acts.append(lambda index=index: grant(f"new{index}", 10_000, CASE, AGENT))  # type: ignore[misc]
    assert at_once(acts) == [None] * 16
    assert totals(AGENT) == totals(CASE) == Totals(0, 560)
