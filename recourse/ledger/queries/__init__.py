"""Questions about money."""

from recourse.ledger.queries.budgets import budgets_used, totals_of
from recourse.ledger.queries.checking import Finding, check_ledger
from recourse.ledger.queries.payments import captured, room_of
from recourse.ledger.queries.states import standing_of, unreversed

__all__ = ["Finding", "budgets_used", "captured", "check_ledger", "room_of", "standing_of", "totals_of", "unreversed"]
