"""What can happen beside the stage of a case: waits, holds, readers; and to queues and saved views."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from recourse.timeline.events import Event, event
from recourse.timeline.policy import Audience

_KEY = "0192f0c1-7a3b-7c11-9a55-1d2f4c3b2a10"


@event(
    "case.wait_started",
    audience=Audience.CUSTOMER,
    wait_id=_KEY,
    reason="customer_answer",
    is_pausing=True,
    question_message_id=_KEY,
)
@dataclass(frozen=True)
class WaitStarted(Event):
    """We wait for somebody."""

    wait_id: str
    reason: str
    is_pausing: bool
    question_message_id: str = ""
    wake_at: str = ""

    def sentence(self) -> str:
        """Say for what."""
        return _("began to wait (%(reason)s)") % {"reason": self.reason}


@event(
    "case.wait_ended",
    audience=Audience.CUSTOMER,
    wait_id=_KEY,
    reason="customer_answer",
    is_pausing=True,
    why="answered",
)
@dataclass(frozen=True)
class WaitEnded(Event):
    """We wait no longer."""

    wait_id: str
    reason: str
    is_pausing: bool
    why: str

    def sentence(self) -> str:
        """Say so."""
        return _("stopped waiting (%(reason)s)") % {"reason": self.reason}


@event("case.held", note_holds="why", hold_id=_KEY, reason="promise_open")
@dataclass(frozen=True)
class HoldPlaced(Event):
    """A named reason keeps it open."""

    hold_id: str
    reason: str

    def sentence(self) -> str:
        """Say which."""
        return _("put the case on hold (%(reason)s)") % {"reason": self.reason}


@event("case.hold_lifted", note_holds="why", hold_id=_KEY, reason="promise_open")
@dataclass(frozen=True)
class HoldLifted(Event):
    """A reason that kept it open is gone."""

    hold_id: str
    reason: str

    def sentence(self) -> str:
        """Say which."""
        return _("lifted the hold (%(reason)s)") % {"reason": self.reason}


@event("case.restricted", audience=Audience.RESTRICTED, note_holds="why", reader_ids=[_KEY])
@dataclass(frozen=True)
class CaseRestricted(Event):
    """Only named readers may see it."""

    reader_ids: list[str]

    def sentence(self) -> str:
        """Say so."""
        return _("restricted the case to named readers")


@event("case.unrestricted", audience=Audience.RESTRICTED, note_holds="why")
@dataclass(frozen=True)
class CaseUnrestricted(Event):
    """The desk may see it again."""

    def sentence(self) -> str:
        """Say so."""
        return _("opened the case to the desk")


@event("case.read", audience=Audience.RESTRICTED)
@dataclass(frozen=True)
class CaseRead(Event):
    """Somebody looked at a restricted case."""

    def sentence(self) -> str:
        """Say so."""
        return _("looked at the case")


@event("case.reader_added", staff_id=_KEY, why="named")
@dataclass(frozen=True)
class ReaderAdded(Event):
    """Somebody keeps a view of it."""

    staff_id: str
    why: str

    def sentence(self) -> str:
        """Say so."""
        return _("added a reader")


@event("case.reader_removed", staff_id=_KEY)
@dataclass(frozen=True)
class ReaderRemoved(Event):
    """Somebody no longer keeps a view of it."""

    staff_id: str

    def sentence(self) -> str:
        """Say so."""
        return _("removed a reader")


@event("queue.set_up", queue="care", team="care")
@dataclass(frozen=True)
class QueueSetUp(Event):
    """A queue came to be, or was changed."""

    queue: str
    team: str
    is_active: bool = True

    def sentence(self) -> str:
        """Say which."""
        return _("set up the queue %(queue)s") % {"queue": self.queue}


@event("view.saved", view_id=_KEY, is_team=False, is_ended=False)
@dataclass(frozen=True)
class ViewSaved(Event):
    """Somebody keeps a list, changed it or put it away."""

    view_id: str
    is_team: bool
    is_ended: bool = False

    def sentence(self) -> str:
        """Say so."""
        return _("put a saved view away") if self.is_ended else _("saved a view")
