"""What the worker does for cases."""

import datetime as dt

from recourse.cases.actions import wake_waits
from recourse.kit.actor import system


def wake(at: dt.datetime) -> int:
    """End the waits whose time is up; return how many."""
    return wake_waits(by=system("waits"), at=at)
