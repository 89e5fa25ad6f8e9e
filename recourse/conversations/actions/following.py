"""What the words of a case do when cases are merged, split or taken apart; the switchboard calls these."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.models import Case
from recourse.conversations.actions.moves import move_messages, return_messages
from recourse.conversations.actions.telling import index_message
from recourse.conversations.events import MessageNoted
from recourse.conversations.models import Message
from recourse.conversations.policy.words import Direction, MessageState, MoveWhy, Visibility
from recourse.conversations.queries.held import next_number
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.models import locked
from recourse.kit.transactions import verb
from recourse.timeline.actions import record


@verb
def follow_merge(*, thread_id: UUID, joined_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Bring the messages of a merged case to the case, told by its thread, that gained it."""
    kept = Case.objects.get(thread_id=thread_id)
    move_messages(from_case_id=joined_id, to_case_id=kept.pk, why=MoveWhy.MERGE, by=by, at=at)


@verb
def follow_unmerge(*, thread_id: UUID, joined_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Give a parted case its messages back, with those that the customer has sent to it since."""
    kept = Case.objects.get(thread_id=thread_id)
    return_messages(from_case_id=joined_id, to_case_id=kept.pk, by=by, at=at)


@verb
def follow_split(
    *, thread_id: UUID, result_id: UUID, message_ids: Sequence[str], is_moved: bool, by: Actor, at: dt.datetime
) -> None:
    """Move the chosen messages to the new case, or quote them there in a note.

    Raises Invalid(message_ids) where one of them does not stand on the case that is split.
    """
    origin = Case.objects.get(thread_id=thread_id)
    keys = [UUID(key) for key in message_ids]
    chosen = list(Message.objects.filter(case=origin, pk__in=keys).order_by("at", "id"))
    if len(chosen) != len(set(keys)):
        raise Invalid.one("message_ids", _("These messages do not all stand on this case."))
    if is_moved:
        move_messages(from_case_id=origin.pk, to_case_id=result_id, why=MoveWhy.SPLIT, by=by, at=at, message_ids=keys)
    elif chosen:
        _quote(chosen, origin, result_id, by, at)


def _quote(chosen: Sequence[Message], origin: Case, result_id: UUID, by: Actor, at: dt.datetime) -> None:
    result = locked(Case.objects.select_related("thread")).get(pk=result_id)
    quotes = [
        _("Quoted from %(ref)s, message %(number)d:") % {"ref": origin.ref, "number": message.number}
        + "\n"
        + "\n".join(f"> {line}" for line in message.text.splitlines())
        for message in chosen
    ]
    quoted = Message(
        case=result,
        number=next_number(result),
        direction=Direction.NONE,
        visibility=Visibility.INTERNAL,
        channel="desk",
        staff_id=by.staff_id,
        text="\n\n".join(quotes),
        state=MessageState.NOTED,
        at=at,
    )
    quoted.save(force_insert=True)
    index_message(quoted)
    record(MessageNoted(str(quoted.pk), quoted.number, 0), thread=result.thread, by=by, at=at)


@verb
def follow_split_undone(*, thread_id: UUID, result_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Bring everything that stands on a split-off case back to where it came from, first to their old numbers."""
    origin = Case.objects.get(thread_id=thread_id)
    return_messages(from_case_id=origin.pk, to_case_id=result_id, by=by, at=at)
    move_messages(from_case_id=result_id, to_case_id=origin.pk, why=MoveWhy.MERGE, by=by, at=at)
