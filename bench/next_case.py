"""Get next: how long the choice takes with ever more cases waiting, and that it is the choice of scoring every case.

Run: python -m bench.next_case [--full]. Uses a database of its own beside that of DATABASE_URL (SQLite by default)
and removes it. The short form stops at 5,000 waiting cases, the full one goes to 50,000.
"""

import argparse
import datetime as dt
import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recourse.config.settings")
os.environ.setdefault("RECOURSE_LOG", "WARNING")
if "DATABASE_URL" not in os.environ:
    os.environ.setdefault("RECOURSE_DATA", tempfile.mkdtemp(prefix="recourse-bench-"))

import django

django.setup()

from django.db import connection, transaction

from bench.frame import Figure, spread, table, timed, write
from recourse.cases.actions import NewCase, open_cases, set_due_many, set_up_queue
from recourse.cases.models import Case, Queue
from recourse.cases.policy import Channel, Severity
from recourse.handbook.actions import install_defaults
from recourse.kit.actor import system
from recourse.kit.ids import uuid7
from recourse.people.models import Membership, Role, RoleGrant, Staff, Team
from recourse.people.policy import ROLES
from recourse.people.queries import actor_for
from recourse.routing.actions import get_next
from recourse.routing.policy import Nobody, rank
from recourse.routing.queries.waiting import Taker, best_of, kind_of, taker, waiting, yardstick_at
from recourse.timeline.actions.threads import open_threads

BY = system("bench")
AT = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
SIZES = (500, 5_000, 50_000)
TIMES = 60
FAMILIES = ("delivery", "product", "returns", "billing", "account", "privacy", "conduct", "")


@contextmanager
def scratch() -> Iterator[None]:
    """A database of this run alone."""
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def company() -> tuple[Staff, Queue]:
    """Make a team with one queue and a person who takes from it."""
    install_defaults(by=BY, at=AT - dt.timedelta(days=400))
    team = Team.objects.create(slug="care", name="Care", kind="front_line")
    queue = set_up_queue(slug="care", name="Care", team=team, is_default=True, by=BY, at=AT)
    (thread,) = open_threads("staff", 1)
    staff = Staff.objects.create(
        email="bench@desk.example", name="Bench", person_id=uuid7(), joined_at=AT, thread=thread, password="!",
        work_in_progress_limit=32_000,
    )  # fmt: skip
    role, _is_new = Role.objects.get_or_create(
        name="front-line agent", defaults={"permissions": sorted(ROLES["front-line agent"])}
    )
    RoleGrant.objects.create(staff=staff, role=role)
    Membership.objects.create(team=team, staff=staff)
    return staff, queue


def fill(queue: Queue, count: int, draws: random.Random) -> None:
    """Open cases of every kind, a third of them late."""
    news = [
        NewCase(
            subject=f"Case {number}", channel=Channel.API, queue=queue, severity=draws.choice(list(Severity)),
            family=draws.choice(FAMILIES),
        )
        for number in range(count)
    ]  # fmt: skip
    opened = open_cases(news, by=BY, at=AT)
    set_due_many({case.pk: AT + dt.timedelta(minutes=draws.randrange(-5_000, 10_000)) for case in opened})


def choose(found: Taker) -> Case | None:
    """Make the choice without taking."""
    edition, measure = yardstick_at(AT)
    best = best_of(found, waiting(found, at=AT), edition, measure, AT)
    return best[0] if best else None


def full_choice(found: Taker) -> Case:
    """Make the choice by scoring every case that waits."""
    _edition, measure = yardstick_at(AT)
    return min(
        waiting(found, at=AT),
        key=lambda case: rank(measure.score(kind_of(case, found.staff.pk), case.due_at, AT), case.due_at, case.pk),
    )


def measured(staff: Staff, size: int) -> list[Figure]:
    """Time the choice, and asking with taking; compare the choice with that of full scoring."""
    by = actor_for(staff)
    found = taker(by, at=AT)
    assert not isinstance(found, Nobody)
    if choose(found) != full_choice(found):
        raise SystemExit("the quick choice is not the full one")
    chosen = spread(timed(lambda: choose(found), TIMES))

    def ask() -> None:
        with transaction.atomic():
            get_next(by=by, at=AT)
            transaction.set_rollback(True)

    asked = spread(timed(ask, TIMES // 2))
    target = "≤ 10" if size == 5_000 else ""
    return [
        Figure("get next: the choice", f"{size:,} waiting", chosen.p50, "ms", target, {"p95": chosen.p95}),
        Figure("get next: chosen, taken, recorded", f"{size:,} waiting", asked.p50, "ms", "", {"p95": asked.p95}),
    ]


def main() -> None:
    """Fill the queue step by step and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", default=os.environ.get("BENCH") == "full")
    sizes = SIZES if parser.parse_args().full else SIZES[:2]
    figures: list[Figure] = []
    with scratch():
        staff, queue = company()
        draws, made = random.Random(5), 0
        for size in sizes:
            fill(queue, size - made, draws)
            made = size
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            figures += measured(staff, size)
    print(table(figures))
    write(f"next_case_{connection.vendor}", figures)


if __name__ == "__main__":
    main()
