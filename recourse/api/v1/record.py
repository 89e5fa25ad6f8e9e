"""The record over JSON: the thread of a case, the whole record searched, proofs of single entries."""

import datetime as dt
import json
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema

from recourse.api.door import answers
from recourse.api.v1.shapes import AskedInstant, CaseRef, Cursor, CustomerRef, PageOf, Size, viewer
from recourse.cases.queries.find import case_by_ref
from recourse.cases.queries.state import readers_of
from recourse.cases.queries.threads import hidden_threads, is_hidden_thread
from recourse.customers.queries import customer_by_ref
from recourse.kit.errors import Invalid, NotVisible
from recourse.timeline import queries
from recourse.timeline.policy import Audience

router = Router()
Position = Annotated[int, Path(ge=1, le=2**63 - 1, description="The position of an entry in the whole record.")]


class LineOut(Schema):
    """One entry of the record, in words and in fields; `note` is the private words beside it."""

    position: int
    number: int
    thread_id: UUID
    thread_kind: str
    event: str
    sentence: str
    payload: dict[str, Any]
    at: dt.datetime
    recorded_at: dt.datetime
    actor_kind: str
    actor_id: str
    on_behalf_of: UUID | None
    edition: int | None
    audience: Audience
    note: str
    is_shredded: bool

    @staticmethod
    def resolve_payload(line: Any) -> Any:
        """Return the payload as values."""
        return json.loads(line.payload)


class ProofOut(Schema):
    """That an entry stands in the record that a checkpoint signed; hashes in hex (RFC 6962)."""

    position: int
    entry_hash: str
    is_sealed: bool
    holds: bool
    index: int | None
    path: list[str]
    size: int | None
    root: str
    signed_at: dt.datetime | None
    signature: str


class CheckpointOut(Schema):
    """A signed head of the tree."""

    size: int
    root: str
    at: dt.datetime
    signature: str


@router.get("/cases/{ref}/record", response=answers(PageOf[LineOut]), operation_id="case_record")
def of_case(request: HttpRequest, ref: CaseRef, cursor: Cursor = None, size: Size = 50) -> Any:
    """Return what happened to a case, the newest first, as far as you may know."""
    actor = viewer(request)
    case = case_by_ref(ref, viewer=actor)
    is_named = any(reader.staff_id == actor.staff_id for reader in readers_of(case))
    return queries.thread_lines([case.thread_id], viewer=actor, is_named_reader=is_named, cursor=cursor, size=size)


@router.get("/customers/{ref}/record", response=answers(PageOf[LineOut]), operation_id="customer_record")
def of_customer(request: HttpRequest, ref: CustomerRef, cursor: Cursor = None, size: Size = 50) -> Any:
    """Return what happened to a customer's own record, the newest first."""
    customer = customer_by_ref(ref, viewer=viewer(request), is_followed=False)
    return queries.thread_lines([customer.thread_id], viewer=viewer(request), cursor=cursor, size=size)


@router.get("/record", response=answers(PageOf[LineOut]), operation_id="search_record")
def search(
    request: HttpRequest,
    event: Annotated[str, Query(max_length=80)] = "",
    actor_id: Annotated[str, Query(max_length=100)] = "",
    thread_id: UUID | None = None,
    thread_kind: Annotated[str, Query(max_length=40)] = "",
    from_at: AskedInstant | None = None,
    until_at: AskedInstant | None = None,
    cursor: Cursor = None,
    size: Size = 50,
) -> Any:
    """Return entries of the whole record, newest first, without those of cases that you may not know of."""
    wanted = queries.Search(event, actor_id, thread_id, thread_kind, from_at, until_at)
    actor = viewer(request)
    return queries.search_record(wanted, viewer=actor, hidden_threads=hidden_threads(actor), cursor=cursor, size=size)


@router.get("/record/checkpoint", response=answers(CheckpointOut), operation_id="last_checkpoint")
def checkpoint(request: HttpRequest) -> Any:
    """Return the newest signed head of the record."""
    viewer(request).require("record:read")
    found = queries.last_checkpoint()
    if found is None:
        raise NotVisible
    return found


@router.get("/record/consistency", response=answers(list[str]), operation_id="prove_consistency")
def consistency(
    request: HttpRequest, old: Annotated[int, Query(ge=0, le=2**63 - 1)], new: Annotated[int, Query(ge=0, le=2**63 - 1)]
) -> Any:
    """Return the proof in hex that the first `old` entries are the beginning of the first `new`."""
    viewer(request).require("record:read")
    head = queries.last_checkpoint()
    if not 0 <= old <= new <= (head.size if head else 0):
        raise Invalid.one("new", "Choose 0 ≤ old ≤ new ≤ the size of the newest checkpoint.")
    return queries.consistency(old, new, viewer=viewer(request))


@router.get("/record/{position}", response=answers(LineOut), operation_id="get_entry")
def entry(request: HttpRequest, position: Position) -> Any:
    """Return one entry."""
    return line_shown(position, request)


@router.get("/record/{position}/proof", response=answers(ProofOut), operation_id="prove_entry")
def prove(request: HttpRequest, position: Position) -> Any:
    """Return the proof that an entry stands under the newest checkpoint."""
    line_shown(position, request)
    return queries.prove(position, viewer=viewer(request))


def line_shown(position: int, request: HttpRequest) -> Any:
    """Return one entry that the caller may be shown; raises NotVisible for any other."""
    actor = viewer(request)
    actor.require("record:read")
    line = queries.line_at(position, viewer=actor)
    if line is None or is_hidden_thread(line.thread_id, viewer=actor):
        raise NotVisible
    return line
