"""Reserves limits: what is asked for and granted counts at once, guarded by one conditional UPDATE for each scope."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.models import locked
from recourse.kit.money import Money, exchange, rate
from recourse.kit.transactions import verb
from recourse.ledger.models import Budget, BudgetHold
from recourse.ledger.policy import HoldState, Scope, Totals
from recourse.ledger.queries.budgets import key_of, totals_of

STANDING = (HoldState.PENDING, HoldState.GRANTED, HoldState.AGED)


@verb
def hold_budget(
    scopes: Sequence[Scope], *, amount: Money, matter: str, by: Actor, at: dt.datetime
) -> Mapping[Scope, Totals]:
    """Count an amount as asked for against every scope, and return what counts there now, itself included.

    The same matter again with the same amount changes nothing; with another, Refused (ledger.key_reused). An amount in
    another currency counts at the rate of the handbook, which is kept; Refused (money.no_rate) where there is none.
    """
    budgets = {scope: _budget(scope) for scope in sorted(set(scopes), key=key_of)}
    held = {hold.budget_id: hold for hold in _holds(matter)}
    for budget in budgets.values():
        standing = held.get(budget.pk)
        if standing is not None:
            _require_same(standing, amount)
            continue
        hold = _hold(budget, matter, amount, at)
        hold.save(force_insert=True)
        Budget.objects.filter(pk=budget.pk).update(pending_minor=F("pending_minor") + hold.minor)
        _age(budget, at)
    return totals_of(budgets.keys(), at=at)


@verb
def grant_budget(
    matter: str, *, caps: Mapping[Scope, int], by: Actor, at: dt.datetime, counts_pending: bool = False
) -> None:
    """Turn what a matter asked for into what is granted, in each scope at most up to its cap; equal to it is within.

    Every budget that the matter holds must be named in `caps`. `counts_pending` lets what others asked for count too.
    Granted already, it changes nothing. Raises Refused (authority.exceeded), and nothing is granted anywhere.
    """
    holds = _ordered(_holds(matter))
    if not holds:
        raise NotVisible
    by_key = {key_of(scope): cap for scope, cap in caps.items()}
    for hold in holds:
        if hold.state != HoldState.PENDING:
            continue
        cap = by_key.get(_key(hold.budget))
        if cap is None:
            raise Refused("authority.no_cap", _("No limit is named for one of the budgets that this counts against."))
        _age(hold.budget, at)
        _grant(hold, cap, at, counts_pending=counts_pending)


def _grant(hold: BudgetHold, cap: int, at: dt.datetime, *, counts_pending: bool) -> None:
    """Move one hold from pending to granted if it fits: the one statement that guards a limit."""
    room = Q(granted_minor__lte=cap - hold.minor)
    if counts_pending:
        room &= Q(granted_minor__lte=cap - F("pending_minor"))
    fits = Budget.objects.filter(room, pk=hold.budget_id, pending_minor__gte=hold.minor)
    moved = fits.update(
        pending_minor=F("pending_minor") - hold.minor, granted_minor=F("granted_minor") + hold.minor, cap_minor=cap
    )
    if not moved:
        raise Refused("authority.exceeded", _("This and what was granted before are more than the limit."))
    taken = BudgetHold.objects.filter(pk=hold.pk, state=HoldState.PENDING)
    if not taken.update(state=HoldState.GRANTED, granted_at=at):
        raise Refused("authority.moved", _("Somebody else has just decided about this."))


@verb
def release_budget(matter: str, *, by: Actor, at: dt.datetime) -> None:
    """Give back all that a matter holds: after refusal, expiry, withdrawal or reversal. Again, it changes nothing."""
    for hold in _ordered(_holds(matter)):
        _budget_locked(hold.budget)
        hold.refresh_from_db(fields=["state"])
        if hold.state == HoldState.RELEASED:
            continue
        BudgetHold.objects.filter(pk=hold.pk).update(state=HoldState.RELEASED, ended_at=at)
        field = {HoldState.PENDING: "pending_minor", HoldState.GRANTED: "granted_minor"}.get(HoldState(hold.state))
        if field:
            Budget.objects.filter(pk=hold.budget_id).update(**{field: F(field) - hold.minor})


@verb
def budget_totals(scopes: Iterable[Scope], *, at: dt.datetime) -> Mapping[Scope, Totals]:
    """Return what counts against scopes now; a grant older than its window counts no more."""
    return totals_of(scopes, at=at)


def _budget(scope: Scope) -> Budget:
    place = {
        "kind": scope.kind, "subject": scope.id, "window_days": scope.window_days, "currency": scope.currency,
    }  # fmt: skip
    found = Budget.objects.filter(**place).first()
    if found is None:
        Budget.objects.bulk_create([Budget(**place)], ignore_conflicts=True)
        found = Budget.objects.get(**place)
    return found


def _budget_locked(budget: Budget) -> Budget:
    found: Budget = locked(Budget.objects.filter(pk=budget.pk)).get()
    return found


def _holds(matter: str) -> list[BudgetHold]:
    return list(BudgetHold.objects.filter(matter=matter, state__in=STANDING).select_related("budget"))


def _ordered(holds: Iterable[BudgetHold]) -> list[BudgetHold]:
    """Return holds in the order in which every verb takes its budgets, so that two of them never wait in a ring."""
    return sorted(holds, key=lambda hold: _key(hold.budget))


def _key(budget: Budget) -> tuple[str, str, int, str]:
    return (str(budget.kind), budget.subject, budget.window_days, budget.currency)


def _require_same(standing: BudgetHold, amount: Money) -> None:
    if (standing.asked_minor, standing.asked_currency) != (amount.minor, amount.currency):
        raise Refused("ledger.key_reused", _("This matter already holds another amount; release it first."))


def _hold(budget: Budget, matter: str, amount: Money, at: dt.datetime) -> BudgetHold:
    counted, told, source = amount, "", ""
    if amount.currency != budget.currency:
        edition = edition_at(at)
        found = edition.rules.money.rate(amount.currency, budget.currency)
        if found is None:
            said = _("The handbook has no rate from %(one)s to %(other)s.")
            raise Refused("money.no_rate", said % {"one": amount.currency, "other": budget.currency})
        counted = exchange(amount, budget.currency, rate(found.value))
        told, source = found.value, f"handbook {edition.number} {found.source}".strip()[:80]
    return BudgetHold(
        budget=budget,
        matter=matter,
        minor=counted.minor,
        asked_minor=amount.minor,
        asked_currency=amount.currency,
        rate=told,
        rate_from=source,
        held_at=at,
    )


def _age(budget: Budget, at: dt.datetime) -> None:
    """Let grants that are older than the window leave the sum, under the budget's lock."""
    if not budget.window_days:
        return
    _budget_locked(budget)
    since = at - dt.timedelta(days=budget.window_days)
    old = BudgetHold.objects.filter(budget=budget, state=HoldState.GRANTED, granted_at__lte=since)
    gone = old.aggregate(minor=Sum("minor"))["minor"] or 0
    if gone:
        old.update(state=HoldState.AGED, ended_at=at)
        Budget.objects.filter(pk=budget.pk).update(granted_minor=F("granted_minor") - gone)
