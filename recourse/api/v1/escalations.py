"""Escalations over JSON: weigh, ask, decide at the gate, hand back, finish, work accounts as one, precision."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.shapes import (
    Body,
    CaseBrief,
    CaseRef,
    Code,
    Cursor,
    Flag,
    NamedBrief,
    Note,
    Noted,
    PageOf,
    Size,
    Slug,
    StaffBrief,
    Versioned,
    Words,
    acting,
    at,
    told,
    viewer,
    words_of,
)
from recourse.cases.queries.find import case_by_ref
from recourse.escalations import actions, queries
from recourse.escalations.policy import Claim, Request
from recourse.escalations.policy.words import State, Verdict
from recourse.handbook.policy.shape import Impact, Severity, Tier
from recourse.kit.paging import page

router = Router()
EscalationState = Annotated[State, words_of(State)]
Number = Annotated[int, Path(ge=1, le=32767, description="The number of the escalation within its case.")]
Evidence = Annotated[dict[Annotated[str, Field(max_length=40)], Any], Field(max_length=30)]
LOOKED_BACK = dt.timedelta(days=90)


class ClaimIn(Body):
    """A ground of the handbook with its evidence by key."""

    code: Annotated[str, Field(min_length=1, max_length=40)]
    evidence: Evidence = {}


class AskIn(Versioned):
    """What is asked for; repeated failure is computed and never claimed."""

    severity: Severity
    impact: Impact
    claims: Annotated[list[ClaimIn], Field(max_length=20)] = []


class GiveBackIn(Versioned):
    """Why, as a reason of the handbook, and a note to learn from."""

    reason: Code
    note: Words


class RedirectIn(GiveBackIn):
    """The team that can solve it instead."""

    team: Slug


class OverrideIn(Noted):
    """Another tier than the rules gave, and why."""

    tier: Tier
    reason: Code


class HandBackIn(GiveBackIn):
    """Whether it did need the team, and to whom it is offered: whoever had it before, unless named."""

    was_needed: Flag
    owner_id: UUID | None = None


class DeclineIn(Versioned):
    """Why not."""

    note: Words


class FinishIn(Versioned):
    """What came of it, for the requester to read."""

    was_needed: Flag
    note: Words


class JudgeIn(Body):
    """Whether an escalation that has ended did need the team."""

    was_needed: Flag
    note: Note = ""


class GroundRowOut(Schema):
    """One ground as it was weighed."""

    code: str
    name: str
    qualifies: str
    is_claimed: bool
    is_computed: bool
    is_met: bool
    why: list[str]


class MissingOut(Schema):
    """What is missing, by field."""

    field: str
    sentence: str


class PreviewOut(Schema):
    """Whether it would go through, for which tier and team, by when; nothing is written."""

    can_be_sent: bool
    sentence: str
    qualifies: bool
    tier: Tier
    team: NamedBrief | None
    gate_due_at: dt.datetime
    due_at: dt.datetime
    code: str
    grounds: list[GroundRowOut]
    missing: list[MissingOut]
    explain: list[str]
    statutory: list[str]
    restricts_readers: bool


class GroundOut(Schema):
    """A ground of an escalation with its evidence."""

    code: str
    is_met: bool
    is_computed: bool
    evidence: dict[str, Any]
    words: dict[str, Any]


class EscalationOut(Schema):
    """An escalation."""

    ref: str
    number: int
    version: int
    case: CaseBrief
    state: EscalationState
    severity: Severity
    impact: Impact
    tier: Tier
    computed_tier: Tier
    team: NamedBrief
    requester: StaffBrief
    on_behalf_of: StaffBrief | None
    offered_to: StaffBrief | None
    supervisor: StaffBrief | None
    edition: int
    bounces: int
    is_ping_pong: bool
    requested_at: dt.datetime
    gate_due_at: dt.datetime
    due_at: dt.datetime
    decided_at: dt.datetime | None
    responded_at: dt.datetime | None
    ended_at: dt.datetime | None
    was_needed: bool | None
    grounds: list[GroundOut]

    @staticmethod
    def resolve_grounds(found: Any) -> list[Any]:
        """Return the grounds by code."""
        return sorted(found.grounds.all(), key=lambda ground: ground.code)


class EscalationMoveOut(Schema):
    """A move of an escalation, and why it is not open to you."""

    name: str
    is_allowed: bool
    sentence: str


class DecisionOut(Schema):
    """What was decided, by whom, with the words that were written with it."""

    verdict: Verdict
    reason: str
    by: StaffBrief
    at: dt.datetime
    edition: int
    tier_before: str
    tier_after: str
    team_after: NamedBrief
    note: str


def asked(body: AskIn) -> Request:
    """Return a request as the rules take it."""
    claims = tuple(Claim(claim.code, claim.evidence) for claim in body.claims)
    return Request(severity=body.severity, impact=body.impact, claims=claims)


@router.post("/cases/{ref}/escalations/preview", response=answers(PreviewOut), operation_id="preview_escalation")
def preview(request: HttpRequest, ref: CaseRef, body: AskIn) -> Any:
    """Return whether a request would qualify, for which tier and team, by when, and what is missing."""
    found = queries.preview(ref, asked(body), **acting(request))
    weighed = found.assessment
    names = ("can_be_sent", "sentence", "team", "gate_due_at", "due_at", "grounds", "explain")
    return {
        **{name: getattr(found, name) for name in names},
        "qualifies": weighed.qualifies,
        "tier": weighed.tier,
        "statutory": weighed.statutory,
        "restricts_readers": weighed.restricts_readers,
        "code": found.refusal.code if found.refusal else "",
        "missing": [{"field": field, "sentence": sentence} for field, sentence in found.missing],
    }


@router.get("/cases/{ref}/escalations", response=answers(list[EscalationOut]), operation_id="list_escalations")
def listed(request: HttpRequest, ref: CaseRef) -> Any:
    """Return every escalation of a case, the newest first."""
    return queries.escalations_of(case_by_ref(ref, viewer=viewer(request)))


@router.post("/cases/{ref}/escalations", response=answers(EscalationOut, 201), operation_id="request_escalation")
def ask(request: HttpRequest, ref: CaseRef, body: AskIn) -> Any:
    """Ask that a case leave the front line, on grounds with evidence."""
    return actions.request(ref, asked(body), seen=body.seen, **acting(request))


@router.get("/cases/{ref}/escalations/{number}", response=answers(EscalationOut), operation_id="get_escalation")
def one(request: HttpRequest, ref: CaseRef, number: Number) -> Any:
    """Return one escalation."""
    return queries.escalation(ref, number, viewer=viewer(request))


@router.get(
    "/cases/{ref}/escalations/{number}/moves",
    response=answers(list[EscalationMoveOut]),
    operation_id="escalation_moves",
)
def moves(request: HttpRequest, ref: CaseRef, number: Number) -> Any:
    """Return every move, and why those that are not open to you are not."""
    found = queries.moves(queries.escalation(ref, number, viewer=viewer(request)), viewer=viewer(request))
    return [{"name": name, "is_allowed": not said, "sentence": said} for name, said in found.items()]


@router.get(
    "/cases/{ref}/escalations/{number}/decisions",
    response=answers(list[DecisionOut]),
    operation_id="escalation_decisions",
)
def decisions(request: HttpRequest, ref: CaseRef, number: Number) -> Any:
    """Return what was decided about an escalation, oldest first."""
    found = queries.escalation(ref, number, viewer=viewer(request))
    names = ("verdict", "reason", "by", "at", "edition", "tier_before", "tier_after", "team_after")
    rows = queries.decisions_of(found, viewer=viewer(request))
    return [{**{name: getattr(row.decision, name) for name in names}, "note": row.note} for row in rows]


@router.post(
    "/cases/{ref}/escalations/{number}/acceptance", response=answers(EscalationOut), operation_id="accept_escalation"
)
def accept(request: HttpRequest, ref: CaseRef, number: Number, body: Noted) -> Any:
    """Let a case in to the tier and team that it was weighed for."""
    return actions.accept(ref, number, **told(body), **acting(request))


@router.post(
    "/cases/{ref}/escalations/{number}/return", response=answers(EscalationOut), operation_id="return_escalation"
)
def return_(request: HttpRequest, ref: CaseRef, number: Number, body: GiveBackIn) -> Any:
    """Give an asking back with a reason and a note to learn from."""
    return actions.return_(ref, number, **told(body), **acting(request))


@router.post(
    "/cases/{ref}/escalations/{number}/redirection", response=answers(EscalationOut), operation_id="redirect_escalation"
)
def redirect(request: HttpRequest, ref: CaseRef, number: Number, body: RedirectIn) -> Any:
    """Send the case to another team that can solve it."""
    given = {name: value for name, value in told(body).items() if name != "team"}
    return actions.redirect(ref, number, team_slug=body.team, **given, **acting(request))


@router.post(
    "/cases/{ref}/escalations/{number}/withdrawal", response=answers(EscalationOut), operation_id="withdraw_escalation"
)
def withdraw(request: HttpRequest, ref: CaseRef, number: Number, body: Noted) -> Any:
    """Take back an asking of your own that the gate has not decided."""
    return actions.withdraw(ref, number, **told(body), **acting(request))


@router.post("/cases/{ref}/escalations/{number}/tier", response=answers(EscalationOut), operation_id="override_tier")
def override(request: HttpRequest, ref: CaseRef, number: Number, body: OverrideIn) -> Any:
    """Choose another tier than the rules gave, with a reason."""
    return actions.override_tier(ref, number, **told(body), **acting(request))


@router.post("/cases/{ref}/escalations/{number}/hand-back", response=answers(EscalationOut), operation_id="hand_back")
def hand_back(request: HttpRequest, ref: CaseRef, number: Number, body: HandBackIn) -> Any:
    """Offer a case back to the front line."""
    return actions.hand_back(ref, number, **told(body), **acting(request))


@router.post(
    "/cases/{ref}/escalations/{number}/hand-back/acceptance", response=answers(EscalationOut), operation_id="take_back"
)
def take_back(request: HttpRequest, ref: CaseRef, number: Number, body: Versioned) -> Any:
    """Accept a case that was offered back."""
    return actions.take_back(ref, number, seen=body.seen, **acting(request))


@router.post(
    "/cases/{ref}/escalations/{number}/hand-back/refusal", response=answers(EscalationOut), operation_id="decline_back"
)
def decline(request: HttpRequest, ref: CaseRef, number: Number, body: DeclineIn) -> Any:
    """Say no to a case that was offered back, and why; it stays with the team."""
    return actions.decline_back(ref, number, **told(body), **acting(request))


@router.post(
    "/cases/{ref}/escalations/{number}/finish", response=answers(EscalationOut), operation_id="finish_escalation"
)
def finish(request: HttpRequest, ref: CaseRef, number: Number, body: FinishIn) -> Any:
    """Say that the team is done and what came of it."""
    return actions.finish(ref, number, **told(body), **acting(request))


@router.post(
    "/cases/{ref}/escalations/{number}/judgement", response=answers(EscalationOut), operation_id="judge_escalation"
)
def judge(request: HttpRequest, ref: CaseRef, number: Number, body: JudgeIn) -> Any:
    """Say afterwards whether an escalation did need the team."""
    return actions.judge(ref, number, **told(body), **acting(request))


@router.get("/escalations", response=answers(PageOf[EscalationOut]), operation_id="escalations")
def some(
    request: HttpRequest, which: Literal["gate", "asked", "offered"] = "gate", cursor: Cursor = None, size: Size = 50
) -> Any:
    """Return escalations: undecided ones at the gate, yours of 90 days, or cases offered back to you."""
    actor = viewer(request)
    if which == "gate":
        return page(queries.at_the_gate(viewer=actor), order=["gate_due_at", "id"], cursor=cursor, size=size)
    if which == "asked":
        rows = queries.asked_by(actor, since=at(request) - LOOKED_BACK)
        return page(rows, order=["-requested_at", "-id"], cursor=cursor, size=size)
    return page(queries.offered_to(actor), order=["-id"], cursor=cursor, size=size)
