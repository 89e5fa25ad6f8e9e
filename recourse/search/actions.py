"""Verbs of the search room: called by the room that owns the words, in its own transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from recourse.kit.transactions import verb
from recourse.search.models import Document
from recourse.search.policy import Kind, joined

_KEPT = ["case_id", "customer_id", "is_internal", "words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What shall be found by its words: the thing's kind and key, whose it is, and its texts."""

    kind: Kind
    key: UUID
    parts: Sequence[str]
    case_id: UUID | None = None
    customer_id: UUID | None = None
    is_internal: bool = False


@verb
def index(texts: Sequence[Text]) -> None:
    """Make things findable, or replace what was known of them; one statement for all of them."""
    newest = {(text.kind, text.key): text for text in texts}
    Document.objects.bulk_create(
        [
            Document(
                kind=text.kind,
                key=text.key,
                case_id=text.case_id,
                customer_id=text.customer_id,
                is_internal=text.is_internal,
                words=joined(text.parts),
            )
            for text in newest.values()
        ],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["key", "kind"],
        update_fields=_KEPT,
    )


@verb
def forget(*, kind: Kind, keys: Sequence[UUID]) -> None:
    """Take things out of the index, so that no word of theirs is kept here."""
    Document.objects.filter(kind=kind, key__in=keys).delete()


@verb
def move(*, kind: Kind, keys: Sequence[UUID], case_id: UUID) -> None:
    """Make things findable through another case, such as messages that were split off."""
    Document.objects.filter(kind=kind, key__in=keys).update(case_id=case_id)


@verb
def hand_over(*, from_customer_id: UUID, to_customer_id: UUID, keys: Sequence[UUID]) -> None:
    """Make things of one customer findable through another."""
    Document.objects.filter(customer_id=from_customer_id, key__in=keys).update(customer_id=to_customer_id)
