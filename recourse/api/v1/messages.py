"""Messages over JSON: what was said, replies, notes, undo, passes to “my case”."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.shapes import Body, CaseRef, Flag, Seen, StaffBrief, acting, told, viewer
from recourse.cases.queries.find import case_by_ref
from recourse.conversations import actions, queries
from recourse.conversations.policy.words import Direction, MessageState, Visibility
from recourse.handbook.policy.facts import Channel

router = Router()
Number = Annotated[int, Path(ge=1, le=2_147_483_647, description="The number of the message within its case.")]
Words = Annotated[str, Field(min_length=1, max_length=1_000_000)]


class FileOut(Schema):
    """A file; open it with `POST /attachments/{id}/ticket`."""

    id: UUID
    name: str
    size: int
    sha256: str
    media_type: str


class MessageOut(Schema):
    """Something said on a case. `visibility` internal never leaves the desk."""

    id: UUID
    number: int
    version: int
    direction: Direction
    visibility: Visibility
    channel: str
    state: MessageState
    text: str
    staff: StaffBrief | None
    is_automatic: bool
    is_verified: bool
    is_reply_needed: bool
    is_redacted: bool
    masked_cards: int
    at: dt.datetime
    release_at: dt.datetime | None
    sent_at: dt.datetime | None
    edited_at: dt.datetime | None
    files: list[FileOut]

    @staticmethod
    def resolve_files(message: Any, context: Any) -> list[Any]:
        """Return the files that still stand, to those who may read files."""
        if not viewer(context["request"]).can("attachment:read"):
            return []
        return [file for file in message.attachments.all() if file.removed_at is None]


class VersionOut(Schema):
    """Earlier words of a message."""

    number: int
    text: str
    replaced_at: dt.datetime
    replaced_by_id: UUID | None


class ReplyIn(Body):
    """A public reply. `seen` is the number of the newest public message that you have read."""

    text: Words
    channel: Channel | None = None
    seen: Annotated[int, Field(strict=True, ge=0, le=2_147_483_647)] | None = None
    can_undo: Annotated[bool, Field(strict=True, description="Wait ten seconds before it leaves.")] = True


class NoteIn(Body):
    """An internal note."""

    text: Words


class ReceivedIn(Body):
    """The customer's words as a channel of yours carried them; one `external_id` is one message."""

    text: Words
    channel: Channel = Channel.API
    external_id: Annotated[str, Field(max_length=200)] = ""
    is_automatic: Flag = False
    is_verified: Flag = False


class EditIn(Body):
    """New words for a note, or for a reply that has not left."""

    text: Words
    seen: Seen = None


class WhyIn(Body):
    """A reason, for the record."""

    why: Annotated[str, Field(min_length=1, max_length=1000)]


class RedactIn(WhyIn):
    """Passages to make unreadable; “*” alone means the whole message."""

    passages: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=10_000)]], Field(min_length=1, max_length=100)
    ]


class PassIn(Body):
    """For how many days the link opens the case."""

    days: Annotated[int, Field(strict=True, ge=1, le=365)] | None = None


class PassOut(Schema):
    """A link's token, shown only now: `/my/{token}` opens the case for its customer."""

    token: str
    expires_at: dt.datetime


@router.get("/cases/{ref}/messages", response=answers(list[MessageOut]), operation_id="list_messages")
def listed(request: HttpRequest, ref: CaseRef) -> Any:
    """Return what was said on a case, oldest first."""
    return list(queries.messages_of(case_by_ref(ref, viewer=viewer(request))))


@router.get("/cases/{ref}/messages/{number}", response=answers(MessageOut), operation_id="get_message")
def one(request: HttpRequest, ref: CaseRef, number: Number) -> Any:
    """Return one message."""
    return queries.message(ref, number, viewer=viewer(request))


@router.get(
    "/cases/{ref}/messages/{number}/versions", response=answers(list[VersionOut]), operation_id="message_versions"
)
def versions(request: HttpRequest, ref: CaseRef, number: Number) -> Any:
    """Return the earlier words of a message, oldest first."""
    return queries.versions_of(queries.message(ref, number, viewer=viewer(request)))


@router.post("/cases/{ref}/replies", response=answers(MessageOut, 201), operation_id="reply")
def reply(request: HttpRequest, ref: CaseRef, body: ReplyIn) -> Any:
    """Answer the customer."""
    given = {**told(body), "channel": body.channel or ""}
    return actions.reply(case_ref=ref, **given, **acting(request))


@router.post("/cases/{ref}/notes", response=answers(MessageOut, 201), operation_id="note")
def note(request: HttpRequest, ref: CaseRef, body: NoteIn) -> Any:
    """Write a note that never leaves the desk."""
    return actions.note(case_ref=ref, text=body.text, **acting(request))


@router.post("/cases/{ref}/messages/{number}/undo", response=answers(MessageOut), operation_id="undo_reply")
def undo(request: HttpRequest, ref: CaseRef, number: Number) -> Any:
    """Take a reply back within its ten seconds."""
    return actions.undo_send(case_ref=ref, number=number, **acting(request))


@router.patch("/cases/{ref}/messages/{number}", response=answers(MessageOut), operation_id="edit_message")
def edit(request: HttpRequest, ref: CaseRef, number: Number, body: EditIn) -> Any:
    """Change a note, or a reply that has not left; the original is kept."""
    return actions.edit(case_ref=ref, number=number, **told(body), **acting(request))


@router.post("/cases/{ref}/messages/{number}/deletion", response=answers(MessageOut), operation_id="delete_message")
def delete(request: HttpRequest, ref: CaseRef, number: Number, body: WhyIn) -> Any:
    """Delete a note; a tombstone says who and why."""
    return actions.delete_note(case_ref=ref, number=number, why=body.why, **acting(request))


@router.post("/cases/{ref}/messages/{number}/redaction", response=answers(MessageOut), operation_id="redact_message")
def redact(request: HttpRequest, ref: CaseRef, number: Number, body: RedactIn) -> Any:
    """Make passages of a message unreadable for good."""
    return actions.redact(case_ref=ref, number=number, **told(body), **acting(request))


@router.post("/cases/{ref}/messages/{number}/no-reply", response=answers(MessageOut), operation_id="no_reply_needed")
def no_reply(request: HttpRequest, ref: CaseRef, number: Number) -> Any:
    """Decide that a customer's message waits for no reply."""
    return actions.mark_no_reply_needed(case_ref=ref, number=number, **acting(request))


@router.post("/cases/{ref}/pass", response=answers(PassOut, 201), operation_id="issue_pass")
def issue_pass(request: HttpRequest, ref: CaseRef, body: PassIn) -> Any:
    """Make a link to “my case” for the case's customer; an older one stops working."""
    given: dict[str, Any] = {"days": body.days} if body.days else {}
    return actions.issue_pass(case_ref=ref, **given, **acting(request))


@router.delete("/cases/{ref}/pass", response=answers(None, 204), operation_id="revoke_pass")
def revoke_pass(request: HttpRequest, ref: CaseRef) -> Any:
    """Switch off every link to “my case” of a case."""
    actions.revoke_pass(case_ref=ref, **acting(request))


@router.post("/cases/{ref}/received", response=answers(MessageOut, 201), operation_id="receive_message")
def received(request: HttpRequest, ref: CaseRef, body: ReceivedIn) -> Any:
    """Put the customer's words on a case; they reopen what was resolved."""
    found = actions.customer_writes(case_ref=ref, **told(body), **acting(request))
    case_by_ref(found.case_id, viewer=viewer(request))
    return found
