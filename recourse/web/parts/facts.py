"""Small facts in a line: chips, persons, money, counts, changes, keys."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from recourse.web.parts.piece import Part, fill, icon


class Tone(StrEnum):
    """What a state means; each tone has a shape beside its colour."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    PAUSED = "paused"
    NOTE = "note"


TONE_ICON = {
    Tone.NEUTRAL: "circle",
    Tone.ACCENT: "info",
    Tone.OK: "circle-check",
    Tone.WARN: "triangle-alert",
    Tone.BAD: "octagon-alert",
    Tone.PAUSED: "circle-pause",
    Tone.NOTE: "lock",
}


@dataclass(frozen=True, slots=True)
class Chip(Part):
    """A state: word, shape and colour together."""

    label: str
    tone: Tone | str = Tone.NEUTRAL
    icon: str = ""
    title: str = ""

    def render(self) -> SafeString:
        """Draw the chip."""
        tone = Tone(self.tone)
        title = fill(' title="{}"', self.title) if self.title else ""
        shape = icon(self.icon or TONE_ICON[tone])
        return fill('<span class="chip is-{}"{}>{}{}</span>', tone.value, title, shape, self.label)


class PersonKind(StrEnum):
    """Who somebody is to the desk; the avatar's shape shows it."""

    STAFF = "staff"
    CUSTOMER = "customer"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Person(Part):
    """A person by initials and name, with a link where the viewer may follow it."""

    name: str
    kind: PersonKind | str = PersonKind.STAFF
    role: str = ""
    href: str = ""
    is_absent: bool = False
    is_large: bool = False

    @property
    def initials(self) -> str:
        """Return one or two letters; a name without letters gives a dot."""
        words = [word for word in self.name.split() if word[0].isalnum()]
        return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper() if words else "·"

    def render(self) -> SafeString:
        """Draw the person."""
        kind = f"avatar is-{PersonKind(self.kind)}{' is-large' if self.is_large else ''}"
        linked = fill('<a class="person-name" href="{}">{}</a>', self.href, self.name)
        name = linked if self.href else fill('<span class="person-name">{}</span>', self.name)
        role = fill('<span class="person-role">{}</span>', self.role) if self.role else ""
        absent = Chip(_("away"), Tone.PAUSED).render() if self.is_absent else ""
        return fill(
            '<span class="person{}"><span class="{}" aria-hidden="true">{}</span>{} {}{}</span>',
            " is-absent" if self.is_absent else "", kind, self.initials, name, role, absent,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Money(Part):
    """An amount that always stands with its currency. `amount` is already formatted for the viewer's language."""

    amount: str
    currency: str

    def render(self) -> SafeString:
        """Draw the amount."""
        return fill('<span class="money"><span class="money-currency">{}</span>{}</span>', self.currency, self.amount)


@dataclass(frozen=True, slots=True)
class Diff(Part):
    """A change: what it was, what it is."""

    old: str
    new: str
    label: str = ""

    def render(self) -> SafeString:
        """Draw the change; an empty side is said as “nothing”."""
        nothing = _("nothing")
        label = fill('<span class="diff-label">{}:</span> ', self.label) if self.label else ""
        return fill(
            '<span class="diff">{}<del><span class="visually-hidden">{} </span>{}</del> {} '
            '<ins><span class="visually-hidden">{} </span>{}</ins></span>',
            label, _("was"), self.old or nothing, icon("arrow-right", flips=True), _("is now"), self.new or nothing,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyHint(Part):
    """The keys that do something, such as “g i”."""

    keys: str

    def render(self) -> SafeString:
        """Draw each key."""
        return SafeString(" ".join(fill("<kbd>{}</kbd>", key) for key in self.keys.split()))


@dataclass(frozen=True, slots=True)
class Attachment(Part):
    """A file on a message: its shown name, its size in words, and where to fetch it (none while it is held)."""

    template: ClassVar[str] = "parts/attachment.html"
    name: str
    size: str
    href: str = ""
    held_reason: str = ""
