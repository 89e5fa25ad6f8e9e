"""Questions of the desk about what was said: messages, drafts, templates filled in, files, who is here."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from recourse.cases.models import Case
from recourse.cases.queries.find import case_by_ref
from recourse.conversations.models import (
    Attachment,
    CasePass,
    Draft,
    Message,
    MessageVersion,
    Presence,
    Template,
)
from recourse.conversations.policy.templates import Field, Filled, fill
from recourse.conversations.policy.words import PRESENT_WITHIN, Direction, DraftKind, MessageState
from recourse.conversations.queries.held import person_of
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible
from recourse.kit.files import read_kept, read_ticket
from recourse.people.models import Staff
from recourse.people.policy import Permission


def messages_of(case: Case) -> QuerySet[Message]:
    """Return what was said on a case that the viewer was allowed to open, oldest first, without retracted replies."""
    rows = case.messages.exclude(state=MessageState.RETRACTED).select_related("staff", "customer")
    return rows.prefetch_related("attachments").order_by("at", "id")


def message(case_ref: str, number: int, *, viewer: Actor) -> Message:
    """Return one message of a case; NotVisible where there is none or the case is hidden."""
    found = messages_of(case_by_ref(case_ref, viewer=viewer)).filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


def versions_of(found: Message) -> list[MessageVersion]:
    """Return the earlier words of a message, oldest first."""
    return list(found.versions.order_by("number"))


def drafts_of(case: Case, *, viewer: Actor) -> Mapping[str, Draft]:
    """Return the viewer's own drafts on a case, by kind."""
    return {draft.kind: draft for draft in case.drafts.filter(staff_id=person_of(viewer))}


def files_beside_draft(case: Case, kind: DraftKind, *, viewer: Actor) -> list[Attachment]:
    """Return the files that will go with the viewer's draft."""
    beside = case.attachments.filter(
        staff_id=person_of(viewer), draft_kind=kind, message__isnull=True, removed_at__isnull=True
    )
    return list(beside.order_by("id"))


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody else who has the case open."""

    staff_id: UUID
    name: str
    doing: str


def here(case: Case, *, viewer: Actor, at: dt.datetime) -> list[Here]:
    """Return who else has had the case open within the last 45 seconds."""
    rows = Presence.objects.filter(case=case, seen_at__gt=at - PRESENT_WITHIN).exclude(staff_id=person_of(viewer))
    return [
        Here(row.staff_id, row.staff.name, row.doing) for row in rows.select_related("staff").order_by("staff__name")
    ]


def templates() -> Sequence[Template]:
    """Return the templates on offer, by name."""
    return list(Template.objects.filter(is_active=True).order_by("name"))


def template(template_id: UUID) -> Template:
    """Return one template, also a retired one; NotVisible where there is none."""
    found = Template.objects.filter(pk=template_id).first()
    if found is None:
        raise NotVisible
    return found


def filled(template_id: UUID, case_ref: str, *, viewer: Actor, next_step_on: str = "") -> Filled:
    """Return a template with the values of a case put in, as the writer sees it before sending."""
    case = case_by_ref(case_ref, viewer=viewer)
    return fill(template(template_id).body, _values(case, viewer, next_step_on))


def filled_all(case: Case, *, viewer: Actor) -> list[tuple[Template, Filled]]:
    """Return every template on offer with the values of a case that the viewer was allowed to open."""
    values = _values(case, viewer, "")
    return [(one, fill(one.body, values)) for one in templates()]


def _values(case: Case, viewer: Actor, next_step_on: str) -> dict[str, str]:
    writer = Staff.objects.filter(pk=person_of(viewer)).first()
    return {
        Field.CUSTOMER_NAME: case.customer.name if case.customer else "",
        Field.CASE_REF: case.ref,
        Field.SUBJECT: case.subject,
        Field.PRODUCT: case.product,
        Field.ORDER_REFS: ", ".join(case.order_refs),
        Field.AGENT_NAME: writer.name if writer else "",
        Field.CONTACT_NAME: case.contact_owner.name if case.contact_owner else "",
        Field.NEXT_STEP_ON: next_step_on,
    }


def attachment_for_staff(attachment_id: UUID, *, viewer: Actor) -> Attachment:
    """Return a file of a case that the viewer may see; files of deleted notes and hidden cases are NotVisible."""
    viewer.require(Permission.ATTACHMENT_READ)
    rows = Attachment.objects.select_related("case__thread", "message").filter(
        pk=attachment_id, removed_at__isnull=True, case__in=Case.objects.visible_to(viewer)
    )
    found = rows.exclude(message__state=MessageState.DELETED).first()
    if found is None:
        raise NotVisible
    if found.message is None and found.staff_id != viewer.staff_id:
        raise NotVisible
    return found


@dataclass(frozen=True, slots=True)
class Download:
    """A file on its way to a browser."""

    name: str
    content: bytes


def download(ticket: str) -> Download:
    """Return the file that a ticket opens; forged or old tickets and removed files are NotVisible."""
    found = Attachment.objects.filter(pk=read_ticket(ticket), removed_at__isnull=True).first()
    if found is None:
        raise NotVisible
    return Download(found.name, read_kept(found.key))


def pass_in_force(case: Case, *, at: dt.datetime) -> CasePass | None:
    """Return the pass that now opens “my case” for the case's customer, without its token, which nobody keeps."""
    rows = case.passes.filter(customer=case.customer, revoked_at__isnull=True, expires_at__gt=at)
    return rows.first()


def state_shown(found: Message) -> str:
    """Return in words what became of one of our messages."""
    return {
        MessageState.SENDING: _("leaves in a few seconds"),
        MessageState.SENT: _("sent"),
        MessageState.FAILED: _("could not be sent"),
        MessageState.BOUNCED: _("did not arrive"),
        MessageState.DELETED: _("deleted"),
        MessageState.RETRACTED: _("taken back"),
        MessageState.RECEIVED: _("received"),
        MessageState.NOTED: _("internal note"),
    }[MessageState(found.state)]


def first_words_of(case_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return what the customer said first on each of many cases."""
    rows = Message.objects.filter(case_id__in=case_ids, direction=Direction.INBOUND).order_by("-at", "-id")
    return dict(rows.values_list("case_id", "text"))
