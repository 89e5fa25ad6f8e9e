"""What ties cases to one another and keeps them open, over JSON: holds, links, merges, splits."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.finding import visible_refs
from recourse.api.v1.shapes import (
    Body,
    CaseBrief,
    CaseName,
    CaseOut,
    CaseRef,
    Code,
    Flag,
    Line,
    Note,
    Noted,
    Seen,
    acting,
    told,
    viewer,
)
from recourse.cases import actions
from recourse.cases.policy import LinkKind
from recourse.cases.queries import state
from recourse.cases.queries.find import case_by_ref
from recourse.conversations.queries import messages_of
from recourse.kit.errors import Invalid

router = Router()
Matter = Annotated[str, Field(max_length=120, description="What it is about, where there are several of one reason.")]


class HoldIn(Noted):
    """A reason of the handbook why a case may not close."""

    reason: Code
    matter: Matter = ""


class HoldOut(Schema):
    """What keeps a case from closing."""

    id: UUID
    reason: str
    matter: str
    placed_at: dt.datetime


class LiftedOut(Schema):
    """Whether a hold stood that was lifted."""

    is_lifted: bool


class LinkIn(Body):
    """A link, read “this case … the target”."""

    target: CaseName
    kind: LinkKind
    seen: Seen = None


class LinkOut(Schema):
    """A link between two cases that you may see."""

    id: UUID
    kind: LinkKind
    source: CaseBrief
    target: CaseBrief
    made_at: dt.datetime


class MergeIn(Noted):
    """The case that is kept; across customers only where that is said."""

    into: CaseName
    is_across_customers: Flag = False


class MergeOut(Schema):
    """A merge."""

    id: UUID
    kept: CaseBrief
    joined: CaseBrief
    at: dt.datetime


class SplitIn(Noted):
    """Messages that become a case of their own; without `is_moved` they are quoted there and stay here."""

    subject: Line
    message_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    is_moved: Flag = True


class SplitOut(Schema):
    """A split and the case that it made."""

    id: UUID
    origin: CaseBrief
    result: CaseOut
    is_moved: bool
    at: dt.datetime


class UndoIn(Body):
    """Undoing, with words for the record."""

    note: Note = ""
    seen: Seen = None


@router.get("/cases/{ref}/holds", response=answers(list[HoldOut]), operation_id="list_holds")
def holds(request: HttpRequest, ref: CaseRef) -> Any:
    """Return what keeps a case from closing."""
    return list(state.open_holds(case_by_ref(ref, viewer=viewer(request))))


@router.post("/cases/{ref}/holds", response=answers(HoldOut, 201), operation_id="place_hold")
def place(request: HttpRequest, ref: CaseRef, body: HoldIn) -> Any:
    """Keep a case from being resolved and closed."""
    return actions.place_hold(ref, **told(body), **acting(request))


@router.post("/cases/{ref}/holds/lift", response=answers(LiftedOut), operation_id="lift_hold")
def lift(request: HttpRequest, ref: CaseRef, body: HoldIn) -> Any:
    """Lift the hold of a reason and matter; none is no error."""
    return {"is_lifted": actions.lift_hold(ref, **told(body), **acting(request))}


@router.get("/cases/{ref}/links", response=answers(list[LinkOut]), operation_id="list_links")
def links(request: HttpRequest, ref: CaseRef) -> Any:
    """Return the links from and to a case, without those whose other end you may not see."""
    found = list(state.links_of(case_by_ref(ref, viewer=viewer(request))))
    seen = visible_refs([end.ref for link in found for end in (link.source, link.target)], request)
    return [link for link in found if {link.source.ref, link.target.ref} <= seen]


@router.post("/cases/{ref}/links", response=answers(LinkOut, 201), operation_id="link_cases")
def link(request: HttpRequest, ref: CaseRef, body: LinkIn) -> Any:
    """Link two cases."""
    return actions.link(ref, body.target, kind=body.kind, seen=body.seen, **acting(request))


@router.delete("/links/{link_id}", response=answers(LinkOut), operation_id="unlink_cases")
def unlink(request: HttpRequest, link_id: UUID) -> Any:
    """End a link."""
    return actions.unlink(link_id, **acting(request))


@router.post("/cases/{ref}/merge", response=answers(MergeOut), operation_id="merge_case")
def merge(request: HttpRequest, ref: CaseRef, body: MergeIn) -> Any:
    """Merge a case into another: it keeps its number, is read-only and leads there."""
    return actions.merge(ref, **told(body), **acting(request))


@router.post("/cases/{ref}/merge/undo", response=answers(CaseOut), operation_id="unmerge_case")
def unmerge(request: HttpRequest, ref: CaseRef, body: UndoIn) -> Any:
    """Let a merged case stand for itself again."""
    return actions.unmerge(ref, **told(body), **acting(request))


@router.post("/cases/{ref}/split", response=answers(SplitOut, 201), operation_id="split_case")
def split(request: HttpRequest, ref: CaseRef, body: SplitIn) -> Any:
    """Make a case of its own of some messages."""
    found = case_by_ref(ref, viewer=viewer(request))
    received = {message.pk: message.at for message in messages_of(found)}
    if strange := set(body.message_ids) - set(received):
        raise Invalid.one("message_ids", f"Not messages of {found.ref}: {', '.join(sorted(map(str, strange)))[:200]}.")
    part = actions.Part(
        subject=body.subject,
        message_ids=body.message_ids,
        received_at=min(received[key] for key in body.message_ids),
        is_moved=body.is_moved,
    )
    return actions.split(ref, part, note=body.note, seen=body.seen, **acting(request))


@router.post("/cases/{ref}/split/undo", response=answers(CaseOut), operation_id="undo_split")
def undo_split(request: HttpRequest, ref: CaseRef, body: UndoIn) -> Any:
    """Take a split-off case back into the case that it came from, and return that."""
    return actions.undo_split(ref, **told(body), **acting(request)).origin
