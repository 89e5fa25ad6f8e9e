"""What can happen to a customer. Names, addresses and words never stand in a payload."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from recourse.timeline.events import Event, event

_KEY = "0192f0c1-7a3b-7c11-9a55-1d2f4c3b2a10"


@event("customer.registered", ref="CU-1042", identity_kinds=["email"])
@dataclass(frozen=True)
class CustomerRegistered(Event):
    """A person became known to the company."""

    ref: str
    identity_kinds: list[str]

    def sentence(self) -> str:
        """Say so."""
        return _("registered the customer %(ref)s") % {"ref": self.ref}


@event("customer.edited", fields=["name", "preferred_channel"])
@dataclass(frozen=True)
class CustomerEdited(Event):
    """Profile or contact preferences changed."""

    fields: list[str]

    def sentence(self) -> str:
        """Say which fields."""
        return _("changed the customer's profile (%(fields)s)") % {"fields": ", ".join(self.fields)}


@event("customer.flagged_vulnerable", is_vulnerable=True, note_holds="why")
@dataclass(frozen=True)
class VulnerabilityFlagged(Event):
    """It was noted, or no longer holds, that this person needs more care than others."""

    is_vulnerable: bool

    def sentence(self) -> str:
        """Say which."""
        if self.is_vulnerable:
            return _("noted that the customer is vulnerable")
        return _("noted that the customer is no longer vulnerable")


@event("identity.added", identity_id=_KEY, kind="email", is_verified=False)
@dataclass(frozen=True)
class IdentityAdded(Event):
    """A person is known by one thing more."""

    identity_id: str
    kind: str
    is_verified: bool

    def sentence(self) -> str:
        """Say of which kind."""
        return _("added an identity (%(kind)s)") % {"kind": self.kind}


@event("identity.verified", identity_id=_KEY, kind="email")
@dataclass(frozen=True)
class IdentityVerified(Event):
    """It was proved that an identity is the person's own."""

    identity_id: str
    kind: str

    def sentence(self) -> str:
        """Say of which kind."""
        return _("verified an identity (%(kind)s)") % {"kind": self.kind}


@event("identity.preferred", identity_id=_KEY, kind="email")
@dataclass(frozen=True)
class IdentityPreferred(Event):
    """A person is reached by this first."""

    identity_id: str
    kind: str

    def sentence(self) -> str:
        """Say of which kind."""
        return _("made an identity the first choice (%(kind)s)") % {"kind": self.kind}


@event("identity.removed", identity_id=_KEY, kind="email")
@dataclass(frozen=True)
class IdentityRemoved(Event):
    """A person is known by one thing less."""

    identity_id: str
    kind: str

    def sentence(self) -> str:
        """Say of which kind."""
        return _("removed an identity (%(kind)s)") % {"kind": self.kind}


@event("care_note.added", care_note_id=_KEY)
@dataclass(frozen=True)
class CareNoteAdded(Event):
    """Staff wrote down what helps to treat this person well."""

    care_note_id: str

    def sentence(self) -> str:
        """Say so."""
        return _("added a care note")


@event("care_note.ended", care_note_id=_KEY)
@dataclass(frozen=True)
class CareNoteEnded(Event):
    """A care note holds no longer."""

    care_note_id: str

    def sentence(self) -> str:
        """Say so."""
        return _("ended a care note")


@event("consent.given", note_holds="how it was said", kind="survey")
@dataclass(frozen=True)
class ConsentGiven(Event):
    """A person agreed to something."""

    kind: str

    def sentence(self) -> str:
        """Say to what."""
        return _("recorded consent (%(kind)s)") % {"kind": self.kind}


@event("consent.withdrawn", note_holds="how it was said", kind="survey")
@dataclass(frozen=True)
class ConsentWithdrawn(Event):
    """A person no longer agrees to something."""

    kind: str

    def sentence(self) -> str:
        """Say to what."""
        return _("recorded that consent was withdrawn (%(kind)s)") % {"kind": self.kind}


@event("order.recorded", order_id=_KEY, state="delivered", total_minor=12900, currency="EUR")
@dataclass(frozen=True)
class OrderRecorded(Event):
    """An order became known."""

    order_id: str
    state: str
    total_minor: int
    currency: str

    def sentence(self) -> str:
        """Say in which state."""
        return _("recorded an order (%(state)s)") % {"state": self.state}


@event("order.changed", order_id=_KEY, state="returned", from_state="delivered")
@dataclass(frozen=True)
class OrderChanged(Event):
    """An order is not as it was known."""

    order_id: str
    state: str
    from_state: str

    def sentence(self) -> str:
        """Say from which state to which."""
        if self.state == self.from_state:
            return _("updated an order (%(state)s)") % {"state": self.state}
        return _("updated an order from %(from)s to %(to)s") % {"from": self.from_state, "to": self.state}


@event("customer.merged", into="CU-1040", into_id=_KEY, customer_id=_KEY, merge_id=_KEY, note_holds="why")
@dataclass(frozen=True)
class CustomerMerged(Event):
    """Two records were of one person; this one lives on in the other."""

    into: str
    into_id: str
    customer_id: str
    merge_id: str

    def sentence(self) -> str:
        """Say in which."""
        return _("merged this customer into %(into)s") % {"into": self.into}


@event("customer.gained", ref="CU-1042", customer_id=_KEY, merge_id=_KEY, note_holds="why")
@dataclass(frozen=True)
class CustomerGained(Event):
    """Another record was of the same person and was merged into this one."""

    ref: str
    customer_id: str
    merge_id: str

    def sentence(self) -> str:
        """Say which."""
        return _("merged %(ref)s into this customer") % {"ref": self.ref}


@event("customer.unmerged", out_of="CU-1040", out_of_id=_KEY, customer_id=_KEY, merge_id=_KEY, note_holds="why")
@dataclass(frozen=True)
class CustomerUnmerged(Event):
    """A merge was undone; this record is of a person of its own."""

    out_of: str
    out_of_id: str
    customer_id: str
    merge_id: str

    def sentence(self) -> str:
        """Say from which it was parted."""
        return _("undid the merge into %(ref)s") % {"ref": self.out_of}


@event("customer.parted", ref="CU-1042", customer_id=_KEY, merge_id=_KEY, note_holds="why")
@dataclass(frozen=True)
class CustomerParted(Event):
    """A record that was merged into this one is of a person of its own after all."""

    ref: str
    customer_id: str
    merge_id: str

    def sentence(self) -> str:
        """Say which."""
        return _("parted %(ref)s from this customer") % {"ref": self.ref}
