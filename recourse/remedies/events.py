"""What happens to remedies: keys, numbers and words of ours; people's words stand in the rows and beside the entry."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from recourse.kit.money import written
from recourse.remedies.policy import FAULT_NAMES, KIND_NAMES
from recourse.timeline.events import Event, event

_KEY = "01990000-0000-7000-8000-000000000001"
_LINE: dict[str, Any] = {"line_id": _KEY, "number": 1, "kind": "refund", "amount_minor": 1999, "currency": "GBP"}


def _money(minor: int, currency: str) -> str:
    return f"{written(minor, currency)} {currency}"


@dataclass(frozen=True)
class _AboutLine(Event):
    """What every event of a line says: which one, of what kind, worth how much."""

    line_id: str
    number: int
    kind: str
    amount_minor: int
    currency: str

    def called(self) -> str:
        """Return the line in words, such as “1, refund of 19.99 GBP”."""
        kind = _(KIND_NAMES.get(self.kind, self.kind))
        if not self.amount_minor:
            return _("%(number)d, %(kind)s") % {"number": self.number, "kind": kind}
        amount = _money(self.amount_minor, self.currency)
        return _("%(number)d, %(kind)s of %(amount)s") % {"number": self.number, "kind": kind, "amount": amount}


@event(
    "remedy.assessed", package_id=_KEY, cause="damaged", cause_called="Arrived damaged", fault="ours", days=3,
    currency="GBP", loss_minor=5000, entitled_minor=4000, whole_minor=1000, goodwill_minor=1000, sought_kind="refund",
    sought_minor=5000,
)  # fmt: skip
@dataclass(frozen=True)
class RemedyAssessed(Event):
    """Somebody said what went wrong and what it cost the customer; the rules said what follows."""

    package_id: str
    cause: str
    cause_called: str
    fault: str
    days: int
    currency: str
    loss_minor: int
    entitled_minor: int
    whole_minor: int
    goodwill_minor: int
    sought_kind: str = ""
    sought_minor: int | None = None

    def sentence(self) -> str:
        """Say what was found."""
        return _(
            "assessed the harm, “%(cause)s”: loss %(loss)s, owed %(owed)s, made good %(whole)s, goodwill up to "
            "%(goodwill)s"
        ) % {
            "cause": self.cause_called,
            "loss": _money(self.loss_minor, self.currency),
            "owed": _money(self.entitled_minor, self.currency),
            "whole": _money(self.whole_minor, self.currency),
            "goodwill": _money(self.goodwill_minor, self.currency),
        }


@event("remedy.line_added", note_holds="why", **_LINE, part="entitlement", execution="provider", excess_minor=0)
@dataclass(frozen=True)
class LineAdded(_AboutLine):
    """Somebody put a line into the package."""

    part: str
    execution: str
    excess_minor: int = 0

    def sentence(self) -> str:
        """Say which."""
        return _("put into the remedy: line %(line)s") % {"line": self.called()}


@event(
    "remedy.line_changed", note_holds="why", **_LINE, part="entitlement", execution="provider", excess_minor=0,
    was_minor=999, is_approval_void=True,
)  # fmt: skip
@dataclass(frozen=True)
class LineChanged(_AboutLine):
    """Somebody changed a line; an approval that it had holds no longer."""

    part: str
    execution: str
    excess_minor: int = 0
    was_minor: int = 0
    is_approval_void: bool = False

    def sentence(self) -> str:
        """Say which, and what of its approval."""
        if self.is_approval_void:
            return _("changed line %(line)s; its approval is void") % {"line": self.called()}
        return _("changed line %(line)s") % {"line": self.called()}


@event("remedy.withdrawn", note_holds="why", **_LINE)
@dataclass(frozen=True)
class LineWithdrawn(_AboutLine):
    """Somebody took a line out before it was carried out."""

    def sentence(self) -> str:
        """Say which."""
        return _("took out line %(line)s") % {"line": self.called()}


@event("remedy.proposed", **_LINE, approval_id=_KEY)
@dataclass(frozen=True)
class LineProposed(_AboutLine):
    """A line waits for its approval."""

    approval_id: str

    def sentence(self) -> str:
        """Say which."""
        return _("asked for approval of line %(line)s") % {"line": self.called()}


@event("remedy.approved", **_LINE, approval_id=_KEY)
@dataclass(frozen=True)
class LineApproved(_AboutLine):
    """A line may be offered and carried out; `approval_id` is empty where it costs nothing."""

    approval_id: str

    def sentence(self) -> str:
        """Say which."""
        return _("line %(line)s is approved") % {"line": self.called()}


@event("remedy.refused", **_LINE, approval_id=_KEY, why="refused")
@dataclass(frozen=True)
class LineRefused(_AboutLine):
    """The approval of a line was refused, ran out or was taken back."""

    approval_id: str
    why: str

    def sentence(self) -> str:
        """Say which and how."""
        ways = {
            "refused": _("line %(line)s was not approved"),
            "expired": _("the approval of line %(line)s ran out"),
            "withdrawn": _("the asking for line %(line)s was taken back"),
        }
        return ways.get(self.why, ways["refused"]) % {"line": self.called()}


@event(
    "remedy.offered", note_holds="why it lies outside of what like cases got", offer_id=_KEY, number=1, lines=[1, 2],
    amount_minor=5000, currency="GBP", expires_at="2026-03-16T10:00:00.000000Z", share_bp=10000, is_outside=False,
)  # fmt: skip
@dataclass(frozen=True)
class RemedyOffered(Event):
    """Lines were put to the customer; `share_bp` is what is given in all, in basis points of the loss."""

    offer_id: str
    number: int
    lines: list[int]
    amount_minor: int
    currency: str
    expires_at: str
    share_bp: int
    is_outside: bool

    def sentence(self) -> str:
        """Say how much."""
        amount = _money(self.amount_minor, self.currency)
        return _("offered the customer %(count)d lines, %(amount)s in all") % {
            "count": len(self.lines), "amount": amount
        }  # fmt: skip


@event("remedy.recalled", note_holds="why", offer_id=_KEY, number=1, lines=[1])
@dataclass(frozen=True)
class OfferRecalled(Event):
    """An offer that was not answered was taken back."""

    offer_id: str
    number: int
    lines: list[int]

    def sentence(self) -> str:
        """Say which."""
        return _("took offer %(number)d back") % {"number": self.number}


@event("remedy.answered", note_holds="the customer's words", **_LINE, verdict="accept", wanted_minor=None)
@dataclass(frozen=True)
class LineAnswered(_AboutLine):
    """The customer answered one line of an offer on their own page."""

    verdict: str
    wanted_minor: int | None = None

    def sentence(self) -> str:
        """Say what was answered."""
        ways = {
            "accept": _("accepted line %(line)s"),
            "decline": _("declined line %(line)s"),
            "counter": _("asked for something else than line %(line)s"),
        }
        return ways.get(self.verdict, ways["counter"]) % {"line": self.called()}


@event("remedy.lapsed", offer_id=_KEY, number=1, lines=[1])
@dataclass(frozen=True)
class OfferLapsed(Event):
    """The time of an offer ran out before every line was answered."""

    offer_id: str
    number: int
    lines: list[int]

    def sentence(self) -> str:
        """Say which."""
        return _("offer %(number)d ran out unanswered") % {"number": self.number}


@event("remedy.execution_started", **_LINE, execution="provider")
@dataclass(frozen=True)
class ExecutionStarted(_AboutLine):
    """A line is being carried out."""

    execution: str

    def sentence(self) -> str:
        """Say which."""
        return _("began to carry out line %(line)s") % {"line": self.called()}


@event("remedy.settled", note_holds="the reference", **_LINE)
@dataclass(frozen=True)
class LineSettled(_AboutLine):
    """The customer has what a line gives."""

    def sentence(self) -> str:
        """Say which."""
        return _("line %(line)s is settled") % {"line": self.called()}


@event("remedy.failed", note_holds="why", **_LINE, fault="reversed")
@dataclass(frozen=True)
class LineFailed(_AboutLine):
    """A line could not be carried out, or what it gave came back."""

    fault: str

    def sentence(self) -> str:
        """Say which and why."""
        why = _(FAULT_NAMES.get(self.fault, self.fault))
        return _("line %(line)s failed: %(why)s") % {"line": self.called(), "why": why}


@event("remedy.replaced", **_LINE, by_number=3)
@dataclass(frozen=True)
class LineReplaced(_AboutLine):
    """Another line makes good what failed."""

    by_number: int

    def sentence(self) -> str:
        """Say by which."""
        return _("line %(line)s is made good by line %(other)d") % {"line": self.called(), "other": self.by_number}


@event("remedy.joined", package_id=_KEY, case_id=_KEY, lines=[2, 3])
@dataclass(frozen=True)
class RemedyJoined(Event):
    """The lines of a merged case came over, under new numbers; or went back with it."""

    package_id: str
    case_id: str
    lines: list[int]

    def sentence(self) -> str:
        """Say how many."""
        return _("took over %(count)d lines of the remedy of another case") % {"count": len(self.lines)}


@event("letter.sent", letter_id=_KEY, number=1, letter="offer_letter", blocks=["your_choice"])
@dataclass(frozen=True)
class LetterSent(Event):
    """A letter left with every text that it must hold."""

    letter_id: str
    number: int
    letter: str
    blocks: list[str]

    def sentence(self) -> str:
        """Say which."""
        if self.letter == "final_letter":
            return _("sent the final answer, with %(count)d mandatory texts") % {"count": len(self.blocks)}
        return _("sent the letter with the offer, with %(count)d mandatory texts") % {"count": len(self.blocks)}


@event("watch.started", watch_id=_KEY, number=1, until_at="2026-04-01T10:00:00.000000Z")
@dataclass(frozen=True)
class WatchStarted(Event):
    """The matter is watched from now on."""

    watch_id: str
    number: int
    until_at: str

    def sentence(self) -> str:
        """Say until when."""
        return _("watches until %(day)s whether it happens again") % {"day": self.until_at[:10]}


@event("watch.recurred", watch_id=_KEY, case_id=_KEY, case_ref="RC-1043")
@dataclass(frozen=True)
class WatchRecurred(Event):
    """The same trouble came back within the time of a watch."""

    watch_id: str
    case_id: str
    case_ref: str

    def sentence(self) -> str:
        """Say in which case."""
        return _("it happened again: %(ref)s") % {"ref": self.case_ref}


@event("watch.ended", watch_id=_KEY)
@dataclass(frozen=True)
class WatchEnded(Event):
    """The time of a watch passed without recurrence."""

    watch_id: str

    def sentence(self) -> str:
        """Say so."""
        return _("watched to the end: it did not happen again")
