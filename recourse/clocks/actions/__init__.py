"""Verbs of the clocks."""

from recourse.clocks.actions.looking import drain, look
from recourse.clocks.actions.merging import note_merge, note_unmerge
from recourse.clocks.actions.migrating import migrate, recalculate
from recourse.clocks.actions.noting import (
    Incoming,
    finish_duty,
    note_bounce,
    note_closed,
    note_message_in,
    note_message_out,
    note_messages_gone,
    note_messages_in,
    note_no_reply_needed,
    note_reopened,
    note_resolved,
    note_wait_ended,
    note_wait_started,
    retarget,
    start_duty,
)
from recourse.clocks.actions.promising import (
    break_promise,
    keep_promise,
    make_promise,
    move_promise,
    withdraw_promise,
)
from recourse.clocks.actions.starting import start_for_case, start_for_cases, start_for_split

__all__ = [
    "Incoming",
    "break_promise",
    "drain",
    "finish_duty",
    "keep_promise",
    "look",
    "make_promise",
    "migrate",
    "move_promise",
    "note_bounce",
    "note_closed",
    "note_merge",
    "note_message_in",
    "note_message_out",
    "note_messages_gone",
    "note_messages_in",
    "note_no_reply_needed",
    "note_reopened",
    "note_resolved",
    "note_unmerge",
    "note_wait_ended",
    "note_wait_started",
    "recalculate",
    "retarget",
    "start_duty",
    "start_for_case",
    "start_for_cases",
    "start_for_split",
    "withdraw_promise",
]
