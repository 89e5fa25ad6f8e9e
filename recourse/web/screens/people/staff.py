"""Accounts: listed, hired, looked at, edited, closed; their roles, teams, skills, sessions and links."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recourse.people import actions, queries
from recourse.people.policy import Permission
from recourse.web import parts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text
from recourse.web.screens.people.forms import CloseForm, EditForm, HireForm, SkillForm
from recourse.web.screens.people.frame import crumbs, pager, say, tabs, takes
from recourse.web.sign_in.again import asked_again

EDIT = Permission.STAFF_EDIT


@dataclass(frozen=True, slots=True)
class StaffPage:
    """The list of staff."""

    tabs: parts.Tabs
    rows: Sequence[Any]
    pager: parts.Pager
    narrow: queries.StaffFilter
    roles: Sequence[str]
    teams: Sequence[Any]
    may_edit: bool
    empty: parts.EmptyState


@screen(*GET, needs=Permission.STAFF_READ)
def staff(request: DeskRequest) -> HttpResponse:
    """List who works here, or who has left."""
    given = request.GET
    narrow = queries.StaffFilter(
        words=given.get("q", "")[:200],
        role=given.get("role", "")[:80],
        team=given.get("team", "")[:60],
        has_left=given.get("left") == "1",
    )
    found = queries.staff_page(viewer=request.actor, narrow=narrow, cursor=given.get("cursor") or None)
    shown = ngettext("%(count)d on this page", "%(count)d on this page", len(found.rows)) % {"count": len(found.rows)}
    page = StaffPage(
        tabs=tabs("people", request.actor),
        rows=found.rows,
        pager=pager(found, request, shown),
        narrow=narrow,
        roles=[role.name for role in queries.roles(viewer=request.actor)],
        teams=list(queries.teams()),
        may_edit=request.actor.can(EDIT),
        empty=parts.EmptyState(_("Nobody"), _("No account fits what you asked for."), icon="users-round"),
    )
    return show(request, "people/staff.html", page)


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page that is one form."""

    title: str
    crumbs: parts.Breadcrumb
    form: Any
    does: str
    about: Sequence[str] = ()
    back: str = ""


@screen(*GET, *POST, needs=EDIT)
def hire(request: DeskRequest) -> HttpResponse:
    """Give somebody an account."""
    names = [role.name for role in queries.roles(viewer=request.actor)]
    form = HireForm(request.POST or None, roles=names)
    if form.is_valid():
        said = dict(form.cleaned_data)
        other = said.pop("same_person_as")
        new = takes(
            form,
            lambda: actions.hire(
                **{**said, "department": said["department"] or None},
                same_person_as=UUID(other) if other else None,
                by=request.actor,
                at=request.at,
            ),
        )
        if new is not None:
            say(request, _("%(name)s has an account. Give them a link for their first password.") % {"name": new.name})
            return done(request, "people_one", new.pk)
    page = FormPage(
        _("New account"),
        crumbs(parts.Step(_("New account"))),
        form,
        _("Give the account"),
        [_("No password is set. On the next page you make a link by which they set their own.")],
    )
    return show(request, "people/form.html", page, status=422 if form.is_bound else 200)


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One account."""

    crumbs: parts.Breadcrumb
    one: Any
    may_edit: bool
    may_judge: bool
    is_self: bool
    free_roles: Sequence[str]
    free_teams: Sequence[Any]
    skill_form: Any
    close_form: Any
    sessions: Sequence[Any]
    protection: Any
    absences: Sequence[Any]
    is_away: bool
    link: str


def _page(request: DeskRequest, one: Any, *, skill_form: Any = None, link: str = "") -> PersonPage:
    may_edit = request.actor.can(EDIT)
    held = {grant.role.name for grant in one.grants.all()}
    joined = {membership.team_id for membership in one.memberships.all()}
    return PersonPage(
        crumbs=crumbs(parts.Step(one.name)),
        one=one,
        may_edit=may_edit,
        may_judge=may_edit or request.actor.can(Permission.TEAM_LEAD),
        is_self=request.actor.staff_id == one.pk,
        free_roles=[role.name for role in queries.roles(viewer=request.actor) if role.name not in held],
        free_teams=[team for team in queries.teams() if team.pk not in joined],
        skill_form=skill_form or SkillForm(skills=_skills()),
        close_form=CloseForm(),
        sessions=queries.sessions(one.pk, viewer=request.actor, at=request.at) if may_edit else (),
        protection=queries.protection(one.pk) if may_edit else None,
        absences=queries.absences_of(one.pk, viewer=request.actor, at=request.at),
        is_away=queries.is_absent(one, at=request.at),
        link=link,
    )


def _skills() -> list[tuple[str, str]]:
    return [(skill.slug, skill.name) for skill in queries.skills()]


@screen(*GET, needs=Permission.STAFF_READ)
def one(request: DeskRequest, staff_id: UUID) -> HttpResponse:
    """Show one account."""
    found = queries.staff_one(staff_id, viewer=request.actor)
    return show(request, "people/one.html", _page(request, found))


@screen(*GET, *POST, needs=EDIT)
def edit(request: DeskRequest, staff_id: UUID) -> HttpResponse:
    """Change an account."""
    found = queries.staff_one(staff_id, viewer=request.actor)
    known = {
        "name": found.name,
        "email": found.email,
        "department": found.department.slug if found.department else "",
        "time_zone": found.time_zone,
        "work_in_progress_limit": found.work_in_progress_limit,
        "seen": found.version,
    }
    form = EditForm(request.POST or None, initial=known)
    if form.is_valid():
        said = dict(form.cleaned_data)
        seen = said.pop("seen")
        kept = takes(
            form,
            lambda: actions.edit_staff(staff_id=staff_id, changes=said, seen=seen, by=request.actor, at=request.at),
        )
        if kept is not None:
            say(request, _("Saved."))
            return done(request, "people_one", staff_id)
    steps = crumbs(parts.Step(found.name, reverse("people_one", args=[staff_id])), parts.Step(_("Edit")))
    page = FormPage(_("Edit %(name)s") % {"name": found.name}, steps, form, _("Save"))
    return show(request, "people/form.html", page, status=422 if form.is_bound else 200)


@screen(*POST, needs=EDIT)
@asked_again()
def close(request: DeskRequest, staff_id: UUID) -> HttpResponse:
    """Close an account, or open it again."""
    if text(request, "open") == "again":
        actions.reactivate(staff_id=staff_id, by=request.actor, at=request.at)
        say(request, _("The account is open again."))
    else:
        actions.deactivate(staff_id=staff_id, note=text(request, "note"), by=request.actor, at=request.at)
        say(request, _("The account is closed. Its sessions, keys and links ended."))
    return done(request, "people_one", staff_id)


@screen(*POST, needs=EDIT)
@asked_again()
def role(request: DeskRequest, staff_id: UUID) -> HttpResponse:
    """Give a role, or take one."""
    name, is_taken = text(request, "role"), text(request, "take") == "1"
    verb = actions.revoke_role if is_taken else actions.grant_role
    verb(staff_id=staff_id, role=name, by=request.actor, at=request.at)
    said = _("Took the role “%(role)s” away.") if is_taken else _("Gave the role “%(role)s”.")
    say(request, said % {"role": name})
    return done(request, "people_one", staff_id)


@screen(*POST, needs=Permission.STAFF_READ)
def skill(request: DeskRequest, staff_id: UUID) -> HttpResponse:
    """Grant a skill, or take one back."""
    if text(request, "take"):
        actions.revoke_skill(staff_id=staff_id, skill=text(request, "take"), by=request.actor, at=request.at)
        return done(request, "people_one", staff_id)
    form = SkillForm(request.POST, skills=_skills())
    if form.is_valid():
        said = {**form.cleaned_data, "level": int(form.cleaned_data["level"])}
        verb = lambda: actions.grant_skill(staff_id=staff_id, by=request.actor, at=request.at, **said)  # noqa: E731
        if takes(form, verb) is not None:
            return done(request, "people_one", staff_id)
    found = queries.staff_one(staff_id, viewer=request.actor)
    return show(request, "people/one.html", _page(request, found, skill_form=form), status=422)


@screen(*POST, needs=EDIT)
@asked_again()
def link(request: DeskRequest, staff_id: UUID) -> HttpResponse:
    """Make a link by which somebody sets a password, and show it once."""
    drops = text(request, "drops_second_factor") == "on"
    made = actions.issue_link(staff_id=staff_id, drops_second_factor=drops, by=request.actor, at=request.at)
    found = queries.staff_one(staff_id, viewer=request.actor)
    answer = show(request, "people/one.html", _page(request, found, link=made))
    answer["Cache-Control"] = "no-store"
    return answer


@screen(*POST, needs=EDIT)
def end_sessions(request: DeskRequest, staff_id: UUID) -> HttpResponse:
    """End every session of somebody."""
    actions.end_sessions(staff_id=staff_id, by=request.actor, at=request.at)
    say(request, _("Their sessions have ended."))
    return done(request, "people_one", staff_id)
