"""The words of a conversation and the rules about who may change what was said."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

UNDO_WITHIN = dt.timedelta(seconds=10)
PRESENT_WITHIN = dt.timedelta(seconds=45)
PASS_DAYS = 90
CUSTOMER_HOURLY = 20
REDACTED = "[redacted]"


class Direction(StrEnum):
    """Which way words went; a note goes nowhere."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    NONE = "none"


class Visibility(StrEnum):
    """Who may ever read it: the customer too, or the desk alone."""

    PUBLIC = "public"
    INTERNAL = "internal"


class MessageState(StrEnum):
    """What became of a message."""

    RECEIVED = "received"
    NOTED = "noted"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    RETRACTED = "retracted"
    DELETED = "deleted"


class DraftKind(StrEnum):
    """What a draft will be."""

    REPLY = "reply"
    NOTE = "note"


class Doing(StrEnum):
    """What somebody does on a case page."""

    READING = "reading"
    WRITING = "writing"


class MoveWhy(StrEnum):
    """Why messages went to another case."""

    MERGE = "merge"
    SPLIT = "split"


LEFT_THE_DESK = (MessageState.SENT, MessageState.BOUNCED, MessageState.FAILED)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a code, and which sentence explains it."""

    code: str


@dataclass(frozen=True, slots=True)
class Said:
    """The facts about a message that the rules ask for."""

    visibility: Visibility
    state: MessageState
    author_id: UUID | None
    release_at: dt.datetime | None


def may_edit(said: Said, *, staff_id: UUID | None, at: dt.datetime) -> Refusal | None:
    """Allow the author to edit an own note, or an own message that has not left yet."""
    if said.author_id is None or said.author_id != staff_id:
        return Refusal("message.not_yours")
    if said.state is MessageState.NOTED:
        return None
    return _not_left(said, at)


def may_retract(said: Said, *, staff_id: UUID | None, at: dt.datetime) -> Refusal | None:
    """Allow the author to take back an own message within the undo window."""
    if said.author_id is None or said.author_id != staff_id:
        return Refusal("message.not_yours")
    return _not_left(said, at)


def _not_left(said: Said, at: dt.datetime) -> Refusal | None:
    if said.state is MessageState.SENDING and said.release_at is not None and at < said.release_at:
        return None
    return Refusal("message.left")


def may_delete(said: Said, *, staff_id: UUID | None, can_redact: bool) -> Refusal | None:
    """Allow a note to be deleted by its author or by one who may redact; what the customer knows stays."""
    if said.visibility is not Visibility.INTERNAL:
        return Refusal("message.public")
    if said.state is not MessageState.NOTED:
        return Refusal("message.gone")
    if said.author_id == staff_id and staff_id is not None:
        return None
    return None if can_redact else Refusal("message.not_yours")


def is_outward(visibility: str, direction: str, state: str, release_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Tell whether a message is part of what the customer may see at an instant: the one rule for every way out."""
    if visibility != Visibility.PUBLIC:
        return False
    if direction == Direction.INBOUND:
        return state == MessageState.RECEIVED
    if direction != Direction.OUTBOUND:
        return False
    if state == MessageState.SENDING:
        return release_at is not None and release_at <= at
    return state in LEFT_THE_DESK
