"""The first words of many cases at once, for those who bring cases by the thousand."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from recourse.cases.models import Case
from recourse.conversations.actions.telling import as_text
from recourse.conversations.events import MessageReceived
from recourse.conversations.models import Message
from recourse.conversations.policy.words import Direction, MessageState, Visibility
from recourse.conversations.queries.held import text_limit
from recourse.kit.actor import Actor
from recourse.kit.cards import mask_cards
from recourse.kit.text import clean_text
from recourse.kit.transactions import verb
from recourse.search.actions import index
from recourse.timeline.actions import Happening, record_many


@dataclass(frozen=True, slots=True)
class FirstWords:
    """What the customer said on a case that was opened a moment ago, and when; whether an answer is still owed."""

    case: Case
    text: str
    at: dt.datetime
    is_reply_needed: bool = True
    external_id: str = ""


@verb
def hear_first_words(said: Sequence[FirstWords], *, by: Actor, at: dt.datetime) -> list[Message]:
    """Put the first message on each of many cases that have none yet, in a handful of statements.

    Raises Invalid(words) for a text that is empty or too long.
    """
    limit = text_limit(at)
    messages = [_message(one, limit) for one in said]
    Message.objects.bulk_create(messages)
    index([as_text(message) for message in messages])
    record_many(
        [
            Happening(
                MessageReceived(
                    str(message.pk), message.number, message.channel, False, message.is_verified, message.masked_cards
                ),
                message.case.thread,
                by,
                message.at,
            )
            for message in messages
        ]
    )
    return messages


def _message(one: FirstWords, limit: int) -> Message:
    masked = mask_cards(clean_text(one.text, field="words", limit=limit, is_required=True))
    return Message(
        case=one.case,
        number=1,
        direction=Direction.INBOUND,
        visibility=Visibility.PUBLIC,
        channel=one.case.channel,
        customer_id=one.case.customer_id,
        text=masked.text,
        masked_cards=masked.count,
        state=MessageState.RECEIVED,
        is_reply_needed=one.is_reply_needed,
        external_id=one.external_id,
        at=one.at,
    )
