"""Notices: what one person should know, until they have read it."""

import datetime as dt
from uuid import UUID

from recourse.escalations.events import NoticeRead
from recourse.escalations.models import Notice
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import record


@verb
def read_notice(*, notice_id: UUID, by: Actor, at: dt.datetime) -> Notice:
    """Mark a notice of one's own as read; a second reading changes nothing."""
    if by.staff_id is None:
        raise NotVisible
    notice = Notice.objects.select_related("case__thread").filter(pk=notice_id, staff_id=by.staff_id).first()
    if notice is None:
        raise NotVisible
    if Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at):
        notice.read_at = at
        record(NoticeRead(notice_id=str(notice.pk), kind=notice.kind), thread=notice.case.thread, by=by, at=at)
    return notice
