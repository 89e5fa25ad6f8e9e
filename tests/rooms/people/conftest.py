"""A desk of five, made through the verbs: two administrators, a lead, two agents."""

import datetime as dt
from dataclasses import dataclass

import pytest

from recourse.kit.actor import Actor, system
from recourse.people import actions
from recourse.people.models import Staff, Team
from recourse.people.queries import actor_for
from recourse.timeline.models import Entry

AT = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
SYSTEM = system("tests")
GOOD = "paper clip river stone lamp"


@dataclass(frozen=True)
class Desk:
    """Everybody by name."""

    ida: Staff  # administrator
    otto: Staff  # administrator
    lea: Staff  # team lead, leads Care
    ada: Staff  # front-line agent, in Care
    ben: Staff  # front-line agent, in no team
    care: Team

    def by(self, name: str) -> Actor:
        """Return somebody as an actor, with the rights held now."""
        return actor_for(getattr(self, name))


def hire(nick: str, *roles: str) -> Staff:
    """Give somebody an account, by the system."""
    return actions.hire(email=f"{nick}@desk.example", name=nick.title(), roles=roles, by=SYSTEM, at=AT - 30 * DAY)


@pytest.fixture
def desk(db: None) -> Desk:
    """Return the desk of five."""
    ida, otto = hire("ida", "administrator"), hire("otto", "administrator")
    lea, ada, ben = hire("lea", "team lead"), hire("ada", "front-line agent"), hire("ben", "front-line agent")
    care = actions.make_team(name="Care", kind="front_line", by=SYSTEM, at=AT)
    actions.join_team(team=care.slug, staff_id=lea.pk, is_lead=True, by=SYSTEM, at=AT)
    actions.join_team(team=care.slug, staff_id=ada.pk, by=SYSTEM, at=AT)
    return Desk(ida, otto, lea, ada, ben, care)


def told(staff: Staff) -> list[str]:
    """Return the names of what stands on somebody's thread, in order."""
    return list(Entry.objects.filter(thread_id=staff.thread_id).order_by("number").values_list("event", flat=True))


def told_of_people() -> list[str]:
    """Return the names of what stands on the thread that concerns no one account."""
    return list(Entry.objects.filter(thread__kind="people").order_by("position").values_list("event", flat=True))
