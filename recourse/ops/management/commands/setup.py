"""`recourse setup`: brings database, shared cache, static files and built-in roles to this version; safe to repeat."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from recourse.kit.time import now
from recourse.ops.setup import first_edition, sync_roles


class Command(BaseCommand):
    """The command."""

    help = "Bring the database, the shared cache, the static files and the built-in roles to this version."

    def add_arguments(self, parser: CommandParser) -> None:
        """Let the demo begin with its own first edition."""
        parser.add_argument("--no-edition", action="store_true", help="leave the handbook without a first edition")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run each step; every one may be run again."""
        at = now()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        sync_roles(at=at)
        if not options["no_edition"]:
            first_edition(at=at)
        self.stdout.write("Recourse is set up.")
