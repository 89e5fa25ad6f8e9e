"""`recourse work`: a worker: deliveries, clocks, schedule."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recourse.ops.readiness import unready_sentence
from recourse.ops.worker import Worker


class Command(BaseCommand):
    """The command."""

    help = "Run a worker until a signal ends it. On PostgreSQL any number may run."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        if sentence := unready_sentence():
            raise CommandError(sentence)
        worker = Worker()
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_unused: worker.stop.set())
        self.stdout.write("The worker runs.  (Ctrl-C ends it)")
        self.stdout.flush()
        worker.run()
