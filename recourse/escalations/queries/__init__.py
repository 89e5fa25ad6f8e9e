"""Questions about escalations."""

from recourse.escalations.queries.consequences import consequences
from recourse.escalations.queries.facts import facts_of, history_of
from recourse.escalations.queries.find import escalation, escalations_of, moves, open_escalation
from recourse.escalations.queries.gate import (
    DecisionRow,
    NoticeRow,
    account_is_due,
    account_of,
    asked_by,
    at_the_gate,
    cases_of_account,
    decisions_of,
    offered_to,
    unread,
)
from recourse.escalations.queries.levels import Level, levels_of
from recourse.escalations.queries.precision import precision_of
from recourse.escalations.queries.preview import GroundRow, Preview, preview
from recourse.escalations.queries.said import say

__all__ = [
    "DecisionRow",
    "GroundRow",
    "Level",
    "NoticeRow",
    "Preview",
    "account_is_due",
    "account_of",
    "asked_by",
    "at_the_gate",
    "cases_of_account",
    "consequences",
    "decisions_of",
    "escalation",
    "escalations_of",
    "facts_of",
    "history_of",
    "levels_of",
    "moves",
    "offered_to",
    "open_escalation",
    "precision_of",
    "preview",
    "say",
    "unread",
]
