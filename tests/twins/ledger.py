"""The ledger without its guards."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import F, Sum

from recourse.kit.actor import Actor
from recourse.kit.ids import uuid7
from recourse.kit.money import Money
from recourse.ledger.actions import budgets, planning, sending
from recourse.ledger.actions.hearing import hear
from recourse.ledger.models import Attempt, Budget, BudgetHold, PaymentRoom, Voucher
from recourse.ledger.policy import AttemptState, Heard, Told
from recourse.ledger.providers.port import Report
from tests.twins import Twin, several, swap
from tests.twins.handbook import without_triggers

_BUDGETS = "tests/rooms/ledger/test_budgets.py::"
_SENDING = "tests/rooms/ledger/test_sending.py::"
_REPORTS = "tests/rooms/ledger/test_reports.py::"
_PAYMENTS = "tests/rooms/ledger/test_payments.py::"
_BY_HAND = "tests/rooms/ledger/test_by_hand.py::"
_VOUCHERS = "tests/rooms/ledger/test_vouchers.py::"
_RESTORING = "tests/rooms/ledger/test_restoring.py::"
_RECONCILING = "tests/rooms/ledger/test_reconciling.py::"
_STATES = "tests/rooms/ledger/test_states.py::"
_POSTINGS = "tests/rooms/ledger/test_postings.py::"
_ACTIONS = "recourse.ledger.actions."


def _sum_then_insert(hold: BudgetHold, cap: int, at: dt.datetime, *, counts_pending: bool) -> None:
    """Read the sum, compare, then write: two at once both find room."""
    granted = BudgetHold.objects.filter(budget=hold.budget, state="granted").aggregate(minor=Sum("minor"))["minor"] or 0
    if granted + hold.minor > cap:
        raise budgets.Refused("authority.exceeded", "more than the limit")
    BudgetHold.objects.filter(pk=hold.pk).update(state="granted", granted_at=at)
    Budget.objects.filter(pk=hold.budget_id).update(
        pending_minor=F("pending_minor") - hold.minor, granted_minor=F("granted_minor") + hold.minor, cap_minor=10**12
    )


def _below_the_limit(hold: BudgetHold, cap: int, at: dt.datetime, *, counts_pending: bool) -> None:
    """Let the limit itself be beyond."""
    _grant(hold, cap - 1, at, counts_pending=counts_pending)


_grant: Callable[..., None] = budgets._grant


def _new_key(matter: str, number: int) -> str:
    """Make another key for each call."""
    return f"rc-{uuid7().hex}"


def _key_per_send(attempt: Attempt) -> Any:
    """Send under a key that is new with each call."""
    return sending.Order(f"rc-{uuid7().hex}", attempt.room.charge_ref if attempt.room else "", attempt.amount)


def _send_blindly(attempt: Attempt, outside: Any, at: dt.datetime) -> int:
    """Send what is unknown again instead of looking it up."""
    Attempt.objects.filter(pk=attempt.pk).update(state="planned", is_looked_up_first=False, next_look_at=at)
    attempt.refresh_from_db()
    return sending._send(attempt, outside, at)


def _read_then_write(room: PaymentRoom, amount: Money) -> None:
    """Compare with what was read, and write past it."""
    room.refresh_from_db()
    if room.left_minor < amount.minor:
        raise planning.Refused("payment.exceeded", "more than is left")
    PaymentRoom.objects.filter(pk=room.pk).update(refunding_minor=room.refunding_minor + amount.minor)


def _last_word(state: AttemptState, heard: Heard) -> AttemptState:
    """Believe whatever was heard last."""
    said = {
        Heard.PENDING: AttemptState.PENDING,
        Heard.SUCCEEDED: AttemptState.SUCCEEDED,
        Heard.FAILED: AttemptState.FAILED,
    }
    return said.get(heard, state)


def _any_report(self: Any, body: bytes, headers: Any, at: dt.datetime) -> Report:
    """Believe whatever arrives."""
    return Report("evt", "refund.updated", {})


def _spend(voucher_code: str, *, spent_on: str, by: Actor, at: dt.datetime) -> Voucher:
    """Look first, spend then."""
    found = Voucher.objects.get(code_digest=_digest(voucher_code))
    if found.state != "issued":
        raise planning.Refused("voucher.spent", "spent")
    Voucher.objects.filter(pk=found.pk).update(state="redeemed", spent_at=at, spent_on=spent_on)
    return found


def _digest(code: str) -> str:
    return planning.digest("".join(char for char in code.upper() if char.isalnum()))


def _nothing(*_given: object, **_named: object) -> None:
    """Do nothing."""


def _believe(attempt_id: Any, told: Told, *, by: Actor, at: dt.datetime) -> Any:
    """Take another amount for the one that was asked for."""
    return hear(attempt_id, Told(told.heard, told.provider_ref, None, told.code), by=by, at=at)


TWINS = [
    Twin(
        guard="a limit is one conditional UPDATE",
        patch=several(swap(_ACTIONS + "budgets:_grant", _sum_then_insert), swap(_ACTIONS + "budgets:_age", _nothing)),
        test=_BUDGETS + "test_sixteen_at_once_never_pass_the_limit",
        is_for_postgres=True,
    ),
    Twin(
        guard="equal to the limit is within",
        patch=swap(_ACTIONS + "budgets:_grant", _below_the_limit),
        test=_BUDGETS + "test_equal_to_the_limit_is_within_and_one_unit_more_is_not",
    ),
    Twin(
        guard="a grant leaves its window",
        patch=swap(_ACTIONS + "budgets:_age", _nothing),
        test=_BUDGETS + "test_a_grant_leaves_the_window_at_its_end_and_not_before",
    ),
    Twin(
        guard="one payment has one key",
        patch=swap(_ACTIONS + "sending:order_of", _key_per_send),
        test=_SENDING + "test_unknown_is_looked_up_before_it_is_sent_again_and_only_under_its_own_key",
    ),
    Twin(
        guard="unknown is looked up, not sent again",
        patch=swap(_ACTIONS + "sending:_look_up", _send_blindly),
        test=_SENDING + "test_unknown_is_looked_up_before_it_is_sent_again_and_only_under_its_own_key",
    ),
    Twin(
        guard="old keys are not used again",
        patch=swap(_ACTIONS + "hearing:may_send_again", lambda first, at: True),
        test=_SENDING + "test_what_never_arrived_is_not_sent_again_once_its_key_may_be_forgotten",
    ),
    Twin(
        guard="what is unknown has a person's task",
        patch=swap(_ACTIONS + "sending:ask_people", lambda at: 0),
        test=_SENDING + "test_after_twenty_three_hours_it_is_only_looked_up_and_stands_before_a_person",
    ),
    Twin(
        guard="another amount is not the one asked for",
        patch=swap(_ACTIONS + "sending:hear", _believe),
        test=_SENDING + "test_an_answer_in_another_currency_moves_nothing_and_stands_before_a_person",
    ),
    Twin(
        guard="what is heard only moves up",
        patch=swap("recourse.ledger.actions.hearing:after", _last_word),
        test=_REPORTS + "test_every_order_and_repetition_of_reports_leaves_the_same_ledger",
    ),
    Twin(
        guard="a report bears a signature",
        patch=swap("recourse.ledger.providers.card:Card.read_report", _any_report),
        test=_REPORTS + "test_forged_old_and_senseless_reports_are_not_kept",
    ),
    Twin(
        guard="a report is of now",
        patch=swap("recourse.ledger.providers.card:TOLERANCE", dt.timedelta(days=9)),
        test=_REPORTS + "test_forged_old_and_senseless_reports_are_not_kept",
    ),
    Twin(
        guard="a late failure is undone",
        patch=swap(_ACTIONS + "hearing:undo", _nothing),
        test=_REPORTS + "test_a_failure_days_later_reverses_once_gives_the_room_back_and_is_told_once",
    ),
    Twin(
        guard="the room of a payment is taken by one conditional UPDATE",
        patch=swap(_ACTIONS + "planning:take_room", _read_then_write),
        test=_PAYMENTS + "test_equal_partials_at_once_take_exactly_the_room_that_there_is",
        is_for_postgres=True,
    ),
    Twin(
        guard="the shop's own refunds count",
        patch=swap("recourse.ledger.queries.payments:refunded_by_shop", lambda lines: dict.fromkeys(range(99), 0)),
        test=_PAYMENTS + "test_what_the_shop_paid_back_itself_is_not_paid_again",
    ),
    Twin(
        guard="a disputed payment is not refunded",
        patch=swap(_ACTIONS + "planning:take_room", _read_then_write),
        test=_PAYMENTS + "test_an_open_chargeback_blocks_refunds_and_a_won_one_frees_them",
    ),
    Twin(
        guard="another person checks a payment by hand",
        patch=swap(_ACTIONS + "confirming:require_another", _nothing),
        test=_BY_HAND + "test_the_same_person_does_not_check_under_any_account_or_name",
    ),
    Twin(
        guard="persons are compared, not accounts",
        patch=swap(_ACTIONS + "confirming:persons_behind", lambda by: frozenset({by.staff_id})),
        test=_BY_HAND + "test_the_same_person_does_not_check_under_any_account_or_name",
    ),
    Twin(
        guard="who approved does not pay",
        patch=swap(_ACTIONS + "confirming:_approvers", lambda attempt: frozenset()),
        test=_BY_HAND + "test_whoever_approved_it_neither_pays_nor_checks",
    ),
    Twin(
        guard="a voucher is spent by one conditional UPDATE",
        patch=swap("recourse.ledger.actions:redeem_voucher", _spend),
        test=_VOUCHERS + "test_sixteen_who_spend_it_at_once_spend_it_once",
        is_for_postgres=True,
    ),
    Twin(
        guard="payments are held after a restore",
        patch=swap(_ACTIONS + "sending:is_restored", lambda at: False),
        test=_RESTORING + "test_what_went_out_after_the_backup_is_not_paid_again",
    ),
    Twin(
        guard="a key follows from its line",
        patch=swap(_ACTIONS + "planning:key_of", _new_key),
        test=_RESTORING + "test_a_line_planned_anew_after_the_reconciliation_finds_its_own_payment",
    ),
    Twin(
        guard="the list is read to its end",
        patch=swap("recourse.ledger.actions.reconciling:_list", lambda name, from_at, until_at: []),
        test=_RECONCILING + "test_pages_of_any_size_are_read_to_the_end",
    ),
    Twin(
        guard="only what is approved is paid",
        patch=swap(_ACTIONS + "planning:require_approved", _nothing),
        test=_STATES + "test_nothing_is_paid_that_is_not_approved_and_no_other_amount",
    ),
    Twin(
        guard="postings are append-only",
        patch=without_triggers("ledger_posting"),
        test=_POSTINGS + "test_no_sql_changes_what_was_posted_or_planned",
    ),
    Twin(
        guard="a key stands for one content",
        patch=swap(_ACTIONS + "posting:content_hash", lambda new: "same"),
        test=_POSTINGS + "test_the_same_key_posts_once_and_never_something_else",
    ),
    Twin(
        guard="money verbs ask for the right",
        patch=swap("recourse.kit.actor:Actor.require", _nothing),
        test=_BY_HAND + "test_who_may_when_and_with_what",
    ),
]
