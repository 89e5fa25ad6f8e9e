"""A small desk to talk on: two front-line agents, a resolver, a lead, a stranger, one customer, one case."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from recourse.cases.actions import NewCase, open_case
from recourse.cases.models import Case, Queue
from recourse.customers.models import Customer
from recourse.handbook.actions import install_defaults
from recourse.handbook.policy.facts import Channel
from recourse.kit.actor import Actor, ActorKind, system
from recourse.kit.ids import uuid7
from recourse.people.models import Staff, Team
from recourse.people.policy import ROLES, TeamKind
from recourse.timeline.actions import open_thread
from recourse.timeline.models import Entry

AT = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def later(seconds: float) -> dt.datetime:
    """The instant `seconds` after the desk began."""
    return AT + dt.timedelta(seconds=seconds)


@dataclass
class Desk:
    """Everybody and the case."""

    front: Team
    advanced: Team
    queue: Queue
    advanced_queue: Queue
    agent: Actor
    colleague: Actor
    resolver: Actor
    lead: Actor
    analyst: Actor
    customer: Customer
    case: Case

    @property
    def ref(self) -> str:
        """The case's reference."""
        return self.case.ref

    def actor(self, role: str, name: str, *teams: Team) -> Actor:
        """Hire somebody with one role."""
        return hire(role, name, *teams)

    def events(self, case: Case | None = None) -> list[str]:
        """The names of the case's entries, oldest first."""
        rows = Entry.objects.filter(thread_id=(case or self.case).thread_id).order_by("number")
        return list(rows.values_list("event", flat=True))

    def open(self, subject: str = "Another problem", customer: Customer | None = None, **fields: Any) -> Case:
        """Open one more case."""
        new = NewCase(
            subject=subject, channel=Channel.WEB, queue=self.queue, customer=customer or self.customer, **fields
        )
        return open_case(new, by=system("test"), at=AT)


def hire(role: str, name: str, *teams: Team) -> Actor:
    """Return the actor of a new member of staff."""
    person = uuid7()
    staff = Staff.objects.create(
        email=f"{name.casefold().replace(' ', '.')}@desk.example",
        name=name,
        person_id=person,
        thread=open_thread("staff"),
        joined_at=AT,
    )
    for team in teams:
        staff.memberships.create(team=team)
    return Actor(
        kind=ActorKind.STAFF,
        id=f"staff:{staff.pk}",
        staff_id=staff.pk,
        permissions=frozenset(str(permission) for permission in ROLES[role]),
        team_ids=frozenset(team.pk for team in teams),
    )


def person(number: int, name: str) -> Customer:
    """A customer."""
    return Customer.objects.create(number=number, name=name, thread=open_thread("customer"), created_at=AT)


def build() -> Desk:
    """Make the desk."""
    install_defaults(by=system("test"), at=AT - dt.timedelta(days=400))
    front = Team.objects.create(slug="care", name="Customer care", kind=TeamKind.FRONT_LINE)
    advanced = Team.objects.create(slug="resolution", name="Advanced resolution", kind=TeamKind.ADVANCED)
    queue = Queue.objects.create(**_queue("care", front))
    advanced_queue = Queue.objects.create(**_queue("resolution", advanced))
    customer = person(501, "Ada Byron")
    desk = Desk(
        front=front,
        advanced=advanced,
        queue=queue,
        advanced_queue=advanced_queue,
        agent=hire("front-line agent", "Ann Agent", front),
        colleague=hire("front-line agent", "Cal Colleague", front),
        resolver=hire("resolver", "Rae Resolver", advanced),
        lead=hire("team lead", "Lee Lead", front),
        analyst=hire("analyst", "Ana Analyst"),
        customer=customer,
        case=Case(),
    )
    desk.case = desk.open("My parcel never came")
    return desk


def _queue(slug: str, team: Team) -> dict[str, Any]:
    fields: dict[str, Any] = {"slug": slug, "name": team.name, "team": team}
    if any(field.name == "thread" for field in Queue._meta.get_fields()):
        fields["thread"] = open_thread("queue")
    return fields
