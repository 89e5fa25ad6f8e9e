"""Verbs that begin, change and give up a draft."""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from recourse.handbook import queries
from recourse.handbook.actions.editions import changed, checked, person, refuse, remember_editor, taken
from recourse.handbook.events import HandbookDiscarded, HandbookDrafted, HandbookEdited
from recourse.handbook.models import Edition
from recourse.handbook.policy.calendars import holiday_source, public_holidays
from recourse.handbook.policy.differences import diff
from recourse.handbook.policy.editing import Plain, with_value
from recourse.handbook.policy.lifecycle import State, raise_calendar_versions
from recourse.handbook.policy.reading import read_toml
from recourse.handbook.policy.rules import Rules, canonical
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.timeline.actions import open_thread, record

PATHS_RECORDED = 100
YEARS_TAKEN = 20


@verb
def start_draft(*, by: Actor, at: dt.datetime) -> Edition:
    """Begin a draft that says what the last published edition says; one at a time, else Refused."""
    by.require(Permission.HANDBOOK_EDIT)
    author = person(by)
    base = queries.latest()
    if base is None:
        raise refuse("handbook.no_edition")
    draft = Edition(
        state=State.DRAFT,
        base=base,
        content=base.content,
        content_hash=base.content_hash,
        author=author,
        author_person_id=author.person_id,
        created_at=at,
        edited_at=at,
        thread=open_thread("edition"),
    )
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError as error:
        raise refuse("handbook.draft_open") from error
    record(HandbookDrafted(str(draft.pk), base.number), thread=draft.thread, by=by, at=at)
    return draft


@verb
def edit_draft(edition_id: UUID, *, text: str, seen: int, by: Actor, at: dt.datetime) -> Edition:
    """Replace everything that a draft says by a handbook written in TOML; Invalid names each mistake's path."""
    draft = taken(edition_id, "edit", seen=seen, by=by)
    return _write(draft, checked(lambda: read_toml(text)), by=by, at=at)


@verb
def set_value(edition_id: UUID, *, path: str, value: Plain, seen: int, by: Actor, at: dt.datetime) -> Edition:
    """Change one value of a draft by its path; None takes an optional value or an entry away."""
    draft = taken(edition_id, "edit", seen=seen, by=by)
    return _write(draft, checked(lambda: with_value(draft.rules, path, value)), by=by, at=at)


@verb
def take_public_holidays(
    edition_id: UUID,
    *,
    calendar: str,
    country: str,
    subdivision: str | None,
    years: range,
    seen: int,
    by: Actor,
    at: dt.datetime,
) -> Edition:
    """Replace the holidays of a draft's calendar by a country's public holidays, as explicit days."""
    draft = taken(edition_id, "edit", seen=seen, by=by)
    if not (1900 < years.start < years.stop <= 2200 and len(years) <= YEARS_TAKEN):
        said = _("Take at most %(count)d years at once, between 1901 and 2199.")
        raise Invalid.one("years", said % {"count": YEARS_TAKEN})
    try:
        days = public_holidays(country, years, subdivision=subdivision)
    except NotImplementedError as error:
        raise Invalid.one("country", _("The holidays of this country or region are not known here.")) from error
    rules = draft.rules
    if calendar not in {one.key for one in rules.calendars}:
        raise Invalid.one("calendar", _("There is no calendar “%(key)s”.") % {"key": calendar})
    update = {"holidays": days, "source": holiday_source(country, years, subdivision=subdivision)}
    calendars = tuple(one.model_copy(update=update) if one.key == calendar else one for one in rules.calendars)
    return _write(draft, rules.model_copy(update={"calendars": calendars}), by=by, at=at)


@verb
def discard(edition_id: UUID, *, seen: int, by: Actor, at: dt.datetime) -> Edition:
    """Give up a draft or a proposal; it stays in the history."""
    draft = taken(edition_id, "discard", seen=seen, by=by)
    draft.state = State.DISCARDED
    changed(draft)
    record(HandbookDiscarded(str(draft.pk)), thread=draft.thread, by=by, at=at)
    return draft


def _write(draft: Edition, rules: Rules, *, by: Actor, at: dt.datetime) -> Edition:
    """Store what a draft says now, who worked on it and what changed; nothing where nothing did."""
    before = draft.rules
    after = raise_calendar_versions(rules, draft.base.rules) if draft.base else rules
    if after == before:
        return draft
    remember_editor(draft, person(by))
    paths = [change.path for change in diff(before, after)][:PATHS_RECORDED]
    draft.content, draft.content_hash, draft.edited_at = canonical(after), after.content_hash, at
    changed(draft)
    record(HandbookEdited(str(draft.pk), paths, draft.content_hash), thread=draft.thread, by=by, at=at)
    return draft
