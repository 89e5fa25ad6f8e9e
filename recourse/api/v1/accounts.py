"""Round escalations, over JSON: accounts worked as one, notices, and how precise the gate is."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.clocks import ShareOut, period
from recourse.api.v1.shapes import (
    AskedInstant,
    Body,
    CaseBrief,
    CaseName,
    CaseRef,
    CustomerBrief,
    Note,
    StaffBrief,
    acting,
    viewer,
)
from recourse.cases.queries.find import case_by_ref
from recourse.escalations import actions, queries
from recourse.escalations.policy.words import NoticeKind
from recourse.kit.errors import NotVisible

router = Router()


class GroupIn(Body):
    """Cases of one customer to be worked as one."""

    cases: Annotated[list[CaseName], Field(min_length=1, max_length=100)]
    coordinator_id: UUID
    note: Note = ""


class UngroupIn(Body):
    """Cases to be worked by themselves again."""

    cases: Annotated[list[CaseName], Field(min_length=1, max_length=100)]
    note: Note = ""


class NoticeOut(Schema):
    """Something that you should know, until you have read it."""

    id: UUID
    kind: NoticeKind
    case: CaseBrief
    words: dict[str, Any]
    at: dt.datetime
    note: str


class AccountOut(Schema):
    """Cases of one customer worked as one; those that you may see."""

    id: UUID
    customer: CustomerBrief
    coordinator: StaffBrief
    opened_at: dt.datetime
    ended_at: dt.datetime | None
    cases: list[CaseBrief]


class PrecisionOut(Schema):
    """Acceptance, returns, need and misses under one heading."""

    heading: str
    accepted: ShareOut
    returned: ShareOut
    needed: ShareOut
    missed: ShareOut


def account_out(account: Any, request: HttpRequest) -> dict[str, Any]:
    """Return an account escalation with the cases that the caller may see."""
    names = ("id", "customer", "coordinator", "opened_at", "ended_at")
    cases = queries.cases_of_account(account.pk, viewer=viewer(request))
    return {**{name: getattr(account, name) for name in names}, "cases": cases}


@router.get("/escalations/precision", response=answers(list[PrecisionOut]), operation_id="escalation_precision")
def precision(
    request: HttpRequest,
    since: AskedInstant,
    until: AskedInstant,
    by: Literal["all", "ground", "agent", "team", "month"] = "all",
) -> Any:
    """Return acceptance, returns, need and misses of what was decided in a period."""
    return queries.precision_of(by=by, viewer=viewer(request), **period(since, until))


@router.get("/notices", response=answers(list[NoticeOut]), operation_id="list_notices")
def notices(request: HttpRequest) -> Any:
    """Return what you have not read yet, the newest first."""
    names = ("id", "kind", "case", "words", "at")
    rows = queries.unread(viewer(request))
    return [{**{name: getattr(row.notice, name) for name in names}, "note": row.note} for row in rows]


@router.post("/notices/{notice_id}/reading", response=answers(None, 204), operation_id="read_notice")
def read(request: HttpRequest, notice_id: UUID) -> Any:
    """Mark a notice of your own as read."""
    actions.read_notice(notice_id=notice_id, **acting(request))


@router.get("/cases/{ref}/account", response=answers(AccountOut), operation_id="get_account_escalation")
def account(request: HttpRequest, ref: CaseRef) -> Any:
    """Return the account escalation that a case belongs to."""
    return account_out(found_account(ref, request), request)


def found_account(ref: str, request: HttpRequest) -> Any:
    """Return the account escalation of a case; raises NotVisible where it belongs to none."""
    found = queries.account_of(case_by_ref(ref, viewer=viewer(request)))
    if found is None:
        raise NotVisible
    return found


@router.post("/accounts", response=answers(AccountOut), operation_id="group_cases")
def group(request: HttpRequest, body: GroupIn) -> Any:
    """Work cases of one customer as one."""
    found = actions.group(body.cases, coordinator_id=body.coordinator_id, note=body.note, **acting(request))
    return account_out(found, request)


@router.post("/accounts/leaving", response=answers(None, 204), operation_id="ungroup_cases")
def ungroup(request: HttpRequest, body: UngroupIn) -> Any:
    """Let cases be worked by themselves again."""
    actions.ungroup(body.cases, note=body.note, **acting(request))
