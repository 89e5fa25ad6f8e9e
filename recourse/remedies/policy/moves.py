"""The moves of a line: from where, to where, who, with which right. Verbs enforce this table, screens draw from it."""

from collections.abc import Callable
from dataclasses import dataclass

from recourse.handbook.policy.remedies import Execution
from recourse.remedies.policy.words import Role, Said, State


@dataclass(frozen=True, slots=True)
class LineStanding:
    """What the table needs to know of a line."""

    state: State
    execution: Execution = Execution.FINANCE
    needs_acceptance: bool = True
    has_approval: bool = True


Guard = Callable[[LineStanding], Said | None]


def _needs_no_yes(line: LineStanding) -> Said | None:
    """A line that the customer must accept is not carried out before."""
    return Said("line.needs_acceptance") if line.needs_acceptance and line.state is State.APPROVED else None


def _by_hand(line: LineStanding) -> Said | None:
    """Only what people do is confirmed by people; money is told by the ledger."""
    return None if line.execution is Execution.FULFILMENT else Said("line.not_by_hand")


def _is_approved(line: LineStanding) -> Said | None:
    """Nothing leaves without an approval that holds."""
    return None if line.has_approval else Said("line.no_approval")


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. Without `to_state` the line stays where it is."""

    name: str
    label: str
    from_states: tuple[State, ...]
    to_state: State
    role: Role
    permission: str
    guards: tuple[Guard, ...]
    event: str


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for translation without translating it here."""
    return sentence


_ = gettext_noop
_S, _C, _D = Role.STAFF, Role.CUSTOMER, Role.DESK
_LOOSE = (
    State.DRAFT, State.PROPOSED, State.REFUSED, State.APPROVED, State.DECLINED, State.COUNTERED, State.LAPSED,
)  # fmt: skip
_PROPOSE, _OFFER, _FULFIL = "remedy:propose", "remedy:offer", "remedy:fulfil"

MOVES = (
    Move("edit", _("Change"), _LOOSE, State.DRAFT, _S, _PROPOSE, (), "remedy.line_changed"),
    Move("propose", _("Ask for approval"), (State.DRAFT,), State.PROPOSED, _S, _PROPOSE, (), "remedy.proposed"),
    Move(
        "withdraw", _("Take out"), (*_LOOSE, State.OFFERED), State.WITHDRAWN, _S, _PROPOSE, (), "remedy.withdrawn"
    ),
    Move("grant", _("Approve"), (State.PROPOSED,), State.APPROVED, _D, "", (), "remedy.approved"),
    Move("refuse", _("Refuse"), (State.PROPOSED, State.APPROVED), State.REFUSED, _D, "", (), "remedy.refused"),
    Move("offer", _("Offer"), (State.APPROVED,), State.OFFERED, _S, _OFFER, (_is_approved,), "remedy.offered"),
    Move("recall", _("Take the offer back"), (State.OFFERED,), State.APPROVED, _S, _OFFER, (), "remedy.recalled"),
    Move("accept", _("Accept"), (State.OFFERED,), State.ACCEPTED, _C, "", (_is_approved,), "remedy.answered"),
    Move("decline", _("Decline"), (State.OFFERED,), State.DECLINED, _C, "", (), "remedy.answered"),
    Move("counter", _("Ask otherwise"), (State.OFFERED,), State.COUNTERED, _C, "", (), "remedy.answered"),
    Move("keep", _("Keep what is owed"), (State.OFFERED,), State.APPROVED, _D, "", (), "remedy.lapsed"),
    Move("lapse", _("Let run out"), (State.OFFERED,), State.LAPSED, _D, "", (), "remedy.lapsed"),
    Move(
        "execute", _("Carry out"), (State.APPROVED, State.ACCEPTED), State.EXECUTING, _S, _OFFER,
        (_is_approved, _needs_no_yes), "remedy.execution_started",
    ),
    Move(
        "confirm", _("Done"), (State.EXECUTING,), State.SETTLED, _S, _FULFIL, (_by_hand,), "remedy.settled",
    ),
    Move(
        "give_up", _("Could not be done"), (State.EXECUTING,), State.FAILED, _S, _FULFIL, (_by_hand,), "remedy.failed",
    ),
    Move("start", _("Begin"), (State.ACCEPTED,), State.EXECUTING, _D, "", (_is_approved,), "remedy.execution_started"),
    Move("settle", _("Settle"), (State.EXECUTING,), State.SETTLED, _D, "", (), "remedy.settled"),
    Move(
        "fail", _("Fail"), (State.APPROVED, State.ACCEPTED, State.EXECUTING, State.SETTLED), State.FAILED, _D, "", (),
        "remedy.failed",
    ),
    Move(
        "replace", _("Make good otherwise"), (State.FAILED,), State.REPLACED, _S, _PROPOSE, (), "remedy.replaced"
    ),
)  # fmt: skip
MOVE_OF = {move.name: move for move in MOVES}


def may_move(name: str, line: LineStanding, role: Role, can: Callable[[str], bool]) -> Said | None:
    """Return why a move is refused, or None: who it is, the right, the state, the guards."""
    move = MOVE_OF[name]
    if role is not move.role:
        return Said(f"line.role_{move.role.value}")
    if move.permission and not can(move.permission):
        return Said("line.permission", {"permission": move.permission})
    if line.state not in move.from_states:
        return Said("line.state", {"state": line.state.value})
    return next((found for guard in move.guards if (found := guard(line))), None)


def allowed_moves(line: LineStanding, role: Role, can: Callable[[str], bool]) -> dict[str, Said | None]:
    """Return every move of a role with why it is refused, or None where it may be made; for buttons and the API."""
    return {move.name: may_move(move.name, line, role, can) for move in MOVES if move.role is role}
