"""The words of the room: states of an approval, what deciders can say, and sentences kept by code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """Where an approval stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"
    VOID = "void"
    WITHDRAWN = "withdrawn"


LIVE = (State.ASKED, State.GRANTED)
ENDED = (State.REFUSED, State.EXPIRED, State.VOID, State.WITHDRAWN)


class Verdict(StrEnum):
    """What one decision was: of a person asked, of the proposer within their own authority, or in an emergency."""

    APPROVE = "approve"
    REFUSE = "refuse"
    ASK_BACK = "ask_back"
    WITHIN_AUTHORITY = "within_authority"
    BREAK_GLASS = "break_glass"


YES = (Verdict.APPROVE, Verdict.WITHIN_AUTHORITY, Verdict.BREAK_GLASS)


class AskState(StrEnum):
    """What became of asking one person."""

    OPEN = "open"
    ANSWERED = "answered"
    TIMED_OUT = "timed_out"
    MOVED_ON = "moved_on"
    SETTLED = "settled"


class ReviewVerdict(StrEnum):
    """What the reviewer of an emergency override found."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence by its code, with what stands in its gaps; the doors translate it."""

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
