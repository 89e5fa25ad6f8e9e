"""What the worker does for remedies at every turn."""

import datetime as dt

from recourse.remedies import actions


def turn(at: dt.datetime) -> int:
    """Let offers run out and end watches."""
    return actions.lapse_due(at=at) + actions.end_watches(at=at)
