"""The books: differences with providers, postings, cost, exports, and stopping all payments."""

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.kit.money import written
from recourse.kit.sheets import write_sheet
from recourse.kit.workbook import write_workbook
from recourse.ledger import actions, queries
from recourse.ledger.policy import Stage, Verdict
from recourse.ledger.providers import configured
from recourse.ledger.queries.export import HEADER
from recourse.people.policy import Permission
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.parts import Breadcrumb, Moment, Money, Pager, Toast
from recourse.web.screens.money.standing import amount_of, crumbs, pager

LOOKED_BACK = dt.timedelta(days=36)
KINDS = {
    "missing": gettext_lazy("we say paid, the provider does not list it"),
    "extra": gettext_lazy("the provider paid, we know nothing of it"),
    "twice": gettext_lazy("the provider paid twice"),
    "amount": gettext_lazy("another amount"),
    "currency": gettext_lazy("another currency"),
    "status": gettext_lazy("another state"),
}
VERDICTS = {
    "extra": [("accepted", gettext_lazy("We bear it as cost")), ("returned", gettext_lazy("It came back"))],
    "twice": [("accepted", gettext_lazy("We bear it as cost")), ("returned", gettext_lazy("It came back"))],
    "missing": [
        ("not_paid", gettext_lazy("It was not paid, and is owed again")),
        ("explained", gettext_lazy("It is explained")),
    ],
}
PLAIN = [("explained", gettext_lazy("It is explained"))]
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "beancount": "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class BreakRow:
    """One difference."""

    one: Any
    kind: str
    ours: Money | None
    theirs: Money | None
    found: Moment
    verdicts: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class DifferencesPage:
    """Differences that stand, or were resolved, and the comparisons that found them."""

    crumbs: Breadcrumb
    rows: Sequence[BreakRow]
    is_open: bool
    pager: Pager
    runs: Sequence[tuple[Any, Moment]]
    providers: Sequence[str]
    can_reconcile: bool
    held: Sequence[str]


@dataclass(frozen=True)
class PostingRow:
    """One posting."""

    posting: Any
    case: Any
    amount: Money


@dataclass(frozen=True)
class PostingsPage:
    """Postings, the newest first."""

    crumbs: Breadcrumb
    rows: Sequence[PostingRow]
    pager: Pager
    asked: dict[str, str]


@dataclass(frozen=True)
class CostsPage:
    """What remedies cost."""

    crumbs: Breadcrumb
    rows: Sequence[tuple[str, Money]]
    by: str
    headings: Sequence[tuple[str, str]]
    form: forms.Form


class DaysForm(forms.Form):
    """From a day up to, and without, another."""

    from_on = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput({"type": "date"}))
    until_on = forms.DateField(label=gettext_lazy("Up to, without"), widget=forms.DateInput({"type": "date"}))


def _money(minor: int | None, currency: str) -> Money | None:
    return Money(written(minor, currency), currency) if minor is not None else None


@screen(*GET, *POST, needs=Permission.MONEY_READ)
def differences(request: DeskRequest) -> HttpResponse:
    """Show differences with providers; ask for a comparison."""
    actor = request.actor
    if request.method == "POST":
        name = text(request, "provider")
        actions.ask_reconciliation(name, from_at=request.at - LOOKED_BACK, until_at=request.at, by=actor, at=request.at)
        toasts.say(request, Toast(_("The comparison is on its way; its differences stand here in a moment.")))
        return done(request, "money-differences")
    is_open = request.GET.get("resolved") != "1"
    found = queries.breaks(viewer=actor, is_open=is_open, cursor=request.GET.get("cursor") or None)
    runs = queries.reconciliations(viewer=actor, size=5).rows
    page = DifferencesPage(
        crumbs=crumbs(_("Differences with providers")),
        rows=[_break(request, one) for one in found.rows],
        is_open=is_open,
        pager=pager(found, "" if is_open else "resolved=1&"),
        runs=[(one, Moment(one.started_at, request.at)) for one in runs],
        providers=configured(),
        can_reconcile=actor.can(Permission.MONEY_RECONCILE),
        held=queries.money_standing(viewer=actor).held,
    )
    return show(request, "money/differences.html", page)


def _break(request: DeskRequest, one: Any) -> BreakRow:
    return BreakRow(
        one,
        str(KINDS[one.kind]),
        _money(one.ours_minor, one.currency),
        _money(one.theirs_minor, one.their_currency or one.currency),
        Moment(one.found_at, request.at),
        [(key, str(label)) for key, label in VERDICTS.get(one.kind, PLAIN)],
    )


@screen(*POST, needs=Permission.MONEY_RECONCILE)
def difference(request: DeskRequest, break_id: UUID) -> HttpResponse:
    """Say what a difference was."""
    said = text(request, "verdict")
    if said not in set(Verdict):
        raise Refused("break.verdict", _("A difference of this kind is not resolved in that way."))
    actions.resolve_break(
        break_id, verdict=Verdict(said), reason=text(request, "reason"), by=request.actor, at=request.at,
        seen=whole_number(request, "seen"),
    )  # fmt: skip
    toasts.say(request, Toast(_("The difference is resolved.")))
    return done(request, "money-differences")


@screen(*POST, needs=Permission.MONEY_RECONCILE)
def stop(request: DeskRequest) -> HttpResponse:
    """Stop all payments, or let them go out again."""
    by_whom = {"by": request.actor, "at": request.at}
    match text(request, "act"):
        case "hold":
            actions.hold_payments(why=text(request, "why"), **by_whom)  # type: ignore[arg-type]
        case "free":
            actions.free_payments(**by_whom)  # type: ignore[arg-type]
        case _other:
            raise NotVisible
    return done(request, "money-differences")


@screen(*GET, needs=Permission.MONEY_READ)
def postings(request: DeskRequest) -> HttpResponse:
    """Show postings, the newest first, of one account, matter or state."""
    asked = {name: request.GET.get(name, "").strip()[:120] for name in ("account", "matter", "stage")}
    if asked["stage"] and asked["stage"] not in set(Stage):
        raise Invalid.one("stage", _("There is no such state."))
    if any("\0" in value for value in asked.values()):
        raise Invalid.one("account", _("This cannot be looked for."))
    found = queries.postings(
        viewer=request.actor, account=asked["account"], matter=asked["matter"], stage=asked["stage"],
        cursor=request.GET.get("cursor") or None,
    )  # fmt: skip
    shown: Sequence[Any] = found.rows
    rows = [PostingRow(one, one.shown_case, amount_of(one.amount)) for one in shown]
    more = urlencode({name: value for name, value in asked.items() if value})
    page = PostingsPage(crumbs(_("Postings")), rows, pager(found, f"{more}&" if more else ""), asked)
    return show(request, "money/postings.html", page)


def _days(request: DeskRequest) -> DaysForm:
    today = request.at.date()
    asked = {"from_on": today.replace(day=1).isoformat(), "until_on": (today + dt.timedelta(days=1)).isoformat()}
    return DaysForm({**asked, **{name: value for name, value in request.GET.items() if name in asked and value}})


@screen(*GET, needs=Permission.MONEY_READ)
def costs(request: DeskRequest) -> HttpResponse:
    """Show what remedies cost by cause, product or department."""
    by, form = request.GET.get("by", "cause"), _days(request)
    rows: list[tuple[str, Money]] = []
    if form.is_valid():
        days = form.cleaned_data
        found = queries.costs(by, viewer=request.actor, from_on=days["from_on"], until_on=days["until_on"])
        rows = [(one.heading or _("none named"), amount_of(one.amount)) for one in found]
    headings = [("cause", _("by cause")), ("product", _("by product")), ("department", _("by department"))]
    page = CostsPage(crumbs(_("What remedies cost")), rows, by, headings, form)
    return show(request, "money/costs.html", page, status=422 if form.errors else 200)


@screen(*GET, needs=Permission.MONEY_EXPORT)
def export(request: DeskRequest, form: str) -> HttpResponseBase:
    """Give the postings of some days as CSV, Excel or text for beancount."""
    if form not in TYPES:
        raise NotVisible
    asked = _days(request)
    if not asked.is_valid():
        raise Invalid({name: [str(said) for said in sentences] for name, sentences in asked.errors.items()})
    days = asked.cleaned_data
    name = f"ledger-{days['from_on']}-{days['until_on']}.{form}"
    answer = _answer(request, form, days)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _answer(request: DeskRequest, form: str, days: dict[str, Any]) -> HttpResponseBase:
    if form == "beancount":
        text_lines = queries.beancount(viewer=request.actor, **days)
        return StreamingHttpResponse(_begun(text_lines), content_type=TYPES[form])
    rows = queries.export_rows(viewer=request.actor, **days)
    if form == "csv":
        sheet = io.StringIO()
        write_sheet(sheet, HEADER, rows)
        return HttpResponse(sheet.getvalue().encode(), content_type=TYPES[form])
    book = io.BytesIO()
    write_workbook(book, "ledger", HEADER, rows)
    return HttpResponse(book.getvalue(), content_type=TYPES[form])


def _begun(lines: Iterator[str]) -> Iterator[str]:
    """Read the first line now, so that a refusal is answered as one and not in the middle of a file."""
    first = next(lines, "")
    return (line for part in ([first], lines) for line in part)
