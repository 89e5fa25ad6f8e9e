"""A4: no limit is ever passed, however many decide at once: 16 connections on PostgreSQL, let go by one barrier."""

import datetime as dt
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import connections

from recourse.approvals import actions
from recourse.approvals.models import Approval, Decision
from recourse.approvals.policy import State, Verdict
from recourse.handbook.models import Edition
from recourse.kit.errors import RecourseError
from recourse.ledger.models import Budget, BudgetHold
from tests.cast import AT, make_cast
from tests.rooms.approvals.conftest import DAY, HOUR, MINUTE, MORE, Desk

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("approvals")]
AT_ONCE = 16
ROUNDS = int(os.environ.get("RECOURSE_RACE_ROUNDS", "1000"))
SECONDS = float(os.environ.get("RECOURSE_RACE_SECONDS", "25"))
CAP = 200_000


@dataclass
class Crew:
    """Sixteen threads, each with a connection of its own, that do one act each when the barrier falls."""

    acts: list[Callable[[], object]] = field(default_factory=list)
    met: list[str] = field(default_factory=list)
    is_done: bool = False

    def __post_init__(self) -> None:
        self.start, self.end = threading.Barrier(AT_ONCE + 1), threading.Barrier(AT_ONCE + 1)
        self.threads = [threading.Thread(target=self._work, args=[index], daemon=True) for index in range(AT_ONCE)]
        for thread in self.threads:
            thread.start()

    def _work(self, index: int) -> None:
        while True:
            self.start.wait()
            if self.is_done:
                connections.close_all()
                return
            try:
                self.acts[index]()
                self.met[index] = "done"
            except RecourseError as error:
                self.met[index] = getattr(error, "code", type(error).__name__)
            except Exception as error:
                self.met[index] = f"broken: {error!r}"
            self.end.wait()

    def run(self, acts: list[Callable[[], object]]) -> list[str]:
        """Do sixteen acts at once and return what each met."""
        self.acts, self.met = acts, ["" for _act in acts]
        self.start.wait()
        self.end.wait()
        return self.met

    def close(self) -> None:
        """Let the threads go."""
        self.is_done = True
        self.start.wait()
        for thread in self.threads:
            thread.join()


@pytest.fixture
def desk(db: None) -> Desk:
    """Return the company outside of any transaction."""
    made = Desk(make_cast())
    for nick, role in MORE.items():
        made.hire(nick, role)
    return made


def check(desk: Desk) -> None:
    """Compare budgets with approvals and decisions: (vi) used authority is the sum of live approvals, within the cap;
    (vii) no approver has a part.
    """
    for budget in Budget.objects.all():
        held = BudgetHold.objects.filter(budget=budget)
        for state, minor in (("pending", budget.pending_minor), ("granted", budget.granted_minor)):
            assert minor == sum(held.filter(state=state).values_list("minor", flat=True)), (budget.kind, state)
        live = Approval.objects.filter(pk__in=[hold.matter.split(":")[1] for hold in held.filter(state="granted")])
        assert budget.granted_minor == sum(one.counted_minor for one in live)
        assert {one.state for one in live} <= {State.GRANTED}
        assert budget.granted_minor <= budget.cap_minor
    for decision in Decision.objects.filter(verdict=Verdict.APPROVE).select_related("approval"):
        found = decision.approval
        assert str(decision.person_id) not in {str(found.proposer_person_id), *found.editors, *found.beneficiaries}
    granted = Approval.objects.filter(state=State.GRANTED)
    assert (
        Decision.objects.filter(approval__in=granted, verdict__in=["approve", "within_authority"]).count()
        >= granted.count()
    )


def test_twelve_approvals_of_100_at_once_with_500_left_are_exactly_five(is_postgres: bool, desk: Desk) -> None:
    if not is_postgres:
        pytest.skip("one writer at a time: needs PostgreSQL")
    desk.edition("authority.limits[lead].per_line", 50_000, at=AT)
    desk.edition("authority.limits[lead].per_case", 50_000, at=AT)
    case = desk.case()
    asked = [desk.ask(10_000, case=case, payee_customer_id=None) for _number in range(12)]
    crew = Crew()
    acts = [approve(desk, found, "lars") for found in asked] + [nothing] * 4
    met = crew.run(acts)
    crew.close()
    granted = Approval.objects.filter(state=State.GRANTED)
    assert (granted.count(), met.count("done") - 4) == (5, 5), met
    assert set(met) <= {"done", "authority.exceeded", "approval.limit"}
    assert Budget.objects.get(kind="case").granted_minor == 50_000
    check(desk)


def approve(desk: Desk, found: Approval, nick: str) -> Callable[[], object]:
    """Return the act of approving."""
    actor = desk.by(nick)
    return lambda: actions.decide(
        found.pk, verdict="approve", terms_hash=found.terms_hash, by=actor, at=AT + MINUTE, factor_at=AT
    )  # fmt: skip


def nothing() -> None:
    """Do nothing."""


def a_round(desk: Desk, dice: random.Random, number: int) -> list[Callable[[], object]]:
    """Return sixteen acts on one customer's cases: decide, ask, withdraw, void, expire, delegate, in any mix."""
    at = AT + number * 200 * DAY
    case = desk.case()
    asked = [desk.ask(CAP // 5, by="ada", case=case, at=at) for _number in range(7)]
    acts: list[Callable[[], object]] = []
    for found in asked:
        nick = dice.choice(("lea", "lars"))
        acts.append(partial_decide(desk, found, nick, at))
    acts += [partial_decide(desk, dice.choice(asked), dice.choice(("lea", "lars")), at) for _number in range(3)]
    victim, other = dice.sample(asked, 2)
    acts.append(lambda: actions.withdraw(victim.pk, note="no", by=desk.by("ada"), at=at + MINUTE))
    acts.append(lambda: actions.void_for_change(other.matter, new_hash="0" * 64, by=desk.by("ada"), at=at + MINUTE))
    acts.append(lambda: actions.look_after(at=at + MINUTE))
    acts += [lambda: desk.ask(2_000, by="ada", case=case, at=at + MINUTE) for _number in range(3)]
    dice.shuffle(acts)
    return acts


def partial_decide(desk: Desk, found: Approval, nick: str, at: dt.datetime) -> Callable[[], object]:
    """Return the act of approving at an instant."""
    actor = desk.by(nick)
    return lambda: actions.decide(
        found.pk, verdict="approve", terms_hash=found.terms_hash, by=actor, at=at + MINUTE, factor_at=at
    )  # fmt: skip


EXPECTED = {
    "done", "authority.exceeded", "approval.limit", "approval.state", "approval.twice", "approval.used",
    "authority.moved", "NotVisible",
}  # fmt: skip


def test_limits_hold_in_many_rounds_of_sixteen_at_once(is_postgres: bool, desk: Desk) -> None:
    if not is_postgres:
        pytest.skip("one writer at a time: needs PostgreSQL")
    assert Edition.objects.count() == 1
    crew, dice, rounds, decided = Crew(), random.Random(4), 0, 0
    began = time.monotonic()
    try:
        while rounds < ROUNDS and time.monotonic() - began < SECONDS:
            met = crew.run(a_round(desk, dice, rounds))
            assert set(met) <= EXPECTED, met
            over = Budget.objects.filter(granted_minor__gt=CAP, kind="case")
            assert not over.exists(), (rounds, list(over.values()))
            rounds, decided = rounds + 1, decided + met.count("done")
    finally:
        crew.close()
    check(desk)
    lasted = time.monotonic() - began
    print(f"A4: {rounds} rounds of {AT_ONCE} in {lasted:.0f} s, {decided / lasted:.0f} acts a second, overshoot 0")
    assert rounds >= 3


def test_sum_then_insert_would_be_seen(is_postgres: bool, desk: Desk) -> None:
    """Five rounds of sixteen on different cases of one customer: no lock but the budget's own is between them."""
    if not is_postgres:
        pytest.skip("one writer at a time: needs PostgreSQL")
    desk.edition("authority.limits[lead].per_line", 50_000, at=AT)
    desk.edition("authority.limits[lead].per_case", 50_000, at=AT)
    desk.edition("authority.limits[lead].per_customer", 50_000, at=AT)
    crew = Crew()
    try:
        for number in range(5):
            at = AT + number * 200 * DAY
            asked = [desk.ask(5_000, by="ada", case=desk.case(), at=at) for _number in range(AT_ONCE)]
            met = crew.run([partial_decide(desk, one, "lea", at) for one in asked])
            assert set(met) <= EXPECTED, met
            told = Budget.objects.values_list("granted_minor", flat=True).get(kind="customer")
            assert 0 < told <= 50_000, (number, told)
            for left in Approval.objects.filter(state=State.ASKED):
                actions.withdraw(left.pk, note="left over", by=desk.by("ada"), at=at + HOUR)
    finally:
        crew.close()


def test_eight_at_once_decide_quickly(is_postgres: bool, desk: Desk) -> None:
    """Measure: approvals of different cases and customers, eight at once, decided by two leads and three of finance."""
    if not is_postgres:
        pytest.skip("one writer at a time: needs PostgreSQL")
    nicks = ("lea", "lars", "fin", "flo", "fred")
    asked = [desk.ask(3_000, by="ada", payee_customer_id=None, cause="") for _number in range(80)]
    queue, lock, failed = list(enumerate(asked)), threading.Lock(), []

    def work() -> None:
        while True:
            with lock:
                if not queue:
                    break
                index, found = queue.pop()
            try:
                approve(desk, found, nicks[index % len(nicks)])()
            except RecourseError as error:
                failed.append(error)
        connections.close_all()

    began = time.monotonic()
    threads = [threading.Thread(target=work) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"approve at 8 at once: {len(asked) / (time.monotonic() - began):.0f} decisions a second")
    assert not failed, failed
    assert Approval.objects.filter(state=State.GRANTED).count() == len(asked)
