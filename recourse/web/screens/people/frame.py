"""What the pages of people share: the way to them, their tabs, and forms filled by what a verb refuses."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.paging import Page
from recourse.people.policy import Permission
from recourse.web import parts, toasts

TYPED_IN = {"from_at": "from_on", "until_at": "through_on", "expires_at": "through_on"}


def tabs(current: str, viewer: Actor) -> parts.Tabs:
    """Return the ways through Set-up → People, without those that the viewer may not take."""
    ways = [
        ("people", _("Staff"), Permission.STAFF_READ),
        ("people_roles", _("Roles"), Permission.STAFF_READ),
        ("people_teams", _("Teams"), Permission.STAFF_READ),
        ("people_departments", _("Departments"), Permission.STAFF_READ),
        ("people_skills", _("Skills"), Permission.STAFF_READ),
        ("people_away", _("Away"), Permission.STAFF_READ),
        ("people_delegations", _("Delegation"), Permission.STAFF_READ),
        ("people_keys", _("API keys"), Permission.KEY_MAKE),
    ]
    shown = [parts.Tab(label, reverse(name), name == current) for name, label, right in ways if viewer.can(right)]
    return parts.Tabs(_("People"), shown)


def crumbs(*steps: parts.Step) -> parts.Breadcrumb:
    """Return where a page below People lies."""
    return parts.Breadcrumb([parts.Step(_("People"), reverse("people")), *steps])


def takes(form: BaseForm, verb: Callable[[], Any]) -> Any:
    """Do a verb with a form that is valid; what it refuses by field is put beside the field. Return None then."""
    try:
        return verb()
    except Invalid as error:
        for field, sentences in error.fields.items():
            typed_in = TYPED_IN.get(field, field)
            form.add_error(typed_in if typed_in in form.fields else None, list(sentences))
        return None


def say(request: HttpRequest, text: str, *, tone: str = "ok") -> None:
    """Say what was just done on the next page."""
    toasts.say(request, parts.Toast(text, tone=tone))


def pager(page: Page[Any], request: HttpRequest, shown: str) -> parts.Pager:
    """Return the ways to the pages around this one, keeping what narrows them."""

    def href(cursor: str | None) -> str:
        kept = {name: value for name, value in request.GET.items() if name != "cursor" and value}
        return f"?{urlencode({**kept, 'cursor': cursor})}" if cursor else ""

    return parts.Pager(shown, href(page.previous_cursor), href(page.next_cursor))


def midnight(day: dt.date, zone: str) -> dt.datetime:
    """Return the instant at which a day begins somewhere."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone))
