"""The world with a caller for each of the cast, made once for a module of access tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from recourse.handbook.queries import edition_at
from tests.cast import STAFF, make_cast
from tests.doors.api.calls import Caller, key_for
from tests.doors.api.world import World, make_world

WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE")
CALM = ("people_apikey", "django_session", "usersessions", "shared_cache")
NICKS = (*STAFF, "eve")


@dataclass
class Desk:
    """The world, and a key and a browser for each of the cast."""

    world: World
    callers: dict[str, Caller] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)


@contextmanager
def taken_back() -> Iterator[None]:
    """Do something as a test does it: in a transaction that is taken back, and that no verb takes for its own."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


def make_desk(blocker: Any, folder: Path) -> Iterator[Desk]:
    """Yield the desk within one transaction, which is taken back."""
    with blocker.unblock(), override_settings(DATA_DIR=folder, SECOND_FACTOR_FOR=frozenset()), taken_back():
        world = make_world(make_cast())
        desk = Desk(world)
        edition_at(world.at)
        for nick in NICKS:
            desk.callers[nick] = Caller(key_for(world.cast, nick).token)
            desk.callers[nick].get("/rights")
            desk.clients[nick] = Client(raise_request_exception=False)
            desk.clients[nick].force_login(world.cast.staff[nick], backend=settings.AUTHENTICATION_BACKENDS[0])
        yield desk


def writes(asked: CaptureQueriesContext) -> list[str]:
    """Return the statements that changed something that matters."""
    return [
        found["sql"][:200]
        for found in asked.captured_queries
        if found["sql"].lstrip().startswith(WRITING) and not any(name in found["sql"] for name in CALM)
    ]
