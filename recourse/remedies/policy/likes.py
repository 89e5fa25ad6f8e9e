"""What like cases got: the nearest by loss, length, product and channel, and the band that they span."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from recourse.handbook.policy.remedies import Peers

WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Peer:
    """One decided case: what was given as a share of the loss in basis points, and what it is compared by."""

    case_id: UUID
    given: int
    loss: int
    days: int
    product: str
    channel: str

    @property
    def share(self) -> int:
        """Return what was given, as basis points of the loss."""
        return share_of(self.given, self.loss)


def share_of(given: int, loss: int) -> int:
    """Return an amount as basis points of the loss, rounded down; of no loss nothing is a share."""
    return given * WHOLE // loss if loss else 0


@dataclass(frozen=True, slots=True)
class LikeCases:
    """The nearest cases and their band; without a band where they are too few to say anything."""

    peers: tuple[Peer, ...]
    low: int | None = None
    high: int | None = None

    @property
    def is_few(self) -> bool:
        """Tell whether there are too few to say anything."""
        return self.low is None

    def is_outside(self, share: int) -> bool:
        """Tell whether a share lies outside the band."""
        return self.low is not None and self.high is not None and not self.low <= share <= self.high


def like_cases(here: Peer, others: Iterable[Peer], rules: Peers) -> LikeCases:
    """Return the cases nearest to this one, and the band of what they got if they are enough."""
    near = sorted(others, key=lambda other: (distance(here, other), str(other.case_id)))[: rules.nearest]
    if len(near) < rules.at_least:
        return LikeCases(tuple(near))
    shares = sorted(other.share for other in near)
    return LikeCases(tuple(near), percentile(shares, rules.low_percent), percentile(shares, rules.high_percent))


def distance(here: Peer, other: Peer) -> float:
    """Return how unlike two cases of one cause are: doublings of loss and of length, and half a step for each
    difference in product or channel.
    """
    loss = abs(math.log2((here.loss + 1) / (other.loss + 1)))
    days = abs(math.log2((here.days + 1) / (other.days + 1)))
    return loss + days + (here.product != other.product) / 2 + (here.channel != other.channel) / 2


def percentile(ordered: Sequence[int], percent: int) -> int:
    """Return the value at a percentile of an ordered list by nearest rank."""
    return ordered[max(math.ceil(percent * len(ordered) / 100), 1) - 1]
