"""What happens at the door: ids, numbers and kinds alone."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recourse.timeline.events import Event, event

_ID = "01990000-0000-7000-8000-000000000001"


@event("duplicate.proposed", refs=["RC-1001"], reasons=["same_order"], percent=90)
@dataclass(frozen=True)
class DuplicateProposed(Event):
    """What came in may be the same as other cases; a person decides."""

    refs: list[str]
    reasons: list[str]
    percent: int

    def sentence(self) -> str:
        """Say how many; which ones is shown to those alone who may know of them."""
        return ngettext(
            "found %(count)d case that this may be the same as",
            "found %(count)d cases that this may be the same as",
            len(self.refs),
        ) % {"count": len(self.refs)}


@event("call.logged", call_id=_ID, message_id=_ID, direction="inbound", seconds=240, is_answered=True)
@dataclass(frozen=True)
class CallLogged(Event):
    """Somebody spoke with the customer on the phone, or tried to."""

    call_id: str
    message_id: str
    direction: str
    seconds: int
    is_answered: bool

    def sentence(self) -> str:
        """Say who called whom."""
        if self.direction == "outbound" and not self.is_answered:
            return _("called the customer and did not reach them")
        if self.direction == "outbound":
            return _("called the customer")
        return _("took a call from the customer")


@event("submission.quarantined", submission_id=_ID, channel="api", fields=["words"])
@dataclass(frozen=True)
class SubmissionQuarantined(Event):
    """Something came in that could not be read; it is kept as it came."""

    submission_id: str
    channel: str
    fields: list[str]

    def sentence(self) -> str:
        """Say that something waits to be looked at."""
        return _("put something that came by %(channel)s into quarantine") % {"channel": self.channel}


@event("submission.replayed", submission_id=_ID, case_ref="RC-1001")
@dataclass(frozen=True)
class SubmissionReplayed(Event):
    """Something in quarantine was taken in after all."""

    submission_id: str
    case_ref: str

    def sentence(self) -> str:
        """Say which case came of it."""
        return _("took it out of quarantine as %(ref)s") % {"ref": self.case_ref}


@event("submission.discarded", note_holds="why it was discarded", submission_id=_ID)
@dataclass(frozen=True)
class SubmissionDiscarded(Event):
    """Something in quarantine is no case; its raw content stays."""

    submission_id: str

    def sentence(self) -> str:
        """Say that it was set aside."""
        return _("set it aside as no case")


@event("import.started", run_id=_ID, kind="complaints", cursor=0)
@dataclass(frozen=True)
class ImportStarted(Event):
    """The reading of a file began, or went on."""

    run_id: str
    kind: str
    cursor: int

    def sentence(self) -> str:
        """Say where the reading begins."""
        if self.cursor:
            return _("went on importing %(kind)s after row %(row)d") % {"kind": self.kind, "row": self.cursor}
        return _("began to import %(kind)s") % {"kind": self.kind}


@event("import.finished", run_id=_ID, kind="complaints", made=131, known=0, refused=0)
@dataclass(frozen=True)
class ImportFinished(Event):
    """A file was read to its end."""

    run_id: str
    kind: str
    made: int
    known: int
    refused: int

    def sentence(self) -> str:
        """Say what came of it."""
        return _("imported %(made)d, knew %(known)d already, refused %(refused)d") % {
            "made": self.made,
            "known": self.known,
            "refused": self.refused,
        }


@event("import.failed", run_id=_ID, kind="complaints", cursor=500)
@dataclass(frozen=True)
class ImportFailed(Event):
    """The reading of a file stopped; it can go on from there."""

    run_id: str
    kind: str
    cursor: int

    def sentence(self) -> str:
        """Say after which row it stopped."""
        return _("stopped importing %(kind)s after row %(row)d") % {"kind": self.kind, "row": self.cursor}


@event("import.refusals_decided", run_id=_ID, replayed=1, discarded=0)
@dataclass(frozen=True)
class RefusalsDecided(Event):
    """Refused rows were taken after all, or set aside."""

    run_id: str
    replayed: int
    discarded: int

    def sentence(self) -> str:
        """Say how many."""
        return ngettext(
            "decided on %(count)d refused row", "decided on %(count)d refused rows", self.replayed + self.discarded
        ) % {"count": self.replayed + self.discarded}
