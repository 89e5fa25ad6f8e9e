"""Approvals over JSON: what waits for you, terms, decisions, overrides, authority left."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.shapes import (
    Body,
    CaseBrief,
    CaseRef,
    Cursor,
    CustomerBrief,
    Note,
    PageOf,
    Seen,
    Size,
    StaffBrief,
    Versioned,
    Words,
    acting,
    at,
    told,
    viewer,
    words_of,
)
from recourse.approvals import actions, queries
from recourse.approvals.policy import ReviewVerdict, State, Verdict
from recourse.cases.queries.find import case_by_ref
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.shape import Severity
from recourse.kit.paging import Page, page

router = Router()
ApprovalState = Annotated[State, words_of(State)]
DecisionVerdict = Annotated[Verdict, words_of(Verdict)]
TermsHash = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="The hash of the terms that you saw.")]


class DecideIn(Body):
    """Yes, no or a question first, to exactly the terms that were seen; a no and a question need a note."""

    verdict: Literal["approve", "refuse", "ask_back"]
    terms_hash: TermsHash
    note: Note = ""
    seen: Seen = None


class WordsIn(Versioned):
    """Words for the record."""

    note: Words


class OverrideGlassIn(Versioned):
    """The emergency, and the terms that were seen."""

    terms_hash: TermsHash
    reason: Words


class ReviewIn(Body):
    """What the review found."""

    verdict: ReviewVerdict
    note: Words


class AskOut(Schema):
    """Somebody who is asked now."""

    staff: StaffBrief
    on_behalf_of: StaffBrief | None
    asked_at: dt.datetime
    reminded_at: dt.datetime | None


class FlagOut(Schema):
    """Why a line looks like part of a larger one."""

    kind: str
    count: int
    days: int
    sum: int


class GlassOut(Schema):
    """An emergency override and its review."""

    by: StaffBrief
    reason: str
    at: dt.datetime
    review_due_at: dt.datetime
    reviewed_at: dt.datetime | None
    reviewer: StaffBrief | None
    verdict: str
    review_note: str


class ApprovalOut(Schema):
    """An approval with its frozen terms; amounts in minor units, `counted` in the company's currency."""

    id: UUID
    ref: str
    number: int
    version: int
    case: CaseBrief
    customer: CustomerBrief | None
    state: ApprovalState
    kind: str
    matter: str
    remedy_kind: LineKind
    severity: Severity
    amount_minor: int
    currency: str
    counted_minor: int
    counted_currency: str
    needed_minor: int
    terms: dict[str, Any]
    terms_hash: str
    proposer: StaffBrief
    edition: int
    route: str
    flags: list[FlagOut]
    is_asked_back: bool
    asked_at: dt.datetime
    expires_at: dt.datetime | None
    decided_at: dt.datetime | None
    used_at: dt.datetime | None
    ended_at: dt.datetime | None
    asked: list[AskOut]
    glass_break: GlassOut | None = None

    @staticmethod
    def resolve_asked(found: Any) -> list[Any]:
        """Return who is asked now, where that was read along."""
        return list(getattr(found, "open_asks", ()))

    @staticmethod
    def resolve_glass_break(found: Any) -> Any:
        """Return the emergency override, if there was one."""
        return getattr(found, "glass_break", None)

    @staticmethod
    def resolve_customer(found: Any, context: Any) -> Any:
        """Name the customer to those who may read customers."""
        return found.customer if viewer(context["request"]).can("customer:read") else None


class ApprovalMoveOut(Schema):
    """Something that may be done with an approval, and why you may not."""

    name: str
    is_allowed: bool
    sentence: str


class ApprovalDecisionOut(Schema):
    """One decision: who, for whom, under which limits and edition, on which sums, with which words."""

    verdict: DecisionVerdict
    by: StaffBrief
    on_behalf_of: StaffBrief | None
    at: dt.datetime
    edition: int
    terms_hash: str
    limits: dict[str, Any]
    seen: dict[str, int]
    covers: bool
    signs_as: list[str]
    by_link: bool
    note: str


class LeftOut(Schema):
    """What is left for one kind of line; `most` is the largest that you may decide alone now."""

    kind: LineKind
    most: int
    per_line: int
    case: int
    customer: int
    day: int


class AuthorityOut(Schema):
    """Your authority as it stands, in minor units of the company's currency."""

    currency: str
    severity: Severity
    edition: int
    case_used: int
    customer_used: int
    day_used: int
    customer_days: int
    agent_days: int
    rows: list[LeftOut]


class OverrideOut(GlassOut):
    """An emergency override beside its approval."""

    approval: ApprovalOut


@router.get("/approvals", response=answers(PageOf[ApprovalOut]), operation_id="approvals")
def some(
    request: HttpRequest, which: Literal["asked", "mine", "split"] = "asked", cursor: Cursor = None, size: Size = 50
) -> Any:
    """Return what you are asked to decide (the longest asked first), what you asked for, or what looked split."""
    actor = viewer(request)
    if which == "asked":
        found = queries.inbox_page(actor, cursor=cursor, size=size)
        rows = [ask.approval for ask in found.rows]
        return Page(rows=rows, next_cursor=found.next_cursor, previous_cursor=found.previous_cursor)
    source = queries.asked_by(actor) if which == "mine" else queries.flagged(actor)
    return page(source, order=["-id"], cursor=cursor, size=size)


@router.get("/cases/{ref}/approvals", response=answers(list[ApprovalOut]), operation_id="case_approvals")
def of_case(request: HttpRequest, ref: CaseRef) -> Any:
    """Return the approvals of a case, the newest first."""
    return queries.approvals_of(case_by_ref(ref, viewer=viewer(request)))


@router.get("/approvals/{approval_id}", response=answers(ApprovalOut), operation_id="get_approval")
def one(request: HttpRequest, approval_id: UUID) -> Any:
    """Return one approval."""
    return queries.approval(approval_id, viewer=viewer(request))


@router.get("/approvals/{approval_id}/moves", response=answers(list[ApprovalMoveOut]), operation_id="approval_moves")
def moves(request: HttpRequest, approval_id: UUID) -> Any:
    """Return everything that may be done with an approval, and why you may not do the rest."""
    found = queries.approval(approval_id, viewer=viewer(request))
    seen = queries.look(found, viewer=viewer(request), at=at(request))
    return [{"name": name, "is_allowed": not said, "sentence": said} for name, said in seen.moves.items()]


@router.get(
    "/approvals/{approval_id}/decisions", response=answers(list[ApprovalDecisionOut]), operation_id="approval_decisions"
)
def decisions(request: HttpRequest, approval_id: UUID) -> Any:
    """Return what was decided about an approval, oldest first."""
    names = (
        "verdict", "by", "on_behalf_of", "at", "edition", "terms_hash", "limits", "seen", "covers", "signs_as",
        "by_link",
    )  # fmt: skip
    rows = queries.decisions_of(queries.approval(approval_id, viewer=viewer(request)))
    return [{**{name: getattr(row.decision, name) for name in names}, "note": row.note} for row in rows]


@router.post("/approvals/{approval_id}/decision", response=answers(ApprovalOut), operation_id="decide_approval")
def decide(request: HttpRequest, approval_id: UUID, body: DecideIn) -> Any:
    """Say yes, no or a question first. An amount that needs the second factor again cannot be approved by a key."""
    actions.decide(approval_id, **told(body), **acting(request))
    return _again(request, approval_id)


@router.post("/approvals/{approval_id}/answer", response=answers(ApprovalOut), operation_id="answer_approval")
def answer(request: HttpRequest, approval_id: UUID, body: WordsIn) -> Any:
    """Answer the question of one who decides."""
    actions.answer(approval_id, **told(body), **acting(request))
    return _again(request, approval_id)


@router.post("/approvals/{approval_id}/pass-up", response=answers(ApprovalOut), operation_id="pass_up_approval")
def pass_up(request: HttpRequest, approval_id: UUID, body: WordsIn) -> Any:
    """Hand a decision to the next level."""
    actions.pass_up(approval_id, **told(body), **acting(request))
    return _again(request, approval_id)


@router.post("/approvals/{approval_id}/withdrawal", response=answers(ApprovalOut), operation_id="withdraw_approval")
def withdraw(request: HttpRequest, approval_id: UUID, body: WordsIn) -> Any:
    """Take back what you asked for, or what was granted and is not yet carried out."""
    actions.withdraw(approval_id, **told(body), **acting(request))
    return _again(request, approval_id)


@router.post("/approvals/{approval_id}/override", response=answers(ApprovalOut), operation_id="break_glass")
def break_glass(request: HttpRequest, approval_id: UUID, body: OverrideGlassIn) -> Any:
    """Override in an emergency; refused to keys, because it needs the second factor given just now."""
    actions.break_glass(approval_id, **told(body), **acting(request))
    return _again(request, approval_id)


@router.post(
    "/approvals/{approval_id}/override/review", response=answers(ApprovalOut), operation_id="review_break_glass"
)
def review(request: HttpRequest, approval_id: UUID, body: ReviewIn) -> Any:
    """Say whether an emergency override was justified."""
    actions.review_break_glass(approval_id, **told(body), **acting(request))
    return _again(request, approval_id)


def _again(request: HttpRequest, approval_id: UUID) -> Any:
    return queries.approval(approval_id, viewer=viewer(request))


@router.get("/overrides", response=answers(PageOf[OverrideOut]), operation_id="overrides_to_review")
def overrides(request: HttpRequest, cursor: Cursor = None, size: Size = 50) -> Any:
    """Return the emergency overrides whose review is owed, the longest due first."""
    return page(queries.to_review(viewer(request)), order=["review_due_at", "id"], cursor=cursor, size=size)


@router.get("/authority", response=answers(AuthorityOut), operation_id="my_authority")
def authority(
    request: HttpRequest,
    case: Annotated[
        str | None, Query(max_length=40, description="A case, to count what it and its customer got.")
    ] = None,
    severity: Severity | None = None,
) -> Any:
    """Return what you may still decide alone, by kind of line."""
    found = case_by_ref(case, viewer=viewer(request)) if case else None
    return queries.authority_left(viewer(request), at=at(request), case=found, severity=severity or "")
