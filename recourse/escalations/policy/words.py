"""The words of the room: states of an escalation, what the gate can say, and sentences kept by code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """Where an escalation stands."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    HANDING_BACK = "handing_back"
    HANDED_BACK = "handed_back"
    RETURNED = "returned"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"
    FINISHED = "finished"


OPEN = (State.REQUESTED, State.ACCEPTED, State.HANDING_BACK)
WORKED = (State.ACCEPTED, State.HANDING_BACK)


class Verdict(StrEnum):
    """What a decision about an escalation was."""

    ACCEPT = "accept"
    RETURN = "return"
    REDIRECT = "redirect"
    OVERRIDE_TIER = "override_tier"


class NoticeKind(StrEnum):
    """Why somebody is told something."""

    RETURNED = "returned"
    REDIRECTED = "redirected"
    ACCEPTED = "accepted"
    FINISHED = "finished"
    HANDED_BACK = "handed_back"
    HAND_BACK_OFFERED = "hand_back_offered"
    HAND_BACK_DECLINED = "hand_back_declined"
    PING_PONG = "ping_pong"
    LADDER = "ladder"


class StepState(StrEnum):
    """What became of one rung of a ladder beside one clock."""

    FIRED = "fired"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence by its code, with what stands in its gaps; the doors translate it."""

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
