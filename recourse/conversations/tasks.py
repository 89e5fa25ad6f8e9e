"""What the worker does for this room."""

import datetime as dt

from recourse.conversations import actions


def release(at: dt.datetime) -> int:
    """Send what has waited out its ten seconds."""
    released = actions.release_due(at=at)
    return released.sent + released.failed


def sweep(at: dt.datetime) -> None:
    """Remove files that no message or draft knows, left by an upload that was cut off."""
    actions.sweep_files(at=at)
