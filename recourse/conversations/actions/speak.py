"""Verbs that put words on a case: a reply to the customer, an internal note."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.conversations.actions.drafts import clear_draft, save_draft
from recourse.conversations.actions.telling import Words, index_message, words
from recourse.conversations.events import MessageNoted, MessageQueued, MessageSent
from recourse.conversations.models import Attachment, Message
from recourse.conversations.policy.channels import CHANNELS
from recourse.conversations.policy.sentences import SENTENCES
from recourse.conversations.policy.words import UNDO_WITHIN, Direction, DraftKind, MessageState, Visibility
from recourse.conversations.queries.held import case_to_write_on, newest_public, next_number, person_of, staff_behind
from recourse.kit.actor import Actor
from recourse.kit.errors import Stale
from recourse.kit.transactions import verb
from recourse.people.policy import Permission, TeamKind
from recourse.timeline.actions import record


def reply(
    *,
    case_ref: str,
    text: str,
    by: Actor,
    at: dt.datetime,
    seen: int | None = None,
    html: str = "",
    channel: str = "",
    can_undo: bool = True,
    is_automatic: bool = False,
) -> Message:
    """Write a public message to the customer; it leaves after ten seconds, or at once with `can_undo=False`.

    `seen` is the newest message number that the writer had read: where the customer or a colleague has said
    something public since, raises Stale and keeps the text as the writer's draft. Files waiting beside the draft go
    with it. Raises NotVisible, Refused(case.merged), Invalid(text).
    """
    try:
        with transaction.atomic():
            return _reply(case_ref, text, html, channel, seen, can_undo, is_automatic, by, at)
    except Stale:
        save_draft(case_ref=case_ref, kind=DraftKind.REPLY, text=text, by=by, at=at)
        raise


def _reply(
    case_ref: str,
    text: str,
    html: str,
    channel: str,
    seen: int | None,
    can_undo: bool,
    is_automatic: bool,
    by: Actor,
    at: dt.datetime,
) -> Message:
    by.require(Permission.MESSAGE_SEND)
    staff_id = staff_behind(by)
    case = case_to_write_on(case_ref, by=by)
    refuse_stale(case, seen)
    said = words(text, html, at=at)
    message = _outbound(case, said, _way_out(case, channel), at)
    message.staff_id = staff_id
    message.is_automatic = is_automatic
    message.is_from_advanced = case.team.kind == TeamKind.ADVANCED and staff_id != case.contact_owner_id
    if can_undo:
        message.state, message.release_at = MessageState.SENDING, at + UNDO_WITHIN
    message.save(force_insert=True)
    _finish(message, DraftKind.REPLY, by=by, at=at)
    if can_undo:
        queued = MessageQueued(str(message.pk), message.number, message.channel)
        record(queued, thread=case.thread, by=by, at=at)
    else:
        mark_sent(message, by=by, at=at)
    return message


def refuse_stale(case: Case, seen: int | None) -> None:
    """Raise Stale where something public was said on a locked case after message `seen`."""
    if seen is not None and (newest := newest_public(case)) > seen:
        raise Stale(_(SENTENCES["message.stale"]), current=newest)


def _way_out(case: Case, channel: str) -> str:
    wanted = channel or case.channel
    return wanted if CHANNELS.get(wanted) else "web"


def _outbound(case: Case, said: Words, channel: str, at: dt.datetime) -> Message:
    return Message(
        case=case,
        number=next_number(case),
        direction=Direction.OUTBOUND,
        visibility=Visibility.PUBLIC,
        channel=channel,
        text=said.text,
        html=said.html,
        masked_cards=said.masked,
        state=MessageState.SENT,
        at=at,
    )


def mark_sent(message: Message, *, by: Actor, at: dt.datetime) -> None:
    """Record that a public message has left at `at`; a person's words answer what the customer had asked until then."""
    message.state, message.sent_at = MessageState.SENT, at
    message.save(update_fields=["state", "sent_at"])
    if not message.is_automatic:
        waiting = Message.objects.filter(case_id=message.case_id, is_reply_needed=True, at__lte=at)
        waiting.update(is_reply_needed=False)
        cases.touch_activity(message.case_id, at=at, is_answer=True)
    sent = MessageSent(str(message.pk), message.number, message.channel, message.is_automatic)
    record(sent, thread=message.case.thread, by=by, at=at)


@verb
def note(*, case_ref: str, text: str, by: Actor, at: dt.datetime) -> Message:
    """Write an internal note, which can never leave the desk. Raises NotVisible, Refused, Invalid(text)."""
    by.require(Permission.MESSAGE_NOTE)
    staff_id = staff_behind(by)
    case = case_to_write_on(case_ref, by=by)
    said = words(text, at=at)
    message = Message(
        case=case,
        number=next_number(case),
        direction=Direction.NONE,
        visibility=Visibility.INTERNAL,
        channel="desk",
        staff_id=staff_id,
        text=said.text,
        masked_cards=said.masked,
        state=MessageState.NOTED,
        at=at,
    )
    message.save(force_insert=True)
    _finish(message, DraftKind.NOTE, by=by, at=at)
    record(MessageNoted(str(message.pk), message.number, said.masked), thread=case.thread, by=by, at=at)
    return message


def _finish(message: Message, kind: DraftKind, *, by: Actor, at: dt.datetime) -> None:
    """Take the files and the text of the draft along, make the words findable, note the activity."""
    beside = Attachment.objects.filter(
        case_id=message.case_id, staff_id=person_of(by), draft_kind=kind, message__isnull=True, removed_at__isnull=True
    )
    beside.update(message=message, draft_kind="")
    clear_draft(case_id=message.case_id, kind=kind, by=by, at=at)
    index_message(message)
    cases.touch_activity(message.case_id, at=at)
