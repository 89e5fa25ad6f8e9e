"""Clocks: due times a second, a tick with nothing due beside many open clocks, ten thousand due at once.

Run: python -m bench.clocks [--full]. Uses a database of its own beside that of DATABASE_URL (SQLite by default) and
removes it. The short form stops at 100,000 open clocks, the full one goes to a million.
"""

import argparse
import datetime as dt
import os
import random
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from bench.frame import Figure, spread, table, timed, write
from bench.ready import scratch
from recourse.cases.actions import NewCase, open_cases, set_up_queue
from recourse.cases.models import Case, Queue
from recourse.cases.policy import Channel, Severity
from recourse.clocks import actions as clocks
from recourse.clocks.models import Clock
from recourse.clocks.policy import Chosen, Fact, FactKind, plan_of, replay
from recourse.clocks.queries import explain_clocks
from recourse.handbook.actions import install_defaults
from recourse.handbook.policy.reading import default_rules
from recourse.kit.actor import system
from recourse.kit.calendar import working_calendar
from recourse.kit.time import monotonic
from recourse.people.models import Team

BY = system("bench")
AT = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SIZES = (1_000, 100_000, 1_000_000)


def a_second(act: Callable[[], Any], times: int) -> float:
    """Return how often a second something can be done."""
    begun = monotonic()
    for _ in range(times):
        act()
    return times / (monotonic() - begun)


def arithmetic() -> list[Figure]:
    """Sums over a ten-year London calendar, and the replay of a whole case."""
    rules = default_rules()
    calendar = working_calendar(rules.calendar("london").spec())
    pick = random.Random(1)
    starts = [AT + dt.timedelta(minutes=pick.randrange(3 * 365 * 1440)) for _ in range(20_000)]
    lengths = [pick.randrange(60, 40 * 8 * 3600) for _ in range(20_000)]
    dues = [calendar.add(start, length) for start, length in zip(starts, lengths, strict=True)]
    plan = plan_of(rules, Chosen(1, "", "front_line", "high"))
    facts = [Fact(1, FactKind.RECEIVED, AT), Fact(2, FactKind.STAFF_REPLIED, AT + HOUR, ref="m1")]
    facts += [
        Fact(3, FactKind.WAIT_STARTED, AT + 2 * HOUR, ref="w"),
        Fact(4, FactKind.WAIT_ENDED, AT + 4 * HOUR, ref="w"),
    ]
    begun = monotonic()
    for start, length in zip(starts, lengths, strict=True):
        calendar.add(start, length)
    added = len(starts) / (monotonic() - begun)
    begun = monotonic()
    for start, due in zip(starts, dues, strict=True):
        calendar.elapsed(start, due)
    measured = len(starts) / (monotonic() - begun)
    replayed = a_second(lambda: replay(facts, plan, AT + 5 * HOUR), 2_000)
    return [
        Figure("due-time arithmetic", "working time added", added, "a second", "≥ 100,000"),
        Figure("due-time arithmetic", "working time between", measured, "a second", "≥ 100,000"),
        Figure("replay of a case", "4 facts, 4 clocks", replayed, "a second"),
    ]


def some_cases(count: int) -> list[Case]:
    """Cases of high severity, opened in one go."""
    queue = Queue.objects.first()
    assert queue is not None
    new = [NewCase(subject=f"Case {n}", channel=Channel.API, queue=queue, severity=Severity.HIGH) for n in range(count)]
    return open_cases(new, by=BY, at=AT)


def idle(sizes: tuple[int, ...]) -> list[Figure]:
    """A tick with nothing due, beside ever more open clocks."""
    found, opened, far = [], some_cases(1_000), AT + dt.timedelta(days=900)
    made = 0
    for size in sizes:
        while made < size:
            rows = [_promised(case, made // 1_000 + 1, far) for case in opened]
            for start in range(0, len(rows), 1_000):
                Clock.objects.bulk_create(rows[start : start + 1_000])
            made += len(rows)
        settle()
        seen = spread(timed(lambda: clocks.look(at=AT), 400))
        figure = Figure("idle tick", f"{size:,} open clocks", seen.p50, "ms", "≤ 2", {"p95": seen.p95})
        found.append(figure)
    ratio = found[-1].value / found[0].value
    return [*found, Figure("idle tick", f"{sizes[-1]:,} against {sizes[0]:,}", ratio, "×", "≤ 1.5")]


def _promised(case: Case, epoch: int, due_at: dt.datetime) -> Clock:
    return Clock(
        case=case,
        kind="promise",
        family="promise",
        epoch=epoch,
        state="running",
        edition=1,
        basis="instant",
        amount=1,
        started_at=AT,
        due_at=due_at,
        next_look_at=due_at,
    )


def settle() -> None:
    """Let PostgreSQL see how large its tables have become."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE clocks_clock")


def drained() -> list[Figure]:
    """Starting the clocks of ten thousand cases, then ten thousand warnings, then ten thousand breaches."""
    opened = some_cases(10_000)
    begun = monotonic()
    clocks.start_for_cases(opened, by=BY, at=AT)
    started = len(opened) / (monotonic() - begun)
    figures = [Figure("start the clocks of cases", "10,000 in bulk", started, "cases a second", "≥ 3,000")]
    for what, minutes in (("warnings", 31), ("breaches", 61)):
        if what == "breaches":
            clocks.drain(at=AT + 50 * dt.timedelta(minutes=1))
        begun = monotonic()
        seen = clocks.drain(at=AT + dt.timedelta(minutes=minutes))
        took = monotonic() - begun
        figures.append(Figure("drain what is due", f"{seen:,} {what}, one worker", took, "s", "≤ 5"))
    return figures


def single() -> list[Figure]:
    """What a case costs one at a time: starting its clocks, hearing of a reply, explaining itself."""
    opened = iter(some_cases(900))

    def start() -> None:
        clocks.start_for_case(next(opened), by=BY, at=AT)

    started = spread(timed(start, 300))
    later = [clocks_started(case) for case in (next(opened) for _ in range(300))]
    times = iter(later)

    def reply() -> None:
        case = next(times)
        with transaction.atomic():
            clocks.note_message_out(thread_id=case.thread_id, message_id="m1", by=BY, at=AT + HOUR / 2)

    replied = spread(timed(reply, 300))
    explained = spread(timed(lambda: explain_clocks(later[0], at=AT + HOUR), 200))
    return [
        Figure("start the clocks of a case", "one at a time", started.p50, "ms", "", {"p95": started.p95}),
        Figure("hear of a reply", "4 facts and clocks brought into line", replied.p50, "ms", "", {"p95": replied.p95}),
        Figure("explain the clocks of a case", "every interval", explained.p50, "ms", "", {"p95": explained.p95}),
    ]


def clocks_started(case: Case) -> Case:
    """A case with its clocks."""
    clocks.start_for_case(case, by=BY, at=AT)
    return case


def measure(*, is_full: bool) -> list[Figure]:
    """Return every figure of this bench."""
    figures = arithmetic()
    with scratch():
        install_defaults(by=BY, at=AT - dt.timedelta(days=400))
        team = Team.objects.create(slug="care", name="Care", kind="front_line")
        set_up_queue(slug="care", name="Care", team=team, is_default=True, by=BY, at=AT)
        figures += single()
        figures += drained()
        figures += idle(SIZES if is_full else SIZES[:2])
    return figures


def main() -> None:
    """Measure, print, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--full", action="store_true", help="up to a million open clocks")
    given = options.parse_args()
    figures = measure(is_full=given.full or os.environ.get("BENCH") == "full")
    print(table(figures))
    print(write(f"clocks_{connection.vendor}", figures))


if __name__ == "__main__":
    main()
