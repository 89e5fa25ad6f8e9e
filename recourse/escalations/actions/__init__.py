"""Verbs of escalation."""

from recourse.escalations.actions.accounts import group, ungroup
from recourse.escalations.actions.deciding import accept, override_tier, redirect, return_
from recourse.escalations.actions.finishing import finish, finish_with_case, join_merged, judge, respond
from recourse.escalations.actions.handing_back import decline_back, hand_back, take_back
from recourse.escalations.actions.ladders import Watched, run_ladders, watch, watch_many
from recourse.escalations.actions.notices import read_notice
from recourse.escalations.actions.requesting import request, withdraw

__all__ = [
    "Watched",
    "accept",
    "decline_back",
    "finish",
    "finish_with_case",
    "group",
    "hand_back",
    "join_merged",
    "judge",
    "override_tier",
    "read_notice",
    "redirect",
    "request",
    "respond",
    "return_",
    "run_ladders",
    "take_back",
    "ungroup",
    "watch",
    "watch_many",
    "withdraw",
]
