"""What happens in escalations: codes, keys and numbers alone; people's words stand beside the entry."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from recourse.timeline.events import Event, event
from recourse.timeline.policy import Audience

_KEY = "01990000-0000-7000-8000-000000000001"
_WHICH: dict[str, Any] = {"escalation_id": _KEY, "number": 1}


@dataclass(frozen=True)
class _About(Event):
    """What every event of an escalation says: which one."""

    escalation_id: str
    number: int


@event(
    "escalation.requested", **_WHICH, grounds=["legal_exposure"], severity="high", impact="one", tier="tier_2",
    team="specialists", gate_due_at="2026-01-12T10:00:00.000000Z", due_at="2026-01-12T12:00:00.000000Z", bounces=0,
    is_ping_pong=False, statutory=[],
)  # fmt: skip
@dataclass(frozen=True)
class EscalationRequested(_About):
    """Somebody asked that the case leave the front line."""

    grounds: list[str]
    severity: str
    impact: str
    tier: str
    team: str
    gate_due_at: str
    due_at: str
    bounces: int
    is_ping_pong: bool
    statutory: list[str]

    def sentence(self) -> str:
        """Say what was asked."""
        return _("asked to escalate to %(team)s on %(grounds)s") % {
            "team": self.team, "grounds": ", ".join(self.grounds)
        }  # fmt: skip


@event(
    "escalation.accepted", note_holds="what the gate says to the team", **_WHICH, tier="tier_2", team="specialists",
    is_pass_through=False, reason="",
)  # fmt: skip
@dataclass(frozen=True)
class EscalationAccepted(_About):
    """The gate let it in, or chance did (`is_pass_through`, with the reason of the refusal)."""

    tier: str
    team: str
    is_pass_through: bool = False
    reason: str = ""

    def sentence(self) -> str:
        """Say that it was let in."""
        return _("accepted the escalation for %(team)s") % {"team": self.team}


@event("escalation.returned", note_holds="the coaching note", **_WHICH, reason="evidence_missing")
@dataclass(frozen=True)
class EscalationReturned(_About):
    """The gate gave it back to the requester with a coaching note; the customer is not touched."""

    reason: str

    def sentence(self) -> str:
        """Say that it came back."""
        return _("returned the escalation: %(reason)s") % {"reason": self.reason}


@event("escalation.redirected", note_holds="why, and how to tell next time", **_WHICH, reason="wrong_team", team="care")
@dataclass(frozen=True)
class EscalationRedirected(_About):
    """The gate sent the case to another team that is not an advanced one."""

    reason: str
    team: str

    def sentence(self) -> str:
        """Say where it went."""
        return _("redirected the case to %(team)s: %(reason)s") % {"team": self.team, "reason": self.reason}


@event("escalation.withdrawn", note_holds="why", **_WHICH)
@dataclass(frozen=True)
class EscalationWithdrawn(_About):
    """The requester took it back before it was decided."""

    def sentence(self) -> str:
        """Say that it was taken back."""
        return _("withdrew the escalation")


@event(
    "escalation.tier_overridden", note_holds="why", **_WHICH, reason="vulnerable", before="tier_1", after="tier_2",
    team="specialists",
)  # fmt: skip
@dataclass(frozen=True)
class TierOverridden(_About):
    """Somebody chose another tier than the rules gave, with a reason."""

    reason: str
    before: str
    after: str
    team: str

    def sentence(self) -> str:
        """Say from where to where."""
        return _("changed the tier from %(before)s to %(after)s: %(reason)s") % {
            "before": self.before, "after": self.after, "reason": self.reason
        }  # fmt: skip


@event("escalation.responded", **_WHICH, staff_id=_KEY, is_in_time=True)
@dataclass(frozen=True)
class EscalationResponded(_About):
    """Somebody of the team took the case up."""

    staff_id: str
    is_in_time: bool

    def sentence(self) -> str:
        """Say whether it was in time."""
        return _("took the escalation up in time") if self.is_in_time else _("took the escalation up late")


@event(
    "escalation.hand_back_offered", note_holds="what was done and what is left", **_WHICH, reason="work_done",
    offered_to=_KEY, is_ping_pong=False,
)  # fmt: skip
@dataclass(frozen=True)
class HandBackOffered(_About):
    """The team offered to give the case back; after going back and forth, to a lead."""

    reason: str
    offered_to: str
    is_ping_pong: bool = False

    def sentence(self) -> str:
        """Say that it was offered."""
        return _("offered the case back to the front line: %(reason)s") % {"reason": self.reason}


@event("escalation.hand_back_declined", note_holds="why", **_WHICH)
@dataclass(frozen=True)
class HandBackDeclined(_About):
    """The one to whom it was offered did not take it back."""

    def sentence(self) -> str:
        """Say that it stays."""
        return _("declined to take the case back")


@event("escalation.handed_back", **_WHICH, owner_id=_KEY, reason="work_done", was_needed=True)
@dataclass(frozen=True)
class HandedBack(_About):
    """The new owner on the front line accepted the case."""

    owner_id: str
    reason: str
    was_needed: bool

    def sentence(self) -> str:
        """Say that it is back."""
        return _("took the case back to the front line")


@event("escalation.finished", note_holds="what came of it, for the requester", **_WHICH, was_needed=True)
@dataclass(frozen=True)
class EscalationFinished(_About):
    """The team is done with it; the requester hears what came of it. Whether it was needed may be said later."""

    was_needed: bool | None

    def sentence(self) -> str:
        """Say that it ended."""
        return _("finished the escalation")


@event("escalation.judged", note_holds="why", **_WHICH, was_needed=False)
@dataclass(frozen=True)
class EscalationJudged(_About):
    """Somebody said afterwards whether the advanced team had been needed."""

    was_needed: bool

    def sentence(self) -> str:
        """Say what was judged."""
        if self.was_needed:
            return _("judged that the escalation had been needed")
        return _("judged that the front line could have solved it")


@event("escalation.joined", **_WHICH, into_id=_KEY)
@dataclass(frozen=True)
class EscalationJoined(_About):
    """An open escalation came over with a merged case; where both had one, they are one now."""

    into_id: str

    def sentence(self) -> str:
        """Say that it came over."""
        return _("took over the escalation of a merged case")


@event("account.grouped", note_holds="why", account_id=_KEY, case_ids=[_KEY], coordinator_id=_KEY, is_new=True)
@dataclass(frozen=True)
class AccountGrouped(Event):
    """Cases of one customer are worked as one."""

    account_id: str
    case_ids: list[str]
    coordinator_id: str
    is_new: bool

    def sentence(self) -> str:
        """Say how many."""
        return _("grouped %(count)d cases of this customer into one escalation") % {"count": len(self.case_ids)}


@event("account.ungrouped", note_holds="why", account_id=_KEY, case_ids=[_KEY], is_ended=False)
@dataclass(frozen=True)
class AccountUngrouped(Event):
    """Cases are worked by themselves again; without cases the account's escalation ends."""

    account_id: str
    case_ids: list[str]
    is_ended: bool

    def sentence(self) -> str:
        """Say how many."""
        return _("took %(count)d cases out of the account's escalation") % {"count": len(self.case_ids)}


@event(
    "ladder.fired", clock="resolution", epoch=1, ladder="solutions", step="late", act="notify", tell=["owner"],
    planned_at="2026-01-12T12:00:00.000000Z",
)  # fmt: skip
@dataclass(frozen=True)
class LadderFired(Event):
    """A rung of a ladder came due beside a clock, and its condition held."""

    clock: str
    epoch: int
    ladder: str
    step: str
    act: str
    tell: list[str]
    planned_at: str

    def sentence(self) -> str:
        """Say which."""
        return _("the ladder “%(ladder)s” reached “%(step)s” beside the clock “%(clock)s”") % {
            "ladder": self.ladder, "step": self.step, "clock": self.clock
        }  # fmt: skip


@event(
    "ladder.skipped", clock="resolution", epoch=1, ladder="solutions", step="late", why="condition",
    planned_at="2026-01-12T12:00:00.000000Z",
)  # fmt: skip
@dataclass(frozen=True)
class LadderSkipped(Event):
    """A rung came due and its condition did not hold; it is passed over for good."""

    clock: str
    epoch: int
    ladder: str
    step: str
    why: str
    planned_at: str

    def sentence(self) -> str:
        """Say which and why."""
        return _("the ladder “%(ladder)s” skipped “%(step)s” beside the clock “%(clock)s”: %(why)s") % {
            "ladder": self.ladder, "step": self.step, "clock": self.clock, "why": self.why
        }  # fmt: skip


@event("notice.read", audience=Audience.ADVANCED, notice_id=_KEY, kind="returned")
@dataclass(frozen=True)
class NoticeRead(Event):
    """Somebody read what they were told about a case."""

    notice_id: str
    kind: str

    def sentence(self) -> str:
        """Say what was read."""
        return _("read the notice “%(kind)s”") % {"kind": self.kind}
