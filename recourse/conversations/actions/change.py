"""Verbs that change what was said, and never unseen: edit, delete, redact, waive a reply."""

import datetime as dt
from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from recourse.conversations.actions.telling import index_message, refuse, words
from recourse.conversations.events import MessageDeleted, MessageEdited, MessageRedacted, ReplyWaived
from recourse.conversations.models import Attachment, Message, MessageVersion
from recourse.conversations.policy.words import REDACTED, MessageState, Refusal, may_delete, may_edit
from recourse.conversations.queries.held import case_held, message_held, said
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, Stale
from recourse.kit.files import destroy
from recourse.kit.text import clean_text
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.timeline.actions import record


@verb
def edit(*, case_ref: str, number: int, text: str, by: Actor, at: dt.datetime, seen: int | None = None) -> Message:
    """Change an own note, or an own reply that has not left, and keep the words as they were.

    Raises NotVisible, Stale where `seen` is not the message's version now, Refused(message.not_yours, message.left).
    """
    case = case_held(case_ref, by=by)
    message = message_held(case, number)
    _fresh(message, seen)
    refuse(may_edit(said(message), staff_id=by.staff_id, at=at))
    new = words(text, at=at)
    _keep_version(message, by=by, at=at)
    message.text, message.masked_cards, message.edited_at = new.text, new.masked, at
    message.html = ""
    message.version += 1
    message.save(update_fields=["text", "html", "masked_cards", "edited_at", "version"])
    index_message(message)
    edited = MessageEdited(str(message.pk), message.number, message.version)
    record(edited, thread=case.thread, by=by, at=at)
    return message


def _fresh(message: Message, seen: int | None) -> None:
    if seen is not None and seen != message.version:
        raise Stale(_("This message was changed since you opened it."), current=message.version)


def _keep_version(message: Message, *, by: Actor, at: dt.datetime) -> None:
    MessageVersion.objects.create(
        message=message,
        number=message.version,
        text=message.text,
        html=message.html,
        replaced_at=at,
        replaced_by_id=by.staff_id,
    )


@verb
def delete_note(*, case_ref: str, number: int, why: str, by: Actor, at: dt.datetime) -> Message:
    """Delete a note and leave a tombstone with who and why; the words stay with its versions, for those who may see.

    Raises NotVisible, Invalid(why), Refused(message.public) for what the customer knows.
    """
    reason = clean_text(why, field="why", limit=1000, is_required=True)
    case = case_held(case_ref, by=by)
    message = message_held(case, number)
    can_redact = by.can(Permission.MESSAGE_REDACT)
    refuse(may_delete(said(message), staff_id=by.staff_id, can_redact=can_redact))
    _keep_version(message, by=by, at=at)
    message.state, message.text, message.html = MessageState.DELETED, "", ""
    message.version += 1
    message.save(update_fields=["state", "text", "html", "version"])
    index_message(message)
    record(MessageDeleted(str(message.pk), message.number), thread=case.thread, by=by, at=at, note=reason)
    return message


@verb
def redact(*, case_ref: str, number: int, passages: Sequence[str], why: str, by: Actor, at: dt.datetime) -> Message:
    """Make passages of a message unreadable for good, in every version of it; “*” alone means all of it.

    Raises NotVisible, Refused(permission.missing), Invalid(passages) where one does not stand in the message.
    """
    by.require(Permission.MESSAGE_REDACT)
    reason = clean_text(why, field="why", limit=1000, is_required=True)
    case = case_held(case_ref, by=by)
    message = message_held(case, number)
    is_whole = list(passages) == ["*"]
    wanted = [passage for passage in passages if passage.strip()]
    versions = list(message.versions.all())
    _must_stand([message.text, *(version.text for version in versions)], wanted, is_whole)
    for version in versions:
        version_text = _without(version.text, wanted, is_whole)
        MessageVersion.objects.filter(pk=version.pk).update(text=version_text, html="")
    message.text, message.html = _without(message.text, wanted, is_whole), ""
    message.is_redacted = True
    message.version += 1
    message.save(update_fields=["text", "html", "is_redacted", "version"])
    if is_whole:
        _destroy_files(message, at)
    index_message(message)
    redacted = MessageRedacted(str(message.pk), message.number, len(wanted))
    record(redacted, thread=case.thread, by=by, at=at, note=reason)
    return message


def _must_stand(texts: Sequence[str], wanted: Sequence[str], is_whole: bool) -> None:
    absent = [passage for passage in wanted if not is_whole and not any(passage in text for text in texts)]
    if absent or not wanted:
        raise Invalid.one("passages", _("Give the exact words to redact, as they stand in the message."))


def _without(text: str, wanted: Sequence[str], is_whole: bool) -> str:
    if is_whole:
        return REDACTED if text else ""
    for passage in sorted(wanted, key=len, reverse=True):
        text = text.replace(passage, REDACTED)
    return text


def _destroy_files(message: Message, at: dt.datetime) -> None:
    keys = list(message.attachments.filter(removed_at__isnull=True).values_list("key", flat=True))
    Attachment.objects.filter(message=message).update(removed_at=at)
    for key in keys:
        transaction.on_commit(partial(destroy, key))


@verb
def mark_no_reply_needed(*, case_ref: str, number: int, by: Actor, at: dt.datetime) -> Message:
    """Decide that a customer's message, such as “thanks”, waits for no reply. Raises Refused(message.no_reply)."""
    by.require(Permission.MESSAGE_SEND)
    case = case_held(case_ref, by=by)
    message = message_held(case, number)
    if not message.is_reply_needed:
        refuse(Refusal("message.no_reply"))
    message.is_reply_needed = False
    message.save(update_fields=["is_reply_needed"])
    record(ReplyWaived(str(message.pk), message.number), thread=case.thread, by=by, at=at)
    return message
