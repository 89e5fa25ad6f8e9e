"""What cannot be read is kept as it came, looked at by a person, and taken in again or set aside."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from recourse.cases.policy import Channel
from recourse.intake.actions.taking import Submitted, refuse_flood, submit
from recourse.intake.events import SubmissionDiscarded, SubmissionQuarantined, SubmissionReplayed
from recourse.intake.models import Submission
from recourse.intake.policy.raw import raw_text
from recourse.intake.policy.words import PER_SENDER_HOURLY, RAW_LIMIT, SubmissionState
from recourse.kit.actor import Actor
from recourse.kit.cards import mask_cards
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.kit.ids import digest
from recourse.kit.models import locked
from recourse.kit.text import clean_text
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.timeline.actions import open_thread, record


def take_in(
    *, raw: bytes, channel: Channel, by: Actor, at: dt.datetime, source_ref: str = "", sender: str = ""
) -> Submission:
    """Take in raw JSON from a program that cannot be asked again: it becomes a case, or a line in quarantine."""
    try:
        given = read_object(raw)
        with transaction.atomic():
            taken = submit(given=given, channel=channel, by=by, at=at, source_ref=source_ref, sender=sender)
        return taken.submission
    except Invalid as error:
        return quarantine(raw=raw, channel=channel, reasons=error.fields, by=by, at=at, sender=sender)


def read_object(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in raw bytes; anything else raises Invalid(raw)."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Invalid.one("raw", _("This is not JSON.")) from error
    if not isinstance(value, dict):
        raise Invalid.one("raw", _("This is not a JSON object."))
    return value


@verb
def quarantine(
    *,
    raw: bytes,
    channel: Channel,
    reasons: Mapping[str, Sequence[str]],
    by: Actor,
    at: dt.datetime,
    sender: str = "",
) -> Submission:
    """Keep something that could not be read, with its raw content (card numbers masked, at most 200,000 characters).

    `sender` is limited like every other way in: Throttled.
    """
    text = _readable(raw)
    kept = Submission(
        channel=channel,
        sender_key=digest(sender) if sender else "",
        state=SubmissionState.QUARANTINED,
        raw=text,
        raw_sha256=digest(raw.hex()),
        reasons={str(field)[:80]: list(said) for field, said in list(reasons.items())[:50]},
        thread=open_thread("submission"),
        received_at=at,
    )
    refuse_flood(kept, PER_SENDER_HOURLY, at)
    kept.save(force_insert=True)
    assert kept.thread is not None
    event = SubmissionQuarantined(str(kept.pk), channel, sorted(kept.reasons))
    record(event, thread=kept.thread, by=by, at=at)
    return kept


def _readable(raw: bytes) -> str:
    """Return raw bytes as text, masked by value where they are JSON, as a whole where they are not."""
    try:
        return raw_text(read_object(raw))
    except Invalid:
        text = raw.decode("utf-8", errors="backslashreplace")[:RAW_LIMIT].replace("\0", "\\x00")
        return mask_cards(text).text


@verb
def replay(*, submission_id: UUID, by: Actor, at: dt.datetime, corrected: str = "") -> Submitted:
    """Take something out of quarantine as a case, from its raw content or a corrected form of it.

    What is still wrong raises Invalid and leaves it where it is; what is decided already raises Refused.
    """
    by.require(Permission.INTAKE_QUARANTINE)
    kept = _held(submission_id)
    given = read_object((corrected or kept.raw).encode())
    taken = submit(given=given, channel=Channel(kept.channel), by=by, at=at, received_at=kept.received_at)
    kept.state, kept.case, kept.message_id = SubmissionState.REPLAYED, taken.case, taken.submission.message_id
    kept.decided_at = at
    kept.save(update_fields=["state", "case", "message_id", "decided_at"])
    assert kept.thread is not None
    record(SubmissionReplayed(str(kept.pk), taken.case.ref), thread=kept.thread, by=by, at=at)
    return taken


@verb
def discard(*, submission_id: UUID, why: str, by: Actor, at: dt.datetime) -> Submission:
    """Set something in quarantine aside as no case; its raw content stays. Raises Invalid(why), Refused."""
    by.require(Permission.INTAKE_QUARANTINE)
    reason = clean_text(why, field="why", limit=1000, is_required=True)
    kept = _held(submission_id)
    kept.state, kept.decided_at = SubmissionState.DISCARDED, at
    kept.save(update_fields=["state", "decided_at"])
    assert kept.thread is not None
    record(SubmissionDiscarded(str(kept.pk)), thread=kept.thread, by=by, at=at, note=reason)
    return kept


def _held(submission_id: UUID) -> Submission:
    rows = Submission.objects.filter(pk=submission_id, thread__isnull=False).select_related("thread")
    kept: Submission | None = locked(rows).first()
    if kept is None:
        raise NotVisible
    if kept.state != SubmissionState.QUARANTINED:
        raise Refused("submission.decided", _("Somebody has decided on this already."))
    return kept
