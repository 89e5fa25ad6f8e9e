"""After a restore from a backup nothing is paid a second time (A13)."""

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from recourse.kit.errors import Refused
from recourse.kit.money import Money
from recourse.ledger import actions
from recourse.ledger.models import Attempt, Break, PaymentsHold
from recourse.ledger.queries import check_ledger
from tests.cast import AT, SYSTEM, Cast
from tests.equipment.counts import many
from tests.equipment.history import violations
from tests.equipment.provider import FakePsp
from tests.equipment.sweep import copied, expect, in_child, template
from tests.rooms.ledger.build import Story, charge, tell_story
from tests.rooms.ledger.paying import DAY, HOUR, planned, state, work

COUNT = 24


def pay(story: Story, psp: FakePsp, numbers: range, at: dt.datetime) -> None:
    """Let the lines of these numbers be paid."""
    for number in numbers:
        matter, ref, amount = f"story:{number}", f"approval:{number}", Money(100 + number, "EUR")
        with transaction.atomic():
            actions.promise(matter, amount=amount, kind="refund", case_id=story.case.pk, by=SYSTEM, at=at)
            actions.approve(matter, approval_ref=ref, by=SYSTEM, at=at)
            actions.plan_refund(matter, payment_id=story.payment.pk, amount=amount, approval_ref=ref, by=SYSTEM, at=at)
    work(psp, at, turns=30)


@pytest.mark.slow_once
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(many(3, 60)))
def test_what_went_out_after_the_backup_is_not_paid_again(psp: FakePsp, cast: Cast, tmp_path: Path, seed: int) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("restores a file of SQLite")
    dice = random.Random(seed)
    story = tell_story(cast, charge(1_000_000))
    psp.tell("charge", id=story.payment.method_ref, amount=1_000_000, currency="eur")
    saved = dice.randrange(2, COUNT - 6)
    backup, run = tmp_path / "backup.sqlite3", tmp_path / "run.sqlite3"
    copied(template(tmp_path / "template.sqlite3"), run)
    expect(in_child(run, lambda: pay(story, psp, range(saved), AT)), "before the backup")
    expect(in_child(run, lambda: template(backup) and None), "the backup")
    expect(in_child(run, lambda: pay(story, psp, range(saved, COUNT), AT + 30 * HOUR)), "after the backup")
    assert len(psp.effects()) == COUNT
    copied(backup, run)
    again = AT + 60 * HOUR

    def live_on() -> Any:
        pay(story, psp, range(saved, COUNT), again)
        assert PaymentsHold.objects.get().why == "restored"
        assert len(psp.effects()) == COUNT
        with pytest.raises(Refused):
            actions.free_payments(by=SYSTEM, at=again)
        run_of = actions.reconcile("card", from_at=again - 40 * DAY, until_at=again, by=SYSTEM, at=again)
        actions.free_payments(by=SYSTEM, at=again)
        work(psp, again, turns=60)
        states = set(Attempt.objects.values_list("state", flat=True))
        open_breaks = Break.objects.filter(resolved_at__isnull=True).count()
        return {"found": run_of.found, "states": sorted(states), "breaks": open_breaks,
                "wrong": violations(psp, at=again)}  # fmt: skip

    told = expect(in_child(run, live_on), "after the restore")
    assert len(psp.effects()) == COUNT
    assert told["states"] == ["succeeded"]
    assert told["wrong"] == []


@pytest.mark.django_db
def test_a_line_planned_anew_after_the_reconciliation_finds_its_own_payment(psp: FakePsp, story: Story) -> None:
    psp.tell("charge", id=story.payment.method_ref, amount=10_000, currency="eur")
    matter = story.approved(10_000)
    lost = _plan(story, matter)
    key, lost_pk = lost.key, lost.pk
    work(psp)
    with connection.cursor() as cursor:  # the restore takes all of it away
        for table in ("attempt", "posting"):
            cursor.execute(f"DROP TRIGGER ledger_{table}_no_delete" + _on(table))
        cursor.execute("DELETE FROM ledger_posting WHERE stage IN ('executed', 'settled')")
        cursor.execute("DELETE FROM ledger_attempt")
        cursor.execute("UPDATE ledger_paymentroom SET refunded_minor = 0")
        cursor.execute("DELETE FROM ledger_standing WHERE account_id = 'clearing:executed'")
        cursor.execute("UPDATE ledger_standing SET minor = -10000 WHERE account_id = 'clearing:approved'")
        cursor.execute("DELETE FROM ledger_balance WHERE account_id IN ('bank:card', 'clearing:executed')")
        cursor.execute("UPDATE ledger_balance SET minor = -10000 WHERE account_id = 'clearing:approved'")
    actions.hold_payments(why="restored", by=SYSTEM, at=AT + HOUR)
    actions.reconcile("card", from_at=AT - 40 * DAY, until_at=AT + HOUR, by=SYSTEM, at=AT + HOUR)
    assert Break.objects.get().kind == "extra"
    actions.free_payments(by=SYSTEM, at=AT + HOUR)
    again = _plan(story, matter)
    assert (again.key, again.pk == lost_pk) == (key, False)
    work(psp, AT + HOUR)
    assert state(again) == "succeeded"
    assert len(psp.effects()) == 1
    assert Break.objects.get().verdict == "taken_over"
    assert check_ledger(at=AT + HOUR) == []


def _on(table: str) -> str:
    return f" ON ledger_{table}" if connection.vendor == "postgresql" else ""


def _plan(story: Story, matter: str) -> Attempt:
    return actions.plan_refund(
        matter, payment_id=story.payment.pk, amount=Money(10_000, "EUR"), approval_ref="approval:1", by=SYSTEM, at=AT
    )


@pytest.mark.django_db
def test_while_payments_are_held_nothing_goes_out_and_look_ups_go_on(psp: FakePsp, story: Story) -> None:
    waiting = planned(psp, story, 1_000)
    sent = planned(psp, story, 2_000)
    psp.tell("faults", faults=["drop_reply", "drop_reply"])
    work(psp)
    assert {state(waiting), state(sent)} == {"unknown"}
    later = planned(psp, story, 3_000)
    actions.hold_payments(why="doubts", by=story.cast.by("fin"), at=AT)
    work(psp, AT + HOUR)
    assert (state(waiting), state(sent), state(later)) == ("succeeded", "succeeded", "planned")
    assert len(psp.effects()) == 2
    actions.reconcile("card", from_at=AT - 40 * DAY, until_at=AT + HOUR, by=SYSTEM, at=AT + HOUR)
    assert actions.free_payments(by=story.cast.by("fin"), at=AT + HOUR) == 1
    work(psp, AT + HOUR)
    assert state(later) == "succeeded"
    assert len(psp.effects()) == 3


@pytest.mark.django_db
def test_only_finance_stops_and_frees_payments(story: Story) -> None:
    for nick in ("ada", "rosa", "lea", "aud"):
        for act in (
            lambda by: actions.hold_payments(why="x", by=by, at=AT),
            lambda by: actions.free_payments(by=by, at=AT),
        ):
            with pytest.raises(Refused) as refused:
                act(story.cast.by(nick))
            assert refused.value.code == "permission.missing"
