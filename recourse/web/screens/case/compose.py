"""What is written on a case: replies, notes, drafts, undo, edits, files, and who else is here."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from recourse.cases.queries.find import case_by_ref
from recourse.conversations import actions, queries
from recourse.conversations.actions.files import Upload
from recourse.conversations.policy.words import Doing, DraftKind
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.people.policy import Permission
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.parts import EmptyState, Toast


@dataclass(frozen=True)
class StalePage:
    """A reply that was stopped because something was said meanwhile: both texts are kept."""

    ref: str
    text: str
    newest: Any
    current: int
    said: list[Any]


@screen(*POST, needs=Permission.MESSAGE_SEND)
def reply(request: DeskRequest, ref: str) -> HttpResponse:
    """Send what stands in the composer; where something newer was said, show it and keep the text."""
    seen = whole_number(request, "seen")
    try:
        _attach(request, ref, DraftKind.REPLY)
        sent = actions.reply(case_ref=ref, text=text(request, "text"), by=request.actor, at=request.at, seen=seen)
    except Stale as stale:
        return _stopped(request, ref, stale, seen or 0)
    except (NotVisible, Refused) as error:
        return _unsent(request, error)
    undo = f"/cases/{sent.case.ref}/messages/{sent.number}/undo/"
    toasts.say(request, Toast(_("Sent. It leaves in ten seconds."), undo_href=undo))
    return done(request, "case", ref)


def _stopped(request: DeskRequest, ref: str, stale: Stale, seen: int) -> HttpResponse:
    case = case_by_ref(ref, viewer=request.actor)
    newer = [one for one in queries.messages_of(case) if one.visibility == "public" and one.number > seen]
    page = StalePage(ref, text(request, "text"), newer[-1] if newer else None, int(stale.current), newer)
    return show(request, "case/stale.html", page, status=409)


@screen(*POST, needs=Permission.MESSAGE_NOTE)
def note(request: DeskRequest, ref: str) -> HttpResponse:
    """Keep an internal note."""
    try:
        _attach(request, ref, DraftKind.NOTE)
        actions.note(case_ref=ref, text=text(request, "text"), by=request.actor, at=request.at)
    except (NotVisible, Refused) as error:
        return _unsent(request, error)
    toasts.say(request, Toast(_("Noted, for the desk alone.")))
    return done(request, "case", ref)


@dataclass(frozen=True)
class UnsentPage:
    """Words that were not taken, given back to their writer."""

    sentence: str
    text: str


def _unsent(request: DeskRequest, error: NotVisible | Refused) -> HttpResponse:
    """Say why words were not taken and give them back; a case that may not be seen looks like one that is not there."""
    if isinstance(error, NotVisible):
        page = UnsentPage(_("There is nothing here, or nothing that you may see."), text(request, "text"))
        return show(request, "case/unsent.html", page, status=404)
    page = UnsentPage(error.sentence, text(request, "text"))
    return show(request, "case/unsent.html", page, status=403 if error.is_permission else 409)


@screen(*POST)
def file_off(request: DeskRequest, ref: str, file_id: UUID) -> HttpResponse:
    """Take a file off a draft, and keep what stands in the composer."""
    actions.save_draft(case_ref=ref, kind=DraftKind.REPLY, text=text(request, "text"), by=request.actor, at=request.at)
    actions.remove_attachment(case_ref=ref, attachment_id=file_id, by=request.actor, at=request.at)
    return done(request, "case", ref)


def _attach(request: DeskRequest, ref: str, kind: DraftKind) -> None:
    files = [Upload(one.name or "", one.read()) for one in request.FILES.getlist("files")]
    if files:
        actions.attach(case_ref=ref, kind=kind, uploads=files, by=request.actor, at=request.at)


@screen(*POST)
def draft(request: DeskRequest, ref: str, kind: str) -> HttpResponse:
    """Keep what is being written."""
    if kind not in set(DraftKind):
        raise Invalid.one("kind", _("A draft is a reply or a note."))
    actions.save_draft(case_ref=ref, kind=DraftKind(kind), text=text(request, "text"), by=request.actor, at=request.at)
    return HttpResponse(status=204)


@screen(*POST)
def message(request: DeskRequest, ref: str, number: int, name: str) -> HttpResponse:
    """Do something with one message: undo, no-reply, delete, redact."""
    by, at = request.actor, request.at
    match name:
        case "undo":
            back = actions.undo_send(case_ref=ref, number=number, by=by, at=at)
            actions.save_draft(case_ref=ref, kind=DraftKind.REPLY, text=back.text, by=by, at=at)
            toasts.say(request, Toast(_("Taken back. Your text is in the composer.")))
        case "no-reply":
            actions.mark_no_reply_needed(case_ref=ref, number=number, by=by, at=at)
        case "delete":
            actions.delete_note(case_ref=ref, number=number, why=text(request, "why"), by=by, at=at)
        case "redact":
            passages = [line.strip() for line in text(request, "passages").splitlines() if line.strip()]
            actions.redact(case_ref=ref, number=number, passages=passages, why=text(request, "why"), by=by, at=at)
        case _other:
            raise Refused("message.unknown_act", _("There is nothing of that name to do with a message."))
    return done(request, "case", ref)


@dataclass(frozen=True)
class EditPage:
    """One message to be changed, deleted or redacted, with its earlier words."""

    ref: str
    message: Any
    versions: list[Any]
    may_redact: bool
    is_mine: bool
    errors: dict[str, list[str]]


@screen(*GET, *POST)
def edit(request: DeskRequest, ref: str, number: int) -> HttpResponse:
    """Show a message with its earlier words, and change it."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            actions.edit(
                case_ref=ref, number=number, text=text(request, "text"), by=request.actor, at=request.at,
                seen=whole_number(request, "seen"),
            )  # fmt: skip
        except Invalid as invalid:
            errors = invalid.fields
        else:
            return done(request, "case", ref)
    return show(request, "case/edit.html", _edit_page(request, ref, number, errors), status=422 if errors else 200)


def _edit_page(request: DeskRequest, ref: str, number: int, errors: dict[str, list[str]]) -> EditPage:
    found = queries.message(ref, number, viewer=request.actor)
    return EditPage(
        ref=ref,
        message=found,
        versions=queries.versions_of(found),
        may_redact=request.actor.can(Permission.MESSAGE_REDACT),
        is_mine=found.staff_id == request.actor.staff_id,
        errors=errors,
    )


@screen(*GET)
def file(request: DeskRequest, ref: str, file_id: UUID) -> HttpResponse:
    """Open a file by a ticket of five minutes, from a path without cookies."""
    return redirect("file", actions.open_attachment(attachment_id=file_id, by=request.actor, at=request.at))


@screen(*POST)
def here(request: DeskRequest, ref: str) -> HttpResponse:
    """Say that somebody is on the page, and tell who else is."""
    case = case_by_ref(ref, viewer=request.actor)
    doing = Doing.WRITING if text(request, "doing") == Doing.WRITING else Doing.READING
    if request.actor.staff_id:
        actions.beat(case_id=case.pk, doing=doing, by=request.actor, at=request.at)
    found = queries.here(case, viewer=request.actor, at=request.at)
    return show(request, "case/here.html", found)


@dataclass(frozen=True)
class TemplatesPage:
    """The templates on offer, each filled in for this case."""

    ref: str
    rows: list[tuple[Any, Any]]
    empty: EmptyState


@screen(*GET, needs=Permission.MESSAGE_SEND)
def templates(request: DeskRequest, ref: str) -> HttpResponse:
    """Offer the templates as they would read on this case."""
    case = case_by_ref(ref, viewer=request.actor)
    rows = queries.filled_all(case, viewer=request.actor)
    empty = EmptyState(_("No templates yet"), _("Those who may edit templates write them under Set-up."))
    return show(request, "case/templates.html", TemplatesPage(case.ref, rows, empty))


@screen(*POST, needs=Permission.MESSAGE_SEND)
def template(request: DeskRequest, ref: str, template_id: UUID) -> HttpResponse:
    """Put a template, filled in, into the reply's draft for the writer to change."""
    filled = queries.filled(template_id, ref, viewer=request.actor)
    actions.save_draft(case_ref=ref, kind=DraftKind.REPLY, text=filled.text, by=request.actor, at=request.at)
    return done(request, "case", ref)
