"""`recourse verify`: is the record whole, and does it hold to the checkpoints that somebody kept?"""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recourse.kit.time import now
from recourse.ops.record import UnreadableCheckpointError, marks_from, public_from_hex, record_key
from recourse.timeline.queries import Verdict, check_record


class Command(BaseCommand):
    """The command."""

    help = "Check every entry, note, leaf, head and checkpoint of the record. Ends with 1 where something is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name what was kept outside."""
        parser.add_argument("--checkpoint", type=Path, action="append", default=[], help="a checkpoint kept outside")
        parser.add_argument("--key", type=Path, help="the public key kept outside (64 hex digits)")
        parser.add_argument("--json", action="store_true", help="print the verdict as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, and say what was found."""
        try:
            kept = public_from_hex(options["key"].read_text("ascii")) if options["key"] else None
            outside = marks_from(options["checkpoint"], kept)
        except (UnreadableCheckpointError, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        verdict = check_record(at=now(), key=kept or record_key().public_key(), outside=outside)
        if options["json"]:
            self.stdout.write(json.dumps({**asdict(verdict), "is_whole": verdict.is_whole}))
        else:
            self._say(verdict)
        if not verdict.is_whole:
            raise SystemExit(1)

    def _say(self, verdict: Verdict) -> None:
        for fault in verdict.faults:
            place = f"entry {fault.position}" if fault.position else fault.thread or "record"
            self.stdout.write(f"{fault.kind:>10}  {place}: {fault.detail}")
        if verdict.fault_count > len(verdict.faults):
            self.stdout.write(f"… and {verdict.fault_count - len(verdict.faults)} more")
        told = f"{verdict.entries} entries, {verdict.sealed} sealed, {verdict.checkpoints} checkpoints"
        end = "the record is whole" if verdict.is_whole else f"{verdict.fault_count} faults"
        self.stdout.write(f"{told}: {end}.")
