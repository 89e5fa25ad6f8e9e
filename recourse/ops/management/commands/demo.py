"""`recourse demo`: builds the demo company, its staff, customers, cases and a month of history."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from recourse.kit.time import now
from recourse.ops.demo import HISTORY, build
from recourse.ops.setup import first_edition
from recourse.people.queries import active_staff


class Command(BaseCommand):
    """The command."""

    help = "Build the demo company. --if-empty: only where nobody works yet; --fresh: empty an SQLite desk first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the two ways of being careful."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are staff already")
        parser.add_argument("--fresh", action="store_true", help="remove the SQLite desk first, with all that is in it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, or say why not."""
        at = now()
        if options["fresh"]:
            _empty()
        if active_staff().exists():
            if options["if_empty"]:
                return
            raise CommandError("There are staff here already. Use --fresh to begin anew with an empty SQLite desk.")
        first_edition(at=at - HISTORY * 13)
        played = build(at=at)
        self.stdout.write(f"The demo company stands: {played} steps of history. Sign in at {settings.SITE_URL}/demo/")


def _empty() -> None:
    """Remove the SQLite file and make it anew; a PostgreSQL desk is never emptied by a command."""
    name = settings.DATABASES["default"]["NAME"]
    if "sqlite3" not in settings.DATABASES["default"]["ENGINE"]:
        raise CommandError("--fresh works on SQLite alone. On PostgreSQL, make an empty database yourself.")
    for ending in ("", "-wal", "-shm"):
        Path(f"{name}{ending}").unlink(missing_ok=True)
    connection.close()
    call_command("setup", no_edition=True)
