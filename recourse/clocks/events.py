"""What clocks tell: which began, stood still, ran on, moved, ended; warnings, breaches, promises."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from recourse.timeline.events import Event, event
from recourse.timeline.policy import Audience

_KEY = "0198c0de-0000-7000-8000-000000000004"
_DUE = "2026-01-12T10:00:00.000000Z"
_CLOCK = {"kind": "first_response", "epoch": 1, "family": "commercial", "due_at": _DUE}


def kinds(clocks: list[dict[str, Any]]) -> str:
    """Return the kinds of some clocks as a person reads them."""
    return ", ".join(str(clock["kind"]).replace("_", " ") for clock in clocks)


@event("clock.started", clocks=[_CLOCK])
@dataclass(frozen=True)
class ClocksStarted(Event):
    """Clocks began, all those of one moment in one entry."""

    clocks: list[dict[str, Any]]

    def sentence(self) -> str:
        """Say which."""
        return _("started the clocks: %(kinds)s") % {"kinds": kinds(self.clocks)}


@event("clock.paused", clocks=[{"kind": "resolution", "epoch": 1}])
@dataclass(frozen=True)
class ClocksPaused(Event):
    """Clocks stand still."""

    clocks: list[dict[str, Any]]

    def sentence(self) -> str:
        """Say which."""
        return _("stopped the clocks: %(kinds)s") % {"kinds": kinds(self.clocks)}


@event("clock.resumed", clocks=[{**_CLOCK, "kind": "resolution", "paused_seconds": 3600}])
@dataclass(frozen=True)
class ClocksResumed(Event):
    """Clocks run on, with the working time of the pause added."""

    clocks: list[dict[str, Any]]

    def sentence(self) -> str:
        """Say which."""
        return _("let the clocks run on: %(kinds)s") % {"kinds": kinds(self.clocks)}


@event(
    "clock.moved",
    why="target_changed",
    clocks=[
        {**_CLOCK, "from_due_at": _DUE, "basis": "working_minutes", "amount": 60, "from_amount": 240, "edition": 2}
    ],
)
@dataclass(frozen=True)
class ClocksMoved(Event):
    """Due times changed though nothing stopped: another target, a merge, another edition. Both targets are told."""

    why: str
    clocks: list[dict[str, Any]]

    def sentence(self) -> str:
        """Say which."""
        return _("moved the due times of: %(kinds)s") % {"kinds": kinds(self.clocks)}


@event("clock.ended", clocks=[{**_CLOCK, "state": "met"}])
@dataclass(frozen=True)
class ClocksEnded(Event):
    """Clocks were met, in time or late, or ended otherwise."""

    clocks: list[dict[str, Any]]

    def sentence(self) -> str:
        """Say which, and how."""
        told = ", ".join(f"{kinds([clock])} ({clock['state']})" for clock in self.clocks)
        return _("ended the clocks: %(kinds)s") % {"kinds": told}


@event("clock.reopened", clocks=[_CLOCK])
@dataclass(frozen=True)
class ClocksReopened(Event):
    """Clocks that had ended run again: the answer bounced, the case was reopened, a merge was undone."""

    clocks: list[dict[str, Any]]

    def sentence(self) -> str:
        """Say which."""
        return _("took up the clocks again: %(kinds)s") % {"kinds": kinds(self.clocks)}


@event(
    "clock.warned",
    kind="resolution",
    epoch=1,
    family="commercial",
    percent=80,
    passed_at=_DUE,
    due_at=_DUE,
    noticed_at=_DUE,
)
@dataclass(frozen=True)
class ClockWarned(Event):
    """A share of the time allowed is used up; told once, however late it was noticed."""

    kind: str
    epoch: int
    family: str
    percent: int
    passed_at: str
    due_at: str
    noticed_at: str

    def sentence(self) -> str:
        """Say how much of which clock."""
        told = {"percent": self.percent, "kind": self.kind.replace("_", " ")}
        return _("%(percent)d %% of the time for %(kind)s is used up") % told


@event("clock.breached", kind="resolution", epoch=1, family="commercial", due_at=_DUE, noticed_at=_DUE, is_ended=False)
@dataclass(frozen=True)
class ClockBreached(Event):
    """A due time passed; told once. `noticed_at` is when the worker saw it, `due_at` when it happened."""

    kind: str
    epoch: int
    family: str
    due_at: str
    noticed_at: str
    is_ended: bool = False

    def sentence(self) -> str:
        """Say which."""
        return _("the due time for %(kind)s has passed") % {"kind": self.kind.replace("_", " ")}


@event(
    "promise.made",
    audience=Audience.CUSTOMER,
    note_holds="what was promised",
    promise_id=_KEY,
    due_at=_DUE,
    given_by=_KEY,
)
@dataclass(frozen=True)
class PromiseMade(Event):
    """Somebody gave the customer a promise."""

    promise_id: str
    due_at: str
    given_by: str

    def sentence(self) -> str:
        """Say so."""
        return _("gave a promise")


@event("promise.moved", audience=Audience.CUSTOMER, note_holds="why", promise_id=_KEY, due_at=_DUE, from_due_at=_DUE)
@dataclass(frozen=True)
class PromiseMoved(Event):
    """A promise was given another time; a breach of the first stays one."""

    promise_id: str
    due_at: str
    from_due_at: str

    def sentence(self) -> str:
        """Say so."""
        return _("moved the time of a promise")


@event("promise.kept", audience=Audience.CUSTOMER, promise_id=_KEY, due_at=_DUE, is_late=False)
@dataclass(frozen=True)
class PromiseKept(Event):
    """A promise was kept, in time or late."""

    promise_id: str
    due_at: str
    is_late: bool

    def sentence(self) -> str:
        """Say whether in time."""
        return _("kept a promise, late") if self.is_late else _("kept a promise")


@event("promise.broken", note_holds="why", promise_id=_KEY, due_at=_DUE)
@dataclass(frozen=True)
class PromiseBroken(Event):
    """A promise will not be kept."""

    promise_id: str
    due_at: str

    def sentence(self) -> str:
        """Say so."""
        return _("broke a promise")


@event("promise.withdrawn", note_holds="why", promise_id=_KEY, due_at=_DUE)
@dataclass(frozen=True)
class PromiseWithdrawn(Event):
    """A promise is void: the customer let us off, or it was given in error."""

    promise_id: str
    due_at: str

    def sentence(self) -> str:
        """Say so."""
        return _("withdrew a promise")
