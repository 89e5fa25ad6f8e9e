"""When a reaction after the commit is tried again, and when a person must look."""

import datetime as dt
from enum import StrEnum

RETRY_AFTER = [dt.timedelta(seconds=s) for s in (5, 30, 120, 600, 3600, 4 * 3600, 12 * 3600, 24 * 3600)]
ATTEMPTS = len(RETRY_AFTER) + 1
FAILING_LIMIT = dt.timedelta(days=5)


class DeliveryState(StrEnum):
    """How far a reaction after the commit has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STUCK = "stuck"
    DROPPED = "dropped"


class WebhookState(StrEnum):
    """Whether a webhook is sent to."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"
    REMOVED = "removed"


def retry_at(attempts: int, at: dt.datetime) -> dt.datetime | None:
    """Return when to try again after `attempts` failures, or None when a person must look."""
    return at + RETRY_AFTER[attempts - 1] if attempts < ATTEMPTS else None


def is_worn_out(failing_since: dt.datetime | None, at: dt.datetime) -> bool:
    """Tell whether a webhook has failed without a success for five days, and must be disabled."""
    return failing_since is not None and at - failing_since >= FAILING_LIMIT
