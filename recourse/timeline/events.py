"""What an event is: a frozen class that knows its name, sentence, audience, how to be forgotten. And our own events."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, ClassVar, TypeVar

from django.utils.translation import gettext as _

from recourse.timeline.policy import Audience, canonical


@dataclass(frozen=True)
class Event:
    """The root of every event. Fields are plain JSON values: ids, enums, numbers, instants as text; never words."""

    name: ClassVar[str] = ""
    version: ClassVar[int] = 1
    audience: ClassVar[Audience] = Audience.DESK
    sample: ClassVar[Mapping[str, Any]] = {}
    note_holds: ClassVar[str] = ""

    def sentence(self) -> str:
        """Return what happened, for a person, without a subject: “opened the case by phone”."""
        raise NotImplementedError

    def payload(self) -> str:
        """Return the canonical JSON text that is stored and hashed."""
        return canonical(asdict(self))

    @classmethod
    def from_payload(cls, text: str) -> "Event":
        """Rebuild the event from what was stored; fields of other versions are passed over."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in json.loads(text).items() if name in known})


E = TypeVar("E", bound=type[Event])
_catalogue: dict[str, type[Event]] = {}


def event(
    name: str, *, audience: Audience = Audience.DESK, version: int = 1, note_holds: str = "", **sample: Any
) -> Callable[[E], E]:
    """Register an event class under `name` (`noun.past`); `sample` is an example payload for docs and tests.

    `note_holds` says what the private note beside the entry contains, and so what shredding takes away.
    """

    def register(cls: E) -> E:
        if name in _catalogue:
            raise TypeError(f"two events are called {name}")
        cls.name, cls.version, cls.audience = name, version, audience
        cls.sample, cls.note_holds = sample, note_holds
        if not is_dataclass(cls):
            raise TypeError(f"{cls.__name__} must be a frozen dataclass")
        _catalogue[name] = cls
        return cls

    return register


def catalogue() -> Mapping[str, type[Event]]:
    """Return every event class by name."""
    return dict(sorted(_catalogue.items()))


def event_class(name: str) -> type[Event] | None:
    """Return the class of an event name, or None for one that this version does not know."""
    return _catalogue.get(name)


@event("note.shredded", audience=Audience.DESK, number=4)
@dataclass(frozen=True)
class NoteShredded(Event):
    """The private words beside an entry of the same thread were destroyed."""

    number: int

    def sentence(self) -> str:
        """Say whose words are gone."""
        return _("destroyed the private note of entry %(number)d") % {"number": self.number}


@event(
    "delivery.stuck", delivery="0198c0de-0000-7000-8000-000000000001", reaction="acknowledge", position=17, attempts=9
)
@dataclass(frozen=True)
class DeliveryStuck(Event):
    """A reaction failed as often as it is tried; a person must look."""

    delivery: str
    reaction: str
    position: int
    attempts: int

    def sentence(self) -> str:
        """Say which reaction, to which entry."""
        return _("gave up “%(reaction)s” for entry %(position)d after %(attempts)d tries") % vars(self)


@event("delivery.retried", delivery="0198c0de-0000-7000-8000-000000000001", reaction="acknowledge", position=17)
@dataclass(frozen=True)
class DeliveryRetried(Event):
    """Somebody let a delivery run again at once."""

    delivery: str
    reaction: str
    position: int

    def sentence(self) -> str:
        """Say which reaction, to which entry."""
        return _("let “%(reaction)s” for entry %(position)d run again") % vars(self)


@event(
    "delivery.dropped",
    delivery="0198c0de-0000-7000-8000-000000000001",
    reaction="acknowledge",
    position=17,
    note_holds="why",
)
@dataclass(frozen=True)
class DeliveryDropped(Event):
    """Somebody decided that a stuck delivery will not be run."""

    delivery: str
    reaction: str
    position: int

    def sentence(self) -> str:
        """Say which reaction, to which entry."""
        return _("dropped “%(reaction)s” for entry %(position)d") % vars(self)


@event("checkpoint.signed", size=4096, root="ab" * 32)
@dataclass(frozen=True)
class CheckpointSigned(Event):
    """The head of the record was signed, to be kept outside."""

    size: int
    root: str

    def sentence(self) -> str:
        """Say how much was signed."""
        return _("signed the first %(size)d entries of the record") % vars(self)


@event("webhook.added", webhook="0198c0de-0000-7000-8000-000000000002", events=["case.opened"])
@dataclass(frozen=True)
class WebhookAdded(Event):
    """A receiver outside was subscribed to events. Its address is a secret and stands in its own row alone."""

    webhook: str
    events: list[str]

    def sentence(self) -> str:
        """Say to how many events."""
        return _("added a webhook for %(events)s") % {"events": ", ".join(self.events)}


@event("webhook.edited", webhook="0198c0de-0000-7000-8000-000000000002", events=["*"], is_url_changed=True)
@dataclass(frozen=True)
class WebhookEdited(Event):
    """The address or the events of a webhook were changed."""

    webhook: str
    events: list[str]
    is_url_changed: bool

    def sentence(self) -> str:
        """Say what changed."""
        said = _("changed a webhook's address and events to %(events)s")
        return (said if self.is_url_changed else _("changed a webhook's events to %(events)s")) % {
            "events": ", ".join(self.events)
        }


@event("webhook.secret_rotated", webhook="0198c0de-0000-7000-8000-000000000002")
@dataclass(frozen=True)
class WebhookSecretRotated(Event):
    """A webhook signs with a new secret, and for a day with the old one too."""

    webhook: str

    def sentence(self) -> str:
        """Say it."""
        return _("gave a webhook a new secret")


@event("webhook.paused", webhook="0198c0de-0000-7000-8000-000000000002")
@dataclass(frozen=True)
class WebhookPaused(Event):
    """Nothing is sent to a webhook until it is resumed."""

    webhook: str

    def sentence(self) -> str:
        """Say it."""
        return _("paused a webhook")


@event("webhook.resumed", webhook="0198c0de-0000-7000-8000-000000000002")
@dataclass(frozen=True)
class WebhookResumed(Event):
    """A paused or disabled webhook is sent to again."""

    webhook: str

    def sentence(self) -> str:
        """Say it."""
        return _("resumed a webhook")


@event("webhook.disabled", webhook="0198c0de-0000-7000-8000-000000000002", failing_since="2027-03-01T08:00:00.000000Z")
@dataclass(frozen=True)
class WebhookDisabled(Event):
    """A webhook failed for days without a success, so nothing more is sent to it."""

    webhook: str
    failing_since: str

    def sentence(self) -> str:
        """Say since when."""
        return _("disabled a webhook that has failed since %(since)s") % {"since": self.failing_since[:10]}


@event("webhook.removed", webhook="0198c0de-0000-7000-8000-000000000002")
@dataclass(frozen=True)
class WebhookRemoved(Event):
    """A webhook is no longer used; its row stays for the record of what was sent."""

    webhook: str

    def sentence(self) -> str:
        """Say it."""
        return _("removed a webhook")


@event("webhook.tested", webhook="0198c0de-0000-7000-8000-000000000002")
@dataclass(frozen=True)
class WebhookTested(Event):
    """Somebody asked for a test message to a webhook."""

    webhook: str

    def sentence(self) -> str:
        """Say it."""
        return _("sent a test to a webhook")


@event("webhook.redelivered", webhook="0198c0de-0000-7000-8000-000000000002", position=17)
@dataclass(frozen=True)
class WebhookRedelivered(Event):
    """Somebody asked for an event to be sent to a webhook once more."""

    webhook: str
    position: int

    def sentence(self) -> str:
        """Say which event."""
        return _("asked for entry %(position)d to be sent to a webhook again") % vars(self)
