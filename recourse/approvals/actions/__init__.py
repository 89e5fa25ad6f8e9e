"""Verbs of approval."""

from recourse.approvals.actions.asking import ask_approval
from recourse.approvals.actions.calling import look_after, reroute_for
from recourse.approvals.actions.deciding import answer, decide, pass_up
from recourse.approvals.actions.ending import release_used, use_approval, void_for_change, withdraw
from recourse.approvals.actions.glass import break_glass, review_break_glass
from recourse.approvals.actions.links import decide_by_link, mail_asked, make_link

__all__ = [
    "answer",
    "ask_approval",
    "break_glass",
    "decide",
    "decide_by_link",
    "look_after",
    "mail_asked",
    "make_link",
    "pass_up",
    "release_used",
    "reroute_for",
    "review_break_glass",
    "use_approval",
    "void_for_change",
    "withdraw",
]
