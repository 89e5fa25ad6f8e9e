"""`recourse doctor`: is this installation well?"""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import IO, Any, cast

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from recourse.kit.time import now
from recourse.ops.doctor import CHECKS, Health, examine

COLOURS = {Health.WELL: "green", Health.WARNING: "yellow", Health.ILL: "bold red", Health.LEFT_OUT: "dim"}


class Command(BaseCommand):
    """The command."""

    help = "Check this installation. Ends with 1 where something is ill; with --strict also where there is a warning."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name what to check and how to say it."""
        parser.add_argument("checks", nargs="*", metavar="check", help=f"of: {', '.join(CHECKS)}")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--strict", action="store_true", help="count warnings as ill")

    def handle(self, *args: Any, **options: Any) -> None:
        """Examine and say what was found."""
        found = examine(now(), only=options["checks"])
        if options["json"]:
            self.stdout.write(json.dumps([asdict(examined) for examined in found], indent=1))
        else:
            table = Table("", "Check", "Found", box=None, pad_edge=False)
            for one in found:
                table.add_row(f"[{COLOURS[one.health]}]{one.health}", one.about, one.said)
            Console(file=cast(IO[str], self.stdout)).print(table)
        bad = {Health.ILL, Health.WARNING} if options["strict"] else {Health.ILL}
        if any(examined.health in bad for examined in found):
            raise SystemExit(1)
