"""Remedies over JSON: assess, compose lines, ask for approval, offer, carry out, settle, letters."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.shapes import (
    Body,
    CaseRef,
    Code,
    Note,
    Noted,
    StaffBrief,
    Versioned,
    Words,
    acting,
    at,
    told,
    viewer,
    words_of,
)
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.remedies import Execution, Fault, LetterKind
from recourse.remedies import actions, queries
from recourse.remedies.policy import OfferState, Outcome, Part, State

router = Router()
LineNumber = Annotated[int, Path(ge=1, le=32767, description="The number of the line within its remedy.")]
OfferNumber = Annotated[int, Path(ge=1, le=32767, description="The number of the offer within its remedy.")]
Minor = Annotated[int, Field(strict=True, ge=0, le=10**15, description="Whole minor units of the currency.")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["GBP"])]
ItemRef = Annotated[str, Field(max_length=80)]
LineState = Annotated[State, words_of(State)]
Pieces = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class HarmIn(Body):
    """One item of harm: a kind of the handbook, what the customer claims, and a file of the case that shows it."""

    key: Code
    minor: Minor
    document_id: UUID | None = None


class ItemIn(Body):
    """How many pieces of an item of the order are concerned."""

    item_ref: ItemRef
    quantity: Pieces = 1


class AssessIn(Versioned):
    """What went wrong and what it cost; with `items` the goods are reckoned from the order."""

    cause: Code
    currency: Currency
    fault: Annotated[Fault, words_of(Fault)] = Fault.OURS
    days: Annotated[int, Field(strict=True, ge=0, le=36_600)] = 0
    order_ref: ItemRef = ""
    items: Annotated[list[ItemIn], Field(max_length=100)] = []
    goods_minor: Minor = 0
    delivery_fee_minor: Minor = 0
    charge_minor: Minor = 0
    harms: Annotated[list[HarmIn], Field(max_length=50)] = []
    sought_kind: Annotated[str, Field(max_length=24, description="A kind of line, or empty.")] = ""
    sought_minor: Minor | None = None


class RemedyLineIn(Versioned):
    """A line: its kind, the step of fairness it belongs to, the entitlement or harm that it stands for, how much."""

    kind: Annotated[LineKind, words_of(LineKind)]
    part: Annotated[Part, words_of(Part)]
    rule: Annotated[str, Field(max_length=40)] = ""
    amount_minor: Minor = 0
    execution: Annotated[Execution, words_of(Execution)] | None = None
    payment_id: UUID | None = None
    item_ref: ItemRef = ""
    quantity: Pieces | None = None
    document_id: UUID | None = None
    watch_days: Annotated[int, Field(strict=True, ge=1, le=3660)] | None = None
    words: Note = ""


class RefundsIn(Versioned):
    """A refund to be shared over the payments of the order, by what each has left."""

    part: Annotated[Part, words_of(Part)]
    rule: Annotated[str, Field(max_length=40)] = ""
    amount_minor: Minor


class RemedyOfferIn(Versioned):
    """Which approved lines; the letter, a plain one where it is empty; and why it differs from like cases."""

    lines: Annotated[list[Annotated[int, Field(ge=1, le=32767)]], Field(min_length=1, max_length=50)]
    letter: Note = ""
    why: Note = ""


class DeliveredIn(Versioned):
    """What shows that it was done, such as a tracking number."""

    reference: Annotated[str, Field(min_length=1, max_length=120)]


class FailedIn(Versioned):
    """Why it could not be done."""

    note: Words


class LetterIn(Versioned):
    """A letter as it is sent."""

    text: Words
    kind: Annotated[LetterKind, words_of(LetterKind)] = LetterKind.FINAL


class OwedOut(Schema):
    """An entitlement in money."""

    key: str
    name: str
    duty: str
    source: str
    minor: int
    satisfied_by: list[str]


class HarmOut(Schema):
    """An item of harm: what was claimed, what counts, and why not all of it."""

    key: str
    name: str
    claimed: int
    counted: int
    is_consequential: bool
    why: str


class PaymentLeftOut(Schema):
    """A payment of the order with what is left of it to be paid back."""

    payment_id: UUID
    method: str
    currency: str
    paid_minor: int
    left_minor: int


class LineMoveOut(Schema):
    """A move of a line, and why it is not open to you."""

    name: str
    is_allowed: bool
    sentence: str


class RemedyLineOut(Schema):
    """A line with how far it has come. `shown` is what the customer reads."""

    number: int
    version: int
    kind: Annotated[LineKind, words_of(LineKind)]
    part: Annotated[Part, words_of(Part)]
    rule: str
    amount_minor: int
    currency: str
    execution: Annotated[Execution, words_of(Execution)]
    needs_acceptance: bool
    state: LineState
    payment_id: UUID | None
    item_ref: str
    quantity: int | None
    document_id: UUID | None
    watch_days: int | None
    words: str
    excess_minor: int
    is_outside_peers: bool
    proposer: StaffBrief | None
    approval_id: UUID | None
    reference: str
    fault: str
    edition: int
    written_at: dt.datetime
    proposed_at: dt.datetime | None
    approved_at: dt.datetime | None
    offered_at: dt.datetime | None
    answered_at: dt.datetime | None
    executed_at: dt.datetime | None
    settled_at: dt.datetime | None
    failed_at: dt.datetime | None


class OfferLineOut(Schema):
    """One line as it was offered, and what was answered."""

    number: int
    shown: str
    is_recalled: bool
    verdict: str
    wanted_minor: int | None
    words: str
    answered_at: dt.datetime | None


class RemedyOfferOut(Schema):
    """An offer to the customer."""

    number: int
    state: Annotated[OfferState, words_of(OfferState)]
    offered_at: dt.datetime
    expires_at: dt.datetime
    ended_at: dt.datetime | None
    lines: list[OfferLineOut]

    @staticmethod
    def resolve_lines(found: Any) -> list[Any]:
        """Return the lines with their answers."""
        return [_offered(row) for row in sorted(found.lines.all(), key=lambda row: row.line.number)]


def _offered(row: Any) -> dict[str, Any]:
    answer = getattr(row, "answer", None)
    return {
        "number": row.line.number,
        "shown": row.shown,
        "is_recalled": row.is_recalled,
        "verdict": answer.verdict if answer else "",
        "wanted_minor": answer.wanted_minor if answer else None,
        "words": answer.words if answer else "",
        "answered_at": answer.at if answer else None,
    }


class LetterOut(Schema):
    """A letter that was sent."""

    number: int
    letter: str
    text: str
    blocks: list[str]
    sent_at: dt.datetime | None


class PeersOut(Schema):
    """What like cases got, in basis points of the loss; no band where they are too few to say."""

    count: int
    low_bp: int | None
    high_bp: int | None


class RemedyOut(Schema):
    """The whole remedy of a case. Nothing but `why_not` stands where nothing was assessed yet."""

    case: str
    why_not: str
    is_assessed: bool
    version: int | None = None
    edition: int | None = None
    cause: str = ""
    fault: str = ""
    days: int = 0
    currency: str = ""
    sought_kind: str = ""
    sought_minor: int | None = None
    outcome: Annotated[Outcome, words_of(Outcome)] = Outcome.NOT_SAID
    loss_minor: int = 0
    entitled_minor: int = 0
    whole_minor: int = 0
    goodwill_minor: int = 0
    given_minor: int | None = None
    share_bp: int = 0
    owed: list[OwedOut] = []
    harms: list[HarmOut] = []
    missing: dict[str, int] = {}
    explain: list[str] = []
    peers: PeersOut | None = None
    payments: list[PaymentLeftOut] = []
    lines: list[RemedyLineOut] = []
    offers: list[RemedyOfferOut] = []
    letters: list[LetterOut] = []


def _whole(request: HttpRequest, ref: str) -> dict[str, Any]:
    found = queries.board(ref, viewer=viewer(request), at=at(request))
    package, fair = found.package, found.fair
    head = {"case": found.case.ref, "why_not": found.why_not, "is_assessed": package is not None}
    if package is None or fair is None:
        return head
    names = (
        "version", "edition", "cause", "fault", "days", "currency", "sought_kind", "sought_minor", "outcome",
        "loss_minor", "entitled_minor", "whole_minor", "goodwill_minor", "given_minor",
    )  # fmt: skip
    return {
        **head,
        **{name: getattr(package, name) for name in names},
        "share_bp": found.share,
        "owed": fair.owed,
        "harms": [_harm(row) for row in fair.harms],
        "missing": dict(found.missing),
        "explain": [queries.say(said) for said in fair.explain],
        "peers": {"count": len(found.likes.peers), "low_bp": found.likes.low, "high_bp": found.likes.high},
        "payments": found.payments,
        "lines": [one.line for one in found.lines],
        "offers": found.offers,
        "letters": found.letters,
    }


def _harm(row: Any) -> dict[str, Any]:
    names = ("key", "name", "claimed", "counted", "is_consequential")
    return {**{name: getattr(row, name) for name in names}, "why": queries.say(row.why) if row.why else ""}


def _line(body: RemedyLineIn) -> actions.NewLine:
    return actions.NewLine(**{name: value for name, value in told(body).items() if name != "seen"})


@router.get("/cases/{ref}/remedy", response=answers(RemedyOut), operation_id="get_remedy")
def whole(request: HttpRequest, ref: CaseRef) -> Any:
    """Return what is owed, what makes whole, the band of goodwill, every line, offers and letters."""
    return _whole(request, ref)


@router.post("/cases/{ref}/remedy/assessment", response=answers(RemedyOut), operation_id="assess_remedy")
def assess(request: HttpRequest, ref: CaseRef, body: AssessIn) -> Any:
    """Write down what went wrong and what it cost the customer; the first time begins the remedy."""
    given = {name: value for name, value in told(body).items() if name not in {"seen", "items", "harms"}}
    assessment = actions.Assessment(
        **given,
        items=tuple(actions.ItemTold(one.item_ref, one.quantity) for one in body.items),
        harms=tuple(actions.HarmTold(one.key, one.minor, one.document_id) for one in body.harms),
    )
    actions.assess(ref, assessment, seen=body.seen, **acting(request))
    return _whole(request, ref)


@router.post("/cases/{ref}/remedy/lines", response=answers(RemedyLineOut, 201), operation_id="add_remedy_line")
def add(request: HttpRequest, ref: CaseRef, body: RemedyLineIn) -> Any:
    """Put a line into the remedy."""
    return actions.add_line(ref, _line(body), seen=body.seen, **acting(request))


@router.post(
    "/cases/{ref}/remedy/refunds", response=answers(list[RemedyLineOut], 201), operation_id="add_remedy_refunds"
)
def refunds(request: HttpRequest, ref: CaseRef, body: RefundsIn) -> Any:
    """Share a refund over the payments of the order, a line for each."""
    return actions.add_refunds(ref, **told(body), **acting(request))


@router.get("/cases/{ref}/remedy/lines/{number}", response=answers(RemedyLineOut), operation_id="get_remedy_line")
def one(request: HttpRequest, ref: CaseRef, number: LineNumber) -> Any:
    """Return one line."""
    return queries.line(ref, number, viewer=viewer(request))


@router.get(
    "/cases/{ref}/remedy/lines/{number}/moves", response=answers(list[LineMoveOut]), operation_id="remedy_line_moves"
)
def moves(request: HttpRequest, ref: CaseRef, number: LineNumber) -> Any:
    """Return every move, and why those that are not open to you are not."""
    found = queries.moves(queries.line(ref, number, viewer=viewer(request)), viewer=viewer(request))
    return [{"name": name, "is_allowed": not said, "sentence": said} for name, said in found.items()]


@router.put("/cases/{ref}/remedy/lines/{number}", response=answers(RemedyLineOut), operation_id="edit_remedy_line")
def edit(request: HttpRequest, ref: CaseRef, number: LineNumber, body: RemedyLineIn) -> Any:
    """Write a line anew; its approval is void."""
    return actions.edit_line(ref, number, _line(body), seen=body.seen, **acting(request))


@router.post(
    "/cases/{ref}/remedy/lines/{number}/withdrawal",
    response=answers(RemedyLineOut),
    operation_id="withdraw_remedy_line",
)
def withdraw(request: HttpRequest, ref: CaseRef, number: LineNumber, body: Noted) -> Any:
    """Take a line out that was not accepted yet."""
    return actions.withdraw_line(ref, number, **told(body), **acting(request))


@router.post(
    "/cases/{ref}/remedy/lines/{number}/proposal", response=answers(RemedyLineOut), operation_id="propose_remedy_line"
)
def propose(request: HttpRequest, ref: CaseRef, number: LineNumber, body: Versioned) -> Any:
    """Ask for the approval of a line; granted at once within your own authority."""
    return actions.propose(ref, number, seen=body.seen, **acting(request))


@router.post(
    "/cases/{ref}/remedy/lines/{number}/execution", response=answers(RemedyLineOut), operation_id="execute_remedy_line"
)
def execute(request: HttpRequest, ref: CaseRef, number: LineNumber, body: Versioned) -> Any:
    """Carry out an approved line that needs no yes of the customer."""
    return actions.execute(ref, number, seen=body.seen, **acting(request))


@router.post(
    "/cases/{ref}/remedy/lines/{number}/confirmation",
    response=answers(RemedyLineOut),
    operation_id="confirm_remedy_line",
)
def confirm(request: HttpRequest, ref: CaseRef, number: LineNumber, body: DeliveredIn) -> Any:
    """Say that what a line gives was done, with a reference that shows it."""
    return actions.confirm_done(ref, number, **told(body), **acting(request))


@router.post(
    "/cases/{ref}/remedy/lines/{number}/failure", response=answers(RemedyLineOut), operation_id="fail_remedy_line"
)
def fail(request: HttpRequest, ref: CaseRef, number: LineNumber, body: FailedIn) -> Any:
    """Say that what a line gives could not be done, and why."""
    return actions.report_failed(ref, number, **told(body), **acting(request))


@router.post(
    "/cases/{ref}/remedy/lines/{number}/replacement",
    response=answers(RemedyLineOut, 201),
    operation_id="replace_remedy_line",
)
def replace(request: HttpRequest, ref: CaseRef, number: LineNumber, body: RemedyLineIn) -> Any:
    """Make a failed line good by another one, which is returned."""
    return actions.replace_line(ref, number, _line(body), seen=body.seen, **acting(request))


@router.post("/cases/{ref}/remedy/offers", response=answers(RemedyOfferOut, 201), operation_id="offer_remedy")
def offer(request: HttpRequest, ref: CaseRef, body: RemedyOfferIn) -> Any:
    """Offer approved lines to the customer, with a letter, until the expiry."""
    return actions.offer(ref, body.lines, letter=body.letter, why=body.why, seen=body.seen, **acting(request))


@router.post(
    "/cases/{ref}/remedy/offers/{number}/recall", response=answers(RemedyOfferOut), operation_id="recall_offer"
)
def recall(request: HttpRequest, ref: CaseRef, number: OfferNumber, body: Noted) -> Any:
    """Take back an offer; the lines that were not answered are approved lines again."""
    return actions.recall(ref, number, note=body.note, **acting(request))


@router.post("/cases/{ref}/remedy/letters", response=answers(LetterOut, 201), operation_id="send_letter")
def letter(request: HttpRequest, ref: CaseRef, body: LetterIn) -> Any:
    """Send the customer a letter; refused while it lacks a mandatory text."""
    return actions.send_letter(ref, body.text, kind=body.kind, seen=body.seen, **acting(request))
