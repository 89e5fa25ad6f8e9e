"""The life of a case, without a database: stages, the table of moves, merging, links, the language of questions."""

from recourse.cases.policy.links import LinkKind
from recourse.cases.policy.moves import ACTS, MOVES, CaseState, Move, Refusal, refusal
from recourse.cases.policy.stages import FAR, OPEN, Priority, ReaderReason, Stage
from recourse.handbook.policy.facts import Channel
from recourse.handbook.policy.shape import Impact, Severity, Tier

__all__ = [
    "ACTS",
    "FAR",
    "MOVES",
    "OPEN",
    "CaseState",
    "Channel",
    "Impact",
    "LinkKind",
    "Move",
    "Priority",
    "ReaderReason",
    "Refusal",
    "Severity",
    "Stage",
    "Tier",
    "refusal",
]
