"""Clocks and promises over JSON: what runs, why it is due when it is, what was promised, how often it was kept."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.shapes import (
    AskedInstant,
    Body,
    CaseBrief,
    CaseName,
    CaseRef,
    Instant,
    StaffBrief,
    Versioned,
    acting,
    at,
    told,
    viewer,
    words_of,
)
from recourse.cases.queries.find import case_by_ref
from recourse.clocks import actions, queries
from recourse.clocks.policy.promises import PromiseState
from recourse.clocks.policy.words import Family, State
from recourse.clocks.queries import By
from recourse.kit.calendar import Reason
from recourse.kit.errors import Invalid

router = Router()
ClockState = Annotated[State, words_of(State)]
Why = Annotated[str, Field(min_length=1, max_length=1000)]
Limit = Annotated[int, Query(ge=1, le=200)]
LONGEST = dt.timedelta(days=3660)


class ClockOut(Schema):
    """A clock of a case; `due_at` is null while it is paused."""

    kind: str
    family: Family
    epoch: int
    state: ClockState
    tier: str
    severity: str
    edition: int
    basis: str
    amount: int
    calendar: str
    started_at: dt.datetime
    due_at: dt.datetime | None
    paused_since: dt.datetime | None
    resumes_at: dt.datetime | None
    paused_seconds: float
    used_seconds: float
    ended_at: dt.datetime | None
    breached_at: dt.datetime | None
    warned_percent: int


class CaseClockOut(ClockOut):
    """A clock beside its case."""

    case: CaseBrief


class SpanOut(Schema):
    """A stretch of real time, counted or not, and why."""

    start: dt.datetime
    end: dt.datetime
    reason: Reason
    name: str
    is_counted: bool


class ChangeOut(Schema):
    """A change of the target while the clock ran."""

    at: dt.datetime


class ExplanationOut(Schema):
    """The whole reckoning of a clock: `spans` cover the time without gap; counted, paused and outside are seconds."""

    kind: str
    epoch: int
    state: ClockState
    started_at: dt.datetime
    counted_from: dt.datetime
    due_at: dt.datetime | None
    basis: str
    amount: int
    edition: int
    calendar: str
    calendar_version: int
    zone: str
    until: dt.datetime
    counted: float
    paused: float
    outside: float
    spans: list[SpanOut]
    changes: list[ChangeOut]


class ShareOut(Schema):
    """So many of so many, with a 95 % interval; `is_few` where there are too few to say anything."""

    part: int
    whole: int
    rate: float | None
    interval: list[float]
    is_few: bool


class ComplianceOut(Schema):
    """How often the clocks of a group were met."""

    group: list[str]
    met: ShareOut
    paused_share: float | None

    @staticmethod
    def resolve_group(row: Any) -> list[str]:
        """Return the group's values as text."""
        return [str(value) for value in row.group]


class StandingOut(Schema):
    """How the open clocks stand now."""

    breached: int
    due_soon: int
    paused: int
    total: int


class MigrateIn(Body):
    """Cases whose open clocks go over to an edition."""

    cases: Annotated[list[CaseName], Field(min_length=1, max_length=200)]
    edition: Annotated[int, Field(strict=True, ge=1, le=2_147_483_647)]


class MovedOut(Schema):
    """How many cases moved."""

    moved: int


class PromiseIn(Body):
    """What is promised, by when, to whom."""

    what: Annotated[str, Field(min_length=1, max_length=2000)]
    due_at: Instant
    to_whom: Annotated[str, Field(max_length=200)] = ""


class KeptIn(Versioned):
    """That a promise was kept, now or earlier."""

    kept_on: Instant | None = None


class PromiseWhyIn(Versioned):
    """Why."""

    why: Why


class PromiseMoveIn(PromiseWhyIn):
    """Another time, and why."""

    due_at: Instant


class PromiseOut(Schema):
    """A promise to a customer."""

    id: UUID
    version: int
    case: CaseBrief
    what: str
    to_whom: str
    given_by: StaffBrief
    given_at: dt.datetime
    due_at: dt.datetime
    state: PromiseState
    settled_at: dt.datetime | None


def explained(found: Any) -> dict[str, Any]:
    """Return a reckoning with its clock's own facts beside it."""
    names = ("edition", "calendar", "calendar_version", "zone", "until", "counted", "paused", "outside", "spans")
    state = found.state
    return {
        **{name: getattr(found, name) for name in names},
        "changes": found.changes,
        "kind": state.kind,
        "epoch": state.epoch,
        "state": state.state,
        "started_at": state.started_at,
        "counted_from": state.counted_from,
        "due_at": state.due_at,
        "basis": state.target.length.basis,
        "amount": state.target.length.amount,
    }


def period(since: dt.datetime, until: dt.datetime) -> dict[str, dt.datetime]:
    """Return a period that can be reported on; raises Invalid(until)."""
    if not since < until <= since + LONGEST:
        raise Invalid.one("until", "The period must end after it begins, and hold ten years at most.")
    return {"since": since, "until": until}


@router.get("/cases/{ref}/clocks", response=answers(list[ClockOut]), operation_id="list_clocks")
def clocks(request: HttpRequest, ref: CaseRef) -> Any:
    """Return the clocks of a case: open ones by due time, then paused ones, then ended ones."""
    return queries.clocks_of(case_by_ref(ref, viewer=viewer(request)))


@router.get("/cases/{ref}/clocks/explained", response=answers(list[ExplanationOut]), operation_id="explain_clocks")
def explain_all(request: HttpRequest, ref: CaseRef) -> Any:
    """Return for each clock how its due time comes about: every interval, counted or skipped."""
    found = queries.explain_clocks(case_by_ref(ref, viewer=viewer(request)), at=at(request))
    return [explained(one) for one in found]


@router.get("/cases/{ref}/clocks/{kind}/{epoch}", response=answers(ExplanationOut), operation_id="explain_clock")
def explain_one(
    request: HttpRequest,
    ref: CaseRef,
    kind: Annotated[str, Path(max_length=40)],
    epoch: Annotated[int, Path(ge=0, le=32767)],
) -> Any:
    """Return how the due time of one clock comes about."""
    case = case_by_ref(ref, viewer=viewer(request))
    return explained(queries.explain_clock(case, kind=kind, epoch=epoch, at=at(request)))


@router.get("/clocks/worst", response=answers(list[CaseClockOut]), operation_id="worst_clocks")
def worst(
    request: HttpRequest, family: Literal["", "commercial", "regulatory", "promise"] = "",
    team_id: UUID | None = None, limit: Limit = 50,
) -> Any:  # fmt: skip
    """Return the open clocks with the earliest due time, breached ones first of all."""
    return queries.worst_first(viewer(request), limit=limit, family=family, team_id=team_id)


@router.get("/clocks/standing", response=answers(StandingOut), operation_id="clocks_standing")
def standing(request: HttpRequest, within_hours: Annotated[int, Query(ge=1, le=8760)] = 24) -> Any:
    """Return how the open clocks that you may see stand now."""
    return queries.standing(viewer(request), at=at(request), within=dt.timedelta(hours=within_hours))


@router.get("/clocks/compliance", response=answers(list[ComplianceOut]), operation_id="compliance")
def compliance(
    request: HttpRequest,
    since: AskedInstant,
    until: AskedInstant,
    by: Annotated[list[By], Query(max_length=5)] = [By.KIND],  # noqa: B006
) -> Any:
    """Return how often clocks were met that were judged in a period, by group."""
    return queries.compliance(viewer(request), by=list(dict.fromkeys(by)), **period(since, until))


@router.get("/clocks/compliance/clocks", response=answers(list[CaseClockOut]), operation_id="compliance_clocks")
def compliance_clocks(
    request: HttpRequest,
    since: AskedInstant,
    until: AskedInstant,
    is_met: bool | None = None,
    kind: Annotated[str, Query(max_length=40)] = "",
    tier: Annotated[str, Query(max_length=24)] = "",
    team_id: UUID | None = None,
    limit: Limit = 50,
) -> Any:
    """Return the clocks behind a row of the report, the latest first."""
    return queries.compliance_clocks(
        viewer(request), is_met=is_met, kind=kind, tier=tier, team_id=team_id, limit=limit, **period(since, until)
    )


@router.post("/clocks/migration", response=answers(MovedOut), operation_id="migrate_clocks")
def migrate(request: HttpRequest, body: MigrateIn) -> Any:
    """Give the open clocks of some cases the targets of an edition; starts, pauses and verdicts stay."""
    keys = [case_by_ref(ref, viewer=viewer(request)).pk for ref in dict.fromkeys(body.cases)]
    return {"moved": actions.migrate(keys, edition=body.edition, **acting(request))}


@router.get("/cases/{ref}/promises", response=answers(list[PromiseOut]), operation_id="list_promises")
def promises(request: HttpRequest, ref: CaseRef) -> Any:
    """Return the promises on a case, open ones first."""
    return list(queries.promises_of(case_by_ref(ref, viewer=viewer(request))))


@router.post("/cases/{ref}/promises", response=answers(PromiseOut, 201), operation_id="make_promise")
def make(request: HttpRequest, ref: CaseRef, body: PromiseIn) -> Any:
    """Promise the customer something by a time; its clock starts, and it holds the case open."""
    return actions.make_promise(ref, **told(body), **acting(request))


@router.get("/promises", response=answers(list[PromiseOut]), operation_id="promises_due")
def due(request: HttpRequest, until: AskedInstant, given_by: UUID | None = None, limit: Limit = 50) -> Any:
    """Return open promises due by a time, the earliest first."""
    return queries.promises_due(viewer(request), until=until, given_by=given_by, limit=limit)


@router.get("/promises/{promise_id}", response=answers(PromiseOut), operation_id="get_promise")
def one(request: HttpRequest, promise_id: UUID) -> Any:
    """Return one promise."""
    return queries.promise(promise_id, viewer=viewer(request))


@router.post("/promises/{promise_id}/keeping", response=answers(PromiseOut), operation_id="keep_promise")
def keep(request: HttpRequest, promise_id: UUID, body: KeptIn) -> Any:
    """Say that a promise was kept."""
    return actions.keep_promise(promise_id, **told(body), **acting(request))


@router.post("/promises/{promise_id}/breaking", response=answers(PromiseOut), operation_id="break_promise")
def break_(request: HttpRequest, promise_id: UUID, body: PromiseWhyIn) -> Any:
    """Say that a promise will not be kept, and why."""
    return actions.break_promise(promise_id, **told(body), **acting(request))


@router.post("/promises/{promise_id}/withdrawal", response=answers(PromiseOut), operation_id="withdraw_promise")
def withdraw(request: HttpRequest, promise_id: UUID, body: PromiseWhyIn) -> Any:
    """Say that a promise is void, and why."""
    return actions.withdraw_promise(promise_id, **told(body), **acting(request))


@router.post("/promises/{promise_id}/move", response=answers(PromiseOut), operation_id="move_promise")
def move(request: HttpRequest, promise_id: UUID, body: PromiseMoveIn) -> Any:
    """Give a promise another time, and say why."""
    return actions.move_promise(promise_id, **told(body), **acting(request))
