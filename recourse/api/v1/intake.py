"""Intake over JSON: the phone log, what waits in quarantine, what was imported."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.finding import visible_refs
from recourse.api.v1.shapes import (
    Body,
    CaseBrief,
    CaseOut,
    CaseRef,
    Cursor,
    Flag,
    Instant,
    PageOf,
    StaffBrief,
    acting,
    told,
    viewer,
)
from recourse.cases.queries.find import case_by_ref
from recourse.handbook.policy.facts import Channel
from recourse.handbook.policy.shape import Impact, Severity
from recourse.intake import actions, queries
from recourse.intake.policy.words import CallDirection, ImportKind, RefusalState, RunState, SubmissionState

router = Router()
Why = Annotated[str, Field(min_length=1, max_length=1000)]


class CallerIn(Body):
    """A new case for a call, in the fields of the form."""

    subject: Annotated[str, Field(max_length=300)] = ""
    name: Annotated[str, Field(max_length=200)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    product: Annotated[str, Field(max_length=200)] = ""
    family: Annotated[str, Field(max_length=40)] = ""
    severity: Severity = Severity.MEDIUM
    impact: Impact = Impact.ONE


class CallIn(Body):
    """A call, on a case (`case_ref`) or as a new one (`given`)."""

    direction: CallDirection
    began_at: Instant
    notes: Annotated[str, Field(min_length=1, max_length=100_000)]
    seconds: Annotated[int, Field(strict=True, ge=0, le=86_400)] = 0
    number: Annotated[str, Field(max_length=40)] = ""
    is_answered: Flag = True
    case_ref: Annotated[str, Field(max_length=40)] = ""
    given: CallerIn | None = None


class CallOut(Schema):
    """A call."""

    id: UUID
    case: CaseBrief
    staff: StaffBrief
    message_id: UUID
    direction: CallDirection
    number: str
    began_at: dt.datetime
    seconds: int
    is_answered: bool


class SubmissionOut(Schema):
    """Something that came in and could not be read, with its raw content."""

    id: UUID
    channel: str
    state: SubmissionState
    raw: str
    source_ref: str
    reasons: dict[str, list[str]]
    case: CaseBrief | None
    received_at: dt.datetime
    decided_at: dt.datetime | None

    @staticmethod
    def resolve_case(found: Any, context: Any) -> Any:
        """Return the case that it became, to those who may see that case."""
        case = found.case
        return case if case and visible_refs([case.ref], context["request"]) else None


class CorrectedIn(Body):
    """A corrected form of the raw content; without it, the raw content itself."""

    corrected: Annotated[str, Field(max_length=200_000)] = ""


class DiscardIn(Body):
    """Why it is no case."""

    why: Why


class RawIn(Body):
    """Raw JSON of a program that cannot be asked again; what cannot be read goes to quarantine."""

    raw: Annotated[str, Field(min_length=1, max_length=200_000)]
    source_ref: Annotated[str, Field(max_length=120)] = ""


class TakenOut(Schema):
    """What became of it: a case, or a line in quarantine."""

    id: UUID
    state: SubmissionState
    reasons: dict[str, list[str]]


class RunOut(Schema):
    """One import and how far it is."""

    id: UUID
    kind: ImportKind
    source_name: str
    state: RunState
    made: int
    known: int
    refused: int
    started_at: dt.datetime
    finished_at: dt.datetime | None
    error: str


class RefusalOut(Schema):
    """A row that was refused."""

    row_number: int
    raw: str
    reasons: dict[str, list[str]]
    state: RefusalState


class RunDetailOut(RunOut):
    """One import with the rows that it refused."""

    refusals: list[RefusalOut]

    @staticmethod
    def resolve_refusals(run: Any) -> list[Any]:
        """Return the first refused rows, in the order of the file."""
        return list(queries.refusals_of(run))


@router.post("/calls", response=answers(CallOut, 201), operation_id="log_call")
def log(request: HttpRequest, body: CallIn) -> Any:
    """Log a call with direction, time, length, number and notes."""
    given = {name: value for name, value in told(body).items() if name != "given"}
    described = {name: value for name, value in told(body.given).items() if value} if body.given else None
    return actions.log_call(given=described, **given, **acting(request))


@router.get("/cases/{ref}/calls", response=answers(list[CallOut]), operation_id="list_calls")
def calls(request: HttpRequest, ref: CaseRef) -> Any:
    """Return the calls of a case, oldest first."""
    return list(queries.calls_of(case_by_ref(ref, viewer=viewer(request))))


@router.post("/submissions", response=answers(TakenOut, 201), operation_id="take_in")
def take_in(request: HttpRequest, body: RawIn) -> Any:
    """Take in raw JSON: it becomes a case, or a line in quarantine."""
    return actions.take_in(raw=body.raw.encode(), channel=Channel.API, source_ref=body.source_ref, **acting(request))


@router.get("/quarantine", response=answers(PageOf[SubmissionOut]), operation_id="list_quarantine")
def quarantine(request: HttpRequest, cursor: Cursor = None) -> Any:
    """Return what waits in quarantine, newest first."""
    return queries.quarantined(viewer=viewer(request), cursor=cursor)


@router.get("/quarantine/{submission_id}", response=answers(SubmissionOut), operation_id="get_quarantined")
def one(request: HttpRequest, submission_id: UUID) -> Any:
    """Return one thing that was put into quarantine, whatever became of it."""
    return queries.submission(submission_id, viewer=viewer(request))


@router.post("/quarantine/{submission_id}/replay", response=answers(CaseOut), operation_id="replay_quarantined")
def replay(request: HttpRequest, submission_id: UUID, body: CorrectedIn) -> Any:
    """Take something out of quarantine as a case."""
    return actions.replay(submission_id=submission_id, corrected=body.corrected, **acting(request)).case


@router.post("/quarantine/{submission_id}/discarding", response=answers(TakenOut), operation_id="discard_quarantined")
def discard(request: HttpRequest, submission_id: UUID, body: DiscardIn) -> Any:
    """Set something in quarantine aside as no case."""
    return actions.discard(submission_id=submission_id, why=body.why, **acting(request))


@router.get("/imports", response=answers(PageOf[RunOut]), operation_id="list_imports")
def imports(request: HttpRequest, cursor: Cursor = None) -> Any:
    """Return the import runs, newest first."""
    return queries.imports(viewer=viewer(request), cursor=cursor)


@router.get("/imports/{run_id}", response=answers(RunDetailOut), operation_id="get_import")
def run(request: HttpRequest, run_id: UUID) -> Any:
    """Return one import with the rows that it refused."""
    return queries.import_run(run_id, viewer=viewer(request))
