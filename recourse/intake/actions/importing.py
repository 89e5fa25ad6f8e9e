"""Reads files into the desk: in batches, each in one transaction with its cursor, so that a killed run goes on."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from recourse.intake.events import ImportFailed, ImportFinished, ImportStarted
from recourse.intake.models import ImportRefusal, ImportRun
from recourse.intake.policy.raw import raw_text
from recourse.intake.policy.rows import Numbered
from recourse.intake.policy.words import BATCH, ImportKind, RunState
from recourse.kit.actor import Actor, system
from recourse.kit.errors import Invalid, RecourseError, Refused
from recourse.kit.files import clean_name
from recourse.kit.models import locked
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.timeline.actions import open_thread, record

Progress = Callable[[ImportRun], None]


class Source(Protocol):
    """One kind of file: how its rows are read, and how a batch of them is written."""

    kind: ImportKind
    mapping: Mapping[str, Any]

    def rows(self, path: Path) -> Iterator[Numbered]:
        """Yield the rows in order; a file that cannot be read raises Invalid(file)."""
        ...

    def write(self, rows: Sequence[Numbered], *, by: Actor, at: dt.datetime) -> "Written":
        """Write a batch inside a transaction and return what became of it."""
        ...


class Written:
    """What became of a batch: how many are new, how many were known, which were refused with reasons by field."""

    def __init__(self) -> None:
        self.made = 0
        self.known = 0
        self.refused: list[tuple[Numbered, Mapping[str, Sequence[str]]]] = []

    def refuse(self, row: Numbered, error: Invalid | Refused) -> None:
        """Note a row that cannot be taken."""
        self.refused.append((row, error.fields if isinstance(error, Invalid) else {"row": [error.sentence]}))


def import_file(
    source: Source, *, path: Path, by: Actor, at: dt.datetime, progress: Progress | None = None
) -> ImportRun:
    """Read a file to its end and return the run; what a killed run had read is not read again, nothing is doubled.

    Raises Invalid(file) where nothing in it can be read; rows that cannot be taken are refused one by one.
    """
    by.require(Permission.INTAKE_IMPORT)
    run, writes = _begin(source, path, by, at), writer(by)
    try:
        rows = (row for row in source.rows(path) if row.number > run.cursor)
        while batch := list(islice(rows, BATCH)):
            _step(run, source, batch, writes, at)
            if progress:
                progress(run)
    except (RecourseError, OSError) as error:
        _fail(run, str(error), by, at)
        raise
    return _finish(run, by, at)


def writer(by: Actor) -> Actor:
    """The right to import is the right to write all that a file holds; the record names who let it in."""
    return by if by.staff_id is None else system("import").for_someone(by.staff_id)


@verb
def _begin(source: Source, path: Path, by: Actor, at: dt.datetime) -> ImportRun:
    """Take up a run that was cut off, or begin one."""
    sha256 = file_hash(path)
    unfinished = ImportRun.objects.filter(kind=source.kind, source_sha256=sha256, mapping=dict(source.mapping))
    run: ImportRun | None = locked(unfinished.filter(state__in=[RunState.RUNNING, RunState.FAILED])).first()
    if run is None:
        run = ImportRun(
            kind=source.kind,
            source_name=clean_name(path.name),
            source_sha256=sha256,
            mapping=dict(source.mapping),
            state=RunState.RUNNING,
            started_at=at,
            thread=open_thread("import"),
        )
        _save_new(run)
    else:
        run.state, run.error = RunState.RUNNING, ""
        run.save(update_fields=["state", "error"])
    record(ImportStarted(str(run.pk), run.kind, run.cursor), thread=run.thread, by=by, at=at)
    return run


def _save_new(run: ImportRun) -> None:
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("import.running", _("This file is being imported with another mapping.")) from error


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@verb
def _step(run: ImportRun, source: Source, batch: Sequence[Numbered], by: Actor, at: dt.datetime) -> None:
    """Write one batch and move the cursor, together; another process at the same file is passed over."""
    held = locked(ImportRun.objects.filter(pk=run.pk)).get()
    fresh = [row for row in batch if row.number > held.cursor]
    written = _write(source, fresh, by, at)
    ImportRefusal.objects.bulk_create(
        ImportRefusal(run=run, row_number=row.number, raw=raw_text(row.raw), reasons=_reasons(reasons))
        for row, reasons in written.refused
    )
    run.cursor = max(held.cursor, batch[-1].number)
    run.made, run.known = held.made + written.made, held.known + written.known
    run.refused = held.refused + len(written.refused)
    run.save(update_fields=["cursor", "made", "known", "refused"])


def _write(source: Source, rows: Sequence[Numbered], by: Actor, at: dt.datetime) -> Written:
    """Write rows together, or one by one where one of them spoils the rest."""
    try:
        with transaction.atomic():
            return source.write(rows, by=by, at=at)
    except (Invalid, Refused, IntegrityError):
        return _one_by_one(source, rows, by, at)


def _one_by_one(source: Source, rows: Sequence[Numbered], by: Actor, at: dt.datetime) -> Written:
    total = Written()
    for row in rows:
        try:
            with transaction.atomic():
                one = source.write([row], by=by, at=at)
        except (Invalid, Refused) as error:
            total.refuse(row, error)
            continue
        except IntegrityError:
            total.refuse(row, Invalid.one("row", _("This row contradicts what is stored already.")))
            continue
        total.made, total.known = total.made + one.made, total.known + one.known
        total.refused += one.refused
    return total


def _reasons(reasons: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {str(field)[:80]: [sentence[:500] for sentence in said] for field, said in reasons.items()}


@verb
def _finish(run: ImportRun, by: Actor, at: dt.datetime) -> ImportRun:
    run.state, run.finished_at = RunState.FINISHED, at
    run.save(update_fields=["state", "finished_at"])
    event = ImportFinished(str(run.pk), run.kind, run.made, run.known, run.refused)
    record(event, thread=run.thread, by=by, at=at)
    return run


@verb
def _fail(run: ImportRun, error: str, by: Actor, at: dt.datetime) -> None:
    run.state, run.error = RunState.FAILED, error[:2000]
    run.save(update_fields=["state", "error"])
    record(ImportFailed(str(run.pk), run.kind, run.cursor), thread=run.thread, by=by, at=at)
