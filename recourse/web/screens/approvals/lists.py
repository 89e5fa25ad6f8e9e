"""Lists of approvals: asked of me and decided from the list, asked by me, overrides to review, what looks split."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.approvals import queries
from recourse.kit.errors import NotVisible
from recourse.kit.paging import page as paged
from recourse.people.policy import Permission
from recourse.web.door import GET, DeskRequest, screen, show
from recourse.web.parts import Chip, Due, EmptyState, Moment, Money, Pager, Tab, Tabs
from recourse.web.screens.approvals.words import (
    EFFECTS,
    amount_of,
    chip_of,
    flags_of,
    href_of,
    kind_of,
    money,
    names_of_asked,
    terms_of,
)

SIZE = 50


@dataclass(frozen=True)
class AskedRow:
    """One approval that I may decide from the list."""

    found: Any
    amount: Money
    kind: str
    customer: str
    proposer: str
    for_whom: str
    reason: str
    due: Due
    terms: Sequence[tuple[str, str]]
    sums: Sequence[tuple[str, Money]]
    flags: Sequence[str]
    is_asked_back: bool
    href: str


@dataclass(frozen=True)
class Row:
    """One approval in a list that is only read."""

    found: Any
    amount: Money
    kind: str
    chip: Chip
    asked_of: str
    flags: Sequence[str]
    when: Moment
    due: Due
    href: str


@dataclass(frozen=True)
class ListPage:
    """A list of approvals."""

    tabs: Tabs
    which: str
    asked: Sequence[AskedRow]
    rows: Sequence[Row]
    empty: EmptyState
    pager: Pager


@screen(*GET)
def approvals(request: DeskRequest, which: str = "asked") -> HttpResponse:
    """Show what is asked of me, what I asked for, or what looked split when it was asked."""
    cursor = request.GET.get("page") or None
    if which == "asked":
        found: Any = queries.inbox_page(request.actor, cursor=cursor, size=SIZE)
        asked, rows = [_asked(request, one) for one in found.rows], []
    elif which in ("mine", "split"):
        source = queries.asked_by if which == "mine" else queries.flagged
        found = paged(source(request.actor), order=["-id"], cursor=cursor, size=SIZE)
        asked, rows = [], [_row(request, one) for one in found.rows]
    else:
        raise NotVisible
    return show(
        request,
        "approvals/list.html",
        ListPage(
            tabs=tabs(request, which),
            which=which,
            asked=asked,
            rows=rows,
            empty=_empty(which),
            pager=_pager(request, found, len(asked) + len(rows)),
        ),
    )


def tabs(request: DeskRequest, current: str) -> Tabs:
    """Return the ways to look at approvals that the viewer has."""
    shown = [("asked", _("Asked of me"), reverse("approvals")), ("mine", _("Asked by me"), _list("mine"))]
    if request.actor.can(Permission.FIGURES_READ):
        shown.append(("split", _("Looks split"), _list("split")))
    if request.actor.can(Permission.APPROVAL_REVIEW):
        shown.append(("review", _("Overrides to review"), reverse("approvals-review")))
    shown.append(("authority", _("My authority"), reverse("authority")))
    return Tabs(_("Approvals"), [Tab(label, href, is_current=name == current) for name, label, href in shown])


def _list(which: str) -> str:
    return reverse("approvals-list", args=[which])


def _asked(request: DeskRequest, ask: Any) -> AskedRow:
    found = ask.approval
    sums = found.facts["sums"]
    return AskedRow(
        found=found,
        amount=amount_of(found),
        kind=kind_of(found),
        customer=found.customer.name if found.customer else "",
        proposer=found.proposer.name,
        for_whom=ask.on_behalf_of.name if ask.on_behalf_of else "",
        reason=queries.reason_of(found),
        due=due_of(request, found),
        terms=terms_of(found),
        sums=[(str(EFFECTS[name]), money(sums[name], found.counted_currency)) for name in EFFECTS if sums[name]],
        flags=flags_of(found),
        is_asked_back=found.is_asked_back,
        href=href_of(found),
    )


def _row(request: DeskRequest, found: Any) -> Row:
    return Row(
        found=found,
        amount=amount_of(found),
        kind=kind_of(found),
        chip=chip_of(found),
        asked_of=", ".join(names_of_asked(found)),
        flags=flags_of(found),
        when=Moment(found.asked_at, request.at),
        due=due_of(request, found),
        href=href_of(found),
    )


def due_of(request: DeskRequest, found: Any) -> Due:
    """Return until when it must be decided."""
    if found.state != "asked":
        return Due(None, request.at, "none")
    return Due(found.expires_at, request.at, "breached" if found.expires_at < request.at else "running")


def _empty(which: str) -> EmptyState:
    told = {
        "asked": (
            _("Nobody waits for your yes"),
            _("What others may not decide alone stands here with its exact terms, until you approve, refuse or ask."),
        ),
        "mine": (
            _("You have asked for nothing"),
            _("Lines of a remedy that go beyond your authority stand here until somebody decides."),
        ),
        "split": (
            _("Nothing looks split"),
            _("Lines that together pass a limit that each stays under are held for the level that the sum needs."),
        ),
    }[which]
    return EmptyState(*told, icon="gavel")


def _pager(request: DeskRequest, found: Any, shown: int) -> Pager:
    def href(cursor: str | None) -> str:
        return f"?page={cursor}" if cursor else ""

    return Pager(str(shown), href(found.previous_cursor), href(found.next_cursor))


@dataclass(frozen=True)
class GlassRow:
    """One emergency override."""

    glass: Any
    found: Any
    amount: Money
    by: str
    due: Due
    when: Moment
    href: str
    verdict: str


@dataclass(frozen=True)
class ReviewPage:
    """Emergency overrides that wait for a review, and the last ones that had theirs."""

    tabs: Tabs
    rows: Sequence[GlassRow]
    late: int
    done: Sequence[GlassRow]
    empty: EmptyState
    pager: Pager


@screen(*GET, needs=Permission.APPROVAL_REVIEW)
def to_review(request: DeskRequest) -> HttpResponse:
    """Show the emergency overrides whose review is owed, the longest due first."""
    cursor = request.GET.get("page") or None
    found = paged(queries.to_review(request.actor), order=["review_due_at", "id"], cursor=cursor, size=SIZE)
    done = queries.reviewed(request.actor, at=request.at).order_by("-reviewed_at")[:10]
    rows = [_glass(request, one) for one in found.rows]
    return show(
        request,
        "approvals/review.html",
        ReviewPage(
            tabs=tabs(request, "review"),
            rows=rows,
            late=sum(one.glass.review_due_at < request.at for one in rows),
            done=[_glass(request, one) for one in done],
            empty=EmptyState(
                _("No override waits for a review"),
                _("Whoever decides alone in an emergency must say why; another person looks at each here."),
                icon="shield-check",
            ),
            pager=_pager(request, found, len(rows)),
        ),
    )


def _glass(request: DeskRequest, glass: Any) -> GlassRow:
    is_late = glass.review_due_at < request.at
    due = Due(None, request.at, "none") if glass.reviewed_at else None
    return GlassRow(
        glass=glass,
        found=glass.approval,
        amount=amount_of(glass.approval),
        by=glass.by.name,
        due=due or Due(glass.review_due_at, request.at, "breached" if is_late else "running"),
        when=Moment(glass.at, request.at),
        href=href_of(glass.approval),
        verdict={"justified": _("justified"), "unjustified": _("not justified")}.get(glass.verdict, ""),
    )
