"""The cast: one small company that every test knows: its people as rows, for speed, all else through verbs."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from recourse.cases.actions import NewCase, open_case, set_up_queue
from recourse.cases.models import Case, Queue
from recourse.cases.policy import Channel
from recourse.customers.actions import NewCustomer, register
from recourse.customers.models import Customer
from recourse.customers.policy import IdentityKind, NewIdentity
from recourse.handbook.actions import install_defaults
from recourse.handbook.models import Edition
from recourse.kit.actor import Actor, customer, system
from recourse.kit.ids import uuid7
from recourse.people.models import Membership, Role, RoleGrant, Staff, Team
from recourse.people.policy import ROLES
from recourse.people.queries import actor_for
from recourse.timeline.actions.threads import open_threads

AT = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)  # a Monday
SYSTEM = system("tests")

TEAMS = {
    "care": ("Care", "front_line", False),
    "resolution-1": ("Resolution 1", "advanced", False),
    "resolution-2": ("Resolution 2", "advanced", False),
    "privacy": ("Privacy", "advanced", True),
    "legal": ("Legal", "department", False),
}
STAFF: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "ada": ("Ada Front", "front-line agent", ("care",)),
    "ben": ("Ben Front", "front-line agent", ("care",)),
    "cem": ("Cem Experience", "customer-experience specialist", ("care",)),
    "tess": ("Tess Support", "technical support", ("care",)),
    "gil": ("Gil Gate", "gatekeeper", ()),
    "rosa": ("Rosa Resolver", "resolver", ("resolution-1",)),
    "rik": ("Rik Resolver", "resolver", ("resolution-2",)),
    "pia": ("Pia Privacy", "resolver", ("privacy",)),
    "lea": ("Lea Lead", "team lead", ("care", "resolution-1")),
    "dan": ("Dan Department", "department member", ("legal",)),
    "ana": ("Ana Analyst", "analyst", ()),
    "tom": ("Tom Trainer", "trainer", ()),
    "fin": ("Fin Finance", "finance", ()),
    "aud": ("Aud Auditor", "auditor", ()),
    "max": ("Max Administrator", "administrator", ()),
}


@dataclass
class Cast:
    """Everybody and everything, by short name: `cast.by("ada")`, `cast.queue("care")`, `cast.open()`."""

    edition: Edition
    staff: dict[str, Staff] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    jane: Customer = field(init=False)
    omar: Customer = field(init=False)

    def by(self, nick: str) -> Actor:
        """Return somebody as an actor."""
        if nick not in self.actors:
            self.actors[nick] = actor_for(self.staff[nick])
        return self.actors[nick]

    def queue(self, slug: str) -> Queue:
        """Return a queue."""
        return self.queues[slug]

    def open(
        self, subject: str = "The parcel came broken", *, by: str = "ada", at: dt.datetime = AT, **given: Any
    ) -> Case:
        """Open a case of Jane's in the front line's queue, unless told otherwise."""
        given.setdefault("customer", self.jane)
        given.setdefault("queue", self.queues["care"])
        given.setdefault("channel", Channel.WEB)
        actor = SYSTEM if by == "system" else self.by(by)
        return open_case(NewCase(subject=subject, **given), by=actor, at=at)

    def customer_of(self, case: Case) -> Actor:
        """Return the customer of a case as the holder of its signed link."""
        assert case.customer_id is not None
        return customer(case.customer_id, case_id=case.pk)


def make_cast() -> Cast:
    """Make the company: handbook, teams, queues, somebody in every role, two customers."""
    cast = Cast(edition=install_defaults(by=SYSTEM, at=AT - dt.timedelta(days=400)))
    _make_teams(cast)
    _make_staff(cast)
    for slug, team in cast.teams.items():
        cast.queues[slug] = set_up_queue(slug=slug, name=team.name, team=team, is_default=True, by=SYSTEM, at=AT)
    cast.jane = _customer("Jane Doe", "jane.doe@example.com", "+12025550143")
    cast.omar = _customer("Omar Haddad", "omar@example.org", "+442071838750")
    return cast


def _make_teams(cast: Cast) -> None:
    teams = [
        Team(slug=slug, name=name, kind=kind, is_walled=is_walled) for slug, (name, kind, is_walled) in TEAMS.items()
    ]
    cast.teams = {team.slug: team for team in Team.objects.bulk_create(teams)}


def _make_staff(cast: Cast) -> None:
    kept = {role.name: role for role in Role.objects.all()}
    missing = [
        Role(name=name, permissions=sorted(held), is_built_in=True) for name, held in ROLES.items() if name not in kept
    ]
    kept.update({role.name: role for role in Role.objects.bulk_create(missing)})
    threads = open_threads("staff", len(STAFF))
    rows = [
        Staff(email=f"{nick}@desk.example", name=name, person_id=uuid7(), joined_at=AT, thread=thread, password="!")
        for (nick, (name, _role, _teams)), thread in zip(STAFF.items(), threads, strict=True)
    ]
    cast.staff = dict(zip(STAFF, Staff.objects.bulk_create(rows), strict=True))
    RoleGrant.objects.bulk_create(
        RoleGrant(staff=cast.staff[nick], role=kept[role]) for nick, (_name, role, _teams) in STAFF.items()
    )
    Membership.objects.bulk_create(
        Membership(staff=cast.staff[nick], team=cast.teams[team], is_lead=nick == "lea")
        for nick, (_name, _role, teams) in STAFF.items()
        for team in teams
    )


def _customer(name: str, email: str, phone: str) -> Customer:
    known = (
        NewIdentity(kind=IdentityKind.EMAIL, value=email, is_verified=True),
        NewIdentity(kind=IdentityKind.PHONE, value=phone),
    )
    return register(NewCustomer(name=name, identities=known), by=SYSTEM, at=AT)
