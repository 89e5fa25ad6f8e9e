"""Verbs of remedies."""

from recourse.remedies.actions.answering import answer
from recourse.remedies.actions.approving import note_ended, note_granted, propose
from recourse.remedies.actions.assessing import assess
from recourse.remedies.actions.composing import (
    add_line,
    add_refunds,
    edit_line,
    replace_line,
    withdraw_line,
)
from recourse.remedies.actions.executing import confirm_done, execute, note_failed, note_settled, report_failed
from recourse.remedies.actions.joining import join_merged, part_unmerged
from recourse.remedies.actions.letters import send_letter
from recourse.remedies.actions.offering import lapse_due, offer, recall
from recourse.remedies.actions.watching import end_watches, note_cases
from recourse.remedies.policy import Answer, Assessment, HarmTold, ItemTold, NewLine

__all__ = [
    "Answer",
    "Assessment",
    "HarmTold",
    "ItemTold",
    "NewLine",
    "add_line",
    "add_refunds",
    "answer",
    "assess",
    "confirm_done",
    "edit_line",
    "end_watches",
    "execute",
    "join_merged",
    "lapse_due",
    "note_cases",
    "note_ended",
    "note_failed",
    "note_granted",
    "note_settled",
    "offer",
    "part_unmerged",
    "propose",
    "recall",
    "replace_line",
    "report_failed",
    "send_letter",
    "withdraw_line",
]
