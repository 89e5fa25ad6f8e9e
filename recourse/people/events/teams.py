"""What happens to teams and departments, and who is away or acts for whom."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from recourse.people.events.samples import FROM, OTHER, UNTIL, WHO
from recourse.timeline.events import Event, event
from recourse.timeline.policy import Audience


@event("team.made", team="front-line", kind="front_line", is_walled=False)
@dataclass(frozen=True)
class TeamMade(Event):
    """A team was made."""

    team: str
    kind: str
    is_walled: bool

    def sentence(self) -> str:
        return _("made the team “%(team)s”") % {"team": self.team}


@event("team.edited", team="front-line", fields=["is_walled"], is_walled=True)
@dataclass(frozen=True)
class TeamEdited(Event):
    """A team was changed; whether it is walled now is said, because that decides who sees its cases."""

    team: str
    fields: list[str]
    is_walled: bool

    def sentence(self) -> str:
        return _("changed the team “%(team)s”: %(fields)s") % {"team": self.team, "fields": ", ".join(self.fields)}


@event("team.retired", team="front-line")
@dataclass(frozen=True)
class TeamRetired(Event):
    """A team was closed to new work."""

    team: str

    def sentence(self) -> str:
        return _("retired the team “%(team)s”") % {"team": self.team}


@event("team.joined", staff=WHO, team="front-line")
@dataclass(frozen=True)
class TeamJoined(Event):
    """Somebody joined a team."""

    staff: str
    team: str

    def sentence(self) -> str:
        return _("put into the team “%(team)s”") % {"team": self.team}


@event("team.left", staff=WHO, team="front-line")
@dataclass(frozen=True)
class TeamLeft(Event):
    """Somebody left a team."""

    staff: str
    team: str

    def sentence(self) -> str:
        return _("took out of the team “%(team)s”") % {"team": self.team}


@event("team.lead_changed", staff=WHO, team="front-line", is_lead=True)
@dataclass(frozen=True)
class TeamLeadChanged(Event):
    """Somebody became the lead of a team, or ceased to be."""

    staff: str
    team: str
    is_lead: bool

    def sentence(self) -> str:
        told = _("made lead of the team “%(team)s”") if self.is_lead else _("ended as lead of the team “%(team)s”")
        return told % {"team": self.team}


@event("department.made", department="legal")
@dataclass(frozen=True)
class DepartmentMade(Event):
    """A department was made."""

    department: str

    def sentence(self) -> str:
        return _("made the department “%(department)s”") % {"department": self.department}


@event("department.renamed", department="legal")
@dataclass(frozen=True)
class DepartmentRenamed(Event):
    """A department got another name; its short name stays."""

    department: str

    def sentence(self) -> str:
        return _("renamed the department “%(department)s”") % {"department": self.department}


@event("absence.added", audience=Audience.RESTRICTED, staff=WHO, from_at=FROM, until_at=UNTIL)
@dataclass(frozen=True)
class AbsenceAdded(Event):
    """Somebody will be away; why is never on the record."""

    staff: str
    from_at: str
    until_at: str

    def sentence(self) -> str:
        return _("noted an absence")


@event("absence.cancelled", audience=Audience.RESTRICTED, staff=WHO, from_at=FROM, until_at=UNTIL)
@dataclass(frozen=True)
class AbsenceCancelled(Event):
    """An absence was called off, or cut short at `until_at`."""

    staff: str
    from_at: str
    until_at: str

    def sentence(self) -> str:
        return _("called off an absence")


@event("delegation.given", giver=WHO, receiver=OTHER, from_at=FROM, until_at=UNTIL)
@dataclass(frozen=True)
class DelegationGiven(Event):
    """Somebody let another act for them, for a time."""

    giver: str
    receiver: str
    from_at: str
    until_at: str

    def sentence(self) -> str:
        return _("delegated for a time")


@event("delegation.ended", giver=WHO, receiver=OTHER)
@dataclass(frozen=True)
class DelegationEnded(Event):
    """A delegation was ended before its time."""

    giver: str
    receiver: str

    def sentence(self) -> str:
        return _("ended a delegation")
