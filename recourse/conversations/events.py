"""What happens in conversations: ids, numbers and kinds alone; the words stand in the messages."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recourse.timeline.events import Event, event
from recourse.timeline.policy import Audience

_ID = "01990000-0000-7000-8000-000000000001"


@event(
    "message.received", audience=Audience.CUSTOMER,
    message_id=_ID, number=1, channel="web", is_automatic=False, is_verified=True, masked_cards=0,
)  # fmt: skip
@dataclass(frozen=True)
class MessageReceived(Event):
    """The customer wrote."""

    message_id: str
    number: int
    channel: str
    is_automatic: bool
    is_verified: bool
    masked_cards: int

    def sentence(self) -> str:
        """Say that words came in."""
        if self.is_automatic:
            return _("received an automatic message by %(channel)s") % {"channel": self.channel}
        return _("received a message by %(channel)s") % {"channel": self.channel}


@event("message.queued", message_id=_ID, number=2, channel="web")
@dataclass(frozen=True)
class MessageQueued(Event):
    """A reply was written and waits out its undo window."""

    message_id: str
    number: int
    channel: str

    def sentence(self) -> str:
        """Say that a reply is on its way."""
        return _("wrote a reply, which can be taken back for ten seconds")


@event("message.sent", audience=Audience.CUSTOMER, message_id=_ID, number=2, channel="web", is_automatic=False)
@dataclass(frozen=True)
class MessageSent(Event):
    """A public message left the desk."""

    message_id: str
    number: int
    channel: str
    is_automatic: bool

    def sentence(self) -> str:
        """Say that words went out."""
        return _("sent a message by %(channel)s") % {"channel": self.channel}


@event("message.retracted", message_id=_ID, number=2)
@dataclass(frozen=True)
class MessageRetracted(Event):
    """A reply was taken back before it left."""

    message_id: str
    number: int

    def sentence(self) -> str:
        """Say that a reply was undone."""
        return _("took a reply back before it left")


@event("message.failed", message_id=_ID, number=2, channel="web")
@dataclass(frozen=True)
class MessageFailed(Event):
    """A channel could not send a message."""

    message_id: str
    number: int
    channel: str

    def sentence(self) -> str:
        """Say that sending failed."""
        return _("could not send a message by %(channel)s") % {"channel": self.channel}


@event("message.bounced", message_id=_ID, number=2, channel="email", is_automatic=False)
@dataclass(frozen=True)
class MessageBounced(Event):
    """A message that had left came back: it does not count as an answer."""

    message_id: str
    number: int
    channel: str
    is_automatic: bool

    def sentence(self) -> str:
        """Say that a message came back."""
        return _("learned that a message did not arrive")


@event("message.noted", message_id=_ID, number=3, masked_cards=0)
@dataclass(frozen=True)
class MessageNoted(Event):
    """An internal note was written."""

    message_id: str
    number: int
    masked_cards: int

    def sentence(self) -> str:
        """Say that a note was written."""
        return _("wrote an internal note")


@event("message.edited", message_id=_ID, number=3, message_version=2)
@dataclass(frozen=True)
class MessageEdited(Event):
    """Words were changed; the original is kept."""

    message_id: str
    number: int
    message_version: int

    def sentence(self) -> str:
        """Say that words were changed."""
        return _("edited a message; the original is kept")


@event("message.deleted", note_holds="why it was deleted", message_id=_ID, number=3)
@dataclass(frozen=True)
class MessageDeleted(Event):
    """A note was deleted and left a tombstone."""

    message_id: str
    number: int

    def sentence(self) -> str:
        """Say that a note was deleted."""
        return _("deleted a note")


@event("message.redacted", note_holds="why it was redacted", message_id=_ID, number=3, passages=1)
@dataclass(frozen=True)
class MessageRedacted(Event):
    """Words were made unreadable for good."""

    message_id: str
    number: int
    passages: int

    def sentence(self) -> str:
        """Say how much was redacted."""
        return ngettext("redacted %(count)d passage", "redacted %(count)d passages", self.passages) % {
            "count": self.passages
        }


@event("message.reply_waived", message_id=_ID, number=4)
@dataclass(frozen=True)
class ReplyWaived(Event):
    """Somebody decided that a message needs no reply."""

    message_id: str
    number: int

    def sentence(self) -> str:
        """Say that no reply is needed."""
        return _("marked a message as needing no reply")


@event("messages.moved", from_ref="RC-1001", to_ref="RC-1002", message_ids=[_ID], why="merge", is_undone=False)
@dataclass(frozen=True)
class MessagesMoved(Event):
    """Messages went to another case, or came back."""

    from_ref: str
    to_ref: str
    message_ids: list[str]
    why: str
    is_undone: bool

    def sentence(self) -> str:
        """Say how many messages moved where."""
        count = len(self.message_ids)
        return ngettext(
            "moved %(count)d message from %(source)s to %(target)s",
            "moved %(count)d messages from %(source)s to %(target)s",
            count,
        ) % {"count": count, "source": self.from_ref, "target": self.to_ref}


@event("attachment.added", attachment_id=_ID, size=1024, media_type="image/png", masked_cards=0)
@dataclass(frozen=True)
class AttachmentAdded(Event):
    """A file was added."""

    attachment_id: str
    size: int
    media_type: str
    masked_cards: int

    def sentence(self) -> str:
        """Say that a file was added."""
        return _("added a file")


@event("attachment.removed", attachment_id=_ID)
@dataclass(frozen=True)
class AttachmentRemoved(Event):
    """A file was taken off a draft before it was sent."""

    attachment_id: str

    def sentence(self) -> str:
        """Say that a file was removed."""
        return _("removed a file that was not sent yet")


@event("attachment.opened", attachment_id=_ID)
@dataclass(frozen=True)
class AttachmentOpened(Event):
    """A file of a restricted case was opened."""

    attachment_id: str

    def sentence(self) -> str:
        """Say that a file was opened."""
        return _("opened a file of this restricted case")


@event("template.made", template_id=_ID, template_version=1)
@dataclass(frozen=True)
class TemplateMade(Event):
    """A template was made."""

    template_id: str
    template_version: int

    def sentence(self) -> str:
        """Say that a template was made."""
        return _("made a template")


@event("template.edited", template_id=_ID, template_version=2)
@dataclass(frozen=True)
class TemplateEdited(Event):
    """A template was changed."""

    template_id: str
    template_version: int

    def sentence(self) -> str:
        """Say that a template was changed."""
        return _("changed a template")


@event("template.retired", template_id=_ID)
@dataclass(frozen=True)
class TemplateRetired(Event):
    """A template is offered no more."""

    template_id: str

    def sentence(self) -> str:
        """Say that a template was retired."""
        return _("retired a template")


@event("pass.issued", pass_id=_ID, expires_at="2026-01-01T00:00:00.000000Z")
@dataclass(frozen=True)
class PassIssued(Event):
    """The customer was given a new link to “my case”; older ones stopped working."""

    pass_id: str
    expires_at: str

    def sentence(self) -> str:
        """Say that a link was made."""
        return _("made a new link to “my case”; older links no longer work")


@event("pass.revoked", pass_id=_ID)
@dataclass(frozen=True)
class PassRevoked(Event):
    """A link to “my case” was switched off."""

    pass_id: str

    def sentence(self) -> str:
        """Say that a link was switched off."""
        return _("switched off the link to “my case”")
