"""What happens to approvals: keys, numbers and codes alone; people's reasons stand beside the entry."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from recourse.kit.money import written
from recourse.timeline.events import Event, event

_KEY = "01990000-0000-7000-8000-000000000001"
_HASH = "0f" * 32
_WHICH: dict[str, Any] = {
    "approval_id": _KEY, "number": 1, "kind": "remedy_line", "matter": f"remedy_line:{_KEY}", "terms_hash": _HASH,
}  # fmt: skip
_SUM: dict[str, Any] = {"remedy_kind": "refund", "amount_minor": 49000, "currency": "GBP"}


@dataclass(frozen=True)
class _About(Event):
    """What every event of an approval says: which one, about what, on which exact terms."""

    approval_id: str
    number: int
    kind: str
    matter: str
    terms_hash: str


@dataclass(frozen=True)
class _Amount(_About):
    """One that says the amount too."""

    remedy_kind: str
    amount_minor: int
    currency: str

    @property
    def said(self) -> str:
        """Return the amount as people read it."""
        return f"{written(self.amount_minor, self.currency)} {self.currency}"


@event(
    "approval.asked", note_holds="why it is proposed", **_WHICH, **_SUM, route="usual", level="lead", staff_ids=[_KEY],
    needed_minor=49000, flags=["customer"], expires_at="2026-01-12T10:00:00.000000Z",
)  # fmt: skip
@dataclass(frozen=True)
class ApprovalAsked(_Amount):
    """Somebody asked for a yes that they cannot give themself."""

    route: str
    level: str
    staff_ids: list[str]
    needed_minor: int
    flags: list[str]
    expires_at: str

    def sentence(self) -> str:
        """Say how much was asked for."""
        return _("asked for approval of %(amount)s (%(kind)s)") % {"amount": self.said, "kind": self.remedy_kind}


@event(
    "approval.granted", note_holds="why", **_WHICH, **_SUM, how="approve", staff_ids=[_KEY], person_ids=[_KEY],
)  # fmt: skip
@dataclass(frozen=True)
class ApprovalGranted(_Amount):
    """It is granted: `how` is approve, within_authority or break_glass."""

    how: str
    staff_ids: list[str]
    person_ids: list[str]

    def sentence(self) -> str:
        """Say what was granted, and how."""
        words = {
            "within_authority": _("decided %(amount)s (%(kind)s) within their own authority"),
            "break_glass": _("overrode the approval of %(amount)s (%(kind)s) in an emergency"),
        }
        said = words.get(self.how, _("approved %(amount)s (%(kind)s)"))
        return said % {"amount": self.said, "kind": self.remedy_kind}


@event("approval.seconded", note_holds="why", **_WHICH, given=1, needed=2)
@dataclass(frozen=True)
class ApprovalSeconded(_About):
    """One of several who must approve said yes; more are needed."""

    given: int
    needed: int

    def sentence(self) -> str:
        """Say how many did."""
        return _("approved, as %(given)d of %(needed)d") % {"given": self.given, "needed": self.needed}


@event("approval.refused", note_holds="why", **_WHICH, was_granted=False)
@dataclass(frozen=True)
class ApprovalRefused(_About):
    """Somebody who may decide said no, or took back a yes that was not yet used."""

    was_granted: bool

    def sentence(self) -> str:
        """Say which."""
        return _("took the approval back") if self.was_granted else _("refused the approval")


@event("approval.expired", **_WHICH)
@dataclass(frozen=True)
class ApprovalExpired(_About):
    """Nobody decided in time on any step of the ladder: that is a no."""

    def sentence(self) -> str:
        """Say so."""
        return _("the approval ran out: nobody decided in time")


@event("approval.voided", **_WHICH, new_hash=_HASH, was_granted=True)
@dataclass(frozen=True)
class ApprovalVoided(_About):
    """The terms changed, so that what was asked or approved no longer counts."""

    new_hash: str
    was_granted: bool

    def sentence(self) -> str:
        """Say why."""
        return _("changed the terms: the approval is void")


@event("approval.withdrawn", note_holds="why", **_WHICH, was_granted=False)
@dataclass(frozen=True)
class ApprovalWithdrawn(_About):
    """Who asked, or who owns the case now, took it back."""

    was_granted: bool

    def sentence(self) -> str:
        """Say so."""
        return _("withdrew the request for approval")


@event("approval.climbed", note_holds="why, where a person passed it up", **_WHICH, why="silence", level="finance",
       staff_ids=[_KEY], expires_at="2026-01-13T10:00:00.000000Z")  # fmt: skip
@dataclass(frozen=True)
class ApprovalClimbed(_About):
    """Others are asked now: `why` is silence, passed_up, absence, left, rights, or seconded."""

    why: str
    level: str
    staff_ids: list[str]
    expires_at: str

    def sentence(self) -> str:
        """Say to which level."""
        return _("the approval is now asked of “%(level)s” (%(why)s)") % {"level": self.level, "why": self.why}


@event("approval.reminded", **_WHICH, staff_ids=[_KEY])
@dataclass(frozen=True)
class ApprovalReminded(_About):
    """Those who are asked were reminded."""

    staff_ids: list[str]

    def sentence(self) -> str:
        """Say how many."""
        return _("reminded %(count)d people of the approval") % {"count": len(self.staff_ids)}


@event("approval.asked_back", note_holds="the question", **_WHICH)
@dataclass(frozen=True)
class ApprovalAskedBack(_About):
    """One who decides has a question first."""

    def sentence(self) -> str:
        """Say so."""
        return _("asked something about the request for approval")


@event("approval.answered", note_holds="the answer", **_WHICH)
@dataclass(frozen=True)
class ApprovalAnswered(_About):
    """The question was answered."""

    def sentence(self) -> str:
        """Say so."""
        return _("answered the question about the request for approval")


@event("approval.used", **_WHICH)
@dataclass(frozen=True)
class ApprovalUsed(_About):
    """What was approved is being carried out; from now on it can only be reversed."""

    def sentence(self) -> str:
        """Say so."""
        return _("began to carry out what was approved")


@event("approval.glass_broken", note_holds="the emergency", **_WHICH, review_due_at="2026-01-14T10:00:00.000000Z")
@dataclass(frozen=True)
class GlassBroken(_About):
    """Somebody with the right for emergencies decided alone, beyond limits and numbers; a review is owed."""

    review_due_at: str

    def sentence(self) -> str:
        """Say so."""
        return _("used the emergency override; it must be reviewed")


@event("approval.glass_reviewed", note_holds="what the reviewer found", **_WHICH, verdict="justified")
@dataclass(frozen=True)
class GlassReviewed(_About):
    """Another person looked at an emergency override."""

    verdict: str

    def sentence(self) -> str:
        """Say what they found."""
        if self.verdict == "justified":
            return _("found the emergency override justified")
        return _("found the emergency override not justified")


@event("approval.link_made", **_WHICH, staff=_KEY, expires_at="2026-01-13T10:00:00.000000Z")
@dataclass(frozen=True)
class DecisionLinkMade(_About):
    """A link of one use to decide was made for somebody."""

    staff: str
    expires_at: str

    def sentence(self) -> str:
        """Say so."""
        return _("made a link to decide the approval")
