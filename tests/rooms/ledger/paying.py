"""Drives payments by the clock of the tests: the provider's and ours together."""

import datetime as dt

from recourse.kit.money import Money
from recourse.ledger import actions
from recourse.ledger.models import Attempt
from tests.cast import AT
from tests.equipment.history import violations
from tests.equipment.provider import FakePsp, signed
from tests.rooms.ledger.build import Story, plan

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def open_charges(psp: FakePsp, story: Story) -> None:
    """Let the provider know the payments of a story."""
    for payment in story.payments:
        if payment.kind == "charge":
            psp.tell("charge", id=payment.method_ref, amount=payment.amount_minor, currency=payment.currency.lower())


def planned(psp: FakePsp, story: Story, minor: int = 4_000) -> Attempt:
    """Approve and plan a refund of a story whose charges the provider knows."""
    open_charges(psp, story)
    return plan(story.approved(minor), story.payment.pk, Money(minor, story.payment.currency))


def work(psp: FakePsp, at: dt.datetime = AT, turns: int = 10) -> int:
    """Let the worker's ticker run until it finds nothing more to do at an instant."""
    psp.tell("now", now=at.timestamp())
    done = 0
    for _turn in range(turns):
        found = actions.send_due(at=at)
        done += found
        if not found:
            break
    return done


def hear_all(psp: FakePsp, at: dt.datetime = AT) -> None:
    """Bring every report of the provider to the inbox and take them in."""
    for body in psp.reports():
        actions.keep_report("card", body=body, headers=signed(body, at), at=at)
    while actions.take_reports(at=at):
        pass


def state(attempt: Attempt) -> str:
    """Return how an attempt stands now."""
    attempt.refresh_from_db()
    return str(attempt.state)


def clean(psp: FakePsp, at: dt.datetime = AT) -> None:
    """Fail unless provider, ledger and record agree."""
    assert violations(psp, at=at) == []
