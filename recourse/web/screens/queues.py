"""Lists of cases: the inbox, queues, saved views, search; many cases acted on at once, each with its own result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.cases import actions
from recourse.cases.policy import Priority
from recourse.cases.policy.asking import read
from recourse.cases.queries.find import case_by_ref
from recourse.cases.queries.lists import count, list_cases, queue_counts, queues, saved_views, view_counts
from recourse.customers.queries import search_customers
from recourse.kit.errors import Invalid, NotVisible
from recourse.people.policy import Permission
from recourse.people.queries import active_staff
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, next_page, screen, show, text, whole_number
from recourse.web.parts import CaseRow, Chip, Due, Pager, Person, Tab, Tabs, Toast

ORDERS = (
    ("due", gettext_lazy("Nearest due time")),
    ("priority", gettext_lazy("Priority, then due time")),
    ("newest", gettext_lazy("Newest first")),
    ("activity", gettext_lazy("Latest activity")),
)
INBOX = (
    ("mine", gettext_lazy("Mine"), "is:mine is:open"),
    ("unowned", gettext_lazy("Nobody’s yet"), "is:unowned is:open"),
    ("contact", gettext_lazy("I speak with the customer"), "is:contact is:open"),
    ("waiting", gettext_lazy("Waiting"), "is:mine is:waiting"),
    ("late", gettext_lazy("Late"), "due:overdue"),
    ("done", gettext_lazy("Resolved by me"), "is:mine stage:resolved"),
)


@dataclass(frozen=True)
class ListPage:
    """One list of cases."""

    heading: str
    about: str
    tabs: Tabs | None
    rows: Sequence[CaseRow]
    pager: Pager
    question: str
    asked: str
    order: str
    orders: Sequence[tuple[str, str]]
    may_bulk: bool
    staff: Sequence[Any]
    queues: Sequence[Any]
    priorities: Sequence[str]
    here: str
    may_save: bool
    view: Any = None
    customers: Sequence[Any] = ()
    is_narrowed: bool = False


@dataclass(frozen=True)
class QueuesPage:
    """Every queue with how much it holds, and the saved views."""

    queues: Sequence[tuple[Any, Any]]
    views: Sequence[tuple[Any, Any]]


@dataclass(frozen=True)
class ResultPage:
    """What became of each case."""

    rows: Sequence[Any]
    done: int
    here: str


def _zone(request: DeskRequest) -> str:
    return getattr(request.user, "time_zone", "UTC")


def _page(request: DeskRequest, question: str, *, heading: str, about: str = "", tabs: Tabs | None = None,
          **more: Any) -> ListPage:  # fmt: skip
    """Return one page of a list: `question` narrowed by what is asked in the address, in the order chosen there."""
    asked = request.GET.get("q", "")[:500]
    order = request.GET.get("order", "")
    whole = f"{question} {asked}".strip()
    found = list_cases(
        whole, viewer=request.actor, at=request.at, zone=_zone(request), order=order,
        cursor=request.GET.get("cursor") or None,
    )  # fmt: skip
    may_bulk = request.actor.can(Permission.CASE_BULK)
    return ListPage(
        heading=heading,
        about=about,
        tabs=tabs,
        rows=[row(request, one, can_pick=may_bulk) for one in found.rows],
        pager=Pager("", _href(request, found.previous_cursor), _href(request, found.next_cursor)),
        question=whole,
        asked=asked,
        order=order,
        orders=[(name, str(label)) for name, label in ORDERS],
        may_bulk=may_bulk,
        staff=list(active_staff()) if may_bulk else (),
        queues=list(queues(viewer=request.actor)) if may_bulk else (),
        priorities=[one.value for one in Priority],
        here=request.get_full_path(),
        may_save=request.actor.staff_id is not None,
        is_narrowed=bool(asked),
        **more,
    )


def _href(request: DeskRequest, cursor: str | None) -> str:
    if not cursor:
        return ""
    kept = {name: request.GET[name] for name in ("q", "order", "show") if request.GET.get(name)}
    return f"?{urlencode({**kept, 'cursor': cursor})}"


def row(request: DeskRequest, case: Any, *, can_pick: bool = False, why: str = "") -> CaseRow:
    """Return a case as a row of a list."""
    chips = [Chip(_(case.stage), "accent" if case.stage == "new" else "neutral")]
    if case.is_waiting:
        chips.append(Chip(_("waiting"), "paused"))
    if case.severity in {"high", "critical"}:
        tone = "bad" if case.severity == "critical" else "warn"
        chips.append(Chip(_("severity %(level)s") % {"level": _(case.severity)}, tone))
    if case.priority in {"urgent", "high"}:
        chips.append(Chip(_("priority %(level)s") % {"level": _(case.priority)}))
    if case.tier != "front_line":
        chips.append(Chip(_(case.tier.replace("_", " ")), icon="arrow-up-right"))
    return CaseRow(
        ref=case.ref,
        href=reverse("case", args=[case.ref]),
        subject=case.subject,
        customer=case.customer.name or case.customer.ref if case.customer else _("no customer yet"),
        due=due_of(request, case),
        chips=chips,
        owner=Person(case.owner.name) if case.owner else None,
        about=case.queue.name,
        why=why,
        is_restricted=case.is_restricted,
        can_pick=can_pick,
    )


def due_of(request: DeskRequest, case: Any) -> Due:
    """Return when the next thing is due on a case."""
    if case.due_at.year == 9999 or not case.is_open:
        return Due(None, request.at, "none")
    return Due(case.due_at, request.at, "breached" if case.due_at < request.at else "running")


@screen(*GET, needs=Permission.CASE_READ)
def inbox(request: DeskRequest) -> HttpResponse:
    """Show one's own work by kind, what is due first at the head."""
    shown = request.GET.get("show", "mine")
    chosen = next((one for one in INBOX if one[0] == shown), INBOX[0])
    tabs = Tabs(_("Inbox"), [_tab(request, name, str(label), asked, chosen[0]) for name, label, asked in INBOX])
    page = _page(request, chosen[2], heading=_("Inbox"), tabs=tabs)
    return show(request, "queues/list.html", page)


def _tab(request: DeskRequest, name: str, label: str, question: str, chosen: str) -> Tab:
    number = count(question, viewer=request.actor, at=request.at, zone=_zone(request), limit=99).number
    return Tab(label, f"?show={name}", name == chosen, number)


@screen(*GET, needs=Permission.CASE_READ)
def all_queues(request: DeskRequest) -> HttpResponse:
    """Show every queue and saved view with how much it holds."""
    lines = list(queues(viewer=request.actor))
    counts = queue_counts(lines, viewer=request.actor)
    views = list(saved_views(viewer=request.actor))
    held = view_counts(views, viewer=request.actor, at=request.at, zone=_zone(request))
    page = QueuesPage([(one, counts[one.pk]) for one in lines], [(one, held[one.pk]) for one in views])
    return show(request, "queues/queues.html", page)


@screen(*GET, needs=Permission.CASE_READ)
def queue(request: DeskRequest, slug: str) -> HttpResponse:
    """Show one queue."""
    found = next((one for one in queues(viewer=request.actor) if one.slug == slug), None)
    if found is None:
        raise NotVisible
    page = _page(request, f"queue:{slug} is:open", heading=found.name, about=found.team.name)
    return show(request, "queues/list.html", page)


@screen(*GET, needs=Permission.CASE_READ)
def view(request: DeskRequest, view_id: UUID) -> HttpResponse:
    """Show a saved view."""
    found = next((one for one in saved_views(viewer=request.actor) if one.pk == view_id), None)
    if found is None:
        raise NotVisible
    page = _page(request, found.question, heading=found.name, about=found.question, view=found)
    return show(request, "queues/list.html", page)


@screen(*GET, needs=Permission.CASE_READ)
def search(request: DeskRequest) -> HttpResponse:
    """Find cases and people by words, references and filters; a reference alone goes straight to its case."""
    asked = request.GET.get("q", "")[:500].strip()
    question = read(asked)
    if len(question.cases) == 1 and not question.words and not question.filters and not request.GET.get("cursor"):
        try:
            return redirect("case", case_by_ref(f"RC-{question.cases[0]}", viewer=request.actor).ref)
        except NotVisible:
            pass
    people = search_customers(asked, viewer=request.actor)[:5] if asked else ()
    page = _page(
        request, "", heading=_("Search"), customers=list(people),
        about=_("Words, “phrases”, -not, RC- and CU- references, order numbers, from: queue: owner: stage: due: is:"),
    )  # fmt: skip
    return show(request, "queues/list.html", page)


@screen(*POST, needs=Permission.CASE_BULK)
def bulk(request: DeskRequest) -> HttpResponse:
    """Do one thing to many cases and say of each how it went."""
    refs = request.POST.getlist("case")
    if not refs:
        raise Invalid.one("case", _("Choose at least one case."))
    act, _colon, value = text(request, "act").partition(":")
    given = {name: request.POST.get(name, value) for name in ("owner_id", "queue", "priority", "reason", "severity")}
    results = actions.bulk(act, refs, by=request.actor, at=request.at, given=given)
    rows = [(one, reverse("case", args=[one.key]) if one.code != "case.absent" else "") for one in results]
    page = ResultPage(rows, sum(one.is_done for one in results), next_page(request, reverse("inbox")))
    return show(request, "queues/result.html", page)


@screen(*POST)
def save_view(request: DeskRequest) -> HttpResponse:
    """Keep a question under a name."""
    made = actions.save_view(
        name=text(request, "name"), question=text(request, "question"), by=request.actor, at=request.at
    )
    toasts.say(request, Toast(_("Kept under Queues.")))
    return done(request, "view", made.pk)


@screen(*POST)
def end_view(request: DeskRequest, view_id: UUID) -> HttpResponse:
    """Put a saved view away."""
    actions.end_view(view_id, by=request.actor, at=request.at, seen=whole_number(request, "seen"))
    return done(request, "queues")
