"""`recourse payments`: stop all payments, compare with the providers, let them go out again, check the ledger."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recourse.kit.actor import system
from recourse.kit.errors import RecourseError
from recourse.kit.time import now
from recourse.ledger import actions, queries
from recourse.ledger.actions.quarantine import LOOKED_BACK
from recourse.ledger.providers import configured

OPERATOR = system("operator")


class Command(BaseCommand):
    """After a restore from a backup: `hold`, `reconcile`, look at the differences, `free`."""

    help = (
        "Stop all payments (hold), compare with the providers (reconcile), let them go out (free), or check the ledger."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do."""
        parser.add_argument("act", choices=["status", "hold", "reconcile", "free", "check"])
        parser.add_argument("--why", default="restored", help="why payments are stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what came of it."""
        try:
            self._do(options["act"], options["why"], now())
        except RecourseError as error:
            raise CommandError(str(error)) from error

    def _do(self, act: str, why: str, at: dt.datetime) -> None:
        match act:
            case "hold":
                self.stdout.write(f"held: {actions.hold_payments(why=why, by=OPERATOR, at=at).why}")
            case "free":
                self.stdout.write(f"freed {actions.free_payments(by=OPERATOR, at=at)} holds")
            case "reconcile":
                self._reconcile(at)
            case "check":
                self._check(at)
            case _status:
                found = queries.money_standing(viewer=OPERATOR)
                self.stdout.write(f"held: {', '.join(found.held) or 'no'}")
                self.stdout.write(f"differences: {found.open_breaks}, for a person: {found.open_tasks}")

    def _reconcile(self, at: dt.datetime) -> None:
        for name in configured():
            run = actions.reconcile(name, from_at=at - LOOKED_BACK, until_at=at, by=OPERATOR, at=at)
            if run.error:
                raise CommandError(f"{name}: the list could not be read ({run.error})")
            self.stdout.write(f"{name}: {run.theirs} of theirs, {run.ours} of ours, {run.found} differences")

    def _check(self, at: dt.datetime) -> None:
        found = queries.check_ledger(at=at)
        for one in found:
            self.stderr.write(f"{one.rule}: {one.about} is kept as {one.kept} and reckoned as {one.reckoned}")
        if found:
            raise CommandError(f"{len(found)} sums do not agree")
        self.stdout.write("every sum of the ledger agrees")
