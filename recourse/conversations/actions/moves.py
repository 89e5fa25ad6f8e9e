"""Verbs that take messages along when cases are merged, split or taken apart again."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from recourse.cases.models import Case
from recourse.conversations.events import MessagesMoved
from recourse.conversations.models import Attachment, Message, MessageMove
from recourse.conversations.policy.words import MoveWhy
from recourse.conversations.queries.held import next_number
from recourse.kit.actor import Actor
from recourse.kit.models import locked
from recourse.kit.transactions import verb
from recourse.search.actions import move as move_documents
from recourse.search.policy import Kind
from recourse.timeline.actions import record


@verb
def move_messages(
    *,
    from_case_id: UUID,
    to_case_id: UUID,
    why: MoveWhy,
    by: Actor,
    at: dt.datetime,
    message_ids: Sequence[UUID] | None = None,
) -> int:
    """Take messages (all of them, without `message_ids`) with their files to another case and return how many.

    They keep time, author and identity, and get the next numbers there. The verb that merged or split the cases has
    checked who may.
    """
    source, target = _both(from_case_id, to_case_id)
    chosen = Message.objects.filter(case=source)
    if message_ids is not None:
        chosen = chosen.filter(pk__in=message_ids)
    messages = list(locked(chosen.order_by("number")))
    first = next_number(target)
    MessageMove.objects.bulk_create(
        MessageMove(message=message, from_case=source, to_case=target, from_number=message.number, why=why, at=at)
        for message in messages
    )
    for offset, message in enumerate(messages):
        _put(message, target, first + offset)
    _told(messages, source, target, why, is_undone=False, by=by, at=at)
    return len(messages)


@verb
def return_messages(*, from_case_id: UUID, to_case_id: UUID, by: Actor, at: dt.datetime) -> int:
    """Undo the moves from one case to another, and return how many messages went back.

    What the customer has since written to the first case's address goes back with them.
    """
    source, target = _both(from_case_id, to_case_id)
    moves = list(
        locked(MessageMove.objects.filter(from_case=source, to_case=target, undone_at__isnull=True)).select_related(
            "message"
        )
    )
    back = [move for move in moves if move.message.case_id == target.pk]
    for move in back:
        _put(move.message, source, move.from_number)
    MessageMove.objects.filter(pk__in=[move.pk for move in moves]).update(undone_at=at)
    later = list(locked(Message.objects.filter(case=target, addressed_case=source).order_by("number")))
    MessageMove.objects.bulk_create(
        MessageMove(
            message=message, from_case=target, to_case=source, from_number=message.number, why=MoveWhy.SPLIT, at=at
        )
        for message in later
    )
    for message in later:
        _put(message, source, next_number(source))
    why = MoveWhy(moves[0].why) if moves else MoveWhy.MERGE
    messages = [*(move.message for move in back), *later]
    _told(messages, target, source, why, is_undone=True, by=by, at=at)
    return len(messages)


def _both(one_id: UUID, other_id: UUID) -> tuple[Case, Case]:
    """Lock two cases, always in the same order."""
    rows = {case.pk: case for case in locked(Case.objects.filter(pk__in=[one_id, other_id]).order_by("pk"))}
    return rows[one_id], rows[other_id]


def _put(message: Message, case: Case, number: int) -> None:
    Message.objects.filter(pk=message.pk).update(case=case, number=number)
    message.case, message.number = case, number


def _told(
    messages: Sequence[Message],
    source: Case,
    target: Case,
    why: MoveWhy,
    *,
    is_undone: bool,
    by: Actor,
    at: dt.datetime,
) -> None:
    if not messages:
        return
    keys = [message.pk for message in messages]
    Attachment.objects.filter(Q(message_id__in=keys)).update(case=target)
    move_documents(kind=Kind.MESSAGE, keys=keys, case_id=target.pk)
    moved = MessagesMoved(source.ref, target.ref, [str(key) for key in keys], why, is_undone)
    record(moved, thread=source.thread, by=by, at=at)
    record(moved, thread=target.thread, by=by, at=at)
