"""Watches a settled matter for some days; the same trouble of the same customer takes the case up anew."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.actions import link, reopen
from recourse.cases.models import Case
from recourse.cases.policy import LinkKind, Stage
from recourse.kit.actor import Actor
from recourse.kit.errors import Refused
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.remedies.actions.keeping import DESK
from recourse.remedies.events import WatchEnded, WatchRecurred, WatchStarted
from recourse.remedies.models import Line, Watch
from recourse.remedies.policy import WatchState
from recourse.timeline.actions.record import record


def start_watch(line: Line, *, by: Actor, at: dt.datetime) -> None:
    """Begin to watch what a line of monitoring promises to watch."""
    case = line.package.case
    if case.customer_id is None:
        raise Refused("remedy.no_customer", _("This case has no customer who could get it."))
    found = Watch.objects.create(
        line=line,
        customer_id=case.customer_id,
        family=case.family,
        product=case.product,
        from_at=at,
        until_at=at + dt.timedelta(days=line.watch_days or 1),
    )
    event = WatchStarted(str(found.pk), line.number, iso(found.until_at))
    record(event, thread=case.thread, by=by, at=at, edition=line.edition)


@verb
def note_cases(thread_ids: Sequence[UUID], *, at: dt.datetime) -> None:
    """Hear of cases that came in or were described anew; where one is the same trouble, take the watched case up."""
    watching = Watch.objects.filter(state=WatchState.WATCHING, until_at__gt=at)
    rows = Case.objects.filter(thread_id__in=thread_ids, customer__in=watching.values("customer"))
    for case in rows.select_related("customer"):
        watches = watching.filter(customer__cases=case, from_at__lte=case.received_at)
        for found in watches.select_related("line__package__case__thread").exclude(line__package__case=case):
            if _is_same(found, case):
                _recur(found, case, at=at)


def _is_same(found: Watch, case: Case) -> bool:
    """Tell whether a case tells of what is watched: the same family, and the same product where both name one."""
    is_family = bool(found.family) and found.family == case.family
    return is_family and (not found.product or not case.product or found.product == case.product)


def _recur(found: Watch, case: Case, *, at: dt.datetime) -> None:
    ended = Watch.objects.filter(pk=found.pk, state=WatchState.WATCHING)
    if not ended.update(state=WatchState.RECURRED, recurred=case, ended_at=at):
        return
    watched = found.line.package.case
    event = WatchRecurred(str(found.pk), str(case.pk), case.ref)
    record(event, thread=watched.thread, by=DESK, at=at, edition=found.line.edition)
    if watched.stage in (Stage.RESOLVED, Stage.CLOSED):
        reopen(watched.pk, by=DESK, at=at)
    link(case.pk, watched.pk, kind=LinkKind.RELATED, by=DESK, at=at)


def end_watches(*, at: dt.datetime, limit: int = 200) -> int:
    """End the watches whose time is over, and return how many."""
    over = Watch.objects.filter(state=WatchState.WATCHING, until_at__lte=at).order_by("until_at")
    return sum(_end(key, at=at) for key in list(over.values_list("pk", flat=True)[:limit]))


@verb
def _end(watch_id: UUID, *, at: dt.datetime) -> bool:
    if not Watch.objects.filter(pk=watch_id, state=WatchState.WATCHING).update(state=WatchState.QUIET, ended_at=at):
        return False
    found = Watch.objects.select_related("line__package__case__thread").get(pk=watch_id)
    record(WatchEnded(str(found.pk)), thread=found.line.package.case.thread, by=DESK, at=at)
    return True
