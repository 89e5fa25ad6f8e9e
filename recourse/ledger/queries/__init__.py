"""Questions about money."""

from recourse.ledger.queries.budgets import budgets_used, totals_of
from recourse.ledger.queries.checking import Finding, check_ledger
from recourse.ledger.queries.export import Cost, beancount, costs, export_rows
from recourse.ledger.queries.lists import (
    AccountRow,
    MoneyStanding,
    accounts,
    attempt,
    attempts,
    breaks,
    by_hand,
    lines,
    money_standing,
    money_tasks,
    postings,
    reconciliations,
    vouchers,
)
from recourse.ledger.queries.payments import captured, room_of
from recourse.ledger.queries.states import standing_of, unreversed

__all__ = [
    "AccountRow",
    "Cost",
    "Finding",
    "MoneyStanding",
    "accounts",
    "attempt",
    "attempts",
    "beancount",
    "breaks",
    "budgets_used",
    "by_hand",
    "captured",
    "check_ledger",
    "costs",
    "export_rows",
    "lines",
    "money_standing",
    "money_tasks",
    "postings",
    "reconciliations",
    "room_of",
    "standing_of",
    "totals_of",
    "unreversed",
    "vouchers",
]
