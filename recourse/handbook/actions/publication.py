"""Verbs that bring an edition into force: proposed by its author, published by a second person."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.handbook import queries
from recourse.handbook.actions.editions import changed, person, refuse, taken
from recourse.handbook.events import HandbookProposed, HandbookPublished, HandbookTakenBack
from recourse.handbook.models import Edition
from recourse.handbook.policy.lifecycle import State, refused_publisher
from recourse.handbook.policy.reading import default_rules
from recourse.handbook.policy.rules import canonical
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, Refused
from recourse.kit.text import clean_text
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.timeline.actions import open_thread, record

NOTE_LIMIT = 4000


@verb
def propose(edition_id: UUID, *, note: str, seen: int, by: Actor, at: dt.datetime) -> Edition:
    """Ask a second person to publish a draft, saying why it changes; it cannot be edited meanwhile."""
    draft = taken(edition_id, "propose", seen=seen, by=by)
    person(by)
    if draft.base is not None and draft.base.content_hash == draft.content_hash:
        raise refuse("handbook.unchanged")
    problems = queries.unknown_names(draft.rules)
    if problems:
        raise Invalid(problems)
    draft.note = clean_text(note, field="note", limit=NOTE_LIMIT, is_required=True)
    draft.state, draft.proposed_at = State.PROPOSED, at
    changed(draft)
    event = HandbookProposed(str(draft.pk), draft.content_hash)
    record(event, thread=draft.thread, by=by, at=at, note=draft.note)
    return draft


@verb
def take_back(edition_id: UUID, *, seen: int, by: Actor, at: dt.datetime) -> Edition:
    """Make a proposal a draft again, so that it can be edited."""
    draft = taken(edition_id, "take_back", seen=seen, by=by)
    draft.state, draft.proposed_at = State.DRAFT, None
    changed(draft)
    record(HandbookTakenBack(str(draft.pk)), thread=draft.thread, by=by, at=at)
    return draft


@verb
def publish(
    edition_id: UUID, *, effective_at: dt.datetime | None = None, seen: int, by: Actor, at: dt.datetime
) -> Edition:
    """Bring a proposal into force from an instant (now, unless said), as the next number.

    Refused for everyone who worked on it, under whichever account and on whosever behalf; Invalid for an instant in
    the past, before the last edition takes effect, or names that the company no longer has.
    """
    draft = taken(edition_id, "publish", seen=seen, by=by)
    publisher = person(by)
    code = refused_publisher(queries.persons_behind(by), queries.persons_at_work(draft))
    if code is not None:
        raise Refused(code, refuse(code).sentence, is_permission=True)
    problems = queries.unknown_names(draft.rules)
    if problems:
        raise Invalid(problems)
    draft.effective_at = _effective(draft.base, effective_at or at, at)
    draft.state, draft.published_at = State.PUBLISHED, at
    draft.publisher, draft.publisher_person_id = publisher, publisher.person_id
    draft.number = (draft.base.number or 0) + 1 if draft.base else 1
    changed(draft)
    _record_publication(draft, by=by, at=at)
    return draft


def _effective(base: Edition | None, effective_at: dt.datetime, at: dt.datetime) -> dt.datetime:
    if effective_at < at:
        raise Invalid.one("effective_at", _("An edition cannot take effect in the past."))
    if base is not None and base.effective_at is not None and effective_at < base.effective_at:
        sentence = _("Edition %(number)d takes effect later than this; choose its instant or a later one.")
        raise Invalid.one("effective_at", sentence % {"number": base.number})
    return effective_at


def _record_publication(edition: Edition, *, by: Actor, at: dt.datetime) -> None:
    queries.forget_asked()
    number, effective_at = edition.number or 0, edition.effective_at or at
    event = HandbookPublished(str(edition.pk), number, edition.content_hash, iso(effective_at))
    record(event, thread=edition.thread, by=by, at=at, edition=number)


@verb
def install_defaults(*, by: Actor, at: dt.datetime) -> Edition:
    """Publish the rules that the product brings as edition 1, effective at once; the same again does nothing.

    Only the system may: it is the one edition without an author and a second person.
    """
    existing = queries.latest()
    if existing is not None:
        return existing
    if not by.is_system:
        raise refuse("handbook.needs_person")
    rules = default_rules()
    edition = Edition.objects.create(
        number=1,
        state=State.PUBLISHED,
        content=canonical(rules),
        content_hash=rules.content_hash,
        created_at=at,
        edited_at=at,
        published_at=at,
        effective_at=at,
        thread=open_thread("edition"),
    )
    _record_publication(edition, by=by, at=at)
    return edition
