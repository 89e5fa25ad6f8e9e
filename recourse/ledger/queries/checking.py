"""Whether the ledger agrees with itself: every sum that is kept is reckoned anew from what it is the sum of."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Sum

from recourse.ledger.models import Attempt, Balance, Budget, BudgetHold, Chargeback, PaymentRoom, Posting, Standing
from recourse.ledger.policy import AccountKind, AttemptState, ChargebackState, HoldState
from recourse.ledger.policy.attempts import ASK_A_PERSON_AFTER, EXECUTED
from recourse.ledger.policy.chart import account_kind

S = AttemptState
RESERVED = (S.PLANNED, S.SENDING, S.UNKNOWN, S.PENDING, S.PAID)
GRACE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree: which rule, about what, in numbers."""

    rule: str
    about: str
    kept: int
    reckoned: int


def check_ledger(*, at: dt.datetime) -> list[Finding]:
    """Return all that does not agree; nothing where all is well."""
    return [*_balances(), *_standings(), *_budgets(), *_rooms(), *_attempts(), *_unanswered(at)]


def _sums(fields: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    sums: dict[tuple[str, ...], int] = defaultdict(int)
    for side, sign in (("from_account_id", -1), ("to_account_id", 1)):
        names = [side if name == "account" else name for name in fields]
        for row in Posting.objects.values(*names).annotate(minor=Sum("amount_minor")).order_by():
            sums[tuple(row[name] for name in names)] += sign * row["minor"]
    return sums


def _balances() -> Iterator[Finding]:
    sums = _sums(("account", "currency"))
    kept: dict[tuple[str, ...], int] = defaultdict(int)
    for row in Balance.objects.values("account_id", "currency").annotate(total=Sum("minor")).order_by():
        kept[row["account_id"], row["currency"]] = row["total"]
    yield from _unlike("balance", kept, sums)
    by_currency: dict[str, int] = defaultdict(int)
    for (_account, currency), minor in kept.items():
        by_currency[currency] += minor
    yield from (Finding("balances_to_nothing", one, minor, 0) for one, minor in by_currency.items() if minor)


def _standings() -> Iterator[Finding]:
    sums = _sums(("matter", "account", "currency"))
    clearing = {key: minor for key, minor in sums.items() if account_kind(key[1]) is AccountKind.CLEARING}
    rows = Standing.objects.values_list("matter", "account_id", "currency", "minor")
    yield from _unlike("standing", {(one, code, currency): minor for one, code, currency, minor in rows}, clearing)


def _unlike(rule: str, kept: dict[tuple[str, ...], int], reckoned: dict[tuple[str, ...], int]) -> Iterator[Finding]:
    for key in sorted({*kept, *reckoned}):
        if kept.get(key, 0) != reckoned.get(key, 0):
            yield Finding(rule, " ".join(key), kept.get(key, 0), reckoned.get(key, 0))


def _budgets() -> Iterator[Finding]:
    held: dict[tuple[str, str], int] = defaultdict(int)
    for row in BudgetHold.objects.values("budget_id", "state").annotate(total=Sum("minor")).order_by():
        held[str(row["budget_id"]), row["state"]] = row["total"]
    for budget in Budget.objects.all():
        about = f"{budget.kind}:{budget.subject}:{budget.window_days}:{budget.currency}"
        pending, granted = held[str(budget.pk), HoldState.PENDING], held[str(budget.pk), HoldState.GRANTED]
        if budget.pending_minor != pending:
            yield Finding("budget_pending", about, budget.pending_minor, pending)
        if budget.granted_minor != granted:
            yield Finding("budget_granted", about, budget.granted_minor, granted)
        if budget.granted_minor > budget.cap_minor:
            yield Finding("budget_cap", about, budget.granted_minor, budget.cap_minor)


def _rooms() -> Iterator[Finding]:
    taken: dict[tuple[str, bool], int] = defaultdict(int)
    rows = Attempt.objects.filter(room__isnull=False).values("room_id", "state")
    for row in rows.annotate(total=Sum("amount_minor")).order_by():
        if row["state"] in RESERVED or row["state"] == S.SUCCEEDED:
            taken[str(row["room_id"]), row["state"] == S.SUCCEEDED] += row["total"]
    counted = {
        str(row["room_id"]): row["total"]
        for row in Chargeback.objects.exclude(state=ChargebackState.WON)
        .filter(room__isnull=False)
        .values("room_id")
        .annotate(total=Sum("counted_minor"))
        .order_by()
    }
    for room in PaymentRoom.objects.all():
        about = str(room.payment_id)
        expected = (taken[str(room.pk), False], taken[str(room.pk), True], counted.get(str(room.pk), 0))
        kept = (room.refunding_minor, room.refunded_minor, room.charged_back_minor)
        names = ("refunding", "refunded", "charged_back")
        for name, one, other in zip(names, kept, expected, strict=True):
            if one != other:
                yield Finding(f"payment_{name}", about, one, other)
        if room.left_minor < 0:
            yield Finding("payment_exceeded", about, room.left_minor, 0)


def _attempts() -> Iterator[Finding]:
    """Every paid attempt stands once as executed, every other one not at all; one approval pays once."""
    rows = Posting.objects.filter(stage="executed", reverses__isnull=True, reversal__isnull=True)
    posted = {(row["matter"], row["key"]): row["amount_minor"] for row in rows.values("matter", "key", "amount_minor")}
    for attempt in Attempt.objects.all():
        found = posted.get((attempt.matter, f"executed:{attempt.matter}:{attempt.key}"), 0)
        expected = attempt.amount_minor if attempt.state in EXECUTED else 0
        if found != expected:
            yield Finding("attempt_executed", attempt.key, found, expected)
    paid = Attempt.objects.filter(state__in=EXECUTED).values("approval_ref")
    for row in paid.annotate(times=Count("id")).filter(times__gt=1).order_by():
        yield Finding("approval_paid_once", row["approval_ref"], row["times"], 1)


def _unanswered(at: dt.datetime) -> Iterator[Finding]:
    """Nothing is unknown for longer than half an hour without somebody's task."""
    late = Attempt.objects.filter(
        state__in=(S.PLANNED, S.SENDING, S.UNKNOWN), first_sent_at__lte=at - ASK_A_PERSON_AFTER - GRACE
    )
    for attempt in late.exclude(tasks__done_at__isnull=True, tasks__isnull=False).annotate(since=F("first_sent_at")):
        yield Finding("unknown_without_task", attempt.key, 0, 1)
