"""What is being written, over JSON: drafts, the files beside them, who else is here, templates."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Path, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.messages import FileOut
from recourse.api.v1.shapes import Body, CaseRef, Seeing, ShortLine, acting, at, told, viewer
from recourse.cases.queries.find import case_by_ref
from recourse.conversations import actions, queries
from recourse.conversations.actions import Upload
from recourse.conversations.policy.words import Doing, DraftKind

router = Router()
Kind = Annotated[DraftKind, Path(description="reply or note")]
FILES_AT_ONCE = 20


class DraftOut(Schema):
    """What you are writing; nobody else sees it."""

    kind: DraftKind
    version: int
    text: str
    saved_at: dt.datetime


class DraftIn(Body):
    """Words to keep; `seen` is the version that you had."""

    text: Annotated[str, Field(max_length=1_000_000)]
    seen: Annotated[int, Field(strict=True, ge=0, le=2_147_483_647)] | None = None


class HereOut(Schema):
    """Somebody who has the case open."""

    staff_id: UUID
    name: str
    doing: Doing


class DoingIn(Body):
    """What you do with the case."""

    doing: Doing = Doing.READING


class TicketOut(Schema):
    """A path that opens a file for five minutes, without any other credential."""

    path: str


class TemplateOut(Schema):
    """Words on offer, with `{fields}` in them."""

    id: UUID
    version: int
    name: str
    body: str
    is_active: bool


class TemplateIn(Body):
    """Words to offer; fields stand in braces."""

    name: ShortLine
    body: Annotated[str, Field(min_length=1, max_length=100_000)]


class TemplateChange(TemplateIn, Seeing):
    """New words for a template."""


class FilledOut(Schema):
    """A template with a case's values put in; `missing` names the fields without one."""

    text: str
    missing: list[str]


class FillIn(Body):
    """The case whose values are put in."""

    case: Annotated[str, Field(min_length=1, max_length=40, examples=["RC-1042"])]
    next_step_on: Annotated[str, Field(max_length=40)] = ""


@router.get("/cases/{ref}/drafts", response=answers(list[DraftOut]), operation_id="list_drafts")
def drafts(request: HttpRequest, ref: CaseRef) -> Any:
    """Return your own drafts on a case."""
    actor = viewer(request)
    return list(queries.drafts_of(case_by_ref(ref, viewer=actor), viewer=actor).values())


@router.put("/cases/{ref}/drafts/{kind}", response=answers(DraftOut), operation_id="save_draft")
def save(request: HttpRequest, ref: CaseRef, kind: Kind, body: DraftIn) -> Any:
    """Keep what you are writing."""
    return actions.save_draft(case_ref=ref, kind=kind, **told(body), **acting(request))


@router.delete("/cases/{ref}/drafts/{kind}", response=answers(None, 204), operation_id="discard_draft")
def discard(request: HttpRequest, ref: CaseRef, kind: Kind) -> Any:
    """Empty a draft."""
    actions.discard_draft(case_ref=ref, kind=kind, **acting(request))


@router.get("/cases/{ref}/drafts/{kind}/files", response=answers(list[FileOut]), operation_id="list_draft_files")
def files(request: HttpRequest, ref: CaseRef, kind: Kind) -> Any:
    """Return the files that will go with a draft."""
    actor = viewer(request)
    return queries.files_beside_draft(case_by_ref(ref, viewer=actor), kind, viewer=actor)


@router.post("/cases/{ref}/drafts/{kind}/files", response=answers(list[FileOut], 201), operation_id="attach_files")
def attach(request: HttpRequest, ref: CaseRef, kind: Kind, files: Annotated[list[UploadedFile], File()]) -> Any:
    """Put files beside a draft; they go with it when it is sent."""
    case_by_ref(ref, viewer=viewer(request))
    uploads = [Upload(name=file.name or "", content=file.read()) for file in files[:FILES_AT_ONCE]]
    return actions.attach(case_ref=ref, kind=kind, uploads=uploads, **acting(request))


@router.delete(
    "/cases/{ref}/attachments/{attachment_id}", response=answers(None, 204), operation_id="remove_attachment"
)
def remove(request: HttpRequest, ref: CaseRef, attachment_id: UUID) -> Any:
    """Take your own file off a draft and destroy it."""
    actions.remove_attachment(case_ref=ref, attachment_id=attachment_id, **acting(request))


@router.post("/attachments/{attachment_id}/ticket", response=answers(TicketOut, 201), operation_id="open_attachment")
def ticket(request: HttpRequest, attachment_id: UUID) -> Any:
    """Make a path that opens a file for five minutes; on a restricted case the reading is recorded."""
    return {"path": f"/files/{actions.open_attachment(attachment_id=attachment_id, **acting(request))}"}


@router.get("/cases/{ref}/presence", response=answers(list[HereOut]), operation_id="who_is_here")
def here(request: HttpRequest, ref: CaseRef) -> Any:
    """Return who else has had the case open within the last 45 seconds."""
    actor = viewer(request)
    return queries.here(case_by_ref(ref, viewer=actor), viewer=actor, at=at(request))


@router.put("/cases/{ref}/presence", response=answers(None, 204), operation_id="be_here")
def be_here(request: HttpRequest, ref: CaseRef, body: DoingIn) -> Any:
    """Say that you have the case open, and whether you write."""
    case = case_by_ref(ref, viewer=viewer(request))
    actions.beat(case_id=case.pk, doing=body.doing, **acting(request))


@router.delete("/cases/{ref}/presence", response=answers(None, 204), operation_id="leave")
def leave(request: HttpRequest, ref: CaseRef) -> Any:
    """Say that you have closed the case."""
    actions.leave(case_id=case_by_ref(ref, viewer=viewer(request)).pk, by=viewer(request))


@router.get("/templates", response=answers(list[TemplateOut]), operation_id="list_templates")
def templates(request: HttpRequest) -> Any:
    """Return the templates on offer."""
    viewer(request).require("case:read")
    return list(queries.templates())


@router.post("/templates", response=answers(TemplateOut, 201), operation_id="make_template")
def make_template(request: HttpRequest, body: TemplateIn) -> Any:
    """Offer a new template."""
    return actions.make_template(**told(body), **acting(request))


@router.get("/templates/{template_id}", response=answers(TemplateOut), operation_id="get_template")
def template(request: HttpRequest, template_id: UUID) -> Any:
    """Return one template, also one that is offered no more."""
    viewer(request).require("case:read")
    return queries.template(template_id)


@router.put("/templates/{template_id}", response=answers(TemplateOut), operation_id="edit_template")
def edit_template(request: HttpRequest, template_id: UUID, body: TemplateChange) -> Any:
    """Change a template."""
    return actions.edit_template(template_id=template_id, **told(body), **acting(request))


@router.delete("/templates/{template_id}", response=answers(None, 204), operation_id="retire_template")
def retire_template(request: HttpRequest, template_id: UUID) -> Any:
    """Offer a template no more."""
    actions.retire_template(template_id=template_id, **acting(request))


@router.post("/templates/{template_id}/filled", response=answers(FilledOut), operation_id="fill_template")
def filled(request: HttpRequest, template_id: UUID, body: FillIn) -> Any:
    """Return a template as it would be sent on a case; nothing is changed."""
    return queries.filled(template_id, body.case, viewer=viewer(request), next_step_on=body.next_step_on)
