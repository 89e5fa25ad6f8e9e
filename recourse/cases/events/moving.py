"""What can happen to a case on its way: opened, worked, resolved, owned, moved, described."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from recourse.timeline.events import Event, event
from recourse.timeline.policy import Audience

_KEY = "0192f0c1-7a3b-7c11-9a55-1d2f4c3b2a10"


@event(
    "case.opened",
    audience=Audience.CUSTOMER,
    ref="RC-1042",
    channel="web",
    queue="care",
    received_at="2026-01-05T09:00:00Z",
)
@dataclass(frozen=True)
class CaseOpened(Event):
    """A case came to be."""

    ref: str
    channel: str
    queue: str
    received_at: str
    severity: str = "medium"
    customer_id: str = ""
    split_from: str = ""

    def sentence(self) -> str:
        """Say how it came in."""
        if self.split_from:
            return _("split this case off from %(ref)s") % {"ref": self.split_from}
        return _("opened the case (%(channel)s)") % {"channel": self.channel}


@event(
    "case.brought_closed",
    audience=Audience.CUSTOMER,
    reason="solved",
    outcome="solved",
    closed_at="2026-01-05T09:00:00Z",
)
@dataclass(frozen=True)
class CaseBroughtClosed(Event):
    """It was over where it came from; its clocks ran there."""

    reason: str
    outcome: str
    closed_at: str

    def sentence(self) -> str:
        """Say with which reason."""
        return _("found it closed already where it came from (%(reason)s)") % {"reason": self.reason}


@event("case.started", audience=Audience.CUSTOMER)
@dataclass(frozen=True)
class CaseStarted(Event):
    """Somebody began to work on it."""

    def sentence(self) -> str:
        """Say so."""
        return _("began to work on the case")


@event("case.resolved", audience=Audience.CUSTOMER, note_holds="what was done", reason="solved", outcome="solved")
@dataclass(frozen=True)
class CaseResolved(Event):
    """An answer was found."""

    reason: str
    outcome: str

    def sentence(self) -> str:
        """Say with which reason."""
        return _("resolved the case (%(reason)s)") % {"reason": self.reason}


@event("case.closed", audience=Audience.CUSTOMER)
@dataclass(frozen=True)
class CaseClosed(Event):
    """It is over."""

    def sentence(self) -> str:
        """Say so."""
        return _("closed the case")


@event("case.reopened", audience=Audience.CUSTOMER, note_holds="why", times=1, was="resolved")
@dataclass(frozen=True)
class CaseReopened(Event):
    """It was not over after all."""

    times: int
    was: str

    def sentence(self) -> str:
        """Say so."""
        return _("reopened the case")


@event("case.assigned", owner_id=_KEY, from_id="", contact_owner_id=_KEY, is_own_act=True)
@dataclass(frozen=True)
class CaseAssigned(Event):
    """Somebody owns it now."""

    owner_id: str
    from_id: str = ""
    contact_owner_id: str = ""
    is_own_act: bool = False

    def sentence(self) -> str:
        """Say whether it was taken or given."""
        return _("took the case") if self.is_own_act else _("gave the case to another owner")


@event("case.released", from_id=_KEY)
@dataclass(frozen=True)
class CaseReleased(Event):
    """Its owner let it go; the person who speaks with the customer stays."""

    from_id: str

    def sentence(self) -> str:
        """Say so."""
        return _("released the case to its queue")


@event("case.contact_handed", audience=Audience.CUSTOMER, contact_owner_id=_KEY, from_id="")
@dataclass(frozen=True)
class ContactHanded(Event):
    """Another person speaks with the customer from now on."""

    contact_owner_id: str
    from_id: str = ""

    def sentence(self) -> str:
        """Say so."""
        return _("named the person who speaks with the customer")


@event(
    "case.transferred", note_holds="why", queue="resolution-1", from_queue="care", tier="tier_1", from_tier="front_line"
)
@dataclass(frozen=True)
class CaseTransferred(Event):
    """It stands in another queue, perhaps of another team and tier."""

    queue: str
    from_queue: str
    tier: str
    from_tier: str

    def sentence(self) -> str:
        """Say where it went."""
        return _("moved the case from %(from)s to %(to)s") % {"from": self.from_queue, "to": self.queue}


@event("case.graded", note_holds="why", before={"severity": "low"}, after={"severity": "high"})
@dataclass(frozen=True)
class CaseGraded(Event):
    """Severity, impact or priority changed."""

    before: dict[str, str]
    after: dict[str, str]

    def sentence(self) -> str:
        """Say what changed to what."""
        changes = ", ".join(f"{name}: {self.before.get(name)} → {value}" for name, value in sorted(self.after.items()))
        return _("changed %(changes)s") % {"changes": changes}


@event("case.described", fields=["subject", "product"])
@dataclass(frozen=True)
class CaseDescribed(Event):
    """What it is about was put in other words."""

    fields: list[str]

    def sentence(self) -> str:
        """Say which fields."""
        return _("described the case anew (%(fields)s)") % {"fields": ", ".join(self.fields)}


@event("case.customer_changed", customer_id=_KEY, from_id=_KEY, is_by_merge=False)
@dataclass(frozen=True)
class CustomerChanged(Event):
    """It belongs to another customer."""

    customer_id: str
    from_id: str
    is_by_merge: bool = False

    def sentence(self) -> str:
        """Say why."""
        return _("followed the customer's merge") if self.is_by_merge else _("set the customer of the case")
