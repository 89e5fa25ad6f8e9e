"""Cases over JSON: open, list, read, and every move of one case."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.finding import queue_named, visible_refs
from recourse.api.v1.messages import MessageOut
from recourse.api.v1.shapes import (
    Body,
    CaseOut,
    CaseRef,
    Code,
    CountOut,
    Cursor,
    Instant,
    Line,
    MoveOut,
    Note,
    Noted,
    PageOf,
    Size,
    Slug,
    StaffBrief,
    TimeZone,
    Versioned,
    acting,
    at,
    changes,
    told,
    viewer,
)
from recourse.cases import actions
from recourse.cases.policy import Channel, Priority
from recourse.cases.policy.asking import ORDERS, QUESTION_LIMIT
from recourse.cases.queries import lists, state
from recourse.cases.queries.find import case_by_ref
from recourse.handbook.policy.shape import Impact, Severity, Tier
from recourse.intake import actions as intake

router = Router()
Question = Annotated[
    str,
    Query(
        max_length=QUESTION_LIMIT,
        description="Words, “phrases”, -not, references, and filters such as queue:care due:today is:unowned.",
    ),
]
Order = Annotated[str, Query(pattern="^(" + "|".join(["", *ORDERS]) + ")$", description=f"One of {', '.join(ORDERS)}.")]
Text = Annotated[str, Field(max_length=300)]


class OpenIn(Body):
    """A complaint as it came in. The customer is found by exact address, number or account, else registered."""

    subject: Annotated[str, Field(max_length=300)] = ""
    words: Annotated[str, Field(max_length=1_000_000, description="The customer's own words.")] = ""
    name: Annotated[str, Field(max_length=200)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    phone: Annotated[str, Field(max_length=40, description="With + and the country code.")] = ""
    account: Annotated[str, Field(max_length=254)] = ""
    product: Annotated[str, Field(max_length=200)] = ""
    family: Annotated[str, Field(max_length=40, description="A family of the handbook.")] = ""
    remedy_sought: Text = ""
    order_refs: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=50)] = []
    severity: Severity = Severity.MEDIUM
    impact: Impact = Impact.ONE
    language: Annotated[str, Field(max_length=12)] = ""
    source_ref: Annotated[str, Field(max_length=120, description="Your number of it; the same twice is one case.")] = ""
    received_at: Instant | None = None


class ProposalOut(Schema):
    """A case that may be the same, never merged by itself."""

    ref: str
    reasons: list[str]
    percent: int


class OpenedOut(Schema):
    """What came of it; `is_known` where the same `source_ref` was here before."""

    case: CaseOut
    message: MessageOut | None
    is_known: bool
    proposals: list[ProposalOut]


class ResolveIn(Noted):
    """Why the case counts as answered."""

    reason: Code


class OwnerIn(Versioned):
    """A member of staff."""

    staff_id: UUID


class WaitIn(Versioned):
    """A wait: a pausing one names the question that was sent."""

    reason: Code
    question_message_id: UUID | None = None
    wake_at: Instant | None = None


class WaitOut(Schema):
    """An interval of waiting."""

    id: UUID
    reason: str
    is_pausing: bool
    from_at: dt.datetime
    until_at: dt.datetime | None
    wake_at: dt.datetime | None


class EndWaitIn(Versioned):
    """Why waiting ends."""

    why: Annotated[str, Field(pattern="^(answered|by_hand)$", examples=["by_hand"])] = "by_hand"


class GradeIn(Noted):
    """How bad, how wide, how urgent; what is left out stays."""

    severity: Severity | None = None
    impact: Impact | None = None
    priority: Priority | None = None


class DescribeIn(Versioned):
    """What the case is about; what is left out stays."""

    subject: Line = ""
    family: Annotated[str, Field(max_length=40)] = ""
    problem: Annotated[str, Field(max_length=200)] = ""
    product: Annotated[str, Field(max_length=200)] = ""
    remedy_sought: Text = ""
    order_refs: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=50)] = []


class CustomerIn(Versioned):
    """Whose case it is."""

    customer: Annotated[str, Field(min_length=1, max_length=40, examples=["CU-1042"])]


class TransferIn(Versioned):
    """Where the case goes."""

    queue: Slug
    tier: Tier | None = None
    owner_id: UUID | None = None
    note: Note = ""


class RestrictIn(Noted):
    """Who alone may read the case, beside its owner."""

    reader_ids: Annotated[list[UUID], Field(max_length=100)]


class ReaderIn(Body):
    """A named reader."""

    staff_id: UUID


class ReaderOut(Schema):
    """A named reader and why."""

    staff: StaffBrief
    why: str
    added_at: dt.datetime


@router.post("/cases", response=answers(OpenedOut, 201), operation_id="open_case")
def submit(request: HttpRequest, body: OpenIn) -> Any:
    """Take in a complaint: a case, its first message, its clocks, and cases that may be the same."""
    given = {name: value for name, value in told(body).items() if name not in {"source_ref", "received_at"} and value}
    done = intake.submit(
        given=given, channel=Channel.API, source_ref=body.source_ref, received_at=body.received_at, **acting(request)
    )
    if done.is_known:
        case_by_ref(done.case.pk, viewer=viewer(request))
    seen = visible_refs([proposal.ref for proposal in done.proposals], request)
    return {
        "case": done.case,
        "message": done.message,
        "is_known": done.is_known,
        "proposals": [proposal for proposal in done.proposals if proposal.ref in seen],
    }


@router.get("/cases", response=answers(PageOf[CaseOut]), operation_id="list_cases")
def listed(
    request: HttpRequest,
    q: Question = "",
    order: Order = "",
    zone: TimeZone = "UTC",
    cursor: Cursor = None,
    size: Size = 50,
) -> Any:
    """Return a page of the cases that a question of the search language asks for; without a question, the open ones."""
    return lists.list_cases(q, viewer=viewer(request), at=at(request), order=order, zone=zone, cursor=cursor, size=size)


@router.get("/counts/cases", response=answers(CountOut), operation_id="count_cases")
def counted(request: HttpRequest, q: Question = "", zone: TimeZone = "UTC") -> Any:
    """Return how many cases a question asks for, counting no further than 1,000."""
    return lists.count(q, viewer=viewer(request), at=at(request), zone=zone)


@router.get("/cases/{ref}", response=answers(CaseOut), operation_id="get_case")
def one(request: HttpRequest, ref: CaseRef) -> Any:
    """Return a case; a merged one still answers under its old reference."""
    return case_by_ref(ref, viewer=viewer(request))


@router.patch("/cases/{ref}", response=answers(CaseOut), operation_id="describe_case")
def describe(request: HttpRequest, ref: CaseRef, body: DescribeIn) -> Any:
    """Say what a case is about."""
    return actions.describe(ref, changes=changes(body), seen=body.seen, **acting(request))


@router.get("/cases/{ref}/moves", response=answers(list[MoveOut]), operation_id="allowed_moves")
def moves(request: HttpRequest, ref: CaseRef) -> Any:
    """Return every verb of a case, and why those that are not open to you are not."""
    actor = viewer(request)
    return state.allowed_moves(case_by_ref(ref, viewer=actor), actor)


@router.post("/cases/{ref}/start", response=answers(CaseOut), operation_id="start_case")
def start(request: HttpRequest, ref: CaseRef, body: Versioned) -> Any:
    """Begin to work on a new case."""
    return actions.start(ref, seen=body.seen, **acting(request))


@router.post("/cases/{ref}/resolution", response=answers(CaseOut), operation_id="resolve_case")
def resolve(request: HttpRequest, ref: CaseRef, body: ResolveIn) -> Any:
    """Say that a case is answered."""
    return actions.resolve(ref, **told(body), **acting(request))


@router.post("/cases/{ref}/closure", response=answers(CaseOut), operation_id="close_case")
def close(request: HttpRequest, ref: CaseRef, body: Versioned) -> Any:
    """Close a resolved case."""
    return actions.close(ref, seen=body.seen, **acting(request))


@router.post("/cases/{ref}/reopening", response=answers(CaseOut), operation_id="reopen_case")
def reopen(request: HttpRequest, ref: CaseRef, body: Noted) -> Any:
    """Take a resolved or closed case up again."""
    return actions.reopen(ref, **told(body), **acting(request))


@router.post("/cases/{ref}/taking", response=answers(CaseOut), operation_id="take_case")
def take(request: HttpRequest, ref: CaseRef, body: Versioned) -> Any:
    """Own a case that nobody owns."""
    return actions.take(ref, seen=body.seen, **acting(request))


@router.put("/cases/{ref}/owner", response=answers(CaseOut), operation_id="assign_case")
def assign(request: HttpRequest, ref: CaseRef, body: OwnerIn) -> Any:
    """Give a case to an owner."""
    return actions.assign(ref, owner_id=body.staff_id, seen=body.seen, **acting(request))


@router.post("/cases/{ref}/release", response=answers(CaseOut), operation_id="release_case")
def release(request: HttpRequest, ref: CaseRef, body: Versioned) -> Any:
    """Let a case go back to its queue."""
    return actions.release(ref, seen=body.seen, **acting(request))


@router.put("/cases/{ref}/contact", response=answers(CaseOut), operation_id="hand_contact")
def contact(request: HttpRequest, ref: CaseRef, body: OwnerIn) -> Any:
    """Name another person to speak with the customer."""
    return actions.hand_contact(ref, staff_id=body.staff_id, seen=body.seen, **acting(request))


@router.post("/cases/{ref}/transfer", response=answers(CaseOut), operation_id="transfer_case")
def transfer(request: HttpRequest, ref: CaseRef, body: TransferIn) -> Any:
    """Move a case to another queue."""
    queue = queue_named(body.queue, viewer(request))
    given = {name: value for name, value in told(body).items() if name != "queue"}
    return actions.transfer(ref, queue=queue, **given, **acting(request))


@router.post("/cases/{ref}/grades", response=answers(CaseOut), operation_id="grade_case")
def grade(request: HttpRequest, ref: CaseRef, body: GradeIn) -> Any:
    """Say how bad, how wide and how urgent a case is."""
    return actions.grade(ref, **told(body), **acting(request))


@router.put("/cases/{ref}/customer", response=answers(CaseOut), operation_id="set_case_customer")
def set_customer(request: HttpRequest, ref: CaseRef, body: CustomerIn) -> Any:
    """Say whose case it is."""
    return actions.set_customer(ref, **told(body), **acting(request))


@router.get("/cases/{ref}/waits", response=answers(list[WaitOut]), operation_id="list_waits")
def waits(request: HttpRequest, ref: CaseRef) -> Any:
    """Return every wait of a case, oldest first."""
    return list(state.waits_of(case_by_ref(ref, viewer=viewer(request))))


@router.post("/cases/{ref}/waits", response=answers(WaitOut, 201), operation_id="start_wait")
def wait(request: HttpRequest, ref: CaseRef, body: WaitIn) -> Any:
    """Begin to wait for somebody."""
    return actions.wait(ref, **told(body), **acting(request))


@router.post("/cases/{ref}/waits/end", response=answers(CaseOut), operation_id="end_wait")
def end_wait(request: HttpRequest, ref: CaseRef, body: EndWaitIn) -> Any:
    """Stop waiting."""
    return actions.end_wait(ref, **told(body), **acting(request))


@router.post("/cases/{ref}/restriction", response=answers(CaseOut), operation_id="restrict_case")
def restrict(request: HttpRequest, ref: CaseRef, body: RestrictIn) -> Any:
    """Let only named readers see a case."""
    return actions.restrict(ref, **told(body), **acting(request))


@router.post("/cases/{ref}/restriction/end", response=answers(CaseOut), operation_id="unrestrict_case")
def unrestrict(request: HttpRequest, ref: CaseRef, body: Noted) -> Any:
    """Open a restricted case to the desk again."""
    return actions.unrestrict(ref, **told(body), **acting(request))


@router.get("/cases/{ref}/readers", response=answers(list[ReaderOut]), operation_id="list_readers")
def readers(request: HttpRequest, ref: CaseRef) -> Any:
    """Return who is named a reader now."""
    return list(state.readers_of(case_by_ref(ref, viewer=viewer(request))))


@router.post("/cases/{ref}/readers", response=answers(ReaderOut, 201), operation_id="add_reader")
def add_reader(request: HttpRequest, ref: CaseRef, body: ReaderIn) -> Any:
    """Name a reader, who may read the case and nothing more."""
    return actions.add_reader(ref, staff_id=body.staff_id, **acting(request))


@router.delete("/cases/{ref}/readers/{staff_id}", response=answers(CaseOut), operation_id="remove_reader")
def remove_reader(request: HttpRequest, ref: CaseRef, staff_id: UUID) -> Any:
    """Take a named reader's view away."""
    return actions.remove_reader(ref, staff_id=staff_id, **acting(request))
