"""The shapes that several nouns share. What comes in is read strictly: text is text, a number a number."""

import datetime as dt
import re
import zoneinfo
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Schema
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from recourse.api.callers import caller
from recourse.cases.policy import Channel, Priority, Stage
from recourse.cases.queries.state import AllowedMove
from recourse.handbook.policy.shape import Impact, Severity, Tier
from recourse.kit.actor import Actor

T = TypeVar("T")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LAST_VERSION = 2_147_483_647
EARLIEST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


def _instant_only(value: object) -> object:
    if not (isinstance(value, str) and INSTANT.match(value)):
        raise ValueError("Write this as 2026-03-02T10:00:00Z.")
    return value


def _day_only(value: object) -> object:
    if not (isinstance(value, str) and DAY.fullmatch(value)):
        raise ValueError("Write this as 2026-03-02.")
    return value


def _sensible(value: dt.datetime) -> dt.datetime:
    if not EARLIEST <= value < LATEST:
        raise ValueError("This is too far away.")
    return value.astimezone(dt.UTC)


def _zone(value: str) -> str:
    if value not in zoneinfo.available_timezones():
        raise ValueError("There is no such time zone.")
    return value


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_instant_only),
    AfterValidator(_sensible),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-03-02T10:00:00Z"]}),
]
Day = Annotated[
    dt.date,
    BeforeValidator(_day_only),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-03-02"]}),
]
AskedInstant = Annotated[
    AwareDatetime,
    BeforeValidator(_instant_only),
    AfterValidator(_sensible),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
TimeZone = Annotated[str, Field(max_length=64, examples=["Europe/Berlin"]), AfterValidator(_zone)]
Flag = Annotated[bool, Field(strict=True)]
Line = Annotated[str, Field(min_length=1, max_length=300)]
ShortLine = Annotated[str, Field(min_length=1, max_length=120)]
Slug = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[-a-zA-Z0-9_]+$")]
SlugPath = Annotated[str, Path(description="A short name, such as care.", max_length=50)]
Code = Annotated[str, Field(min_length=1, max_length=80, description="A key of the handbook.")]
Words = Annotated[str, Field(min_length=1, max_length=10_000)]
Seen = Annotated[
    int | None,
    Field(strict=True, ge=1, le=LAST_VERSION, description="The version that you saw; a newer one is refused with 409."),
]
Note = Annotated[str, Field(max_length=10_000, description="Words for the record, kept apart and shreddable.")]

CaseRef = Annotated[str, Path(description="A reference such as RC-1042.", max_length=40)]
CaseName = Annotated[str, Field(min_length=1, max_length=40, examples=["RC-1042"])]
CustomerRef = Annotated[str, Path(description="A reference such as CU-1042, or a key.", max_length=40)]
Number = Annotated[int, Path(ge=1, le=LAST_VERSION)]
Cursor = Annotated[
    str | None, Query(description="Where the page begins; take it from `next` or `previous`.", max_length=2000)
]
Size = Annotated[int, Query(ge=1, le=200, description="Rows on a page.")]


def words_of(kind: type[StrEnum]) -> WithJsonSchema:
    """Return the words of an enum in place, for those that share a name with another room's."""
    return WithJsonSchema({"type": "string", "enum": [word.value for word in kind]})


class Body(BaseModel):
    """A request body: a field that we do not know is refused."""

    model_config = ConfigDict(extra="forbid")


class Versioned(Body):
    """A change to something with a version."""

    seen: Seen = None


class Noted(Versioned):
    """A change with words for the record."""

    note: Note = ""


class Seeing(Body):
    """A change to something with a version, which must be told."""

    seen: Annotated[int, Field(strict=True, ge=1, le=LAST_VERSION, description="The version that you saw.")]


def acting(request: HttpRequest) -> dict[str, Any]:
    """Return who acts and when, as every verb takes them."""
    call = caller(request)
    return {"by": call.actor, "at": call.at}


def viewer(request: HttpRequest) -> Actor:
    """Return who asks."""
    return caller(request).actor


def at(request: HttpRequest) -> dt.datetime:
    """Return when it was asked."""
    return caller(request).at


def told(body: BaseModel) -> dict[str, Any]:
    """Return what a body says, with what it leaves out at its default."""
    return {name: getattr(body, name) for name in type(body).model_fields}


def changes(body: BaseModel) -> dict[str, Any]:
    """Return only the fields that a body names, without `seen`."""
    return {name: getattr(body, name) for name in body.model_fields_set if name != "seen"}


class PageOf(Schema, Generic[T]):
    """A page: rows, and the cursors of the pages around it."""

    rows: list[T]
    next: str | None
    previous: str | None

    @staticmethod
    def resolve_next(found: Any) -> str | None:
        """Return the cursor of the page after this one."""
        cursor: str | None = found.next_cursor
        return cursor

    @staticmethod
    def resolve_previous(found: Any) -> str | None:
        """Return the cursor of the page before this one."""
        cursor: str | None = found.previous_cursor
        return cursor


class StaffBrief(Schema):
    """A member of staff, as others see them."""

    id: UUID
    name: str


class NamedBrief(Schema):
    """A team, queue, department or skill."""

    slug: str
    name: str


class CustomerBrief(Schema):
    """A customer beside a case."""

    ref: str
    name: str


class MoveOut(Schema):
    """A verb of a case, and why it is not open to you."""

    name: str
    label: str
    permission: str
    to_stage: Stage | None
    is_allowed: bool
    code: str
    sentence: str

    @staticmethod
    def resolve_label(move: AllowedMove) -> str:
        """Return the label in the caller's language."""
        return str(move.label)


class CountOut(Schema):
    """How many; `is_more` where counting stopped early."""

    number: int
    is_more: bool


class CaseBrief(Schema):
    """A case, in a line."""

    ref: str
    subject: str
    stage: Stage


class CaseOut(Schema):
    """A case. Instants are UTC; `due_at` is the nearest binding due time, null where nothing is due."""

    ref: str
    version: int
    stage: Stage
    subject: str
    channel: Channel
    severity: Severity
    impact: Impact
    priority: Priority
    tier: Tier
    family: str
    problem: str
    product: str
    remedy_sought: str
    order_refs: list[str]
    source_ref: str
    is_restricted: bool
    is_waiting: bool
    reopened_times: int
    close_reason: str
    received_at: dt.datetime
    opened_at: dt.datetime
    resolved_at: dt.datetime | None
    closed_at: dt.datetime | None
    last_activity_at: dt.datetime
    due_at: dt.datetime | None
    customer: CustomerBrief | None
    owner: StaffBrief | None
    contact_owner: StaffBrief | None
    team: NamedBrief
    queue: NamedBrief

    @staticmethod
    def resolve_due_at(case: Any) -> dt.datetime | None:
        """Hide the far day that stands for “nothing is due”."""
        return None if case.due_at.year == 9999 else case.due_at

    @staticmethod
    def resolve_customer(case: Any, context: Any) -> Any:
        """Name the customer to those who may read customers."""
        return case.customer if viewer(context["request"]).can("customer:read") else None
