"""No approved refund is paid twice or lost, whichever step of the path breaks and however (A1, A2)."""

import datetime as dt
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from recourse.kit import crashpoint
from recourse.kit.errors import RecourseError
from recourse.kit.money import Money
from recourse.ledger import actions
from recourse.ledger.models import Attempt
from tests.cast import AT, SYSTEM, Cast
from tests.equipment.counts import many
from tests.equipment.history import violations
from tests.equipment.provider import FakePsp, signed
from tests.equipment.sweep import FAULTS, Steps, copied, expect, in_child, template
from tests.rooms.ledger.build import tell_story

pytestmark = [pytest.mark.slow_once, pytest.mark.django_db(transaction=True)]
MINUTE = dt.timedelta(minutes=1)
MATTER, APPROVAL = "story:sweep", "approval:sweep"
AMOUNT = Money(4_000, "EUR")
Act = Callable[[], object]


@dataclass(frozen=True)
class RefundPath:
    """The refund path on one payment of one case."""

    psp: FakePsp
    payment_id: UUID
    charge: str
    case_id: UUID

    def propose(self) -> None:
        """Do in one transaction what a granted line does."""
        with transaction.atomic():
            actions.promise(MATTER, amount=AMOUNT, kind="refund", case_id=self.case_id, by=SYSTEM, at=AT)
            actions.approve(MATTER, approval_ref=APPROVAL, by=SYSTEM, at=AT)
            actions.plan_refund(
                MATTER, payment_id=self.payment_id, amount=AMOUNT, approval_ref=APPROVAL, by=SYSTEM, at=AT
            )

    def report(self, at: dt.datetime) -> None:
        """Bring what the provider reports."""
        for body in self.psp.reports():
            actions.keep_report("card", body=body, headers=signed(body, at), at=at)
        actions.take_reports(at=at)

    def walk(self) -> list[str]:
        """Go the whole path once; a step that fails is logged as the worker would and the next begins."""
        met = []
        for act in (self.propose, lambda: actions.send_due(at=AT), lambda: self.report(AT)):
            try:
                act()
            except (Exception, crashpoint.CrashError) as error:
                met.append(f"{type(error).__name__}: {error}")
                connection.close()
        return met

    def recover(self) -> None:
        """Do what people and worker do after a crash: ask again, work, hear reports."""
        self.propose()
        for minutes in (3, 6, 9):
            at = AT + minutes * MINUTE
            while actions.send_due(at=at):
                pass
            self.report(at)

    def judge(self) -> list[str]:
        """Return what is wrong in the end, half an hour later."""
        late = AT + 40 * MINUTE
        actions.ask_people(at=late)
        found = violations(self.psp, at=late)
        paid = [row for row in self.psp.effects() if row["status"] == "succeeded"]
        if len(paid) != 1:
            found.append(f"paid {len(paid)} times")
        states = sorted(Attempt.objects.values_list("state", flat=True))
        return found if states == ["succeeded"] else [*found, f"attempts {states}"]


@pytest.fixture
def path(cast: Cast, psp: FakePsp) -> RefundPath:
    """Return the path, and let the provider know the charge."""
    if connection.vendor != "sqlite":
        pytest.skip("the sweep copies a file of SQLite")
    story = tell_story(cast)
    return RefundPath(psp, story.payment.pk, story.payment.method_ref, story.case.pk)


def fresh(path: RefundPath, settings: Any) -> None:
    """Let the provider forget the last run."""
    (settings.DATA_DIR / "last_payment").unlink(missing_ok=True)
    path.psp.tell("wipe")
    path.psp.tell("reset", now=AT.timestamp())
    path.psp.tell("charge", id=path.charge, amount=10_000, currency="eur")


def broken(path: RefundPath, steps: Steps) -> Any:
    steps.instrument()
    path.walk()
    return {"count": steps.count, "kinds": steps.kinds}


def one_run(path: RefundPath, place: Path, run: Path, act: Act, settings: Any, what: str) -> int:
    """Break a path, recover, judge; return how the broken child ended."""
    fresh(path, settings)
    copied(place, run)
    code, told = in_child(run, act)
    if code == 1:
        pytest.fail(f"{what}: {told}")
    expect(in_child(run, path.recover), f"{what}, recovering")
    wrong = expect(in_child(run, path.judge), f"{what}, judging")
    assert wrong == [], f"{what}: {wrong}"
    return code


def sweep(path: RefundPath, tmp_path: Path, settings: Any, fault: str, *, every: int = 1) -> tuple[int, int]:
    """Break every step (or each so-many-th) with one fault; return the steps of the path and how many were broken."""
    place, run = template(tmp_path / "template.sqlite3"), tmp_path / "run.sqlite3"
    fresh(path, settings)
    copied(place, run)
    total = expect(in_child(run, lambda: broken(path, Steps())), "counting")["count"]
    tried = 0
    for turn in range(1 + FAULTS.index(fault) % every, total + 1, every):
        steps = Steps(turn, fault)
        one_run(path, place, run, lambda steps=steps: broken(path, steps), settings, f"{fault} at step {turn}")  # type: ignore[misc]
        tried += 1
    return total, tried


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_step_leaves_one_payment(path: RefundPath, tmp_path: Path, settings: Any, fault: str) -> None:
    total, tried = sweep(path, tmp_path, settings, fault, every=int(os.environ.get("RECOURSE_SWEEP_EVERY", "1")))
    assert total > 60
    assert tried > total // 10


def test_a_kill_at_each_crash_point_leaves_one_payment_and_every_point_is_reached(
    path: RefundPath, tmp_path: Path, settings: Any
) -> None:
    place, run = template(tmp_path / "template.sqlite3"), tmp_path / "run.sqlite3"
    on_path = ("ledger.planned", "ledger.claimed", "provider.before_call", "provider.after_call", "ledger.heard",
               "ledger.noted", "inbox.kept", "inbox.taken")  # fmt: skip
    for name in on_path:
        for mode in ("kill", "raise"):

            def act(name: str = name, mode: str = mode) -> Any:
                crashpoint.set_faults(f"{name}={mode}@1")
                return path.walk()

            code = one_run(path, place, run, act, settings, f"{mode} at {name}")
            assert code == (-signal.SIGKILL if mode == "kill" else 0), name


def test_random_kills_leave_one_payment(path: RefundPath, tmp_path: Path, settings: Any) -> None:
    place, run = template(tmp_path / "template.sqlite3"), tmp_path / "run.sqlite3"
    dice = random.Random(7)
    for kill in range(many(60, 1_000)):
        fresh(path, settings)
        copied(place, run)
        connection.close()
        child = os.fork()
        if child == 0:
            connection.settings_dict["NAME"] = str(run)
            path.walk()
            os._exit(0)
        time.sleep(dice.random() * 0.12)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        expect(in_child(run, path.recover), f"kill {kill}, recovering")
        assert expect(in_child(run, path.judge), f"kill {kill}, judging") == []


def test_a_person_who_asks_again_meanwhile_changes_nothing(path: RefundPath, settings: Any) -> None:
    fresh(path, settings)
    path.walk()
    for _again in range(3):
        try:
            path.propose()
        except RecourseError as error:
            pytest.fail(str(error))
    path.recover()
    assert path.judge() == []
