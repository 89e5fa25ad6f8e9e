"""The case as a story: rows in lists, messages, entries of the timeline, clocks that explain themselves."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from recourse.web.parts.acts import Button
from recourse.web.parts.facts import TONE_ICON, Attachment, Chip, Diff, Person, Tone
from recourse.web.parts.moments import Due, DueState, Moment, exact, length, stretch
from recourse.web.parts.piece import Part, fill, icon


@dataclass(frozen=True, slots=True)
class CaseRow(Part):
    """One case in a list."""

    ref: str
    href: str
    subject: str
    customer: str
    due: Due
    chips: Sequence[Chip] = ()
    owner: Person | None = None
    about: str = ""
    why: str = ""
    viewers: Sequence[str] = ()
    is_unread: bool = False
    is_restricted: bool = False
    can_pick: bool = False

    def render(self) -> SafeString:
        """Draw the row."""
        return fill(
            '<li class="row{}{}" id="row-{}" data-row>{}<span class="row-ref">{}</span><div class="row-what">'
            '<a class="row-subject" href="{}">{}<bdi>{}</bdi></a><div class="row-about">{}</div></div>'
            '<div class="row-owner">{}</div><div class="row-due">{}</div></li>',
            "" if self.can_pick else " is-plain", " is-unread" if self.is_unread else "", self.ref, self._pick(),
            self.ref, self.href, self._unread(), self.subject, self._about(), self.owner or _("nobody yet"), self.due,
        )  # fmt: skip

    def _pick(self) -> str:
        if not self.can_pick:
            return ""
        label = _("Choose %(ref)s") % {"ref": self.ref}
        return fill('<input class="row-pick" type="checkbox" name="case" value="{}" aria-label="{}">', self.ref, label)

    def _unread(self) -> str:
        return fill('<span class="visually-hidden">{} </span>', _("Unread:")) if self.is_unread else ""

    def _about(self) -> SafeString:
        said = [fill("<bdi>{}</bdi>", self.customer), *(chip.render() for chip in self.chips)]
        if self.is_restricted:
            said.append(Chip(_("restricted"), Tone.NOTE).render())
        said += [fill("<span>{}</span>", words) for words in (self.about, self.why) if words]
        if self.viewers:
            said.append(fill('<span class="row-seen">{}{}</span>', icon("eye"), ", ".join(self.viewers)))
        return SafeString("".join(said))


class MessageKind(StrEnum):
    """Who speaks to whom. Nothing else decides how a message looks."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    NOTE = "note"


class MessageState(StrEnum):
    """How far a message has come."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Message(Part):
    """A message or a note. `text` is plain and escaped here; `html` must be a SafeString that has been cleaned.

    `is_for_customer` speaks to the customer; an internal note given so is a KeyError, never a page.
    """

    template: ClassVar[str] = "parts/message.html"
    kind: MessageKind | str
    who: Person
    when: Moment
    text: str = ""
    html: str = ""
    id: str = ""
    channel: str = ""
    state: MessageState | str = MessageState.SENT
    state_note: str = ""
    attachments: Sequence[Attachment] = ()
    actions: Sequence[Button] = ()
    versions_href: str = ""
    is_for_customer: bool = False

    @property
    def says(self) -> str:
        """Say who speaks to whom, and to the customer in the customer's own terms."""
        if self.is_for_customer:
            return {MessageKind.INBOUND: _("You wrote"), MessageKind.OUTBOUND: _("We wrote")}[MessageKind(self.kind)]
        return {
            MessageKind.INBOUND: _("From the customer"),
            MessageKind.OUTBOUND: _("Sent to the customer"),
            MessageKind.NOTE: _("Internal note, never leaves the desk"),
        }[MessageKind(self.kind)]

    @property
    def icon(self) -> str:
        """Return the shape of the kind."""
        return {"inbound": "message-square", "outbound": "arrow-up-right", "note": "lock"}[self.kind]

    @property
    def state_chip(self) -> Chip | None:
        """Return the state where it is worth a word."""
        return {
            MessageState.SENDING: Chip(_("sending, can be undone"), Tone.ACCENT, "clock"),
            MessageState.FAILED: Chip(_("not delivered"), Tone.BAD),
            MessageState.EDITED: Chip(_("edited"), icon="pencil"),
            MessageState.DELETED: Chip(_("deleted"), icon="trash-2"),
        }.get(MessageState(self.state))


@dataclass(frozen=True, slots=True)
class TimelineEntry(Part):
    """One recorded event: its own sentence, who, when; a change and a longer detail where it has them."""

    template: ClassVar[str] = "parts/entry.html"
    sentence: str
    when: Moment
    who: str = ""
    number: int | None = None
    href: str = ""
    tone: Tone | str = Tone.NEUTRAL
    icon_name: str = ""
    change: Diff | None = None
    detail: str = ""

    @property
    def icon(self) -> str:
        """Return the shape."""
        return self.icon_name or TONE_ICON[Tone(self.tone)]


class Span(StrEnum):
    """What happened to a stretch of time on a clock."""

    COUNTED = "counted"
    SKIPPED = "skipped"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class ExplainLine:
    """One stretch of time: counted, skipped (outside hours, holiday) or paused, and why."""

    kind: Span | str
    starts_at: dt.datetime
    ends_at: dt.datetime
    why: str = ""
    counted: dt.timedelta | None = None

    @property
    def icon(self) -> str:
        """Return the shape."""
        return {"counted": "plus", "skipped": "minus", "paused": "circle-pause"}[self.kind]

    @property
    def says(self) -> str:
        """Say what happened to the stretch."""
        return {"counted": _("counted"), "skipped": _("skipped"), "paused": _("paused")}[self.kind]

    @property
    def span(self) -> str:
        """Say from when to when, the day and the zone once where they are the same."""
        return stretch(self.starts_at, self.ends_at)

    @property
    def length(self) -> str:
        """Say how long: of a counted stretch what it added to the clock."""
        return length((self.counted or self.ends_at - self.starts_at).total_seconds())


@dataclass(frozen=True, slots=True)
class ClockCard(Part):
    """One clock: name, due, share used, and on request every counted and skipped stretch.

    `share` is the part of the allowance used, 0 to 1 and beyond. `family` and `rule` are said in words.
    """

    template: ClassVar[str] = "parts/clock.html"
    name: str
    due: Due
    share: float
    family: str = ""
    allowance: str = ""
    rule: str = ""
    explain: Sequence[ExplainLine] = ()
    explain_href: str = ""
    id: str = ""

    @property
    def state(self) -> str:
        """Return the state for the looks."""
        return DueState(self.due.state).value

    @property
    def used_percent(self) -> int:
        """Return the width of the bar in percent."""
        return round(max(0.0, min(self.share, 1.0)) * 100)

    @property
    def used_words(self) -> str:
        """Say the share used, which may pass 100 %."""
        return _("%(percent)d %% used") % {"percent": round(self.share * 100)}

    @property
    def due_exact(self) -> str:
        """Say the due time exactly."""
        return exact(self.due.at) if self.due.at else ""
