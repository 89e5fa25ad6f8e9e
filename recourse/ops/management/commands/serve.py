"""`recourse serve`: pages, API and, where there is one process for all, the worker."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from recourse.ops.readiness import unready_sentence
from recourse.ops.serving import Serving, serve


class Command(BaseCommand):
    """The command."""

    help = "Serve Recourse. On SQLite one process also runs the worker; on PostgreSQL run `recourse work` beside it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name where and how."""
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="the port to listen on")
        parser.add_argument("--workers", type=int, default=settings.WEB_PROCESSES, help="web processes (PostgreSQL)")
        parser.add_argument("--with-worker", action="store_true", help="also run the worker, in this process")
        parser.add_argument("--without-worker", action="store_true", help="on SQLite: serve pages alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say where it listens, and serve."""
        is_sqlite = connection.vendor == "sqlite"
        if is_sqlite and options["workers"] > 1:
            raise CommandError("SQLite serves from one web process. For more, use PostgreSQL (DATABASE_URL).")
        if sentence := unready_sentence():
            raise CommandError(sentence)
        has_worker = (is_sqlite and not options["without_worker"]) or options["with_worker"]
        serving = Serving(options["host"], options["port"], options["workers"], has_worker)
        shown = f"[{serving.host}]" if ":" in serving.host else serving.host
        self.stdout.write(f"Recourse is at http://{shown}:{serving.port}/  (Ctrl-C ends it)")
        if not has_worker:
            self.stdout.write("No worker runs in this process: start one with `recourse work`.")
        self.stdout.flush()
        settings.WEB_PROCESSES = serving.processes  # by which each divides the limit of the API
        serve(serving)
