"""What waits in quarantine, what was imported, what was refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from recourse.cases.models import Case
from recourse.intake.models import ImportRefusal, ImportRun, PhoneCall, Submission
from recourse.intake.policy.words import SubmissionState
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible
from recourse.kit.paging import Page, page
from recourse.people.policy import Permission


def quarantined(*, viewer: Actor, cursor: str | None = None) -> Page[Submission]:
    """Return what waits in quarantine, newest first."""
    viewer.require(Permission.INTAKE_QUARANTINE)
    rows = Submission.objects.filter(state=SubmissionState.QUARANTINED)
    return page(rows, order=("-received_at", "-id"), cursor=cursor)


def submission(submission_id: UUID, *, viewer: Actor) -> Submission:
    """Return one thing that was put into quarantine, whatever became of it; NotVisible where there is none."""
    viewer.require(Permission.INTAKE_QUARANTINE)
    rows = Submission.objects.filter(pk=submission_id, thread__isnull=False).select_related("case")
    found = rows.first()
    if found is None:
        raise NotVisible
    return found


def submission_of(case: Case) -> Submission | None:
    """Return what a case that the viewer was allowed to open came from, with the cases proposed as the same."""
    return case.submissions.order_by("received_at").first()


@dataclass(frozen=True, slots=True)
class Proposed:
    """A case that may be the same, and why it is proposed."""

    case: Case
    reasons: Sequence[str]
    percent: int


def proposed(found: Submission | None, *, viewer: Actor) -> list[Proposed]:
    """Return the cases proposed as the same that the viewer may know of and that are not merged yet."""
    if found is None or not found.proposals:
        return []
    told = {int(one["ref"].removeprefix("RC-")): one for one in found.proposals}
    rows = Case.objects.visible_to(viewer).filter(number__in=told, merged_into__isnull=True).order_by("-number")
    return [Proposed(row, told[row.number]["reasons"], told[row.number]["percent"]) for row in rows]


def calls_of(case: Case) -> Sequence[PhoneCall]:
    """Return the calls of a case that the viewer was allowed to open, oldest first."""
    return list(case.phone_calls.select_related("staff").order_by("began_at"))


def imports(*, viewer: Actor, cursor: str | None = None) -> Page[ImportRun]:
    """Return the import runs, newest first."""
    viewer.require(Permission.INTAKE_IMPORT)
    return page(ImportRun.objects.all(), order=("-started_at", "-id"), cursor=cursor)


def import_run(run_id: UUID, *, viewer: Actor) -> ImportRun:
    """Return one import run; NotVisible where there is none."""
    viewer.require(Permission.INTAKE_IMPORT)
    found = ImportRun.objects.filter(pk=run_id).first()
    if found is None:
        raise NotVisible
    return found


def refusal(run_id: UUID, row_number: int, *, viewer: Actor) -> ImportRefusal:
    """Return one refused row; NotVisible where there is none."""
    viewer.require(Permission.INTAKE_IMPORT)
    found = ImportRefusal.objects.filter(run_id=run_id, row_number=row_number).select_related("run").first()
    if found is None:
        raise NotVisible
    return found


def refusals_of(run: ImportRun, *, limit: int = 200) -> Sequence[ImportRefusal]:
    """Return the rows that a run refused, in the order of the file."""
    return list(run.refusals.order_by("row_number")[:limit])
