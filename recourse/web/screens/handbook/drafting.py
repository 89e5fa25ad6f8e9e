"""The draft: begun, read beside what holds, changed value by value or as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from recourse.handbook import actions, queries
from recourse.handbook.policy.fields import Field, FieldKind, describe, typed
from recourse.handbook.policy.reading import Mistakes
from recourse.handbook.policy.writing import write_toml
from recourse.kit.errors import Invalid, NotVisible, Stale
from recourse.people.policy import Permission
from recourse.web import parts, toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.screens.handbook.reading import story
from recourse.web.screens.handbook.sections import Shown, shown

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class DraftPage:
    """The draft beside the edition it is based on, and what can be done with it."""

    draft: Any
    crumbs: parts.Breadcrumb
    changes: Sequence[Any]
    shown: Shown
    moves: dict[str, Any]
    lines: Sequence[parts.TimelineEntry]


def the_draft(request: DeskRequest) -> Any:
    """Return the draft or proposal that is open; NotVisible where there is none."""
    found = queries.open_draft()
    if found is None or not request.actor.can(Permission.HANDBOOK_READ):
        raise NotVisible
    return found


def crumbs(*steps: parts.Step) -> parts.Breadcrumb:
    """Return the way from the handbook to a page of the draft."""
    return parts.Breadcrumb([parts.Step(_("Handbook"), "/handbook/"), *steps])


@screen(*GET, needs=Permission.HANDBOOK_READ)
def draft(request: DeskRequest) -> HttpResponse:
    """Show the draft beside what it is based on."""
    found = the_draft(request)
    moves = {move.name: move for move in queries.allowed_moves(found, viewer=request.actor)}
    edit_href = "/handbook/draft/value/" if moves["edit"].is_allowed else ""
    page = DraftPage(
        draft=found,
        crumbs=crumbs(parts.Step(_("Draft"))),
        changes=queries.differences(found.base, found),
        shown=shown(request, found.rules, found.base.rules, edit_href=edit_href),
        moves=moves,
        lines=story(request, found),
    )
    return show(request, "handbook/draft.html", page)


@screen(*POST, needs=Permission.HANDBOOK_EDIT)
def begin(request: DeskRequest) -> HttpResponse:
    """Begin a draft from the last edition."""
    actions.start_draft(by=request.actor, at=request.at)
    return done(request, "handbook_draft")


@dataclass(frozen=True, slots=True)
class ValuePage:
    """One value of the draft in a form."""

    draft: Any
    crumbs: parts.Breadcrumb
    field: Field
    typed: str
    unit: str
    entry: str
    errors: Errors
    is_stale: bool


@screen(*GET, *POST, needs=Permission.HANDBOOK_EDIT)
def value(request: DeskRequest) -> HttpResponse:
    """Show one value of the draft in a form, and change it."""
    found = the_draft(request)
    path = request.POST.get("path", "") or request.GET.get("path", "")
    try:
        field = describe(found.rules, path, _)
    except Mistakes as nowhere:
        raise NotVisible from nowhere
    if request.method == "POST":
        return _change(request, found, field)
    return show(request, "handbook/value.html", _value_page(found, field, *_as_typed(field)))


def _as_typed(field: Field) -> tuple[str, str]:
    """Return a value, and the unit of a length, as they stand in the form."""
    if isinstance(field.value, bool):
        return ("yes" if field.value else "no"), ""
    if isinstance(field.value, dict):
        return str(field.value.get("amount", "")), str(field.value.get("unit", ""))
    if isinstance(field.value, list):
        return "\n".join(str(part) for part in field.value), ""
    return "" if field.value is None else str(field.value), ""


def _value_page(
    found: Any, field: Field, said: str, unit: str, errors: Errors | None = None, *, is_stale: bool = False
) -> ValuePage:
    entry = field.path.rpartition(".")[0]
    return ValuePage(
        draft=found,
        crumbs=crumbs(parts.Step(_("Draft"), _section_href(field.path)), parts.Step(field.label)),
        field=field,
        typed=said,
        unit=unit,
        entry=entry if entry.endswith("]") else "",
        errors=errors or {},
        is_stale=is_stale,
    )


def _section_href(path: str) -> str:
    return f"/handbook/draft/?section={section_of(path)}"


def section_of(path: str) -> str:
    """Return the key of the section that a path lies in."""
    first = path.split(".")[0].split("[")[0]
    return "general" if first in {"currency", "families", "regimes"} else first


def _change(request: DeskRequest, found: Any, field: Field) -> HttpResponse:
    if field.kind is FieldKind.WHOLE:
        raise NotVisible
    posted = {"value": text(request, "value"), "unit": text(request, "unit")}
    try:
        actions.set_value(
            found.pk,
            path=field.path,
            value=typed(field, posted),
            seen=whole_number(request, "seen") or 0,
            by=request.actor,
            at=request.at,
        )
    except Invalid as invalid:
        page = _value_page(found, field, posted["value"], posted["unit"], invalid.fields)
        return show(request, "handbook/value.html", page, status=422)
    except Stale:
        page = _value_page(found, field, posted["value"], posted["unit"], is_stale=True)
        return show(request, "handbook/value.html", page, status=409)
    toasts.say(request, parts.Toast(_("Changed in the draft.")))
    answer = done(request, "handbook_draft")
    return _with_section(answer, section_of(field.path))


def _with_section(answer: HttpResponse, section: str) -> HttpResponse:
    for header in ("Location", "HX-Redirect"):
        if header in answer:
            answer[header] = f"{answer[header]}?section={section}"
    return answer


@screen(*POST, needs=Permission.HANDBOOK_EDIT)
def remove(request: DeskRequest) -> HttpResponse:
    """Take an entry of a list out of the draft."""
    found, path = the_draft(request), text(request, "path")
    if not path.endswith("]"):
        raise NotVisible
    seen = whole_number(request, "seen") or 0
    actions.set_value(found.pk, path=path, value=None, seen=seen, by=request.actor, at=request.at)
    toasts.say(request, parts.Toast(_("Taken out of the draft.")))
    return _with_section(done(request, "handbook_draft"), section_of(path))


@dataclass(frozen=True, slots=True)
class TextPage:
    """The whole draft as text."""

    draft: Any
    crumbs: parts.Breadcrumb
    typed: str
    seen: int
    errors: Errors
    is_stale: bool


@screen(*GET, *POST, needs=Permission.HANDBOOK_EDIT)
def whole(request: DeskRequest) -> HttpResponse:
    """Show the whole draft as TOML, and replace it."""
    found = the_draft(request)
    seen = whole_number(request, "seen") or found.version
    if request.method != "POST":
        return _text_page(request, found, write_toml(found.rules), found.version)
    said = text(request, "text").replace("\r\n", "\n")
    try:
        actions.edit_draft(found.pk, text=said, seen=seen, by=request.actor, at=request.at)
    except Invalid as invalid:
        return _text_page(request, found, said, seen, invalid.fields, status=422)
    except Stale:
        return _text_page(request, found, said, found.version, is_stale=True, status=409)
    toasts.say(request, parts.Toast(_("Kept in the draft.")))
    return done(request, "handbook_draft")


def _text_page(
    request: DeskRequest,
    found: Any,
    said: str,
    seen: int,
    errors: Errors | None = None,
    *,
    is_stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    way = crumbs(parts.Step(_("Draft"), "/handbook/draft/"), parts.Step(_("As text")))
    page = TextPage(found, way, said, seen, errors or {}, is_stale)
    return show(request, "handbook/text.html", page, status=status)
