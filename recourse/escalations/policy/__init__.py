"""The rules of escalation: pure, given their part of the handbook as an argument."""

from recourse.escalations.policy.assessment import (
    Assessment,
    Claim,
    Facts,
    GroundVerdict,
    Missing,
    Request,
    assess,
    strictest,
)
from recourse.escalations.policy.due import due
from recourse.escalations.policy.evidence import Reading, Value, read
from recourse.escalations.policy.failures import History, Tally, tallies
from recourse.escalations.policy.gate import (
    ACTS,
    GATE_MOVES,
    MOVES,
    MOVES_BY_NAME,
    Guard,
    Move,
    Mover,
    Standing,
    allowed_moves,
    is_ping_pong,
    may_move,
    note_refusal,
    passes_through,
)
from recourse.escalations.policy.ladder import Rung, fire_at, rungs
from recourse.escalations.policy.precision import HEADINGS, Outcome, Precision, precision
from recourse.escalations.policy.sentences import SENTENCES
from recourse.escalations.policy.words import OPEN, WORKED, NoticeKind, Said, State, StepState, Verdict

__all__ = [
    "ACTS",
    "GATE_MOVES",
    "HEADINGS",
    "MOVES",
    "MOVES_BY_NAME",
    "OPEN",
    "SENTENCES",
    "WORKED",
    "Assessment",
    "Claim",
    "Facts",
    "GroundVerdict",
    "Guard",
    "History",
    "Missing",
    "Move",
    "Mover",
    "NoticeKind",
    "Outcome",
    "Precision",
    "Reading",
    "Request",
    "Rung",
    "Said",
    "Standing",
    "State",
    "StepState",
    "Tally",
    "Value",
    "Verdict",
    "allowed_moves",
    "assess",
    "due",
    "fire_at",
    "is_ping_pong",
    "may_move",
    "note_refusal",
    "passes_through",
    "precision",
    "read",
    "rungs",
    "strictest",
    "tallies",
]
