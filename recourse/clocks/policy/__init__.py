"""The pure heart of the clocks: facts and a plan in, the state of every clock out."""

from recourse.clocks.policy.explain import Explanation, explain
from recourse.clocks.policy.facts import Fact, Inherited, Pause
from recourse.clocks.policy.instance import Change, Threshold
from recourse.clocks.policy.plans import calendar_of, plan_of
from recourse.clocks.policy.replay import ClockState, replay
from recourse.clocks.policy.targets import Chosen, Fixed, Length, Plan, Statutory, Target, WorkingDaysKept, WorkingTime
from recourse.clocks.policy.words import (
    JUDGED_STATES,
    OPEN_STATES,
    PROMISE,
    AtClose,
    FactKind,
    Family,
    Reply,
    State,
)

__all__ = [
    "JUDGED_STATES",
    "OPEN_STATES",
    "PROMISE",
    "AtClose",
    "Change",
    "Chosen",
    "ClockState",
    "Explanation",
    "Fact",
    "FactKind",
    "Family",
    "Fixed",
    "Inherited",
    "Length",
    "Pause",
    "Plan",
    "Reply",
    "State",
    "Statutory",
    "Target",
    "Threshold",
    "WorkingDaysKept",
    "WorkingTime",
    "calendar_of",
    "explain",
    "plan_of",
    "replay",
]
