"""Who is away, and who acts for whom."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from recourse.kit.errors import NotVisible
from recourse.people import actions, queries
from recourse.people.policy import AbsenceKind, Permission
from recourse.web import parts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text
from recourse.web.screens.people.forms import ABSENCES, AbsenceForm, DelegationForm
from recourse.web.screens.people.frame import midnight, say, tabs, takes

WEEKS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One person in the calendar: for each day whether they are away, and why if the viewer may know."""

    staff_id: UUID
    name: str
    days: tuple[tuple[bool, str], ...]


@dataclass(frozen=True, slots=True)
class AwayPage:
    """Four weeks of absence."""

    tabs: parts.Tabs
    days: Sequence[dt.date]
    today: dt.date
    rows: Sequence[Row]
    absences: Sequence[tuple[queries.Away, str, bool]]
    form: AbsenceForm
    before: str
    after: str
    empty: parts.EmptyState


@screen(*GET, *POST, needs=Permission.STAFF_READ)
def away(request: DeskRequest) -> HttpResponse:
    """Show four weeks of who is away; note one more absence."""
    form = AbsenceForm(request.POST or None)
    if form.is_valid() and add(request, form, form.cleaned_data.get("staff", "")):
        return done(request, "people_away")
    first = _monday(request)
    page = _page(request, form, first)
    return show(request, "people/away.html", page, status=422 if form.is_bound else 200)


def _monday(request: DeskRequest) -> dt.date:
    today = timezone.localdate(request.at)
    try:
        wanted = dt.date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        wanted = today
    near = abs((wanted - today).days) < 3_000
    wanted = wanted if near else today
    return wanted - dt.timedelta(days=wanted.weekday())


def _page(request: DeskRequest, form: AbsenceForm, first: dt.date) -> AwayPage:
    zone = timezone.get_current_timezone_name()
    days = [first + dt.timedelta(days=index) for index in range(7 * WEEKS)]
    edges = [midnight(day, zone) for day in [*days, days[-1] + dt.timedelta(days=1)]]
    found = queries.who_is_away(viewer=request.actor, from_at=edges[0], until_at=edges[-1])
    shift = dt.timedelta(weeks=WEEKS)
    return AwayPage(
        tabs=tabs("people_away", request.actor),
        days=days,
        today=timezone.localdate(request.at),
        rows=_rows(found, edges),
        absences=[(row, _said(row.kind), row.until_at > request.at) for row in found],
        form=form,
        before=(first - shift).isoformat(),
        after=(first + shift).isoformat(),
        empty=parts.EmptyState(_("Everybody is here"), _("Nobody is away in these four weeks."), icon="calendar"),
    )


def _rows(found: Sequence[queries.Away], edges: Sequence[dt.datetime]) -> list[Row]:
    spans = list(pairwise(edges))
    rows = []
    for staff_id in dict.fromkeys(row.staff_id for row in found):
        own = [row for row in found if row.staff_id == staff_id]
        days = []
        for begins, ends in spans:
            hit = next((row for row in own if row.from_at < ends and begins < row.until_at), None)
            days.append((hit is not None, _said(hit.kind) if hit else ""))
        rows.append(Row(staff_id, own[0].name, tuple(days)))
    return rows


def _said(kind: str) -> str:
    return str(ABSENCES[AbsenceKind(kind)]) if kind else ""


def add(request: DeskRequest, form: AbsenceForm, staff: str) -> bool:
    """Note the absence of a form that is valid, in whole days where the person lives; tell whether it was taken."""
    said = form.cleaned_data
    who = queries.staff_one(person(staff or str(request.actor.staff_id)), viewer=request.actor)
    made = takes(
        form,
        lambda: actions.add_absence(
            staff_id=who.pk,
            kind=said["kind"],
            from_at=midnight(said["from_on"], who.time_zone),
            until_at=midnight(said["through_on"] + dt.timedelta(days=1), who.time_zone),
            by=request.actor,
            at=request.at,
        ),
    )
    if made is None:
        return False
    say(request, _("Noted. New work goes to others in that time."))
    return True


def person(typed: str) -> UUID:
    """Return the key of a person as posted. Raises NotVisible for other text."""
    try:
        return UUID(typed)
    except ValueError as error:
        raise NotVisible from error


@screen(*POST)
def cancel(request: DeskRequest, absence_id: UUID) -> HttpResponse:
    """Call an absence off."""
    actions.cancel_absence(absence_id=absence_id, by=request.actor, at=request.at)
    say(request, _("Called off."))
    return done(request, "my_away" if text(request, "back") == "me" else "people_away")


@dataclass(frozen=True, slots=True)
class DelegationsPage:
    """Who acts for whom."""

    tabs: parts.Tabs
    rows: Sequence[Any]
    form: DelegationForm
    may_edit: bool
    empty: parts.EmptyState


@screen(*GET, *POST, needs=Permission.STAFF_READ)
def delegations(request: DeskRequest) -> HttpResponse:
    """List the delegations that stand or will; give one for somebody else."""
    form = DelegationForm(request.POST or None)
    if form.is_valid() and give(request, form, form.cleaned_data.get("giver", "")):
        return done(request, "people_delegations")
    page = DelegationsPage(
        tabs("people_delegations", request.actor),
        list(queries.delegations(viewer=request.actor, at=request.at)),
        form,
        request.actor.can(Permission.STAFF_EDIT),
        parts.EmptyState(
            _("Nobody acts for anybody"),
            _("Who goes away may let somebody act for them, for a time."),
            icon="handshake",
        ),
    )
    return show(request, "people/delegations.html", page, status=422 if form.is_bound else 200)


def give(request: DeskRequest, form: DelegationForm, giver: str) -> bool:
    """Give the delegation of a form that is valid; tell whether it was taken."""
    said, receiver = form.cleaned_data, form.cleaned_data["receiver"]
    zone = timezone.get_current_timezone_name()
    made = takes(
        form,
        lambda: actions.delegate(
            giver_id=person(giver) if giver else person(str(request.actor.staff_id)),
            receiver_id=person(receiver),
            from_at=midnight(said["from_on"], zone),
            until_at=midnight(said["through_on"] + dt.timedelta(days=1), zone),
            by=request.actor,
            at=request.at,
        ),
    )
    if made is None:
        return False
    say(request, _("Delegated. It ends by itself and is never passed on."))
    return True


@screen(*POST)
def end_delegation(request: DeskRequest, delegation_id: UUID) -> HttpResponse:
    """End a delegation."""
    actions.end_delegation(delegation_id=delegation_id, by=request.actor, at=request.at)
    say(request, _("The delegation has ended."))
    return done(request, "my_away" if text(request, "back") == "me" else "people_delegations")
