"""API keys: listed, made and shown once, changed, revoked."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from recourse.kit.errors import NotVisible
from recourse.people import actions, queries
from recourse.people.policy import Permission
from recourse.web import parts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text
from recourse.web.screens.people.forms import KeyForm
from recourse.web.screens.people.frame import crumbs, midnight, say, tabs, takes
from recourse.web.screens.people.staff import FormPage
from recourse.web.sign_in.again import asked_again


@dataclass(frozen=True, slots=True)
class KeysPage:
    """Keys, and the text of one just made."""

    tabs: parts.Tabs
    living: Sequence[Any]
    ended: Sequence[Any]
    token: str
    empty: parts.EmptyState


def key_page(request: DeskRequest, *, owner_id: UUID | None, ways: parts.Tabs, token: str = "") -> KeysPage:
    """Return the keys of one owner, or of everybody, the living apart from the ended."""
    found = list(queries.keys(viewer=request.actor, owner_id=owner_id)[:200])
    living = [key for key in found if key.revoked_at is None and key.expires_at > request.at]
    ended = [key for key in found if key not in living]
    empty = parts.EmptyState(
        _("No keys"), _("A key lets a program act as somebody, within rights you choose."), icon="lock"
    )
    return KeysPage(ways, living, ended, token, empty)


@screen(*GET, needs=Permission.KEY_MAKE)
def keys(request: DeskRequest) -> HttpResponse:
    """List every key."""
    page = key_page(request, owner_id=None, ways=tabs("people_keys", request.actor))
    return show(request, "people/keys.html", page)


@screen(*GET, *POST, needs=Permission.KEY_MAKE)
@asked_again(looks_free=True)
def new_key(request: DeskRequest, staff_id: UUID) -> HttpResponse:
    """Make a key that acts as somebody, and show its text once."""
    owner = queries.staff_one(staff_id, viewer=request.actor)
    held = sorted(queries.actor_for(owner).permissions)
    form = KeyForm(request.POST or None, rights=held)
    if form.is_valid():
        said = form.cleaned_data
        ends = midnight(said["through_on"] + dt.timedelta(days=1), timezone.get_current_timezone_name())
        made = takes(
            form,
            lambda: actions.make_key(
                name=said["name"],
                scopes=said["scopes"],
                expires_at=ends,
                owner_id=staff_id,
                by=request.actor,
                at=request.at,
            ),
        )
        if made is not None:
            page = key_page(request, owner_id=None, ways=tabs("people_keys", request.actor), token=made.token)
            answer = show(request, "people/keys.html", page)
            answer["Cache-Control"] = "no-store"
            return answer
    title = _("New key for %(name)s") % {"name": owner.name}
    steps = crumbs(parts.Step(_("API keys"), reverse("people_keys")), parts.Step(title))
    about = [
        _("The key acts as %(name)s and loses what they lose.") % {"name": owner.name},
        _("Its text is shown once. Put it where the program keeps its secrets."),
    ]
    page_ = FormPage(title, steps, form, _("Make the key"), about)
    return show(request, "people/form.html", page_, status=422 if form.is_bound else 200)


@screen(*GET, *POST, needs=Permission.KEY_MAKE)
@asked_again(looks_free=True)
def edit_key(request: DeskRequest, key_id: UUID) -> HttpResponse:
    """Change what a key is called and may do."""
    key = queries.key_one(key_id, viewer=request.actor)
    held = sorted(queries.actor_for(key.owner).permissions)
    form = KeyForm(request.POST or None, rights=held, is_new=False, initial={"name": key.name, "scopes": key.scopes})
    if form.is_valid():
        said = form.cleaned_data
        kept = takes(form, lambda: actions.edit_key(key_id=key_id, **said, by=request.actor, at=request.at))
        if kept is not None:
            say(request, _("Saved. It holds at once."))
            return done(request, "people_keys")
    steps = crumbs(parts.Step(_("API keys"), reverse("people_keys")), parts.Step(key.name))
    page = FormPage(_("Edit %(name)s") % {"name": key.name}, steps, form, _("Save"))
    return show(request, "people/form.html", page, status=422 if form.is_bound else 200)


@screen(*POST)
def revoke_key(request: DeskRequest, key_id: UUID) -> HttpResponse:
    """End a key."""
    if request.actor.staff_id is None:
        raise NotVisible
    queries.key_one(key_id, viewer=request.actor)
    actions.revoke_key(key_id=key_id, by=request.actor, at=request.at)
    say(request, _("The key has ended."))
    return done(request, "my_keys" if text(request, "back") == "me" else "people_keys")
