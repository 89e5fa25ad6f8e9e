"""The handbook over JSON: editions, the draft, what differs, what would change, publication."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.shapes import AskedInstant, Instant, Seeing, StaffBrief, acting, at, told, viewer, words_of
from recourse.handbook import actions, queries
from recourse.handbook.policy.differences import ChangeKind
from recourse.handbook.policy.facts import FACTS, FactType, Subject
from recourse.handbook.policy.lifecycle import State
from recourse.kit.errors import NotVisible

router = Router()
EditionState = Annotated[State, words_of(State)]
Number = Annotated[int, Path(ge=1, le=2_147_483_647)]


class EditionOut(Schema):
    """An edition of the handbook."""

    id: UUID
    number: int | None
    version: int
    state: EditionState
    note: str
    content_hash: str
    author: StaffBrief | None
    publisher: StaffBrief | None
    created_at: dt.datetime
    edited_at: dt.datetime
    proposed_at: dt.datetime | None
    published_at: dt.datetime | None
    effective_at: dt.datetime | None


class ContentOut(EditionOut):
    """An edition with everything that it says."""

    rules: dict[str, Any]

    @staticmethod
    def resolve_rules(edition: Any) -> dict[str, Any]:
        """Return the rules as plain values."""
        rules: dict[str, Any] = edition.rules.model_dump(mode="json")
        return rules


class EditionMoveOut(Schema):
    """A move of an edition, and why it is not open to you."""

    name: str
    is_allowed: bool
    refusal: str
    sentence: str


class DifferenceOut(Schema):
    """One difference between two editions, in words."""

    kind: ChangeKind
    path: str
    where: list[str]
    what: str
    old: str
    new: str


class FactOut(Schema):
    """A fact that a condition may ask about; `values` are all that a text can be, where they are known."""

    name: str
    type: FactType
    meaning: str
    values: list[str]
    vocabulary: str
    subject: Subject


class ConsequenceOut(Schema):
    """A decision that would come out differently."""

    ref: str
    subject: str
    what: str
    old: str
    new: str
    is_open: bool
    decided_at: dt.datetime


class ConsequencesOut(Schema):
    """What would change: decisions of the last 90 days and on open cases."""

    since: dt.datetime
    checked: int
    changed: int
    rows: list[ConsequenceOut]

    @staticmethod
    def resolve_rows(found: Any) -> list[Any]:
        """Return the rows of every room, open cases first."""
        return list(found.rows())


class TextIn(Seeing):
    """A whole handbook in TOML."""

    text: Annotated[str, Field(min_length=1, max_length=1_000_000)]


Piece = (
    Annotated[str, Field(max_length=4000)]
    | Annotated[int, Field(strict=True, ge=-(10**15), le=10**15)]
    | Annotated[bool, Field(strict=True)]
)


class ValueIn(Seeing):
    """One value by its path; null takes an optional one away. A length or a new entry of a list is an object."""

    path: Annotated[str, Field(min_length=1, max_length=300)]
    value: (
        str
        | Annotated[int, Field(strict=True, ge=-(10**15), le=10**15)]
        | Annotated[bool, Field(strict=True)]
        | Annotated[list[Piece], Field(max_length=200)]
        | Annotated[dict[str, Piece | Annotated[list[Piece], Field(max_length=200)] | None], Field(max_length=40)]
        | None
    )


class HolidaysIn(Seeing):
    """A country's public holidays for a calendar of the draft."""

    calendar: Annotated[str, Field(min_length=1, max_length=40)]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    subdivision: Annotated[str, Field(max_length=10)] | None = None
    first_year: Annotated[int, Field(strict=True, ge=2000, le=2100)]
    last_year: Annotated[int, Field(strict=True, ge=2000, le=2100)]


class ProposeIn(Seeing):
    """Why it changes."""

    note: Annotated[str, Field(min_length=1, max_length=2000)]


class PublishIn(Seeing):
    """From when it holds: now, unless said."""

    effective_at: Instant | None = None


@router.get("/handbook/editions", response=answers(list[EditionOut]), operation_id="list_editions")
def history(request: HttpRequest) -> Any:
    """Return every edition that was published, newest first, then what was discarded."""
    return queries.history(viewer=viewer(request))


@router.get("/handbook/editions/{number}", response=answers(ContentOut), operation_id="get_edition")
def numbered(request: HttpRequest, number: Number) -> Any:
    """Return a published edition with everything that it says."""
    viewer(request).require("handbook:read")
    return queries.edition_numbered(number)


@router.get("/handbook/current", response=answers(ContentOut), operation_id="current_edition")
def current(request: HttpRequest, on: AskedInstant | None = None) -> Any:
    """Return the edition that holds now, or held at an instant."""
    viewer(request).require("handbook:read")
    found = queries.edition_at(on or at(request))
    return queries.edition(found.pk, viewer=viewer(request))


@router.get("/handbook/draft", response=answers(ContentOut), operation_id="get_draft")
def draft(request: HttpRequest) -> Any:
    """Return the draft or proposal that is being worked on."""
    viewer(request).require("handbook:read")
    found = queries.open_draft()
    if found is None:
        raise NotVisible
    return found


@router.get("/handbook/facts", response=answers(list[FactOut]), operation_id="list_facts")
def facts(request: HttpRequest) -> Any:
    """Return the facts that a condition may ask about."""
    viewer(request).require("handbook:read")
    return FACTS


@router.post("/handbook/draft", response=answers(EditionOut, 201), operation_id="start_draft")
def start(request: HttpRequest) -> Any:
    """Begin a draft that says what the last published edition says; one at a time."""
    return actions.start_draft(**acting(request))


@router.get("/handbook/drafts/{edition_id}/moves", response=answers(list[EditionMoveOut]), operation_id="edition_moves")
def moves(request: HttpRequest, edition_id: UUID) -> Any:
    """Return every move of an edition, and why those that are not open to you are not."""
    return queries.allowed_moves(queries.edition(edition_id, viewer=viewer(request)), viewer=viewer(request))


@router.put("/handbook/drafts/{edition_id}", response=answers(EditionOut), operation_id="edit_draft")
def edit(request: HttpRequest, edition_id: UUID, body: TextIn) -> Any:
    """Replace everything that a draft says; each mistake is named by its path."""
    return actions.edit_draft(edition_id, **told(body), **acting(request))


@router.patch("/handbook/drafts/{edition_id}", response=answers(EditionOut), operation_id="set_draft_value")
def set_value(request: HttpRequest, edition_id: UUID, body: ValueIn) -> Any:
    """Change one value of a draft."""
    return actions.set_value(edition_id, **told(body), **acting(request))


@router.post("/handbook/drafts/{edition_id}/holidays", response=answers(EditionOut), operation_id="take_holidays")
def holidays(request: HttpRequest, edition_id: UUID, body: HolidaysIn) -> Any:
    """Replace the holidays of a draft's calendar by a country's public ones."""
    given = {name: value for name, value in told(body).items() if name not in {"first_year", "last_year"}}
    years = range(body.first_year, body.last_year + 1)
    return actions.take_public_holidays(edition_id, years=years, **given, **acting(request))


@router.post("/handbook/drafts/{edition_id}/discarding", response=answers(EditionOut), operation_id="discard_edition")
def discard(request: HttpRequest, edition_id: UUID, body: Seeing) -> Any:
    """Give up a draft or a proposal."""
    return actions.discard(edition_id, seen=body.seen, **acting(request))


@router.post("/handbook/drafts/{edition_id}/proposal", response=answers(EditionOut), operation_id="propose_edition")
def propose(request: HttpRequest, edition_id: UUID, body: ProposeIn) -> Any:
    """Ask a second person to publish a draft."""
    return actions.propose(edition_id, **told(body), **acting(request))


@router.post(
    "/handbook/drafts/{edition_id}/taking-back", response=answers(EditionOut), operation_id="take_back_edition"
)
def take_back(request: HttpRequest, edition_id: UUID, body: Seeing) -> Any:
    """Make a proposal a draft again."""
    return actions.take_back(edition_id, seen=body.seen, **acting(request))


@router.post("/handbook/drafts/{edition_id}/publication", response=answers(EditionOut), operation_id="publish_edition")
def publish(request: HttpRequest, edition_id: UUID, body: PublishIn) -> Any:
    """Bring a proposal into force; never by somebody who worked on it."""
    return actions.publish(edition_id, **told(body), **acting(request))


@router.get(
    "/handbook/drafts/{edition_id}/differences",
    response=answers(list[DifferenceOut]),
    operation_id="edition_differences",
)
def differences(
    request: HttpRequest, edition_id: UUID, since: Annotated[int, Query(ge=1, le=2**31 - 1)] | None = None
) -> Any:
    """Return what an edition says differently from the one before it, or from the edition numbered `since`."""
    newer = queries.edition(edition_id, viewer=viewer(request))
    older = queries.edition_numbered(since) if since else newer.base
    return queries.differences(older, newer) if older else []


@router.get(
    "/handbook/drafts/{edition_id}/consequences", response=answers(ConsequencesOut), operation_id="edition_consequences"
)
def consequences(request: HttpRequest, edition_id: UUID) -> Any:
    """Return the decisions that would come out differently under an edition than under the one that holds."""
    newer = queries.edition(edition_id, viewer=viewer(request))
    now = queries.edition_at(at(request))
    return queries.what_would_change(now.rules, newer.rules, viewer=viewer(request), at=at(request))
