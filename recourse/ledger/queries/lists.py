"""Lists of money for those who may read it: every amount; a case is named to those alone who may see it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet, Sum

from recourse.cases.models import Case
from recourse.cases.queries.find import visible_among
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible
from recourse.kit.money import Money
from recourse.kit.paging import PAGE_SIZE, Page, page
from recourse.ledger.models import (
    Attempt,
    Balance,
    Break,
    MoneyTask,
    PaymentsHold,
    Posting,
    Reconciliation,
    Standing,
    Voucher,
)
from recourse.ledger.policy import AttemptState, Stage
from recourse.ledger.policy.chart import APPROVED, EXECUTED, PROMISED, SUSPENSE
from recourse.ledger.providers import MANUAL
from recourse.people.policy import Permission

OPEN_ACCOUNTS = {Stage.PROMISED: PROMISED, Stage.APPROVED: APPROVED, Stage.EXECUTED: EXECUTED}


@dataclass(frozen=True, slots=True)
class Figure:
    """How much of one currency stands in a state now."""

    stage: str
    amount: Money
    count: int


@dataclass(frozen=True, slots=True)
class MoneyStanding:
    """How money stands: what waits in each state, what nobody can explain, what needs a person."""

    figures: Sequence[Figure]
    unexplained: Sequence[Money]
    open_breaks: int
    open_tasks: int
    by_hand: int
    held: Sequence[str]
    reconciled_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What is at one account in one currency."""

    code: str
    kind: str
    balance: Money


def money_standing(*, viewer: Actor) -> MoneyStanding:
    """Return how money stands now; needs money:read."""
    viewer.require(Permission.MONEY_READ)
    figures = []
    for stage, account in OPEN_ACCOUNTS.items():
        rows = Standing.objects.filter(account_id=account).exclude(minor=0).values("currency")
        for row in rows.annotate(minor=Sum("minor"), times=Count("id")).order_by("currency"):
            figures.append(Figure(stage, Money(-row["minor"], row["currency"]), row["times"]))
    for currency, minor in _totals("bank:"):
        figures.append(Figure(Stage.SETTLED, Money(-minor, currency), 0))
    return MoneyStanding(
        figures=figures,
        unexplained=[Money(minor, currency) for currency, minor in _totals(SUSPENSE) if minor],
        open_breaks=Break.objects.filter(resolved_at__isnull=True).count(),
        open_tasks=MoneyTask.objects.filter(done_at__isnull=True).count(),
        by_hand=_by_hand().count(),
        held=[hold.why for hold in PaymentsHold.objects.filter(lifted_at__isnull=True).order_by("held_at")],
        reconciled_at=Reconciliation.objects.filter(error="").aggregate(last=Max("finished_at"))["last"],
    )


def _totals(prefix: str) -> list[tuple[str, int]]:
    rows = Balance.objects.filter(account__code__startswith=prefix).values("currency")
    return [(row["currency"], row["minor"]) for row in rows.annotate(minor=Sum("minor")).order_by("currency")]


def accounts(*, viewer: Actor) -> list[AccountRow]:
    """Return what is at every account; needs money:read."""
    viewer.require(Permission.MONEY_READ)
    rows = Balance.objects.values("account_id", "account__kind", "currency").annotate(total=Sum("minor"))
    return [
        AccountRow(row["account_id"], row["account__kind"], Money(row["total"], row["currency"]))
        for row in rows.order_by("account_id", "currency")
    ]


def lines(stage: Stage, *, viewer: Actor, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Standing]:
    """Return what waits in a state (promised, approved, executed), oldest first; needs money:read."""
    viewer.require(Permission.MONEY_READ)
    account = OPEN_ACCOUNTS.get(stage)
    if account is None:
        raise NotVisible
    rows = Standing.objects.filter(account_id=account).exclude(minor=0).select_related("case")
    return with_cases(page(rows, order=["since", "id"], cursor=cursor, size=size), viewer=viewer)


def postings(
    *, viewer: Actor, account: str = "", matter: str = "", stage: str = "", case_id: UUID | None = None,
    cursor: str | None = None, size: int = PAGE_SIZE,
) -> Page[Posting]:  # fmt: skip
    """Return postings, the newest first, of one account, matter, state or case; needs money:read.

    Those of a case that the viewer may not see are left out where the case is asked for.
    """
    viewer.require(Permission.MONEY_READ)
    rows: QuerySet[Posting] = Posting.objects.select_related("case")
    if account:
        rows = rows.filter(from_account_id=account) | rows.filter(to_account_id=account)
    if matter:
        rows = rows.filter(matter=matter)
    if stage:
        rows = rows.filter(stage=stage)
    if case_id is not None:
        rows = rows.filter(case_id__in=visible_among([case_id], viewer=viewer))
    return with_cases(page(rows, order=["-id"], cursor=cursor, size=size), viewer=viewer)


def attempts(*, viewer: Actor, state: str = "", cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Attempt]:
    """Return attempts to pay, the newest first; needs money:read."""
    viewer.require(Permission.MONEY_READ)
    rows = Attempt.objects.select_related("case", "first_by", "second_by", "room")
    rows = rows.filter(state=state) if state else rows
    return with_cases(page(rows, order=["-id"], cursor=cursor, size=size), viewer=viewer)


def attempt(attempt_id: UUID, *, viewer: Actor) -> Attempt:
    """Return one attempt; needs money:read. Raises NotVisible."""
    viewer.require(Permission.MONEY_READ)
    found = Attempt.objects.select_related("case", "first_by", "second_by", "room").filter(pk=attempt_id).first()
    if found is None:
        raise NotVisible
    name_cases([found], viewer=viewer)
    return found


def by_hand(*, viewer: Actor, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Attempt]:
    """Return what finance pays by hand and what a second person checks, oldest first; needs money:read."""
    viewer.require(Permission.MONEY_READ)
    rows = _by_hand().select_related("case", "first_by", "room")
    return with_cases(page(rows, order=["id"], cursor=cursor, size=size), viewer=viewer)


def _by_hand() -> QuerySet[Attempt]:
    return Attempt.objects.filter(provider=MANUAL, state__in=(AttemptState.PLANNED, AttemptState.PAID))


def breaks(*, viewer: Actor, is_open: bool = True, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Break]:
    """Return differences with providers: open ones oldest first, or those resolved newest first; needs money:read."""
    viewer.require(Permission.MONEY_READ)
    rows = Break.objects.filter(resolved_at__isnull=is_open).select_related("attempt__case", "resolved_by")
    order = ["found_at", "id"] if is_open else ["-found_at", "-id"]
    return page(rows, order=order, cursor=cursor, size=size)


def money_tasks(*, viewer: Actor, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[MoneyTask]:
    """Return what needs a person of finance, oldest first; needs money:read."""
    viewer.require(Permission.MONEY_READ)
    rows = MoneyTask.objects.filter(done_at__isnull=True).select_related("attempt")
    return page(rows, order=["raised_at", "id"], cursor=cursor, size=size)


def reconciliations(*, viewer: Actor, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Reconciliation]:
    """Return the comparisons with providers, the newest first; needs money:read."""
    viewer.require(Permission.MONEY_READ)
    return page(Reconciliation.objects.all(), order=["-started_at", "-id"], cursor=cursor, size=size)


def vouchers(*, viewer: Actor, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Voucher]:
    """Return vouchers without their codes, the newest first; needs money:read."""
    viewer.require(Permission.MONEY_READ)
    rows = Voucher.objects.select_related("case", "customer")
    return with_cases(page(rows, order=["-issued_at", "-id"], cursor=cursor, size=size), viewer=viewer)


def with_cases(found: Page[Any], *, viewer: Actor) -> Page[Any]:
    """Name the cases of a page's rows to those who may see them."""
    name_cases(found.rows, viewer=viewer)
    return found


def name_cases(rows: Iterable[Any], *, viewer: Actor) -> None:
    """Set `shown_case` on rows: the case where the viewer may see it, else None."""
    rows = list(rows)
    seen = visible_among([row.case_id for row in rows if row.case_id], viewer=viewer)
    for row in rows:
        shown: Case | None = row.case if row.case_id in seen else None
        row.shown_case = shown
