"""The stages of a case and the words beside them."""

import datetime as dt
from enum import StrEnum

FAR = dt.datetime(9999, 12, 31, tzinfo=dt.UTC)


class Stage(StrEnum):
    """Where a case stands; waiting, holding and escalation are records beside the stage."""

    NEW = "new"
    WORKING = "working"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"


OPEN = (Stage.NEW, Stage.WORKING)
UNMERGED = (Stage.NEW, Stage.WORKING, Stage.RESOLVED, Stage.CLOSED)


class Priority(StrEnum):
    """In which order we take it: a choice, apart from severity, which is a fact."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @property
    def rank(self) -> int:
        """Return the order, 0 first."""
        return list(Priority).index(self)


class ReaderReason(StrEnum):
    """Why somebody keeps a view of a case that others may not see."""

    NAMED = "named"
    REQUESTER = "requester"
    CONTACT = "contact"
    MERGED = "merged"
