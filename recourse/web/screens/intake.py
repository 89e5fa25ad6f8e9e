"""Set-up → What comes in: quarantine, and what was imported from files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.intake import actions, queries
from recourse.kit.errors import Invalid
from recourse.people.policy import Permission
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text
from recourse.web.parts import Breadcrumb, Chip, EmptyState, Moment, Pager, Step, Tab, Tabs, Toast
from recourse.web.screens.people.frame import pager

STATES = {"running": "accent", "finished": "ok", "failed": "bad"}


@dataclass(frozen=True)
class QuarantinePage:
    """What waits in quarantine."""

    tabs: Tabs
    rows: Sequence[tuple[Any, Moment, str]]
    pager: Pager
    empty: EmptyState


@dataclass(frozen=True)
class QuarantinedPage:
    """One thing in quarantine: raw content, why it is there, and the two ways out."""

    one: Any
    crumbs: Breadcrumb
    when: Moment
    reasons: Sequence[tuple[str, Sequence[str]]]
    is_waiting: bool
    corrected: str
    why: str
    errors: dict[str, list[str]]


@dataclass(frozen=True)
class ImportsPage:
    """What was imported."""

    tabs: Tabs
    rows: Sequence[tuple[Any, Moment, Chip]]
    pager: Pager
    empty: EmptyState


@dataclass(frozen=True)
class ImportPage:
    """One import: how far it came, and the rows that it refused."""

    run: Any
    crumbs: Breadcrumb
    state: Chip
    started: Moment
    refusals: Sequence[Any]
    is_cut: bool


SHOWN = 200


def tabs(request: DeskRequest, current: str) -> Tabs:
    """Return the places of this family that the viewer may go to."""
    known = (
        ("quarantine", _("Quarantine"), Permission.INTAKE_QUARANTINE),
        ("imports", _("Imports"), Permission.INTAKE_IMPORT),
        ("templates", _("Templates"), Permission.TEMPLATE_EDIT),
    )
    items = [Tab(label, reverse(name), name == current) for name, label, right in known if request.actor.can(right)]
    return Tabs(_("What comes in and goes out"), items)


@screen(*GET, needs=Permission.INTAKE_QUARANTINE)
def quarantine(request: DeskRequest) -> HttpResponse:
    """List what waits in quarantine, newest first."""
    found = queries.quarantined(viewer=request.actor, cursor=request.GET.get("cursor"))
    page = QuarantinePage(
        tabs=tabs(request, "quarantine"),
        rows=[(one, Moment(one.received_at, request.at), ", ".join(sorted(one.reasons))) for one in found.rows],
        pager=pager(found, request, ""),
        empty=EmptyState(
            _("Nothing in quarantine"),
            _("What comes in and cannot be read is kept here as it came, until somebody corrects it or sets it aside."),
        ),
    )
    return show(request, "intake/quarantine.html", page)


@screen(*GET, *POST, needs=Permission.INTAKE_QUARANTINE)
def quarantined(request: DeskRequest, submission_id: UUID) -> HttpResponse:
    """Show one thing in quarantine; take it in after all, or set it aside."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            return _decide(request, submission_id)
        except Invalid as invalid:
            errors = invalid.fields
    one = queries.submission(submission_id, viewer=request.actor)
    page = QuarantinedPage(
        one=one,
        crumbs=Breadcrumb([Step(_("Quarantine"), reverse("quarantine")), Step(str(one.pk)[-8:])]),
        when=Moment(one.received_at, request.at),
        reasons=sorted(one.reasons.items()),
        is_waiting=one.state == "quarantined",
        corrected=text(request, "corrected", one.raw),
        why=text(request, "why"),
        errors=errors,
    )
    return show(request, "intake/quarantined.html", page, status=422 if errors else 200)


def _decide(request: DeskRequest, submission_id: UUID) -> HttpResponse:
    by, at = request.actor, request.at
    if text(request, "act") == "discard":
        actions.discard(submission_id=submission_id, why=text(request, "why"), by=by, at=at)
        toasts.say(request, Toast(_("Set aside; its content is kept.")))
        return done(request, "quarantine")
    taken = actions.replay(submission_id=submission_id, by=by, at=at, corrected=text(request, "corrected"))
    toasts.say(request, Toast(_("Taken in as %(ref)s.") % {"ref": taken.case.ref}))
    return done(request, "quarantine")


@screen(*GET, needs=Permission.INTAKE_IMPORT)
def imports(request: DeskRequest) -> HttpResponse:
    """List the imports, newest first."""
    found = queries.imports(viewer=request.actor, cursor=request.GET.get("cursor"))
    page = ImportsPage(
        tabs=tabs(request, "imports"),
        rows=[(run, Moment(run.started_at, request.at), _state(run)) for run in found.rows],
        pager=pager(found, request, ""),
        empty=EmptyState(
            _("Nothing was imported yet"),
            _("Files of customers, orders, complaints and cases come in with the command “recourse import”."),
        ),
    )
    return show(request, "intake/imports.html", page)


def _state(run: Any) -> Chip:
    return Chip(_(run.state), STATES.get(run.state, "neutral"))


@dataclass(frozen=True)
class RowPage:
    """One refused row: raw content, why, and the two ways out."""

    one: Any
    crumbs: Breadcrumb
    reasons: Sequence[tuple[str, Sequence[str]]]
    is_waiting: bool
    corrected: str
    why: str
    errors: dict[str, list[str]]


@screen(*GET, *POST, needs=Permission.INTAKE_IMPORT)
def row(request: DeskRequest, run_id: UUID, number: int) -> HttpResponse:
    """Show one refused row; correct it and take it in, or set it aside."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            if text(request, "act") == "discard":
                actions.discard_refusal(
                    run_id=run_id, row_number=number, why=text(request, "why"), by=request.actor, at=request.at
                )
            else:
                given = text(request, "corrected")
                actions.replay_refusal(
                    run_id=run_id, row_number=number, corrected=given, by=request.actor, at=request.at
                )
        except Invalid as invalid:
            errors = invalid.fields
        else:
            toasts.say(request, Toast(_("Decided on row %(number)d.") % {"number": number}))
            return done(request, "import", run_id)
    one = queries.refusal(run_id, number, viewer=request.actor)
    steps = [Step(_("Imports"), reverse("imports")), Step(one.run.source_name, reverse("import", args=[run_id]))]
    page = RowPage(
        one=one,
        crumbs=Breadcrumb([*steps, Step(_("Row %(number)d") % {"number": number})]),
        reasons=sorted(one.reasons.items()),
        is_waiting=one.state == "waiting",
        corrected=text(request, "corrected", one.raw),
        why=text(request, "why"),
        errors=errors,
    )
    return show(request, "intake/row.html", page, status=422 if errors else 200)


@screen(*GET, needs=Permission.INTAKE_IMPORT)
def imported(request: DeskRequest, run_id: UUID) -> HttpResponse:
    """Show one import with the rows that it refused and why."""
    run = queries.import_run(run_id, viewer=request.actor)
    page = ImportPage(
        run=run,
        crumbs=Breadcrumb([Step(_("Imports"), reverse("imports")), Step(run.source_name)]),
        state=_state(run),
        started=Moment(run.started_at, request.at),
        refusals=queries.refusals_of(run, limit=SHOWN),
        is_cut=run.refused > SHOWN,
    )
    return show(request, "intake/import.html", page)
