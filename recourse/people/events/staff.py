"""What happens to accounts, roles and skills."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recourse.people.events.samples import WHO
from recourse.timeline.events import Event, event


@event("staff.hired", staff=WHO, department=None)
@dataclass(frozen=True)
class StaffHired(Event):
    """Somebody was given an account."""

    staff: str
    department: str | None

    def sentence(self) -> str:
        return _("gave the account")


@event("staff.edited", staff=WHO, fields=["time_zone"])
@dataclass(frozen=True)
class StaffEdited(Event):
    """Fields of an account were changed; the values stand in the account alone."""

    staff: str
    fields: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        return _("changed the account: %(fields)s") % {"fields": ", ".join(self.fields)}


@event("staff.deactivated", note_holds="why", staff=WHO, keys=1, delegations=0)
@dataclass(frozen=True)
class StaffDeactivated(Event):
    """An account was closed: its sessions, keys, links and delegations ended at that instant."""

    staff: str
    keys: int
    delegations: int

    def sentence(self) -> str:
        return _("closed the account, with its sessions, keys and delegations")


@event("staff.reactivated", staff=WHO)
@dataclass(frozen=True)
class StaffReactivated(Event):
    """A closed account was opened again; no old session or key came back."""

    staff: str

    def sentence(self) -> str:
        return _("opened the account again")


@event("role.made", role=WHO, permissions=["case:read"])
@dataclass(frozen=True)
class RoleMade(Event):
    """A role of the company's own was made."""

    role: str
    permissions: list[str]

    def sentence(self) -> str:
        return ngettext(
            "made a role with %(count)d right", "made a role with %(count)d rights", len(self.permissions)
        ) % {"count": len(self.permissions)}


@event("role.edited", role=WHO, added=["case:open"], removed=[])
@dataclass(frozen=True)
class RoleEdited(Event):
    """The rights or the name of a role changed, by a person or with a new version of Recourse."""

    role: str
    added: list[str]
    removed: list[str]

    def sentence(self) -> str:
        changes = [f"+{right}" for right in self.added] + [f"−{right}" for right in self.removed]
        return _("changed a role: %(changes)s") % {"changes": ", ".join(changes) or _("its name")}


@event("role.granted", staff=WHO, role="resolver")
@dataclass(frozen=True)
class RoleGranted(Event):
    """Somebody was given a role."""

    staff: str
    role: str

    def sentence(self) -> str:
        return _("gave the role “%(role)s”") % {"role": self.role}


@event("role.revoked", staff=WHO, role="resolver")
@dataclass(frozen=True)
class RoleRevoked(Event):
    """A role was taken from somebody."""

    staff: str
    role: str

    def sentence(self) -> str:
        return _("took away the role “%(role)s”") % {"role": self.role}


@event("skill.made", skill="billing")
@dataclass(frozen=True)
class SkillMade(Event):
    """A skill was named."""

    skill: str

    def sentence(self) -> str:
        return _("named the skill “%(skill)s”") % {"skill": self.skill}


@event("skill.granted", staff=WHO, skill="billing", level=3, until_on=None)
@dataclass(frozen=True)
class SkillGranted(Event):
    """Somebody was found to have a skill, at a level from 1 to 5, until a day if it lapses."""

    staff: str
    skill: str
    level: int
    until_on: str | None

    def sentence(self) -> str:
        told = _("granted the skill “%(skill)s” at level %(level)d") % {"skill": self.skill, "level": self.level}
        return f"{told}, {_('until %(day)s') % {'day': self.until_on}}" if self.until_on else told


@event("skill.revoked", staff=WHO, skill="billing")
@dataclass(frozen=True)
class SkillRevoked(Event):
    """A skill was taken back."""

    staff: str
    skill: str

    def sentence(self) -> str:
        return _("took back the skill “%(skill)s”") % {"skill": self.skill}


@event("skill.lapsed", staff=WHO, skill="billing")
@dataclass(frozen=True)
class SkillLapsed(Event):
    """A skill was granted until a day that has passed."""

    staff: str
    skill: str

    def sentence(self) -> str:
        return _("let the skill “%(skill)s” lapse") % {"skill": self.skill}
