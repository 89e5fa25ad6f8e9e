"""Verbs of a case."""

from recourse.cases.actions.bulk import ACTS, BulkResult, bulk
from recourse.cases.actions.due import set_due, set_due_many, touch_activity
from recourse.cases.actions.grading import describe, follow_customers, grade, set_customer
from recourse.cases.actions.holding import lift_hold, place_hold
from recourse.cases.actions.linking import link, unlink
from recourse.cases.actions.merging import merge, unmerge
from recourse.cases.actions.moving import close, reopen, resolve, start
from recourse.cases.actions.opening import Ending, NewCase, open_case, open_cases
from recourse.cases.actions.owning import assign, hand_contact, release, take, transfer
from recourse.cases.actions.queues import set_up_queue
from recourse.cases.actions.reading import add_reader, note_read, remove_reader, restrict, unrestrict
from recourse.cases.actions.splitting import Part, split, undo_split
from recourse.cases.actions.views import change_view, end_view, save_view
from recourse.cases.actions.waiting import end_wait, wait, wake_waits

__all__ = [
    "ACTS",
    "BulkResult",
    "Ending",
    "NewCase",
    "Part",
    "add_reader",
    "assign",
    "bulk",
    "change_view",
    "close",
    "describe",
    "end_view",
    "end_wait",
    "follow_customers",
    "grade",
    "hand_contact",
    "lift_hold",
    "link",
    "merge",
    "note_read",
    "open_case",
    "open_cases",
    "place_hold",
    "release",
    "remove_reader",
    "reopen",
    "resolve",
    "restrict",
    "save_view",
    "set_customer",
    "set_due",
    "set_due_many",
    "set_up_queue",
    "split",
    "start",
    "take",
    "touch_activity",
    "transfer",
    "undo_split",
    "unlink",
    "unmerge",
    "unrestrict",
    "wait",
    "wake_waits",
]
