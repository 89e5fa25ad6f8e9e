"""How money stands: by state, what nobody can explain, what needs a person, what counts against limits."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.kit.errors import NotVisible
from recourse.kit.money import Money as Amount
from recourse.kit.money import written
from recourse.ledger import queries
from recourse.ledger.policy import Stage
from recourse.people.policy import Permission
from recourse.web.door import GET, DeskRequest, screen, show
from recourse.web.parts import Breadcrumb, Moment, Money, Pager, Step

STAGES = {
    Stage.PROMISED: gettext_lazy("promised, not approved"),
    Stage.APPROVED: gettext_lazy("approved, not paid"),
    Stage.EXECUTED: gettext_lazy("paid, not settled"),
    Stage.SETTLED: gettext_lazy("settled"),
}


@dataclass(frozen=True)
class FigureRow:
    """How much stands in a state."""

    label: str
    amount: Money
    count: int
    href: str


@dataclass(frozen=True)
class TaskRow:
    """Something that needs a person."""

    task: Any
    label: str
    amount: Money
    since: Moment
    href: str


@dataclass(frozen=True)
class MoneyPage:
    """How money stands."""

    figures: Sequence[FigureRow]
    unexplained: Sequence[Money]
    standing: Any
    reconciled: Moment | None
    tasks: Sequence[TaskRow]
    accounts: Sequence[tuple[Any, Money]]
    can_reconcile: bool
    can_export: bool
    from_on: str
    until_on: str


@dataclass(frozen=True)
class LineRow:
    """What one matter has waiting."""

    line: Any
    case: Any
    amount: Money
    since: Moment
    href: str


@dataclass(frozen=True)
class WaitingPage:
    """What waits in one state."""

    crumbs: Breadcrumb
    heading: str
    rows: Sequence[LineRow]
    pager: Pager


@dataclass(frozen=True)
class BudgetsPage:
    """What counts against limits."""

    crumbs: Breadcrumb
    rows: Sequence[tuple[Any, Money, Money]]
    pager: Pager


TASKS = {
    "unknown": gettext_lazy("Nobody knows whether this was paid"),
    "mismatch": gettext_lazy("The provider paid another amount or currency"),
    "failed": gettext_lazy("This came back or was refused"),
    "chargeback": gettext_lazy("The customer's bank takes this back"),
    "unexplained": gettext_lazy("A report that cannot be read"),
}


def amount_of(amount: Amount) -> Money:
    """Return an amount as a part of the page."""
    return Money(written(amount.minor, amount.currency), amount.currency)


def crumbs(here: str) -> Breadcrumb:
    """Return the way back to Money."""
    return Breadcrumb([Step(_("Money"), reverse("money")), Step(here)])


def pager(found: Any, more: str = "") -> Pager:
    """Return the pages around one."""
    return Pager("", _page(found.previous_cursor, more), _page(found.next_cursor, more))


def _page(cursor: str | None, more: str) -> str:
    return f"?{more}cursor={cursor}" if cursor else ""


@screen(*GET, needs=Permission.MONEY_READ)
def money(request: DeskRequest) -> HttpResponse:
    """Show how money stands and what needs a person."""
    actor = request.actor
    found = queries.money_standing(viewer=actor)
    today = request.at.date()
    page = MoneyPage(
        figures=[_figure(one) for one in found.figures],
        unexplained=[amount_of(one) for one in found.unexplained],
        standing=found,
        reconciled=Moment(found.reconciled_at, request.at) if found.reconciled_at else None,
        tasks=[_task(request, one) for one in queries.money_tasks(viewer=actor).rows],
        accounts=[(one, amount_of(one.balance)) for one in queries.accounts(viewer=actor)],
        can_reconcile=actor.can(Permission.MONEY_RECONCILE),
        can_export=actor.can(Permission.MONEY_EXPORT),
        from_on=today.replace(day=1).isoformat(),
        until_on=(today + dt.timedelta(days=1)).isoformat(),
    )
    return show(request, "money/standing.html", page)


def _figure(one: Any) -> FigureRow:
    stage = Stage(one.stage)
    href = reverse("money-waiting", args=[stage.value])
    if stage is Stage.SETTLED:
        href = reverse("money-postings") + "?stage=settled"
    return FigureRow(str(STAGES[stage]), amount_of(one.amount), one.count, href)


def _task(request: DeskRequest, one: Any) -> TaskRow:
    amount = Money(written(one.amount_minor, one.currency), one.currency)
    href = reverse("money-payment", args=[one.attempt_id]) if one.attempt_id else ""
    return TaskRow(one, str(TASKS[one.kind]), amount, Moment(one.raised_at, request.at), href)


@screen(*GET, needs=Permission.MONEY_READ)
def waiting(request: DeskRequest, stage: str) -> HttpResponse:
    """Show what waits in a state, oldest first; each line leads to its case."""
    if stage not in {one.value for one in STAGES}:
        raise NotVisible
    found = queries.lines(Stage(stage), viewer=request.actor, cursor=request.GET.get("cursor") or None)
    shown: Sequence[Any] = found.rows
    rows = [
        LineRow(
            one,
            one.shown_case,
            Money(one.shown, one.currency),
            Moment(one.since, request.at),
            f"{reverse('money-postings')}?matter={one.matter}",
        )
        for one in shown
    ]
    heading = str(STAGES[Stage(stage)]).capitalize()
    return show(request, "money/waiting.html", WaitingPage(crumbs(heading), heading, rows, pager(found)))


@screen(*GET, needs=Permission.MONEY_READ)
def budgets(request: DeskRequest) -> HttpResponse:
    """Show what counts against limits, the most used first."""
    found = queries.budgets_used(viewer=request.actor, cursor=request.GET.get("cursor") or None)
    rows = [
        (
            one,
            Money(written(one.granted_minor, one.currency), one.currency),
            Money(written(one.pending_minor, one.currency), one.currency),
        )
        for one in found.rows
    ]
    return show(request, "money/budgets.html", BudgetsPage(crumbs(_("Budgets used")), rows, pager(found)))
