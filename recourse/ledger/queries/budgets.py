"""What counts against limits."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import Q, Sum

from recourse.kit.actor import Actor
from recourse.kit.paging import Page, page
from recourse.ledger.models import Budget, BudgetHold
from recourse.ledger.policy import HoldState, Scope, Totals
from recourse.people.policy import Permission


def key_of(scope: Scope) -> tuple[str, str, int, str]:
    """Return the order in which budgets are taken."""
    return (str(scope.kind), scope.id, scope.window_days, scope.currency)


def totals_of(scopes: Iterable[Scope], *, at: dt.datetime) -> Mapping[Scope, Totals]:
    """Return what counts against scopes at an instant; grants that have left their window count no more."""
    wanted = list(scopes)
    asked = Q(pk__in=[])
    for scope in wanted:
        asked |= Q(kind=scope.kind, subject=scope.id, window_days=scope.window_days, currency=scope.currency)
    found = {(row.kind, row.subject, row.window_days, row.currency): row for row in Budget.objects.filter(asked)}
    return {scope: _totals(found.get(key_of(scope)), at) for scope in wanted}


def _totals(budget: Budget | None, at: dt.datetime) -> Totals:
    if budget is None:
        return Totals(0, 0)
    return Totals(budget.pending_minor, budget.granted_minor - _aged(budget, at))


def _aged(budget: Budget, at: dt.datetime) -> int:
    if not budget.window_days:
        return 0
    since = at - dt.timedelta(days=budget.window_days)
    old = BudgetHold.objects.filter(budget=budget, state=HoldState.GRANTED, granted_at__lte=since)
    return int(old.aggregate(minor=Sum("minor"))["minor"] or 0)


def budgets_used(*, viewer: Actor, cursor: str | None = None, size: int = 50) -> Page[Budget]:
    """Return the budgets of which something is used, the most used first; needs money:read."""
    viewer.require(Permission.MONEY_READ)
    return page(Budget.objects.all(), order=["-granted_minor", "-id"], cursor=cursor, size=size)
