"""What happens to keys, links, passwords, second factors and sessions: for few eyes."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recourse.people.events.samples import UNTIL, WHO
from recourse.timeline.events import Event, event
from recourse.timeline.policy import Audience


@event("key.made", audience=Audience.RESTRICTED, owner=WHO, prefix="abcde23456", scopes=["case:read"], expires_at=UNTIL)
@dataclass(frozen=True)
class KeyMade(Event):
    """An API key was made; its text was shown once and is kept nowhere."""

    owner: str
    prefix: str
    scopes: list[str]
    expires_at: str

    def sentence(self) -> str:
        return _("made the API key %(prefix)s") % {"prefix": self.prefix}


@event("key.edited", audience=Audience.RESTRICTED, owner=WHO, prefix="abcde23456", scopes=["case:read"])
@dataclass(frozen=True)
class KeyEdited(Event):
    """The name or the scopes of an API key changed."""

    owner: str
    prefix: str
    scopes: list[str]

    def sentence(self) -> str:
        return _("changed the API key %(prefix)s") % {"prefix": self.prefix}


@event("key.revoked", audience=Audience.RESTRICTED, owner=WHO, prefix="abcde23456")
@dataclass(frozen=True)
class KeyRevoked(Event):
    """An API key was ended."""

    owner: str
    prefix: str

    def sentence(self) -> str:
        return _("revoked the API key %(prefix)s") % {"prefix": self.prefix}


@event("link.issued", audience=Audience.RESTRICTED, staff=WHO, purpose="first_password", expires_at=UNTIL)
@dataclass(frozen=True)
class LinkIssued(Event):
    """A link of one use was made, to set a first password or a new one."""

    staff: str
    purpose: str
    expires_at: str

    def sentence(self) -> str:
        return _("issued a link to set a password")


@event("link.used", audience=Audience.RESTRICTED, staff=WHO, purpose="first_password")
@dataclass(frozen=True)
class LinkUsed(Event):
    """A link of one use was spent."""

    staff: str
    purpose: str

    def sentence(self) -> str:
        return _("used a link to set a password")


@event("reset.requested", audience=Audience.RESTRICTED, note_holds="the address that was typed", account="0" * 64)
@dataclass(frozen=True)
class ResetRequested(Event):
    """Somebody asked for a new password by an address, known or not; the address is kept as a hash."""

    account: str

    def sentence(self) -> str:
        return _("asked for a new password")


@event("password.set", audience=Audience.RESTRICTED, staff=WHO, by_link=False)
@dataclass(frozen=True)
class PasswordSet(Event):
    """A password was set; all other sessions ended."""

    staff: str
    by_link: bool

    def sentence(self) -> str:
        return _("set a password by a link") if self.by_link else _("set a password")


@event("second_factor.added", audience=Audience.RESTRICTED, staff=WHO, factor="totp")
@dataclass(frozen=True)
class SecondFactorAdded(Event):
    """A second factor was added to an account."""

    staff: str
    factor: str

    def sentence(self) -> str:
        return _("added a second factor (%(factor)s)") % {"factor": self.factor}


@event("second_factor.removed", audience=Audience.RESTRICTED, staff=WHO, factor="totp")
@dataclass(frozen=True)
class SecondFactorRemoved(Event):
    """A second factor was taken from an account."""

    staff: str
    factor: str

    def sentence(self) -> str:
        return _("removed a second factor (%(factor)s)") % {"factor": self.factor}


@event("outside_login.connected", audience=Audience.RESTRICTED, staff=WHO, provider="company")
@dataclass(frozen=True)
class OutsideLoginConnected(Event):
    """A person, signed in, connected a login from outside to the account."""

    staff: str
    provider: str

    def sentence(self) -> str:
        return _("connected a login from outside (%(provider)s)") % {"provider": self.provider}


@event("outside_login.disconnected", audience=Audience.RESTRICTED, staff=WHO, provider="company")
@dataclass(frozen=True)
class OutsideLoginDisconnected(Event):
    """A login from outside was disconnected from the account."""

    staff: str
    provider: str

    def sentence(self) -> str:
        return _("disconnected a login from outside (%(provider)s)") % {"provider": self.provider}


@event("session.started", audience=Audience.RESTRICTED, staff=WHO, method="password")
@dataclass(frozen=True)
class SessionStarted(Event):
    """Somebody signed in."""

    staff: str
    method: str

    def sentence(self) -> str:
        return _("signed in (%(method)s)") % {"method": self.method}


@event("session.ended", audience=Audience.RESTRICTED, staff=WHO, count=1)
@dataclass(frozen=True)
class SessionEnded(Event):
    """Sessions of an account were ended before their time."""

    staff: str
    count: int

    def sentence(self) -> str:
        return ngettext("ended %(count)d session", "ended %(count)d sessions", self.count) % {"count": self.count}


@event("guessing.slowed", audience=Audience.RESTRICTED, staff=WHO, failures=5, waits_until=UNTIL)
@dataclass(frozen=True)
class GuessingSlowed(Event):
    """So many wrong passwords or codes came in a row that the account takes none for a while."""

    staff: str
    failures: int
    waits_until: str

    def sentence(self) -> str:
        return _("was slowed after %(failures)d wrong guesses in a row") % {"failures": self.failures}
