"""My account: how I see the desk, what protects me, my sessions, my keys, when I am away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.kit.errors import NotVisible
from recourse.people import actions, queries
from recourse.people.policy import AbsenceKind
from recourse.web import parts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.screens.people.away import add, give
from recourse.web.screens.people.forms import ABSENCES, AbsenceForm, DelegationForm, ProfileForm
from recourse.web.screens.people.frame import say, takes
from recourse.web.screens.people.keys import key_page


def tabs(current: str) -> parts.Tabs:
    """Return the ways through My account."""
    ways = [
        ("profile", _("Profile")),
        ("mfa_index", _("Security")),
        ("my_away", _("Away")),
        ("my_keys", _("API keys")),
    ]
    return parts.Tabs(_("My account"), [parts.Tab(label, reverse(name), name == current) for name, label in ways])


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """How I see the desk."""

    tabs: parts.Tabs
    me: Any
    form: ProfileForm


@screen(*GET, *POST)
def profile(request: DeskRequest) -> HttpResponse:
    """Show and change my zone and language, and what I hold."""
    me = _me(request)
    form = ProfileForm(request.POST or None, initial={"time_zone": me.time_zone, "language": me.language})
    if form.is_valid():
        said = form.cleaned_data
        if takes(form, lambda: actions.edit_staff(staff_id=me.pk, changes=said, by=request.actor, at=request.at)):
            say(request, _("Saved."))
            return done(request, "profile")
    page = ProfilePage(tabs("profile"), me, form)
    return show(request, "profile/profile.html", page, status=422 if form.is_bound else 200)


def _me(request: DeskRequest) -> Any:
    if request.actor.staff_id is None:
        raise NotVisible
    return queries.staff_one(request.actor.staff_id, viewer=request.actor)


@dataclass(frozen=True, slots=True)
class SecurityPage:
    """What protects me, and where I am signed in."""

    tabs: parts.Tabs
    me: Any
    protection: queries.Protection
    sessions: Sequence[tuple[queries.SessionRow, bool]]


@screen(*GET)
def security(request: DeskRequest) -> HttpResponse:
    """Show password, second factors, outside logins and sessions."""
    me = _me(request)
    found = queries.sessions(me.pk, viewer=request.actor, at=request.at)
    here = request.session.session_key
    page = SecurityPage(tabs("mfa_index"), me, queries.protection(me.pk), [(row, row.key == here) for row in found])
    return show(request, "profile/security.html", page)


@screen(*GET)
def passkeys(request: DeskRequest) -> HttpResponse:
    """Lead to the passkeys on the page of security."""
    return HttpResponseRedirect(reverse("mfa_index"))


@screen(*POST)
def end_sessions(request: DeskRequest) -> HttpResponse:
    """End one session of mine, or all but this one."""
    me, session_id = _me(request), whole_number(request, "session")
    if session_id is None:
        here = request.session.session_key or ""
        actions.end_sessions(staff_id=me.pk, except_key=here, by=request.actor, at=request.at)
    else:
        actions.end_session(staff_id=me.pk, session_id=session_id, by=request.actor, at=request.at)
    say(request, _("Signed out there."))
    return done(request, "mfa_index")


@screen(*GET)
def keys(request: DeskRequest) -> HttpResponse:
    """List my API keys."""
    page = key_page(request, owner_id=_me(request).pk, ways=tabs("my_keys"))
    return show(request, "profile/keys.html", page)


@dataclass(frozen=True, slots=True)
class MyAwayPage:
    """When I am away, and who acts for me."""

    tabs: parts.Tabs
    absences: Sequence[tuple[queries.Away, str]]
    delegations: Sequence[Any]
    form: AbsenceForm
    delegation_form: DelegationForm
    me: Any


@screen(*GET, *POST)
def away(request: DeskRequest) -> HttpResponse:
    """Note when I am away, and let somebody act for me."""
    me, what = _me(request), text(request, "what")
    form = AbsenceForm(request.POST if what == "absence" else None, is_own=True)
    delegation_form = DelegationForm(request.POST if what == "delegation" else None, is_own=True, prefix="d")
    if form.is_valid() and add(request, form, ""):
        return done(request, "my_away")
    if delegation_form.is_valid() and give(request, delegation_form, ""):
        return done(request, "my_away")
    found = queries.absences_of(me.pk, viewer=request.actor, at=request.at)
    page = MyAwayPage(
        tabs("my_away"),
        [(row, str(ABSENCES[AbsenceKind(row.kind)])) for row in found],
        list(queries.delegations(viewer=request.actor, at=request.at, staff_id=me.pk)),
        form,
        delegation_form,
        me,
    )
    is_wrong = form.is_bound or delegation_form.is_bound
    return show(request, "profile/away.html", page, status=422 if is_wrong else 200)
