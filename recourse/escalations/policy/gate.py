"""The moves of an escalation: who may make which from where. Verbs enforce this table, screens draw from it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from recourse.escalations.policy.words import Said, State


class Guard(StrEnum):
    """Which person may make a move, beside the right to it. Persons are compared, never accounts."""

    ANYONE = "anyone"
    ANOTHER_PERSON = "another_person"
    REQUESTER = "requester"
    OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. Without `to_state` the escalation stays where it is."""

    name: str
    from_states: tuple[State, ...]
    to_state: State | None
    permission: str
    guard: Guard
    event: str


MOVES = (
    Move("accept", (State.REQUESTED,), State.ACCEPTED, "escalation:gate", Guard.ANOTHER_PERSON, "escalation.accepted"),
    Move("return", (State.REQUESTED,), State.RETURNED, "escalation:gate", Guard.ANOTHER_PERSON, "escalation.returned"),
    Move(
        "redirect", (State.REQUESTED,), State.REDIRECTED, "escalation:gate", Guard.ANOTHER_PERSON,
        "escalation.redirected",
    ),
    Move(
        "withdraw", (State.REQUESTED,), State.WITHDRAWN, "escalation:request", Guard.REQUESTER, "escalation.withdrawn"
    ),
    Move(
        "hand_back", (State.ACCEPTED,), State.HANDING_BACK, "escalation:hand_back", Guard.ANYONE,
        "escalation.hand_back_offered",
    ),
    Move("take_back", (State.HANDING_BACK,), State.HANDED_BACK, "case:work", Guard.OFFERED, "escalation.handed_back"),
    Move(
        "decline_back", (State.HANDING_BACK,), State.ACCEPTED, "case:work", Guard.OFFERED,
        "escalation.hand_back_declined",
    ),
    Move(
        "finish", (State.ACCEPTED, State.HANDING_BACK), State.FINISHED, "escalation:work", Guard.ANYONE,
        "escalation.finished",
    ),
)  # fmt: skip
ACTS = (
    Move(
        "override_tier", (State.REQUESTED, State.ACCEPTED), None, "escalation:override", Guard.ANOTHER_PERSON,
        "escalation.tier_overridden",
    ),
    Move(
        "judge", (State.FINISHED, State.HANDED_BACK), None, "escalation:work", Guard.ANYONE, "escalation.judged"
    ),
)  # fmt: skip
MOVES_BY_NAME = {move.name: move for move in (*MOVES, *ACTS)}
GATE_MOVES = ("accept", "return", "redirect")


@dataclass(frozen=True, slots=True)
class Standing:
    """What the table needs to know of an escalation: its state and the persons with a part in it."""

    state: State
    requesters: frozenset[UUID]
    offered_to: UUID | None = None
    bounces: int = 0
    is_ping_pong: bool = False
    is_judged: bool = False


@dataclass(frozen=True, slots=True)
class Mover:
    """The persons who want to move it: the one signed in and the one acted for; the system itself is none."""

    persons: frozenset[UUID]
    permissions: frozenset[str]

    def can(self, permission: str) -> bool:
        """Tell whether the right is held."""
        return permission in self.permissions


def may_move(name: str, standing: Standing, mover: Mover) -> Said | None:
    """Return why a move is refused, or None. Rights first, then the state, then the person."""
    move = MOVES_BY_NAME[name]
    if not mover.can(move.permission):
        return Said("gate.permission", {"permission": move.permission})
    if standing.state not in move.from_states:
        return Said("gate.state", {"state": standing.state.value})
    return _guarded(move, standing, mover)


def _guarded(move: Move, standing: Standing, mover: Mover) -> Said | None:
    is_requester = bool(mover.persons & standing.requesters)
    if move.guard is Guard.ANOTHER_PERSON and (is_requester or not mover.persons):
        return Said("gate.own_request")
    if move.guard is Guard.REQUESTER and not is_requester:
        return Said("gate.not_requester")
    if move.guard is Guard.OFFERED and standing.offered_to not in mover.persons:
        return Said("gate.not_offered")
    if move.name in GATE_MOVES and standing.is_ping_pong and not mover.can("team:lead"):
        return Said("gate.supervisor", {"times": standing.bounces})
    if move.name == "judge" and standing.is_judged:
        return Said("gate.judged")
    return None


def allowed_moves(standing: Standing, mover: Mover) -> dict[str, Said | None]:
    """Return every move with why it is refused, or None where it may be made; for buttons and the API."""
    return {name: may_move(name, standing, mover) for name in MOVES_BY_NAME}


def note_refusal(note: str, *, minimum: int) -> Said | None:
    """Return why a note is too short to learn from, or None."""
    size = len(note.strip())
    return None if size >= minimum else Said("gate.no_note", {"minimum": minimum, "size": size})


def passes_through(draw: float, *, percent: int) -> bool:
    """Tell whether a refusal goes through anyway: `draw` is uniform in [0, 1)."""
    return draw * 100 < percent


def is_ping_pong(bounces: int, *, limit: int) -> bool:
    """Tell whether a case has gone back so often that a lead must decide."""
    return bounces >= limit
