"""The moves of an approval: who may make which from where. Verbs enforce this table, screens draw from it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from recourse.approvals.policy.words import LIVE, Said, State


class Guard(StrEnum):
    """Which person may make a move, beside the right to it; persons are compared, never accounts."""

    DECIDER = "decider"
    APPROVER = "approver"
    OWNER = "owner"
    NOT_APPROVER = "not_approver"
    NO_PART = "no_part"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. Without `to_state` the approval may stay where it is."""

    name: str
    from_states: tuple[State, ...]
    to_state: State | None
    permission: str
    guard: Guard
    event: str


_ASKED, _GRANTED = (State.ASKED,), (State.GRANTED,)
MOVES = (
    Move("approve", _ASKED, State.GRANTED, "approval:decide", Guard.DECIDER, "approval.granted"),
    Move("refuse", _ASKED, State.REFUSED, "approval:decide", Guard.DECIDER, "approval.refused"),
    Move("ask_back", _ASKED, None, "approval:decide", Guard.DECIDER, "approval.asked_back"),
    Move("pass_up", _ASKED, None, "approval:decide", Guard.DECIDER, "approval.climbed"),
    Move("revoke", _GRANTED, State.REFUSED, "approval:decide", Guard.APPROVER, "approval.refused"),
    Move("answer", _ASKED, None, "approval:ask", Guard.OWNER, "approval.answered"),
    Move("withdraw", LIVE, State.WITHDRAWN, "approval:ask", Guard.OWNER, "approval.withdrawn"),
    Move("break_glass", _ASKED, State.GRANTED, "approval:break_glass", Guard.NO_PART, "approval.glass_broken"),
)
INNER = (
    Move("use", _GRANTED, None, "", Guard.NOT_APPROVER, "approval.used"),
    Move("expire", _ASKED, State.EXPIRED, "", Guard.NO_PART, "approval.expired"),
    Move("void", LIVE, State.VOID, "", Guard.NO_PART, "approval.voided"),
)
MOVES_BY_NAME = {move.name: move for move in (*MOVES, *INNER)}
ENDS_A_GRANT = ("revoke", "withdraw", "void")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the table needs to know of an approval: its state and the humans with a part in it."""

    state: State
    owners: frozenset[UUID] = frozenset()
    approvers: frozenset[UUID] = frozenset()
    is_used: bool = False
    is_asked_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """The humans who want to move it, and their rights; `not_seated` says why they may not decide, if so.

    `is_inner` marks a move that is part of another verb, which has asked for its own right.
    """

    persons: frozenset[UUID]
    permissions: frozenset[str]
    not_seated: Said | None = None
    is_system: bool = False
    is_inner: bool = False


def may_move(name: str, standing: Standing, mover: Mover) -> Said | None:
    """Return why a move is refused, or None. Rights first, then the state, then the person."""
    move = MOVES_BY_NAME[name]
    if not (mover.is_system or mover.is_inner) and move.permission not in mover.permissions:
        return Said("approval.permission", {"permission": move.permission})
    if standing.state not in move.from_states:
        return Said("approval.state", {"state": standing.state.value})
    if standing.is_used and name in ENDS_A_GRANT:
        return Said("approval.used")
    if name == "answer" and not standing.is_asked_back:
        return Said("approval.not_asked_back")
    return None if mover.is_system else _guarded(move.guard, standing, mover)


def _guarded(guard: Guard, standing: Standing, mover: Mover) -> Said | None:
    if not mover.persons:
        return Said("approval.nobody")
    if guard in (Guard.DECIDER, Guard.NO_PART):
        return mover.not_seated
    if guard is Guard.APPROVER and not mover.persons & standing.approvers:
        return Said("approval.not_approver")
    if guard is Guard.OWNER and not mover.persons & standing.owners:
        return Said("approval.not_yours")
    if guard is Guard.NOT_APPROVER and mover.persons & standing.approvers:
        return Said("approval.executor")
    return None


def allowed_moves(standing: Standing, mover: Mover) -> dict[str, Said | None]:
    """Return every move of a person with why it is refused, or None where it may be made."""
    return {move.name: may_move(move.name, standing, mover) for move in MOVES}
