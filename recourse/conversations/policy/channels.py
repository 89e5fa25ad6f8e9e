"""The ways out to a customer: what each can carry, and the port through which a room above takes over the carrying."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What a channel says of one attempt."""

    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Letter:
    """What leaves the desk: built from public parts alone, by `conversations.queries.letter_of` and nobody else."""

    case_ref: str
    number: int
    channel: str
    text: str
    author: str
    attachment_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """One way out. `carry` takes a letter and says what came of it; None means the words stand on “my case” at once."""

    key: str
    carry: Callable[[Letter], Outcome] | None = None
    text_limit: int = 100_000
    takes_attachments: bool = True


@dataclass(slots=True)
class Channels:
    """The channels that this desk has; `config` may add to them."""

    by_key: dict[str, Channel] = field(default_factory=dict)

    def register(self, channel: Channel) -> None:
        """Add a channel, or put another in its place."""
        self.by_key[channel.key] = channel

    def get(self, key: str) -> Channel | None:
        """Return a channel, or None where the desk has no such way out."""
        return self.by_key.get(key)

    def as_mapping(self) -> Mapping[str, Channel]:
        """Return all channels."""
        return dict(self.by_key)


CHANNELS = Channels()
for _key in ("web", "api", "phone", "import"):
    CHANNELS.register(Channel(_key))
