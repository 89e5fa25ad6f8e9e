"""Verbs of the way out: undo within ten seconds, release, what the channel said, bounces."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from recourse.conversations.actions.drafts import save_draft
from recourse.conversations.actions.speak import mark_sent
from recourse.conversations.actions.telling import index_message, refuse
from recourse.conversations.events import MessageBounced, MessageFailed, MessageRetracted
from recourse.conversations.models import Attachment, Message
from recourse.conversations.policy.channels import CHANNELS, Outcome
from recourse.conversations.policy.words import Direction, DraftKind, MessageState, may_retract
from recourse.conversations.queries.held import case_held, message_held, said
from recourse.conversations.queries.outward import letter_of
from recourse.kit.actor import Actor, ActorKind, system
from recourse.kit.models import locked
from recourse.kit.transactions import verb
from recourse.timeline.actions import record

CARRIED_WITHIN = dt.timedelta(minutes=5)


@verb
def undo_send(*, case_ref: str, number: int, by: Actor, at: dt.datetime) -> Message:
    """Take an own reply back before it leaves, and return its words to the draft.

    Raises NotVisible, Refused(message.left) after ten seconds, Refused(message.not_yours).
    """
    case = case_held(case_ref, by=by)
    message = message_held(case, number)
    refuse(may_retract(said(message), staff_id=by.staff_id, at=at))
    message.state = MessageState.RETRACTED
    message.save(update_fields=["state"])
    Attachment.objects.filter(message=message).update(message=None, draft_kind=DraftKind.REPLY)
    save_draft(case_ref=case_ref, kind=DraftKind.REPLY, text=message.text, by=by, at=at)
    index_message(message)
    record(MessageRetracted(str(message.pk), message.number), thread=case.thread, by=by, at=at)
    return message


@dataclass(frozen=True, slots=True)
class Released:
    """How many messages left, and how many a channel refused."""

    sent: int
    failed: int


def release_due(*, at: dt.datetime, limit: int = 200) -> Released:
    """Send the messages whose undo window has passed, each in a transaction of its own.

    A message leaves as of the end of its window, however late the worker comes.
    """
    due = Message.objects.filter(state=MessageState.SENDING, release_at__lte=at).order_by("release_at")
    outcomes = [_release(message_id, at) for message_id in due.values_list("pk", flat=True)[:limit]]
    return Released(outcomes.count(Outcome.SENT), outcomes.count(Outcome.FAILED))


def _release(message_id: UUID, at: dt.datetime) -> Outcome | None:
    """Take one message under a lease, let its channel carry it outside of any transaction, note what came of it."""
    message = Message.objects.select_related("case__thread").get(pk=message_id)
    channel, left_at = CHANNELS.get(message.channel), message.release_at
    if channel is None or channel.carry is None:
        return _settle(message_id, Outcome.SENT, left_at, at)
    waiting = Message.objects.filter(pk=message_id, state=MessageState.SENDING, release_at=left_at)
    if not waiting.update(release_at=at + CARRIED_WITHIN):
        return None
    return _settle(message_id, channel.carry(letter_of(message, at=at)), at + CARRIED_WITHIN, at)


@verb
def _settle(message_id: UUID, outcome: Outcome, held_until: dt.datetime | None, at: dt.datetime) -> Outcome | None:
    still = Message.objects.filter(pk=message_id, state=MessageState.SENDING, release_at=held_until)
    message = locked(still.select_related("case__thread")).first()
    if message is None:
        return None
    by = _author(message)
    if outcome is Outcome.SENT:
        left_at = min(held_until or at, at)
        mark_sent(message, by=by, at=left_at)
        return outcome
    message.state = MessageState.FAILED
    message.save(update_fields=["state"])
    failed = MessageFailed(str(message.pk), message.number, message.channel)
    record(failed, thread=message.case.thread, by=system("conversations"), at=at)
    return outcome


def _author(message: Message) -> Actor:
    if message.staff_id is None:
        return system("conversations")
    return Actor(kind=ActorKind.STAFF, id=f"staff:{message.staff_id}", staff_id=message.staff_id)


@verb
def bounce(*, message_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Note that a message which had left did not arrive: it answers nothing, and the customer waits again."""
    message = locked(Message.objects.select_related("case__thread")).get(pk=message_id)
    if message.state != MessageState.SENT:
        return
    message.state = MessageState.BOUNCED
    message.save(update_fields=["state"])
    heard = Message.objects.filter(
        case_id=message.case_id, direction=Direction.INBOUND, is_automatic=False, at__lte=message.at
    )
    last = heard.order_by("-at").first()
    if last is not None:
        Message.objects.filter(pk=last.pk).update(is_reply_needed=True)
    bounced = MessageBounced(str(message.pk), message.number, message.channel, message.is_automatic)
    record(bounced, thread=message.case.thread, by=by, at=at)
