"""`recourse export`: what leaves in files: `record` for a verifier outside, `entries` for a spreadsheet."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand
from django.utils.dateparse import parse_date

from recourse.kit.actor import system
from recourse.kit.sheets import write_sheet
from recourse.ops.record import between
from recourse.timeline.queries import Search, record_lines, search_record

HEADER = ("entry", "recorded at", "at", "event", "sentence", "actor", "on behalf of", "kind", "thread", "edition")
PAGE = 200


class Command(BaseCommand):
    """The command."""

    help = "Write a part of Recourse to a file, or to standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name what, and where to."""
        kinds = parser.add_subparsers(dest="what", required=True)
        record = kinds.add_parser("record", help="the whole record as JSON lines, for docs/verify/verify_record.py")
        record.add_argument("--with-notes", action="store_true", help="also the private notes, which may be personal")
        entries = kinds.add_parser("entries", help="entries of the record as CSV, newest first")
        entries.add_argument("--event", default="", help="only this event")
        entries.add_argument("--kind", default="", help="only threads of this kind, such as case")
        entries.add_argument("--from", dest="from_on", type=parse_date, help="recorded on this day (UTC) or later")
        entries.add_argument("--until", dest="until_on", type=parse_date, help="recorded on this day (UTC) or earlier")
        for kind in (record, entries):
            kind.add_argument("--out", type=Path, help="the file to write; without it, standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write."""
        with _opened(options["out"]) as out:
            count = _record(out, options) if options["what"] == "record" else _entries(out, options)
        self.stderr.write(f"{count} lines written.")


@contextmanager
def _opened(place: Path | None) -> Iterator[IO[str]]:
    if place is None:
        yield sys.stdout
        return
    with place.open("w", encoding="utf8", newline="") as out:
        yield out


def _record(out: IO[str], options: dict[str, Any]) -> int:
    count = 0
    for line in record_lines(viewer=system("export"), has_notes=options["with_notes"]):
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        count += 1
    return count


def _entries(out: IO[str], options: dict[str, Any]) -> int:
    from_at, until_at = between(options["from_on"], options["until_on"])
    search = Search(event=options["event"], thread_kind=options["kind"], from_at=from_at, until_at=until_at)
    return write_sheet(out, HEADER, _rows(search))


def _rows(search: Search) -> Iterator[Sequence[Any]]:
    cursor: str | None = None
    while True:
        lines = search_record(search, viewer=system("export"), hidden_threads=[], cursor=cursor, size=PAGE)
        for line in lines.rows:
            yield (
                line.position, line.recorded_at, line.at, line.event, line.sentence, line.actor_id, line.on_behalf_of,
                line.thread_kind, line.thread_id, line.edition,
            )  # fmt: skip
        cursor = lines.next_cursor
        if cursor is None:
            return
