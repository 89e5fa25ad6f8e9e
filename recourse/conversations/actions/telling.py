"""What every verb of a conversation does beside its own act: refuse in words, index, clean, note activity."""

import datetime as dt
import re
from dataclasses import dataclass
from html import unescape

from django.utils.translation import gettext as _

from recourse.conversations.models import Message
from recourse.conversations.policy.sentences import SENTENCES
from recourse.conversations.policy.words import MessageState, Refusal, Visibility
from recourse.conversations.queries.held import text_limit
from recourse.kit.cards import mask_cards
from recourse.kit.errors import Refused
from recourse.kit.text import clean_text, sanitise_html
from recourse.search.actions import Text, forget, index
from recourse.search.policy import Kind

_TAG = re.compile(r"<[^>]*>")
GONE = (MessageState.DELETED, MessageState.RETRACTED)


@dataclass(frozen=True, slots=True)
class Words:
    """Words ready to be stored: clean, without card numbers."""

    text: str
    html: str
    masked: int


def words(text: str, html: str = "", *, at: dt.datetime, field: str = "text", is_required: bool = True) -> Words:
    """Return words as they may be stored; empty or too long ones raise Invalid on `field`.

    HTML that shows a card number is dropped whole, since tags may stand between its digits; the plain text stays.
    """
    limit = text_limit(at)
    plain = mask_cards(clean_text(text, field=field, limit=limit, is_required=is_required))
    if not html:
        return Words(plain.text, "", plain.count)
    rich = sanitise_html(clean_text(html, field="html", limit=limit * 4))
    hidden = mask_cards(unescape(_TAG.sub("", rich))).count
    return Words(plain.text, "" if hidden else rich, max(plain.count, hidden))


def refuse(refusal: Refusal | None, *, is_permission: bool = False) -> None:
    """Raise the refusal that a rule gave, in words; do nothing for None."""
    if refusal is not None:
        raise Refused(refusal.code, _(SENTENCES[refusal.code]), is_permission=is_permission)


def index_message(message: Message) -> None:
    """Make the words of a message findable, or take them out where it is gone."""
    if message.state in GONE:
        forget(kind=Kind.MESSAGE, keys=[message.pk])
    else:
        index([as_text(message)])


def as_text(message: Message) -> Text:
    """Return what the search keeps of a message."""
    return Text(
        kind=Kind.MESSAGE,
        key=message.pk,
        parts=[message.text],
        case_id=message.case_id,
        is_internal=message.visibility == Visibility.INTERNAL,
    )
