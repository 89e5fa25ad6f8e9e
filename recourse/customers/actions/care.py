"""How a person wants and needs to be treated: care notes and consent."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.customers.actions.keeping import load, save
from recourse.customers.events import CareNoteAdded, CareNoteEnded, ConsentGiven, ConsentWithdrawn
from recourse.customers.models import CareNote, Consent
from recourse.customers.policy import ConsentKind
from recourse.customers.queries.profile import consents_of
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.text import clean_line, clean_text
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import record

NOTE_LIMIT = 2000


@verb
def add_care_note(customer_id: UUID, *, text: str, by: Actor, at: dt.datetime, seen: int | None = None) -> CareNote:
    """Write down what staff should know to treat this person well."""
    customer = load(customer_id, by=by, seen=seen)
    note = CareNote.objects.create(
        customer=customer,
        text=clean_text(text, field="text", limit=NOTE_LIMIT, is_required=True),
        author_id=by.staff_id,
        added_at=at,
    )
    save(customer)
    record(CareNoteAdded(care_note_id=str(note.pk)), thread=customer.thread, by=by, at=at)
    return note


@verb
def end_care_note(care_note_id: UUID, *, by: Actor, at: dt.datetime) -> CareNote:
    """Say that a care note holds no longer; it stays readable in the history."""
    note = CareNote.objects.filter(pk=care_note_id).first()
    if note is None:
        raise NotVisible
    customer = load(note.customer_id, by=by)
    note.refresh_from_db()
    if note.ended_at is not None:
        raise Refused("care_note.ended", _("This care note has ended already."))
    note.ended_at = at
    note.save(update_fields=["ended_at"])
    save(customer)
    record(CareNoteEnded(care_note_id=str(note.pk)), thread=customer.thread, by=by, at=at)
    return note


@verb
def set_consent(
    customer_id: UUID, kind: ConsentKind, *, is_given: bool, how: str, by: Actor, at: dt.datetime
) -> Consent:
    """Record that a person agreed to something or withdrew it, and how they said so; the same again adds nothing."""
    customer = load(customer_id, by=by)
    standing = consents_of(customer).get(ConsentKind(kind))
    if standing is not None and standing.is_given == is_given:
        return standing
    consent = Consent.objects.create(
        customer=customer,
        kind=ConsentKind(kind),
        is_given=is_given,
        how=clean_line(how, field="how", limit=120, is_required=True),
        at=at,
    )
    save(customer)
    event = ConsentGiven(kind=consent.kind) if is_given else ConsentWithdrawn(kind=consent.kind)
    record(event, thread=customer.thread, by=by, at=at, note=consent.how)
    return consent
