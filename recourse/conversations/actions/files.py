"""Verbs of files: added beside a draft or with a customer's words, taken off, opened by a short-lived ticket."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from recourse.cases.models import Case
from recourse.conversations.actions.drafts import RIGHTS
from recourse.conversations.events import AttachmentAdded, AttachmentOpened, AttachmentRemoved
from recourse.conversations.models import Attachment, Message
from recourse.conversations.policy.words import DraftKind
from recourse.conversations.queries.held import case_held, case_to_write_on, staff_behind
from recourse.conversations.queries.reading import attachment_for_staff
from recourse.handbook.policy.intake import Limits
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible
from recourse.kit.files import Stored, clean_name, destroy, keep, kept_before, make_ticket
from recourse.kit.transactions import verb
from recourse.timeline.actions import record


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: the name that it was given and its bytes."""

    name: str
    content: bytes


def attach(
    *, case_ref: str, kind: DraftKind, uploads: Sequence[Upload], by: Actor, at: dt.datetime
) -> list[Attachment]:
    """Put files beside the draft of a reply or note; they go with it when it is sent.

    Count, size of each and size together are limited by the handbook: Invalid(files). Raises NotVisible.
    """
    by.require(RIGHTS[kind])
    staff_id = staff_behind(by)
    with transaction.atomic():
        case = case_to_write_on(case_ref, by=by)
        beside = case.attachments.filter(
            staff_id=staff_id, draft_kind=kind, message__isnull=True, removed_at__isnull=True
        )
        sizes = list(beside.values_list("size", flat=True))
        stored = keep_uploads(uploads, at=at, sizes_before=sizes)
        rows = [_row(case, name, kept, at) for name, kept in stored]
        for row in rows:
            row.staff_id, row.draft_kind = staff_id, kind
        _added(rows, case=case, by=by, at=at)
    return rows


def keep_uploads(
    uploads: Sequence[Upload], *, at: dt.datetime, sizes_before: Sequence[int] = ()
) -> list[tuple[str, Stored]]:
    """Check files against the handbook's limits and keep them; on the first that fails, none is kept."""
    limits = edition_at(at).rules.intake.limits
    _within(uploads, sizes_before, limits)
    kept: list[tuple[str, Stored]] = []
    try:
        for upload in uploads:
            kept.append((clean_name(upload.name), keep(upload.content, limit=limits.attachment_bytes, field="files")))
    except Exception:
        for _name, stored in kept:
            destroy(stored.key)
        raise
    return kept


def _within(uploads: Sequence[Upload], sizes_before: Sequence[int], limits: Limits) -> None:
    if len(uploads) + len(sizes_before) > limits.attachment_count:
        raise Invalid.one(
            "files", _("At most %(count)d files go with one message.") % {"count": limits.attachment_count}
        )
    if sum(len(upload.content) for upload in uploads) + sum(sizes_before) > limits.attachments_bytes:
        raise Invalid.one(
            "files", _("Together the files may have at most %(limit)d bytes.") % {"limit": limits.attachments_bytes}
        )


def _row(case: Case, name: str, kept: Stored, at: dt.datetime) -> Attachment:
    return Attachment(
        case=case,
        name=name,
        key=kept.key,
        sha256=kept.sha256,
        stored_sha256=kept.stored_sha256,
        size=kept.size,
        media_type=kept.media_type,
        masked_cards=kept.masked,
        added_at=at,
    )


def add_to_message(
    message: Message, stored: Sequence[tuple[str, Stored]], *, by: Actor, at: dt.datetime
) -> list[Attachment]:
    """Put kept files on a message, inside the transaction that writes it."""
    rows = [_row(message.case, name, kept, at) for name, kept in stored]
    for row in rows:
        row.message, row.staff_id = message, by.staff_id
    _added(rows, case=message.case, by=by, at=at)
    return rows


def _added(rows: Sequence[Attachment], *, case: Case, by: Actor, at: dt.datetime) -> None:
    Attachment.objects.bulk_create(rows)
    for row in rows:
        added = AttachmentAdded(str(row.pk), row.size, row.media_type, row.masked_cards)
        record(added, thread=case.thread, by=by, at=at)


@verb
def remove_attachment(*, case_ref: str, attachment_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Take an own file off a draft and destroy it; a file that was sent, or another's, is NotVisible."""
    case = case_held(case_ref, by=by)
    waiting = case.attachments.filter(
        pk=attachment_id, staff_id=staff_behind(by), message__isnull=True, removed_at__isnull=True
    )
    found = waiting.first()
    if found is None:
        raise NotVisible
    Attachment.objects.filter(pk=found.pk).update(removed_at=at)
    transaction.on_commit(partial(destroy, found.key))
    record(AttachmentRemoved(str(found.pk)), thread=case.thread, by=by, at=at)


def sweep_files(*, at: dt.datetime) -> int:
    """Destroy files older than a day that stand on no case, and return how many; cut-off uploads left them."""
    old = list(kept_before((at - dt.timedelta(days=1)).timestamp()))
    known = set(Attachment.objects.filter(key__in=old, removed_at__isnull=True).values_list("key", flat=True))
    lost = [key for key in old if key not in known]
    for key in lost:
        destroy(key)
    return len(lost)


@verb
def open_attachment(*, attachment_id: UUID, by: Actor, at: dt.datetime) -> str:
    """Return a ticket that opens a file for five minutes; on a restricted case the reading is recorded.

    Raises NotVisible, Refused(permission.missing).
    """
    found = attachment_for_staff(attachment_id, viewer=by)
    if found.case.is_restricted:
        record(AttachmentOpened(str(found.pk)), thread=found.case.thread, by=by, at=at)
    return make_ticket(found.pk)
