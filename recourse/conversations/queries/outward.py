"""The only way out: everything that a customer may read of a case is built here, from public parts alone."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from recourse.cases.models import Case
from recourse.cases.queries.find import final_id
from recourse.conversations.models import Attachment, CasePass, Message
from recourse.conversations.policy.channels import Letter
from recourse.conversations.policy.words import LEFT_THE_DESK, Direction, MessageState, Visibility, is_outward
from recourse.kit.actor import Actor, customer
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.ids import digest


@dataclass(frozen=True, slots=True)
class PublicFile:
    """A file that the customer may open."""

    id: UUID
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class PublicMessage:
    """One message as the customer reads it."""

    number: int
    is_ours: bool
    author: str
    text: str
    at: dt.datetime
    masked_cards: int
    files: Sequence[PublicFile]


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a pass opens: the case at the end of its chain, and the customer as an actor of that case alone."""

    pass_id: UUID
    case: Case
    addressed: Case
    by: Actor


def entrance(token: str, *, at: dt.datetime) -> Entrance:
    """Return what the token of a “my case” link opens; forged, spent, revoked or unknown ones are all NotVisible."""
    found = (
        CasePass.objects.select_related("case__customer", "case__thread", "customer")
        .filter(digest=digest(token), revoked_at__isnull=True, expires_at__gt=at)
        .first()
    )
    if found is None:
        raise NotVisible
    case = found.case if found.case.merged_into_id is None else _final(found.case)
    return Entrance(found.pk, case, found.case, customer(found.customer_id, case_id=case.pk))


def _final(case: Case) -> Case:
    return Case.objects.select_related("customer", "thread").get(pk=final_id(case))


def outward(case: Case, *, at: dt.datetime) -> QuerySet[Message]:
    """Return the messages of a case that are part of what its customer may see."""
    left = Q(direction=Direction.OUTBOUND, state__in=LEFT_THE_DESK)
    released = Q(direction=Direction.OUTBOUND, state=MessageState.SENDING, release_at__lte=at)
    came = Q(direction=Direction.INBOUND, state=MessageState.RECEIVED)
    return Message.objects.filter(left | released | came, case=case, visibility=Visibility.PUBLIC)


def conversation_for_customer(through: Entrance, *, at: dt.datetime) -> list[PublicMessage]:
    """Return what the holder of a pass may read, oldest first.

    Where the case was merged into one of somebody else, only the holder's own part of it is shown.
    """
    shown = outward(through.case, at=at)
    if through.case.customer_id != through.addressed.customer_id:
        own = Q(moves__from_case=through.addressed, moves__undone_at__isnull=True)
        shown = shown.filter(own | Q(addressed_case=through.addressed)).distinct()
    rows = shown.select_related("staff").prefetch_related("attachments").order_by("at", "id")
    return [public_message(message, at=at) for message in rows]


def public_message(message: Message, *, at: dt.datetime) -> PublicMessage:
    """Return a message as the customer reads it; anything that may not leave raises Refused(message.internal)."""
    _must_be_outward(message, at)
    is_ours = message.direction == Direction.OUTBOUND
    return PublicMessage(
        number=message.number,
        is_ours=is_ours,
        author=author_shown(message) if is_ours else "",
        text=message.text,
        at=message.at,
        masked_cards=message.masked_cards,
        files=[PublicFile(file.pk, file.name, file.size) for file in public_files(message)],
    )


def public_files(message: Message) -> list[Attachment]:
    """Return the files that go with a public message."""
    return [file for file in message.attachments.all() if file.removed_at is None]


def letter_of(message: Message, *, at: dt.datetime) -> Letter:
    """Build what a channel carries to the customer; a note, or words that have not left, raise Refused."""
    _must_be_outward(message, at)
    return Letter(
        case_ref=message.case.ref,
        number=message.number,
        channel=message.channel,
        text=message.text,
        author=author_shown(message),
        attachment_ids=[str(file.pk) for file in public_files(message)],
    )


def author_shown(message: Message) -> str:
    """Return the name under our words: a person of the front line by name, the advanced team never by a person's."""
    if message.staff is None:
        return _("Customer service")
    if message.is_from_advanced:
        return _("Our resolution team")
    return message.staff.name


def _must_be_outward(message: Message, at: dt.datetime) -> None:
    if not is_outward(message.visibility, message.direction, message.state, message.release_at, at):
        raise Refused("message.internal", _("This can never leave the desk."))


def file_for_customer(through: Entrance, attachment_id: UUID, *, at: dt.datetime) -> Attachment:
    """Return a file that the holder of a pass may open; any other is NotVisible."""
    shown = {file.id for message in conversation_for_customer(through, at=at) for file in message.files}
    if attachment_id not in shown:
        raise NotVisible
    return Attachment.objects.get(pk=attachment_id)
