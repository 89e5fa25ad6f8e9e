"""Reading the handbook: what holds now, editions alone or side by side, the facts for conditions, the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from recourse.handbook import queries
from recourse.handbook.policy.facts import FACTS, Fact
from recourse.kit.errors import NotVisible
from recourse.people.policy import Permission
from recourse.people.queries import names_of
from recourse.timeline.queries.entries import Line, thread_lines
from recourse.web import parts
from recourse.web.door import GET, DeskRequest, screen, show
from recourse.web.screens.handbook.sections import Shown, shown


@dataclass(frozen=True, slots=True)
class HandbookPage:
    """The edition in force."""

    edition: Any
    upcoming: Any
    draft: Any
    may_draft: bool
    shown: Shown


@screen(*GET, needs=Permission.HANDBOOK_READ)
def in_force(request: DeskRequest) -> HttpResponse:
    """Show the edition that holds now."""
    edition, latest = queries.edition_at(request.at), queries.latest()
    page = HandbookPage(
        edition=edition,
        upcoming=latest if latest != edition else None,
        draft=queries.open_draft(),
        may_draft=request.actor.can(Permission.HANDBOOK_EDIT),
        shown=shown(request, edition.rules),
    )
    return show(request, "handbook/in_force.html", page)


@dataclass(frozen=True, slots=True)
class EditionPage:
    """One published edition, alone or beside another."""

    edition: Any
    beside: Any
    others: Sequence[Any]
    crumbs: parts.Breadcrumb
    shown: Shown
    lines: Sequence[parts.TimelineEntry]


@screen(*GET, needs=Permission.HANDBOOK_READ)
def edition(request: DeskRequest, number: int) -> HttpResponse:
    """Show a published edition, with `?beside=` another one."""
    found = queries.edition_numbered(number)
    asked = request.GET.get("beside", "")
    beside = queries.edition_numbered(_number(asked)) if asked else None
    kept = {"beside": asked} if asked else {}
    every = [one for one in queries.history(viewer=request.actor) if one.is_published and one.pk != found.pk]
    page = EditionPage(
        edition=found,
        beside=beside,
        others=every,
        crumbs=parts.Breadcrumb(
            [
                parts.Step(_("Handbook"), "/handbook/"),
                parts.Step(_("History"), "/handbook/history/"),
                parts.Step(_("Edition %(number)d") % {"number": number}),
            ]
        ),
        shown=shown(request, found.rules, beside.rules if beside else None, **kept),
        lines=story(request, found),
    )
    return show(request, "handbook/edition.html", page)


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 9):
        raise NotVisible
    return int(typed)


def story(request: DeskRequest, edition: Any) -> list[parts.TimelineEntry]:
    """Return what happened to an edition, newest first."""
    lines = thread_lines([edition.thread_id], viewer=request.actor).rows
    names = {str(key): name for key, name in names_of(_staff(lines)).items()}
    return [
        parts.TimelineEntry(
            sentence=line.sentence,
            when=parts.Moment(line.at, request.at),
            who=names.get(line.actor_id.partition(":")[2], _("Recourse")),
            number=line.position,
            href=f"/record/{line.position}/",
            detail=line.note,
        )
        for line in lines
    ]


def _staff(lines: Sequence[Line]) -> list[Any]:
    return [line.actor_id.partition(":")[2] for line in lines if line.actor_id.startswith("staff:")]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Every edition that was published or given up."""

    crumbs: parts.Breadcrumb
    editions: Sequence[Any]
    draft: Any


@screen(*GET, needs=Permission.HANDBOOK_READ)
def history(request: DeskRequest) -> HttpResponse:
    """Show every edition, newest first."""
    page = HistoryPage(
        crumbs=parts.Breadcrumb([parts.Step(_("Handbook"), "/handbook/"), parts.Step(_("History"))]),
        editions=queries.history(viewer=request.actor),
        draft=queries.open_draft(),
    )
    return show(request, "handbook/history.html", page)


@dataclass(frozen=True, slots=True)
class FactsPage:
    """What conditions may ask about."""

    crumbs: parts.Breadcrumb
    facts: Sequence[Fact]


@screen(*GET, needs=Permission.HANDBOOK_READ)
def facts(request: DeskRequest) -> HttpResponse:
    """Show the facts that a condition may ask about."""
    crumbs = parts.Breadcrumb([parts.Step(_("Handbook"), "/handbook/"), parts.Step(_("Facts for conditions"))])
    return show(request, "handbook/facts.html", FactsPage(crumbs, FACTS))
