"""Work over JSON: the next case, another one for a reason, and what stands before you today."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.accounts import NoticeOut, notices
from recourse.api.v1.clocks import PromiseOut
from recourse.api.v1.escalations import EscalationOut
from recourse.api.v1.shapes import Body, CaseBrief, CaseOut, CaseRef, Code, Note, acting, at, told, viewer
from recourse.cases.policy import FAR
from recourse.cases.queries import lists
from recourse.clocks.queries import promises_due
from recourse.escalations.queries import offered_to
from recourse.routing import actions, queries
from recourse.routing.policy import Matter, OfferState

router = Router()
A_DAY = dt.timedelta(days=1)


class OfferOut(Schema):
    """A case that was given, and the numbers behind the choice."""

    id: UUID
    state: OfferState
    parts: dict[str, int]
    value: float
    is_known: bool
    edition: int
    reason: str
    at: dt.datetime


class GivenOut(Schema):
    """The case that is yours now, why in words, and the sum behind it."""

    case: CaseOut
    offer: OfferOut
    why: str
    line: str


class InsteadIn(Body):
    """Why this one, though another is next."""

    reason: Code
    note: Note = ""


class NeedOut(Schema):
    """One thing that needs you: what kind, on which case, by when, what its delay costs and the sum behind it.

    `number` is that of an escalation, `about` the key of a promise, approval or notice.
    """

    matter: Matter
    case: CaseBrief
    due_at: dt.datetime | None
    why: str
    line: str
    number: int | None
    about: UUID | None
    note: str


class TodayOut(Schema):
    """What stands before you: all of it in one order (what delay costs most first), and each kind for itself."""

    items: list[NeedOut]
    cases: list[CaseOut]
    promises: list[PromiseOut]
    notices: list[NoticeOut]
    offered: list[EscalationOut]


@router.post("/next", response=answers(GivenOut), operation_id="get_next_case")
def get_next(request: HttpRequest) -> Any:
    """Take the case whose delay costs most now, and hear why this one."""
    return actions.get_next(**acting(request))


@router.post("/cases/{ref}/override", response=answers(GivenOut), operation_id="take_case_instead")
def instead(request: HttpRequest, ref: CaseRef, body: InsteadIn) -> Any:
    """Take this unowned case though another is next, for a reason of the handbook."""
    return actions.take_instead(ref, **told(body), **acting(request))


@router.get("/today", response=answers(TodayOut), operation_id="today")
def today(request: HttpRequest, size: Annotated[int, Field(ge=1, le=200)] = 50) -> Any:
    """Return what stands before you today."""
    actor, now = viewer(request), at(request)
    return {
        "items": [_item(one) for one in queries.today(actor, at=now)[:size]],
        "cases": lists.list_cases("is:mine is:open", viewer=actor, at=now, size=size).rows,
        "promises": promises_due(actor, until=now + A_DAY, given_by=actor.staff_id, limit=size),
        "notices": notices(request)[:size],
        "offered": list(offered_to(actor)[:size]),
    }


def _item(one: queries.Item) -> dict[str, Any]:
    has_due = one.due_at.year < FAR.year
    return {
        "matter": one.matter, "case": one.case, "due_at": one.due_at if has_due else None, "why": one.why,
        "line": queries.line(one.score), "number": one.number, "about": one.about, "note": one.note,
    }  # fmt: skip
