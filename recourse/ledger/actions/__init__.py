"""Verbs of money."""

from recourse.ledger.actions.budgets import budget_totals, grant_budget, hold_budget, release_budget
from recourse.ledger.actions.confirming import check_payment, confirm_payment, judge_attempt, refuse_payment
from recourse.ledger.actions.hearing import hear
from recourse.ledger.actions.inbox import keep_report, take_reports
from recourse.ledger.actions.planning import plan_manual, plan_refund, withdraw_attempt
from recourse.ledger.actions.posting import post, reverse, reverse_many
from recourse.ledger.actions.quarantine import free_payments, hold_payments
from recourse.ledger.actions.reconciling import (
    ask_reconciliation,
    reconcile,
    reconcile_daily,
    resolve_break,
    run_reconciliations,
)
from recourse.ledger.actions.sending import send_due
from recourse.ledger.actions.stating import approve, execute, promise, settle, withdraw
from recourse.ledger.actions.tasks import ask_people, finish_task
from recourse.ledger.actions.vouchers import (
    code_of,
    expire_vouchers,
    issue_voucher,
    redeem_voucher,
    void_voucher,
)

__all__ = [
    "approve",
    "ask_people",
    "ask_reconciliation",
    "budget_totals",
    "check_payment",
    "code_of",
    "confirm_payment",
    "execute",
    "expire_vouchers",
    "finish_task",
    "free_payments",
    "grant_budget",
    "hear",
    "hold_budget",
    "hold_payments",
    "issue_voucher",
    "judge_attempt",
    "keep_report",
    "plan_manual",
    "plan_refund",
    "post",
    "promise",
    "reconcile",
    "reconcile_daily",
    "redeem_voucher",
    "refuse_payment",
    "release_budget",
    "resolve_break",
    "reverse",
    "reverse_many",
    "run_reconciliations",
    "send_due",
    "settle",
    "take_reports",
    "void_voucher",
    "withdraw",
    "withdraw_attempt",
]
