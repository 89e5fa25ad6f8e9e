"""What becomes of the draft: its consequences, proposed, taken back, published by a second person, discarded."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from recourse.handbook import actions, queries
from recourse.handbook.policy.consequences import Consequence, WhatWouldChange
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.words import VALUES
from recourse.kit.errors import Invalid
from recourse.people.policy import Permission
from recourse.web import parts, toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.screens.handbook.drafting import crumbs, the_draft


@dataclass(frozen=True, slots=True)
class ConsequencesPage:
    """The decisions that would come out differently under the draft."""

    draft: Any
    crumbs: parts.Breadcrumb
    found: WhatWouldChange
    rows: Sequence[tuple[str, Consequence]]
    hidden: int


@screen(*GET, needs=Permission.HANDBOOK_READ)
def consequences(request: DeskRequest) -> HttpResponse:
    """Show what would have come out differently in the last 90 days and on open cases."""
    draft = the_draft(request)
    found = queries.what_would_change(draft.base.rules, draft.rules, viewer=request.actor, at=request.at)
    rows = [(_named(row.what, draft.rules), row) for row in found.rows()]
    page = ConsequencesPage(
        draft=draft,
        crumbs=crumbs(parts.Step(_("Draft"), "/handbook/draft/"), parts.Step(_("What would change"))),
        found=found,
        rows=rows,
        hidden=found.changed - len(rows),
    )
    return show(request, "handbook/consequences.html", page)


def _named(what: str, rules: Rules) -> str:
    """Return the words for a clock by its kind or key; what a room said in words stays."""
    clock = rules.clocks.statutory_clock(what)
    return clock.name if clock else _(VALUES[what]) if what in VALUES else what


def _seen(request: DeskRequest) -> int:
    return whole_number(request, "seen") or 0


@screen(*POST, needs=Permission.HANDBOOK_EDIT)
def propose(request: DeskRequest) -> HttpResponse:
    """Ask a second person to publish."""
    draft = the_draft(request)
    actions.propose(draft.pk, note=text(request, "note"), seen=_seen(request), by=request.actor, at=request.at)
    toasts.say(request, parts.Toast(_("Proposed. Somebody who did not work on it can publish it.")))
    return done(request, "handbook_draft")


@screen(*POST, needs=Permission.HANDBOOK_EDIT)
def take_back(request: DeskRequest) -> HttpResponse:
    """Make the proposal a draft again."""
    draft = the_draft(request)
    actions.take_back(draft.pk, seen=_seen(request), by=request.actor, at=request.at)
    return done(request, "handbook_draft")


@screen(*POST, needs=Permission.HANDBOOK_EDIT)
def discard(request: DeskRequest) -> HttpResponse:
    """Give the draft up."""
    draft = the_draft(request)
    actions.discard(draft.pk, seen=_seen(request), by=request.actor, at=request.at)
    toasts.say(request, parts.Toast(_("Discarded. It stays in the history.")))
    return done(request, "handbook")


@screen(*POST, needs=Permission.HANDBOOK_PUBLISH)
def publish(request: DeskRequest) -> HttpResponse:
    """Bring the proposal into force, now or from an instant in the viewer's zone."""
    draft = the_draft(request)
    edition = actions.publish(
        draft.pk, effective_at=_instant(request), seen=_seen(request), by=request.actor, at=request.at
    )
    toasts.say(request, parts.Toast(_("Edition %(number)d is published.") % {"number": edition.number}))
    return done(request, "handbook_edition", edition.number)


def _instant(request: DeskRequest) -> dt.datetime | None:
    """Return the instant typed as local time, None where it is left out."""
    typed = text(request, "effective_at").strip()
    if not typed:
        return None
    try:
        found = parse_datetime(typed)
    except ValueError:
        found = None
    if found is None:
        raise Invalid.one("effective_at", _("This must be a day and a time."))
    return found if timezone.is_aware(found) else timezone.make_aware(found)


@dataclass(frozen=True, slots=True)
class HolidaysPage:
    """Public holidays for a calendar of the draft."""

    draft: Any
    crumbs: parts.Breadcrumb
    calendars: Sequence[tuple[str, str]]
    posted: dict[str, str]
    errors: dict[str, list[str]]


@screen(*GET, *POST, needs=Permission.HANDBOOK_EDIT)
def holidays(request: DeskRequest) -> HttpResponse:
    """Take the public holidays of a country into a calendar of the draft."""
    draft = the_draft(request)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            _take(request, draft)
        except Invalid as invalid:
            errors = invalid.fields
        else:
            toasts.say(request, parts.Toast(_("The holidays stand in the draft.")))
            return done(request, "handbook_draft")
    this_year = request.at.year
    defaults = {"country": "", "subdivision": "", "from_year": str(this_year), "to_year": str(this_year + 2)}
    page = HolidaysPage(
        draft=draft,
        crumbs=crumbs(parts.Step(_("Draft"), "/handbook/draft/?section=calendars"), parts.Step(_("Holidays"))),
        calendars=[(calendar.key, calendar.name) for calendar in draft.rules.calendars],
        posted={name: text(request, name, default) for name, default in {"calendar": "", **defaults}.items()},
        errors=errors,
    )
    return show(request, "handbook/holidays.html", page, status=422 if errors else 200)


def _take(request: DeskRequest, draft: Any) -> None:
    first, last = whole_number(request, "from_year"), whole_number(request, "to_year")
    if first is None or last is None:
        raise Invalid.one("from_year", _("Say from which year and up to which."))
    actions.take_public_holidays(
        draft.pk,
        calendar=text(request, "calendar"),
        country=text(request, "country").strip().upper(),
        subdivision=text(request, "subdivision").strip().upper() or None,
        years=range(first, last + 1),
        seen=_seen(request),
        by=request.actor,
        at=request.at,
    )
