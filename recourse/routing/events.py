"""What happens in routing: who was given which case, on which score, and who took another."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from recourse.timeline.events import Event, event

_KEY = "01990000-0000-7000-8000-000000000001"
_PARTS = {"weight": 400, "exponent": 5, "allowance": 960, "left": 120, "work": 30}


@event("offer.taken", offer_id=_KEY, staff_id=_KEY, parts=_PARTS, is_known=False)
@dataclass(frozen=True)
class OfferTaken(Event):
    """Somebody asked for the next case and was given this one."""

    offer_id: str
    staff_id: str
    parts: dict[str, int]
    is_known: bool

    def sentence(self) -> str:
        """Say that it was the next."""
        return _("took the case as the next one")


@event(
    "offer.overridden", note_holds="why", offer_id=_KEY, staff_id=_KEY, parts=_PARTS, instead_of="RC-1040",
    reason="known_to_me",
)  # fmt: skip
@dataclass(frozen=True)
class OfferOverridden(Event):
    """Somebody took this case though another was next, with a reason."""

    offer_id: str
    staff_id: str
    parts: dict[str, int]
    instead_of: str
    reason: str

    def sentence(self) -> str:
        """Say what would have been next."""
        if not self.instead_of:
            return _("took the case by choice: %(reason)s") % {"reason": self.reason}
        return _("took the case though %(ref)s was next: %(reason)s") % {
            "ref": self.instead_of, "reason": self.reason
        }  # fmt: skip
