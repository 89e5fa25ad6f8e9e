"""Sets up queues: the lines of cases that teams take from."""

import datetime as dt
import re

from django.utils.translation import gettext as _

from recourse.cases.actions.keeping import require
from recourse.cases.events import QueueSetUp
from recourse.cases.models import Queue
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.text import clean_line
from recourse.kit.transactions import verb
from recourse.people.models import Team
from recourse.timeline.actions import open_thread
from recourse.timeline.actions.record import record

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,49}")


@verb
def set_up_queue(
    *, slug: str, name: str, team: Team, by: Actor, at: dt.datetime, is_default: bool = False, is_active: bool = True
) -> Queue:
    """Make a queue of a team, or change the one of that short name; a team has one default queue. Needs queue:edit."""
    require("queue:edit", by)
    if not _SLUG.fullmatch(slug):
        raise Invalid.one("slug", _("Lower-case letters, digits and hyphens, beginning with a letter."))
    queue = Queue.objects.filter(slug=slug).select_related("thread").first() or Queue(
        slug=slug, thread=open_thread("queue"), version=0
    )
    if is_default:
        Queue.objects.filter(team=team, is_default=True).exclude(pk=queue.pk).update(is_default=False)
    queue.name = clean_line(name, field="name", limit=120, is_required=True)
    queue.team, queue.is_default, queue.is_active = team, is_default, is_active
    queue.version += 1
    queue.save()
    record(QueueSetUp(queue=slug, team=team.slug, is_active=is_active), thread=queue.thread, by=by, at=at)
    return queue
