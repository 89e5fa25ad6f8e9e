"""What becomes of a promise, and what a promise must be like."""

from datetime import datetime
from enum import StrEnum

from recourse.clocks.policy.words import FactKind


class PromiseState(StrEnum):
    """Where a promise stands; `late` was kept after its time, `broken` will not be kept."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


FACT_OF = {
    PromiseState.KEPT: FactKind.PROMISE_KEPT,
    PromiseState.LATE: FactKind.PROMISE_KEPT,
    PromiseState.BROKEN: FactKind.PROMISE_BROKEN,
    PromiseState.WITHDRAWN: FactKind.PROMISE_WITHDRAWN,
}
SENTENCES = {
    "promise.past": "A promise is about a time that is still to come.",
    "promise.settled": "This promise is settled already.",
    "promise.case_merged": "This case lives on in another one; make the promise there.",
    "promise.nobody": "Only a person can give a promise.",
    "promise.same": "That is the time already promised.",
}


def kept_at(due_at: datetime, at: datetime) -> PromiseState:
    """What a promise becomes that is kept at an instant; exactly at its time is in time."""
    return PromiseState.KEPT if at <= due_at else PromiseState.LATE
