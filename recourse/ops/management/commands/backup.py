"""`recourse backup`: one consistent file of a desk on SQLite."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recourse.kit.time import now
from recourse.ops.backup import NotHereError, make_backup


class Command(BaseCommand):
    """The command."""

    help = "Copy the SQLite database into one file beside running work. To restore: stop, put it in place, start."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name how many to keep."""
        parser.add_argument("--keep", type=int, default=14, help="how many backups of ours stay")

    def handle(self, *args: Any, **options: Any) -> None:
        """Copy."""
        try:
            made = make_backup(at=now(), keep=max(1, options["keep"]))
        except NotHereError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(made.place))
