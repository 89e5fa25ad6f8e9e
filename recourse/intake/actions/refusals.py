"""Rows that a file could not give: corrected and taken in after all, or set aside."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.intake.actions.case_files import complaint_file, mapped_file
from recourse.intake.actions.importing import Source, writer
from recourse.intake.actions.order_files import order_file, retail_file
from recourse.intake.events import RefusalsDecided
from recourse.intake.models import ImportRefusal, ImportRun
from recourse.intake.policy.mapping import mapping
from recourse.intake.policy.rows import Numbered
from recourse.intake.policy.words import ImportKind, RefusalState
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.kit.models import locked
from recourse.kit.text import clean_text
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.timeline.actions import record


@verb
def replay_refusal(*, run_id: UUID, row_number: int, by: Actor, at: dt.datetime, corrected: str = "") -> ImportRefusal:
    """Take in a refused row, as it came or corrected (JSON), with the reader and mapping of its run.

    What is still wrong raises Invalid by field; a row that was decided on already raises Refused.
    """
    by.require(Permission.INTAKE_IMPORT)
    refusal = _held(run_id, row_number)
    row = Numbered(row_number, _row(corrected or refusal.raw))
    written = source_of(refusal.run).write([row], by=writer(by), at=at)
    if written.refused:
        _numbered, reasons = written.refused[0]
        raise Invalid(reasons)
    _decide(refusal, RefusalState.REPLAYED)
    record(RefusalsDecided(str(refusal.run.pk), 1, 0), thread=refusal.run.thread, by=by, at=at)
    return refusal


@verb
def discard_refusal(*, run_id: UUID, row_number: int, why: str, by: Actor, at: dt.datetime) -> ImportRefusal:
    """Set a refused row aside; its raw content stays. Raises Invalid(why), Refused."""
    by.require(Permission.INTAKE_IMPORT)
    reason = clean_text(why, field="why", limit=1000, is_required=True)
    refusal = _held(run_id, row_number)
    _decide(refusal, RefusalState.DISCARDED)
    record(RefusalsDecided(str(refusal.run.pk), 0, 1), thread=refusal.run.thread, by=by, at=at, note=reason)
    return refusal


def source_of(run: ImportRun) -> Source:
    """Return the reader that a run used."""
    match ImportKind(run.kind):
        case ImportKind.COMPLAINTS:
            return complaint_file()
        case ImportKind.CASES:
            told: Mapping[str, Any] = run.mapping
            return mapped_file(mapping(told["columns"], zone=told["zone"], source=told["source"]))
        case ImportKind.RETAIL:
            return retail_file()
        case ImportKind.ORDERS:
            return order_file()


def _held(run_id: UUID, row_number: int) -> ImportRefusal:
    rows = ImportRefusal.objects.filter(run_id=run_id, row_number=row_number).select_related("run__thread")
    refusal: ImportRefusal | None = locked(rows).first()
    if refusal is None:
        raise NotVisible
    if refusal.state != RefusalState.WAITING:
        raise Refused("refusal.decided", _("Somebody has decided on this row already."))
    return refusal


def _decide(refusal: ImportRefusal, state: RefusalState) -> None:
    refusal.state = state
    refusal.save(update_fields=["state"])


def _row(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid.one("row", _("This is not JSON.")) from error
    if not isinstance(value, dict):
        raise Invalid.one("row", _("This is not a JSON object."))
    return value
