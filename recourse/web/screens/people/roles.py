"""Roles and what each may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.kit.errors import NotVisible
from recourse.people import actions, queries
from recourse.people.policy import Permission
from recourse.web import parts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show
from recourse.web.screens.people.forms import RoleForm
from recourse.web.screens.people.frame import crumbs, say, tabs, takes
from recourse.web.screens.people.staff import FormPage
from recourse.web.sign_in.again import asked_again


@dataclass(frozen=True, slots=True)
class Right:
    """One line of the matrix: a right in words, and for each role whether it holds it."""

    name: str
    said: str
    held: tuple[bool, ...]
    is_first_of_noun: bool


@dataclass(frozen=True, slots=True)
class RolesPage:
    """Roles side by side."""

    tabs: parts.Tabs
    roles: Sequence[Any]
    rights: Sequence[Right]
    may_edit: bool


@screen(*GET, needs=Permission.STAFF_READ)
def roles(request: DeskRequest) -> HttpResponse:
    """Show which role may do what."""
    found = queries.roles(viewer=request.actor)
    rights, last = [], ""
    for right in Permission:
        noun = right.partition(":")[0]
        held = tuple(right in role.permissions for role in found)
        rights.append(Right(right.value, queries.describe(right), held, noun != last))
        last = noun
    page = RolesPage(tabs("people_roles", request.actor), found, rights, request.actor.can(Permission.STAFF_EDIT))
    return show(request, "people/roles.html", page)


@screen(*GET, *POST, needs=Permission.STAFF_EDIT)
@asked_again(looks_free=True)
def new_role(request: DeskRequest) -> HttpResponse:
    """Make a role."""
    form = RoleForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        made = takes(
            form,
            lambda: actions.make_role(
                name=said["name"], permissions=said["permissions"], by=request.actor, at=request.at
            ),
        )
        if made is not None:
            say(request, _("The role is made. Give it to somebody on their page."))
            return done(request, "people_roles")
    return _form(request, form, _("New role"), _("Make the role"))


@screen(*GET, *POST, needs=Permission.STAFF_EDIT)
@asked_again(looks_free=True)
def edit_role(request: DeskRequest, role_id: UUID) -> HttpResponse:
    """Change a role of the company's own."""
    found = next((role for role in queries.roles(viewer=request.actor) if role.pk == role_id), None)
    if found is None:
        raise NotVisible
    known = {"name": found.name, "permissions": found.permissions, "seen": found.version}
    form = RoleForm(request.POST or None, initial=known)
    if form.is_valid():
        said = form.cleaned_data
        kept = takes(
            form,
            lambda: actions.edit_role(role_id=role_id, **said, by=request.actor, at=request.at),
        )
        if kept is not None:
            say(request, _("Saved. It holds at once for everybody who has the role."))
            return done(request, "people_roles")
    return _form(request, form, _("Edit the role “%(role)s”") % {"role": found.name}, _("Save"))


def _form(request: DeskRequest, form: RoleForm, title: str, does: str) -> HttpResponse:
    steps = crumbs(parts.Step(_("Roles"), reverse("people_roles")), parts.Step(title))
    about = [_("Rights add up over all roles that somebody holds."), _("Nobody adds rights to a role they hold.")]
    page = FormPage(title, steps, form, does, about)
    return show(request, "people/form.html", page, status=422 if form.is_bound else 200)
