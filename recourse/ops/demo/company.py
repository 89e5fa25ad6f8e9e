"""The demo company: Larkfield, a retailer of things for the home. Teams, queues, and somebody in every role."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from recourse.cases.actions import set_up_queue
from recourse.kit.actor import Actor, system
from recourse.people import actions as people
from recourse.people.policy.demo import DEMO_DOMAIN, DEMO_PASSWORD
from recourse.people.queries import actor_for

BY = system("demo")


@dataclass(frozen=True, slots=True)
class Person:
    """One member of the demo staff."""

    nick: str
    name: str
    role: str
    teams: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    skills: tuple[tuple[str, int], ...] = ()
    zone: str = "Europe/London"
    department: str | None = None

    @property
    def email(self) -> str:
        """The address with which they sign in."""
        return f"{self.nick}@{DEMO_DOMAIN}"


TEAMS = (
    ("Care", "front_line", False),
    ("Care US", "front_line", False),
    ("Technical support", "front_line", False),
    ("Resolution 1", "advanced", False),
    ("Resolution 2", "advanced", False),
    ("Privacy", "advanced", True),
    ("Legal", "department", False),
    ("Finance", "department", False),
    ("Logistics", "department", False),
)
DEPARTMENTS = ("Legal", "Finance", "Logistics", "Engineering")
SKILLS = ("Payments", "Carrier claims", "Appliances", "Privacy law", "German")

STAFF = (
    Person("amara", "Amara Osei", "front-line agent", ("care",), skills=(("payments", 2),)),
    Person("bruno", "Bruno Keller", "front-line agent", ("care",), skills=(("german", 5),), zone="Europe/Berlin"),
    Person("chloe", "Chloe Park", "front-line agent", ("care-us",), zone="America/New_York"),
    Person("dina", "Dina Haddad", "customer-experience specialist", ("care",)),
    Person("eli", "Eli Novak", "technical support", ("technical-support",), skills=(("appliances", 5),)),
    Person("farah", "Farah Siddiqui", "gatekeeper"),
    Person("gwen", "Gwen Morris", "resolver", ("resolution-1",), skills=(("payments", 4), ("carrier-claims", 4))),
    Person("hugo", "Hugo Lindqvist", "resolver", ("resolution-1",), skills=(("appliances", 3),)),
    Person("ines", "Ines Cardoso", "resolver", ("resolution-2",), skills=(("payments", 5),)),
    Person("jonas", "Jonas Weber", "resolver", ("privacy",), skills=(("privacy-law", 5),)),
    Person("kate", "Kate Okafor", "team lead", ("care", "care-us"), leads=("care", "care-us")),
    Person("liam", "Liam Byrne", "team lead", ("resolution-1", "resolution-2"), leads=("resolution-1", "resolution-2")),
    Person("mona", "Mona Fischer", "department member", ("legal",), department="legal"),
    Person("nils", "Nils Aaltonen", "department member", ("logistics",), department="logistics"),
    Person("olga", "Olga Petrova", "analyst"),
    Person("paul", "Paul Mensah", "trainer"),
    Person("quinn", "Quinn Doyle", "finance", ("finance",), department="finance"),
    Person("rosa", "Rosa Marino", "auditor"),
    Person("vera", "Vera Stein", "legal", ("legal",), department="legal"),
    Person("zoe", "Zoe Laurent", "finance", ("finance",), department="finance"),
    Person("max", "Max Oyelaran", "director"),
    Person("sam", "Sam Whitfield", "administrator"),
    Person("tara", "Tara Singh", "administrator"),
)


@dataclass
class Company:
    """The staff of the demo by nick, as accounts."""

    ids: dict[str, UUID] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def by(self, nick: str) -> Actor:
        """Return somebody as an actor."""
        return self.actors[nick]


def found(at: dt.datetime) -> Company:
    """Make departments, teams, skills, staff and queues as they stood at `at`."""
    for name in DEPARTMENTS:
        people.make_department(name=name, by=BY, at=at)
    for name in SKILLS:
        people.make_skill(name=name, by=BY, at=at)
    teams = [people.make_team(name=name, kind=kind, is_walled=wall, by=BY, at=at) for name, kind, wall in TEAMS]
    for team in teams:
        set_up_queue(slug=team.slug, name=team.name, team=team, is_default=True, by=BY, at=at)
    company = Company()
    for person in STAFF:
        _hire(company, person, at)
    _duties(at, company)
    return company


def _hire(company: Company, person: Person, at: dt.datetime) -> None:
    staff = people.hire(
        email=person.email, name=person.name, roles=[person.role], time_zone=person.zone,
        department=person.department, by=BY, at=at,
    )  # fmt: skip
    for team in person.teams:
        people.join_team(team=team, staff_id=staff.pk, is_lead=team in person.leads, by=BY, at=at)
    for skill, level in person.skills:
        people.grant_skill(staff_id=staff.pk, skill=skill, level=level, by=BY, at=at)
    link = people.issue_link(staff_id=staff.pk, by=BY, at=at)
    people.use_link(token=link.rstrip("/").rsplit("/", 1)[1], password=DEMO_PASSWORD, at=at)
    company.ids[person.nick] = staff.pk
    company.actors[person.nick] = actor_for(staff)


def _duties(at: dt.datetime, company: Company) -> None:
    """One absence, so that the desk shows what it does about it."""
    month = dt.timedelta(days=30)
    people.add_absence(
        staff_id=company.ids["hugo"], kind="holiday",
        from_at=at + month, until_at=at + month + dt.timedelta(days=4), by=company.by("liam"), at=at,
    )  # fmt: skip
