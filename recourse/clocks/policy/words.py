"""The words of the clocks: families, states, the kinds of fact, what a reply amounts to."""

from enum import StrEnum


class Family(StrEnum):
    """Whose promise a clock keeps: the company's, the law's, or one person's."""

    COMMERCIAL = "commercial"
    REGULATORY = "regulatory"
    PROMISE = "promise"


class State(StrEnum):
    """Where a clock stands. Of the open ones `breached` is past its due time; of the ended ones `late` was."""

    RUNNING = "running"
    PAUSED = "paused"
    BREACHED = "breached"
    MET = "met"
    LATE = "late"
    BROKEN = "broken"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


OPEN_STATES = (State.RUNNING, State.PAUSED, State.BREACHED)
JUDGED_STATES = (State.MET, State.LATE, State.BROKEN)


class FactKind(StrEnum):
    """What can happen to a case that its clocks must know."""

    RECEIVED = "received"
    PASSED_ON = "passed_on"
    CUSTOMER_WROTE = "customer_wrote"
    STAFF_REPLIED = "staff_replied"
    REPLY_BOUNCED = "reply_bounced"
    NO_REPLY_NEEDED = "no_reply_needed"
    WAIT_STARTED = "wait_started"
    WAIT_ENDED = "wait_ended"
    TARGET_CHANGED = "target_changed"
    PLAN_MIGRATED = "plan_migrated"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED_IN = "merged_in"
    MERGE_UNDONE = "merge_undone"
    MERGED_AWAY = "merged_away"
    UNMERGED = "unmerged"
    DUTY_STARTED = "duty_started"
    DUTY_DONE = "duty_done"
    PROMISE_MADE = "promise_made"
    PROMISE_MOVED = "promise_moved"
    PROMISE_KEPT = "promise_kept"
    PROMISE_BROKEN = "promise_broken"
    PROMISE_WITHDRAWN = "promise_withdrawn"


class Reply(StrEnum):
    """What a public human message to the customer amounts to."""

    HOLDING = "holding"
    ANSWER = "answer"
    FINAL = "final"


class AtClose(StrEnum):
    """Whether a sum that ends exactly at a close is due then or at the next opening."""

    CLOSE = "close"
    NEXT_OPENING = "next_opening"


PROMISE = "promise"
