"""`recourse import KIND FILE`: brings customers, orders, complaints or cases from a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from recourse.intake import actions
from recourse.intake.policy.mapping import Mapped, mapping_from_pairs, mapping_from_toml
from recourse.intake.policy.words import SHOWN_REFUSALS, ImportKind
from recourse.intake.queries import refusals_of
from recourse.kit.actor import system
from recourse.kit.errors import Invalid, RecourseError
from recourse.kit.time import monotonic, now


class Command(BaseCommand):
    """The command."""

    help = "Import a file. The same file again doubles nothing; a run that was cut off goes on where it stood."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the kind, the file and, for cases, the mapping of columns."""
        parser.add_argument("kind", choices=[kind.value for kind in ImportKind])
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", action="append", default=[], help="a TOML file, or field=column, repeatable")
        parser.add_argument("--zone", default="UTC", help="the time zone of dates without one")
        parser.add_argument("--source", default="file", help="a short name of where the cases come from")
        parser.add_argument("--currency", default="USD", help="the currency of a retailer's amounts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, show how far, and say what was refused and why."""
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        began = monotonic()
        try:
            source = self._source(options)
            with _bar() as bar:
                task = bar.add_task(path.name, total=None)
                run = actions.import_file(
                    source,
                    path=path,
                    by=system("import"),
                    at=now(),
                    progress=lambda run: bar.update(task, completed=run.cursor),
                )
        except Invalid as error:
            raise CommandError(
                "\n".join(f"{field}: {' '.join(said)}" for field, said in error.fields.items())
            ) from error
        except RecourseError as error:
            raise CommandError(str(error)) from error
        taken = max(monotonic() - began, 0.001)
        self.stdout.write(
            f"{run.cursor} rows in {taken:.1f} s ({run.cursor / taken:.0f} a second): "
            f"{run.made} new, {run.known} known already, {run.refused} refused."
        )
        if run.refused:
            _show(refusals_of(run, limit=SHOWN_REFUSALS))

    def _source(self, options: dict[str, Any]) -> Any:
        kind = ImportKind(options["kind"])
        if kind is ImportKind.COMPLAINTS:
            return actions.complaint_file()
        if kind is ImportKind.CASES:
            return actions.mapped_file(_mapping(options))
        return (actions.retail_file if kind is ImportKind.RETAIL else actions.order_file)(options["currency"])


def _mapping(options: dict[str, Any]) -> Mapped:
    given = options["map"]
    if len(given) == 1 and Path(given[0]).is_file():
        return mapping_from_toml(Path(given[0]).read_text("utf-8"))
    return mapping_from_pairs(given, zone=options["zone"], source=options["source"])


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _show(refusals: Any) -> None:
    table = Table("row", "field", "why", title="Refused rows")
    for refusal in refusals:
        for field, said in refusal.reasons.items():
            table.add_row(str(refusal.row_number), field, " ".join(said))
    Console(stderr=True).print(table)
