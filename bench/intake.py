"""Intake and conversations: importing cases, taking in one, replying, masking card numbers.

Run: python -m bench.intake [--full]. Uses a database of its own beside that of DATABASE_URL (SQLite by default) and
removes it. The short form imports 5,000 cases, the full one 50,000.
"""

import argparse
import datetime as dt
import json
import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from bench.frame import Figure, spread, table, timed, write
from bench.ready import scratch
from recourse.cases.actions import set_up_queue
from recourse.cases.policy import Channel
from recourse.conversations import actions as conversations
from recourse.handbook.actions import install_defaults
from recourse.intake import actions
from recourse.intake.policy.mapping import mapping
from recourse.kit.actor import Actor, ActorKind, system
from recourse.kit.cards import mask_cards
from recourse.kit.ids import uuid7
from recourse.kit.time import monotonic
from recourse.people.models import Staff, Team
from recourse.people.policy import ROLES
from recourse.timeline.actions import open_thread

BY = system("bench")
AT = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
WORDS = (
    "order", "parcel", "lamp", "broken", "refund", "waiting", "courier", "promised", "second", "time", "nobody",
    "answered", "number", "invoice", "late",
)  # fmt: skip
MAP = {
    "source_ref": "id", "subject": "title", "words": "text", "received_at": "when", "customer_email": "mail",
    "product": "product",
}  # fmt: skip


def rows(count: int, *, closed_share: float, name: str) -> Iterator[str]:
    """Cases as JSON lines, three to a customer, some hundred characters each."""
    pick = random.Random(count)
    for number in range(count):
        row = {
            "id": f"{name}{number}",
            "title": " ".join(pick.choices(WORDS, k=6)),
            "text": " ".join(pick.choices(WORDS, k=60)),
            "when": (AT - dt.timedelta(minutes=pick.randrange(60, 60_000))).isoformat(),
            "mail": f"{name}{number // 3}@example.org",
            "product": pick.choice(WORDS),
        }
        if pick.random() < closed_share:
            row["closed"] = AT.isoformat()
        yield json.dumps(row)


def imported(count: int, folder: Path) -> list[Figure]:
    """Import cases that are open, cases that were over, and the same file again."""
    found = []
    for what, share in (("open cases", 0.0), ("cases closed at their source", 1.0)):
        path = folder / f"{share}.jsonl"
        path.write_text("\n".join(rows(count, closed_share=share, name=f"s{int(share)}")))
        columns = {**MAP, "closed_at": "closed"} if share else MAP
        for again in ("", ", the same file again"):
            begun = monotonic()
            run = actions.import_file(actions.mapped_file(mapping(columns)), path=path, by=BY, at=AT)
            rate = count / (monotonic() - begun)
            assert run.refused == 0
            figure = Figure("import", f"{count:,} {what}{again}", rate, "cases a second", "≥ 3,000")
            found.append(figure)
    return found


def single(agent: Actor) -> list[Figure]:
    """Take in one case at a time with its record, clocks and words; reply to it."""
    numbers = iter(range(10_000))

    def submit() -> str:
        number = next(numbers)
        given = {"subject": "A broken lamp", "words": " ".join(WORDS * 4), "email": f"single{number}@example.org"}
        taken = actions.submit(given=given, channel=Channel.API, by=BY, at=AT, source_ref=f"single{number}")
        return taken.case.ref

    refs = iter([submit() for _ in range(300)])
    submitted = spread(timed(submit, 300))
    replied = spread(
        timed(
            lambda: conversations.reply(
                case_ref=next(refs), text=" ".join(WORDS), by=agent, at=AT, seen=1, can_undo=False
            ),
            300,
        )
    )
    return [
        Figure("take in a case", "one at a time, no door", submitted.p50, "ms", "", {"p95": submitted.p95}),
        Figure("reply", "one at a time, no door", replied.p50, "ms", "≤ 8", {"p95": replied.p95}),
    ]


def masked() -> list[Figure]:
    """Look for card numbers in ordinary words and in a wall of digits."""
    found = []
    for what, text in (("words", " ".join(WORDS * 700)), ("digits", "4111 1111 1111 111 " * 2_600)):
        begun = monotonic()
        for _ in range(20):
            mask_cards(text)
        rate = 20 * len(text) / 1_000_000 / (monotonic() - begun)
        found.append(Figure("mask card numbers", what, rate, "million characters a second"))
    return found


def agent() -> Actor:
    """Somebody of the front line."""
    team = Team.objects.create(slug="care", name="Care", kind="front_line")
    set_up_queue(slug="care", name="Care", team=team, is_default=True, by=BY, at=AT)
    staff = Staff.objects.create(
        email="ann@desk.example", name="Ann", person_id=uuid7(), thread=open_thread("staff"), joined_at=AT
    )
    rights = frozenset(str(right) for right in ROLES["front-line agent"])
    return Actor(ActorKind.STAFF, f"staff:{staff.pk}", staff.pk, rights, frozenset({team.pk}))


def measure(*, is_full: bool) -> list[Figure]:
    """Return every figure of this bench."""
    with scratch(), tempfile.TemporaryDirectory() as folder:
        install_defaults(by=BY, at=AT - dt.timedelta(days=400))
        who = agent()
        return [*masked(), *single(who), *imported(50_000 if is_full else 5_000, Path(folder))]


def main() -> None:
    """Measure, print, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--full", action="store_true", help="import 50,000 cases")
    given = options.parse_args()
    figures = measure(is_full=given.full or os.environ.get("BENCH") == "full")
    print(table(figures))
    print(write(f"intake_{connection.vendor}", figures))


if __name__ == "__main__":
    main()
