"""Teams, departments and skills."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.kit.errors import NotVisible
from recourse.people import actions, queries
from recourse.people.policy import Permission, TeamKind
from recourse.web import parts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text
from recourse.web.screens.people.forms import KINDS, MemberForm, NameForm, TeamForm
from recourse.web.screens.people.frame import crumbs, say, tabs, takes
from recourse.web.screens.people.staff import FormPage


@dataclass(frozen=True, slots=True)
class TeamsPage:
    """The list of teams."""

    tabs: parts.Tabs
    rows: Sequence[tuple[Any, str]]
    may_edit: bool
    empty: parts.EmptyState


@screen(*GET, needs=Permission.STAFF_READ)
def teams(request: DeskRequest) -> HttpResponse:
    """List the teams, the retired ones last."""
    found = sorted(queries.teams(has_retired=True), key=lambda team: not team.is_active)
    page = TeamsPage(
        tabs("people_teams", request.actor),
        [(team, str(KINDS[TeamKind(team.kind)])) for team in found],
        request.actor.can(Permission.STAFF_EDIT),
        parts.EmptyState(_("No teams"), _("People who share queues form a team."), icon="users-round"),
    )
    return show(request, "people/teams.html", page)


@screen(*GET, *POST, needs=Permission.STAFF_EDIT)
def new_team(request: DeskRequest) -> HttpResponse:
    """Make a team."""
    form = TeamForm(request.POST or None)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("name", "kind", "is_walled")}
        made = takes(
            form,
            lambda: actions.make_team(
                **said, department=form.cleaned_data["department"] or None, by=request.actor, at=request.at
            ),
        )
        if made is not None:
            return done(request, "people_team", made.slug)
    steps = crumbs(parts.Step(_("Teams"), reverse("people_teams")), parts.Step(_("New team")))
    page = FormPage(_("New team"), steps, form, _("Make the team"))
    return show(request, "people/form.html", page, status=422 if form.is_bound else 200)


@dataclass(frozen=True, slots=True)
class TeamPage:
    """One team and who belongs to it."""

    crumbs: parts.Breadcrumb
    team: Any
    kind: str
    members: Sequence[Any]
    member_form: MemberForm
    may_edit: bool
    may_run: bool


@screen(*GET, needs=Permission.STAFF_READ)
def team(request: DeskRequest, slug: str) -> HttpResponse:
    """Show one team."""
    found = queries.team_named(slug)
    members = list(queries.memberships(found.pk, viewer=request.actor))
    may_edit = request.actor.can(Permission.STAFF_EDIT)
    leads = any(row.staff_id == request.actor.staff_id and row.is_lead for row in members)
    page = TeamPage(
        crumbs=crumbs(parts.Step(_("Teams"), reverse("people_teams")), parts.Step(found.name)),
        team=found,
        kind=str(KINDS[TeamKind(found.kind)]),
        members=members,
        member_form=MemberForm(),
        may_edit=may_edit,
        may_run=may_edit or (leads and request.actor.can(Permission.TEAM_LEAD)),
    )
    return show(request, "people/team.html", page)


@screen(*GET, *POST, needs=Permission.STAFF_EDIT)
def edit_team(request: DeskRequest, slug: str) -> HttpResponse:
    """Change a team."""
    found = queries.team_named(slug)
    known = {
        "name": found.name, "kind": found.kind, "is_walled": found.is_walled, "seen": found.version,
        "department": found.department.slug if found.department else "",
    }  # fmt: skip
    form = TeamForm(request.POST or None, initial=known)
    if form.is_valid():
        said = dict(form.cleaned_data)
        seen = said.pop("seen")
        kept = takes(
            form, lambda: actions.edit_team(team=slug, changes=said, seen=seen, by=request.actor, at=request.at)
        )
        if kept is not None:
            say(request, _("Saved."))
            return done(request, "people_team", slug)
    steps = crumbs(
        parts.Step(_("Teams"), reverse("people_teams")), parts.Step(found.name, reverse("people_team", args=[slug]))
    )
    page = FormPage(_("Edit %(name)s") % {"name": found.name}, steps, form, _("Save"))
    return show(request, "people/form.html", page, status=422 if form.is_bound else 200)


@screen(*POST, needs=Permission.STAFF_EDIT)
def retire_team(request: DeskRequest, slug: str) -> HttpResponse:
    """Close a team to new work."""
    actions.retire_team(team=slug, by=request.actor, at=request.at)
    say(request, _("The team is retired."))
    return done(request, "people_teams")


@screen(*POST, needs=Permission.STAFF_READ)
def member(request: DeskRequest, slug: str) -> HttpResponse:
    """Put somebody into a team, take them out, make them lead or end that."""
    staff_id, what = _staff(text(request, "staff")), text(request, "what", "join")
    by, at = request.actor, request.at
    verbs: dict[str, Callable[[], Any]] = {
        "join": lambda: actions.join_team(team=slug, staff_id=staff_id, by=by, at=at),
        "leave": lambda: actions.leave_team(team=slug, staff_id=staff_id, by=by, at=at),
        "lead": lambda: actions.lead_team(team=slug, staff_id=staff_id, is_lead=True, by=by, at=at),
        "follow": lambda: actions.lead_team(team=slug, staff_id=staff_id, is_lead=False, by=by, at=at),
    }
    if what not in verbs:
        raise NotVisible
    verbs[what]()
    if text(request, "back") == "person":
        return done(request, "people_one", staff_id)
    return done(request, "people_team", slug)


def _staff(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as error:
        raise NotVisible from error


@dataclass(frozen=True, slots=True)
class NamesPage:
    """A list of things that have only a name, with a form for one more."""

    tabs: parts.Tabs
    title: str
    about: str
    rows: Sequence[tuple[Any, str]]
    form: NameForm
    may_edit: bool
    may_rename: bool
    empty: parts.EmptyState


@screen(*GET, *POST, needs=Permission.STAFF_READ)
def departments(request: DeskRequest) -> HttpResponse:
    """List the departments, make one, rename one."""
    form, slug = NameForm(request.POST or None), text(request, "slug")
    if form.is_valid():
        name, by, at = form.cleaned_data["name"], request.actor, request.at
        if takes(
            form,
            lambda: (
                actions.rename_department(department=slug, name=name, by=by, at=at)
                if slug
                else actions.make_department(name=name, by=by, at=at)
            ),
        ):
            return done(request, "people_departments")
    page = NamesPage(
        tabs("people_departments", request.actor),
        _("Departments"),
        _("Legal, finance, logistics: who is asked when a case needs more than the desk."),
        [(row, "") for row in queries.departments()],
        form,
        request.actor.can(Permission.STAFF_EDIT),
        True,
        parts.EmptyState(_("No departments"), _("Add the first one below."), icon="users-round", is_small=True),
    )
    return show(request, "people/names.html", page, status=422 if form.is_bound else 200)


@screen(*GET, *POST, needs=Permission.STAFF_READ)
def skills(request: DeskRequest) -> HttpResponse:
    """List the skills with who has them now, and name one more."""
    form = NameForm(request.POST or None)
    if form.is_valid():
        name = form.cleaned_data["name"]
        if takes(form, lambda: actions.make_skill(name=name, by=request.actor, at=request.at)):
            return done(request, "people_skills")
    rows = [
        (skill, ", ".join(staff.name for staff in queries.specialists(skill.slug, at=request.at)))
        for skill in queries.skills()
    ]
    page = NamesPage(
        tabs("people_skills", request.actor),
        _("Skills"),
        _("What a case may need and a person may know. Beside each: who has it and is not away, the best first."),
        rows,
        form,
        request.actor.can(Permission.STAFF_EDIT),
        False,
        parts.EmptyState(_("No skills"), _("Name the first one below."), icon="users-round", is_small=True),
    )
    return show(request, "people/names.html", page, status=422 if form.is_bound else 200)
