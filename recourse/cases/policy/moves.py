"""The table of moves: the verbs enforce it, screens draw buttons from it, the API lists it, a test walks all of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from recourse.cases.policy.stages import OPEN, UNMERGED, Stage
from recourse.handbook.policy.sentences import gettext_noop
from recourse.people.policy import ROLES

CUSTOMER_MAY = frozenset({"reopen", "end_wait"})


@dataclass(frozen=True, slots=True)
class CaseState:
    """What the guards look at: the case, and how the one who acts stands to it."""

    stage: Stage
    team_name: str = ""
    is_walled: bool = False
    is_front_line: bool = True
    is_member: bool = False
    is_owner: bool = False
    is_system: bool = False
    is_customer: bool = False
    has_owner: bool = False
    can_assign: bool = False
    is_waiting: bool = False
    is_restricted: bool = False
    holds: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    open_parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a code, and the words that its sentence needs."""

    code: str
    words: Mapping[str, object] = field(default_factory=dict)


Guard = Callable[[CaseState], Refusal | None]


def works(case: CaseState) -> Refusal | None:
    """Only those who work there may act on a case of the advanced team or behind a wall; owners always may."""
    if case.is_owner or case.is_member or case.is_system or case.is_customer:
        return None
    if case.is_walled:
        return Refusal("case.walled", {"team": case.team_name})
    if not case.is_front_line and not case.can_assign:
        return Refusal("case.read_only", {"team": case.team_name})
    return None


def unheld(case: CaseState) -> Refusal | None:
    """Holds keep a case open."""
    return Refusal("case.held", {"holds": ", ".join(case.holds)}) if case.holds else None


def unblocked(case: CaseState) -> Refusal | None:
    """What blocks it must be resolved first."""
    return Refusal("case.blocked", {"refs": ", ".join(case.blockers)}) if case.blockers else None


def whole(case: CaseState) -> Refusal | None:
    """All its parts must be resolved first."""
    return Refusal("case.parts_open", {"refs": ", ".join(case.open_parts)}) if case.open_parts else None


def free(case: CaseState) -> Refusal | None:
    """Nobody else may own it."""
    return Refusal("case.owned") if case.has_owner and not case.is_owner else None


def mine(case: CaseState) -> Refusal | None:
    """It is the owner's to give, or a lead's."""
    if not case.has_owner:
        return Refusal("case.unowned")
    return None if case.is_owner or case.can_assign or case.is_system else Refusal("case.not_yours")


def givable(case: CaseState) -> Refusal | None:
    """An owner may hand on; a lead may give."""
    return None if case.is_owner or case.can_assign or case.is_system else Refusal("case.not_yours")


def not_waiting(case: CaseState) -> Refusal | None:
    """One wait at a time."""
    return Refusal("case.waiting") if case.is_waiting else None


def waiting(case: CaseState) -> Refusal | None:
    """There must be a wait to end."""
    return None if case.is_waiting else Refusal("case.not_waiting")


def unrestricted(case: CaseState) -> Refusal | None:
    """It is open to the desk."""
    return Refusal("case.restricted_already") if case.is_restricted else None


def restricted(case: CaseState) -> Refusal | None:
    """It is narrowed to named readers."""
    return None if case.is_restricted else Refusal("case.not_restricted")


@dataclass(frozen=True, slots=True)
class Move:
    """One row: what may be done, from which stages, with which right, past which guards, leaving which event."""

    name: str
    label: str
    from_stages: tuple[Stage, ...]
    to_stage: Stage | None
    permission: str
    guards: tuple[Guard, ...]
    event: str


_N, _W, _R, _C, _M = Stage.NEW, Stage.WORKING, Stage.RESOLVED, Stage.CLOSED, Stage.MERGED
_ = gettext_noop

MOVES = (
    Move("start", _("Start"), (_N,), _W, "case:work", (works,), "case.started"),
    Move("resolve", _("Resolve"), (_N, _W), _R, "case:work", (works, unheld, unblocked), "case.resolved"),
    Move("close", _("Close"), (_R,), _C, "case:close", (works, unheld, whole), "case.closed"),
    Move("reopen", _("Reopen"), (_R, _C), _W, "case:work", (works,), "case.reopened"),
    Move("merge", _("Merge into another"), (_N, _W, _R), _M, "case:merge", (works,), "case.merged"),
    Move("unmerge", _("Undo the merge"), (_M,), _W, "case:merge", (works,), "case.unmerged"),
)
ACTS = (
    Move("take", _("Take"), OPEN, None, "queue:take", (works, free), "case.assigned"),
    Move("assign", _("Give to"), OPEN, None, "case:work", (works, givable), "case.assigned"),
    Move("release", _("Release"), OPEN, None, "case:work", (works, mine), "case.released"),
    Move("transfer", _("Move to queue"), OPEN, None, "case:work", (works,), "case.transferred"),
    Move("grade", _("Change severity, impact or priority"), OPEN, None, "case:work", (works,), "case.graded"),
    Move("describe", _("Describe"), OPEN, None, "case:work", (works,), "case.described"),
    Move("wait", _("Wait"), (_W,), None, "case:work", (works, not_waiting), "case.wait_started"),
    Move("end_wait", _("Stop waiting"), (_W,), None, "case:work", (works, waiting), "case.wait_ended"),
    Move("place_hold", _("Hold"), (_N, _W, _R), None, "hold:place", (works,), "case.held"),
    Move("lift_hold", _("Lift a hold"), (_N, _W, _R), None, "hold:lift", (works,), "case.hold_lifted"),
    Move("link", _("Link"), (_N, _W, _R), None, "case:work", (works,), "case.linked"),
    Move("unlink", _("End a link"), UNMERGED, None, "case:work", (works,), "case.unlinked"),
    Move("split", _("Split"), (_N, _W, _R), None, "case:split", (works,), "case.split"),
    Move("restrict", _("Restrict"), UNMERGED, None, "case:restrict", (works, unrestricted), "case.restricted"),
    Move(
        "unrestrict", _("Open to the desk"), UNMERGED, None, "case:restrict", (works, restricted), "case.unrestricted"
    ),
    Move("add_reader", _("Add a reader"), UNMERGED, None, "case:restrict", (works,), "case.reader_added"),
    Move("remove_reader", _("Remove a reader"), UNMERGED, None, "case:restrict", (works,), "case.reader_removed"),
)
MOVE_OF = {move.name: move for move in (*MOVES, *ACTS)}


def refusal(
    move: Move, case: CaseState, permissions: Callable[[str], bool], under: str | None = None
) -> Refusal | None:
    """Return the first reason against a move: the right, then the stage, then the guards; None allows it.

    `under` is the right of another room's verb that implies this move: it stands in for the move's own right and for
    belonging to the team, as where the gate sends a case to a tier.
    """
    if under is not None and not permissions(under):
        return missing_right(under)
    if under is None and not _has_right(move, case, permissions):
        return missing_right(move.permission)
    if case.stage not in move.from_stages:
        return Refusal("case.stage", {"stage": case.stage.value, "stages": ", ".join(move.from_stages)})
    guards = move.guards if under is None else tuple(guard for guard in move.guards if guard is not works)
    return next((found for guard in guards if (found := guard(case))), None)


def _has_right(move: Move, case: CaseState, permissions: Callable[[str], bool]) -> bool:
    return (case.is_customer and move.name in CUSTOMER_MAY) or permissions(move.permission)


def missing_right(permission: str) -> Refusal:
    """Return the refusal for a right that is not held, naming the roles that hold it."""
    who = ", ".join(name for name, held in ROLES.items() if permission in held)
    return Refusal("permission.missing", {"permission": permission, "who": who})
