"""Verbs of money."""

from recourse.ledger.actions.budgets import budget_totals, grant_budget, hold_budget, release_budget
from recourse.ledger.actions.planning import plan_manual, plan_refund, withdraw_attempt
from recourse.ledger.actions.posting import post, reverse, reverse_many
from recourse.ledger.actions.stating import approve, execute, promise, settle, withdraw
from recourse.ledger.actions.vouchers import (
    code_of,
    expire_vouchers,
    issue_voucher,
    redeem_voucher,
    void_voucher,
)

__all__ = [
    "approve",
    "budget_totals",
    "code_of",
    "execute",
    "expire_vouchers",
    "grant_budget",
    "hold_budget",
    "issue_voucher",
    "plan_manual",
    "plan_refund",
    "post",
    "promise",
    "redeem_voucher",
    "release_budget",
    "reverse",
    "reverse_many",
    "settle",
    "void_voucher",
    "withdraw",
    "withdraw_attempt",
]
