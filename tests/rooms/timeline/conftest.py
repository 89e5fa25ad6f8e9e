"""What the tests of the record share: an instant, actors, an event of no other room, a short record."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.db import transaction

from recourse.kit.actor import Actor, ActorKind, system
from recourse.timeline.actions import open_thread, record
from recourse.timeline.events import Event, event, event_class
from recourse.timeline.models import Entry, Thread
from recourse.timeline.policy import Audience

AT = dt.datetime(2027, 3, 1, 8, 0, tzinfo=dt.UTC)


if event_class("kettle.boiled") is None:

    @event("kettle.boiled", degrees=100, note_holds="what was said over tea")
    @dataclass(frozen=True)
    class KettleBoiled(Event):
        """An event of no room, for tests of the record alone."""

        degrees: int

        def sentence(self) -> str:
            """Say it."""
            return f"boiled water at {self.degrees} degrees"

    @event("kettle.watched", audience=Audience.RESTRICTED, minutes=5)
    @dataclass(frozen=True)
    class KettleWatched(Event):
        """An event for few eyes."""

        minutes: int

        def sentence(self) -> str:
            """Say it."""
            return f"watched the kettle for {self.minutes} minutes"


def boiled(degrees: int = 100) -> Event:
    """Return the test's own event."""
    return event_class("kettle.boiled")(degrees=degrees)  # type: ignore[call-arg, misc]


def watched(minutes: int = 5) -> Event:
    """Return the test's own restricted event."""
    return event_class("kettle.watched")(minutes=minutes)  # type: ignore[call-arg, misc]


def staff(*rights: str) -> Actor:
    """Return a member of staff with just these rights."""
    key = UUID(int=7)
    return Actor(kind=ActorKind.STAFF, id=f"staff:{key}", staff_id=key, permissions=frozenset(rights))


def write(thread: Thread, count: int = 1, *, note: str = "", by: Actor | None = None) -> list[Entry]:
    """Record some kettles."""
    with transaction.atomic():
        return [
            record(
                boiled(index), thread=thread, by=by or system("test"), at=AT + dt.timedelta(seconds=index), note=note
            )
            for index in range(count)
        ]


@pytest.fixture
def thread(db: None) -> Thread:
    """Return a fresh thread."""
    return open_thread("kettle")
