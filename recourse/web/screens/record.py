"""The record: searched, and one entry with its proof."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.cases.queries.find import case_by_ref
from recourse.cases.queries.threads import hidden_threads, is_hidden_thread
from recourse.kit.errors import Invalid, NotVisible
from recourse.people.policy import Permission
from recourse.people.queries import names_of
from recourse.timeline import queries
from recourse.timeline.events import catalogue
from recourse.web.door import GET, DeskRequest, screen, show
from recourse.web.parts import Breadcrumb, Moment, Pager, Step
from recourse.web.screens.case.story import actor_name


@dataclass(frozen=True)
class Row:
    """One entry in the list."""

    line: Any
    who: str
    when: Moment


@dataclass(frozen=True)
class RecordPage:
    """What was asked and what was found."""

    rows: Sequence[Row]
    pager: Pager
    asked: dict[str, str]
    events: Sequence[str]
    checkpoint: Any


@dataclass(frozen=True)
class EntryPage:
    """One entry, what it carries, and whether a signed checkpoint holds it."""

    crumbs: Breadcrumb
    row: Row
    payload: Sequence[tuple[str, str]]
    proof: Any


@screen(*GET, needs=Permission.RECORD_READ)
def record(request: DeskRequest) -> HttpResponse:
    """Search the whole record, newest first, without cases that the viewer may not know of."""
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ("event", "case", "day")}
    found = queries.search_record(
        _search(request, asked), viewer=request.actor, hidden_threads=hidden_threads(request.actor),
        cursor=request.GET.get("cursor") or None,
    )  # fmt: skip
    names = names_of(_staff_ids(found.rows))
    page = RecordPage(
        rows=[_row(request, line, names) for line in found.rows],
        pager=Pager("", _href(asked, found.previous_cursor), _href(asked, found.next_cursor)),
        asked=asked,
        events=list(catalogue()),
        checkpoint=queries.last_checkpoint(),
    )
    return show(request, "record/list.html", page)


def _search(request: DeskRequest, asked: dict[str, str]) -> queries.Search:
    thread_id = case_by_ref(asked["case"], viewer=request.actor).thread_id if asked["case"] else None
    if not asked["day"]:
        return queries.Search(event=asked["event"], thread_id=thread_id)
    try:
        day = dt.datetime.combine(dt.date.fromisoformat(asked["day"]), dt.time(), dt.UTC)
    except ValueError as error:
        raise Invalid.one("day", _("This is not a date.")) from error
    until_at = day + dt.timedelta(days=1)
    return queries.Search(event=asked["event"], thread_id=thread_id, from_at=day, until_at=until_at)


def _href(asked: dict[str, str], cursor: str | None) -> str:
    if not cursor:
        return ""
    return f"?{urlencode({**{name: said for name, said in asked.items() if said}, 'cursor': cursor})}"


def _staff_ids(lines: Sequence[Any]) -> set[UUID]:
    return {line.staff_id for line in lines if line.staff_id}


def _row(request: DeskRequest, line: Any, names: dict[UUID, str]) -> Row:
    return Row(line, actor_name(line, names), Moment(line.at, request.at))


@screen(*GET, needs=Permission.RECORD_READ)
def entry(request: DeskRequest, position: int) -> HttpResponse:
    """Show one entry and prove that it stands under the newest checkpoint."""
    line = queries.line_at(position, viewer=request.actor)
    if line is None or is_hidden_thread(line.thread_id, viewer=request.actor):
        raise NotVisible
    page = EntryPage(
        crumbs=Breadcrumb([Step(_("Record"), reverse("record")), Step(str(position))]),
        row=_row(request, line, names_of(_staff_ids([line]))),
        payload=[(name, json.dumps(value)) for name, value in json.loads(line.payload).items()],
        proof=queries.prove(position, viewer=request.actor),
    )
    return show(request, "record/entry.html", page)
