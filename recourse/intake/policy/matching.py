"""Which case may be the same as another: proposed to a person with the reason, never decided by likeness."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from recourse.intake.policy.words import ProposalReason


@dataclass(frozen=True, slots=True)
class Comparable:
    """What is compared of a case: its reference, words, order numbers and when it came."""

    ref: str
    words: frozenset[str]
    order_refs: frozenset[str]
    received_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case that may be the same, why, and how alike the words are in percent."""

    ref: str
    reasons: tuple[str, ...]
    percent: int


def likeness(one: Collection[str], other: Collection[str]) -> int:
    """Return how much of their distinct words two texts share, in percent (Jaccard 1912); nothing shares nothing."""
    first, second = set(one), set(other)
    together = first | second
    return round(100 * len(first & second) / len(together)) if together else 0


def proposals(new: Comparable, others: Sequence[Comparable], *, within: dt.timedelta, percent: int) -> list[Proposal]:
    """Return the cases of the same customer that may be the same as a new one, likest first."""
    found = []
    for other in others:
        if other.ref == new.ref or abs(new.received_at - other.received_at) > within:
            continue
        alike = likeness(new.words, other.words)
        reasons = [
            *([ProposalReason.SAME_ORDER.value] if new.order_refs & other.order_refs else []),
            *([ProposalReason.SIMILAR_WORDS.value] if alike >= percent else []),
        ]
        if reasons:
            found.append(Proposal(other.ref, tuple(reasons), alike))
    return sorted(found, key=lambda proposal: (-proposal.percent, proposal.ref))
