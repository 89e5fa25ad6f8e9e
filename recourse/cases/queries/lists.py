"""Lists of cases by key-set pages, and counts that stop early."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from recourse.cases.models import IS_OPEN, Case, Queue, SavedView
from recourse.cases.policy.asking import OF_OPEN, ORDERS, Question, read
from recourse.cases.queries.asking import holding, is_open_only, narrowed, newest_from, rare_words
from recourse.kit.actor import Actor
from recourse.kit.paging import PAGE_SIZE, Page, page

COUNT_LIMIT = 1000
WORDS_COUNT_LIMIT = 100
_BESIDE = ("customer", "owner", "queue", "team")


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, counted no further than the limit."""

    number: int
    is_more: bool = False

    def __str__(self) -> str:
        return f"{self.number}+" if self.is_more else str(self.number)


def list_cases(
    question: Question | str = "",
    *,
    viewer: Actor,
    at: dt.datetime,
    zone: str = "UTC",
    order: str = "",
    cursor: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Case]:
    """Return one page of the cases that a question asks for; `order` is a key of ORDERS.

    Words are answered newest first, as are questions about cases that are done; all else may be ordered by due or
    priority. Raises Invalid for a cursor that is not ours.
    """
    asked = read(question) if isinstance(question, str) else question
    rows = narrowed(asked, viewer=viewer, at=at, zone=zone).select_related(*_BESIDE)
    if asked.words:
        return _page_of_words(rows, asked, viewer, cursor, size)
    default = "due" if is_open_only(asked) else "newest"
    chosen = order if order in ORDERS and (is_open_only(asked) or order not in OF_OPEN) else default
    return page(holding(rows, asked, viewer=viewer), order=ORDERS[chosen], cursor=cursor, size=size)


def _page_of_words(rows: QuerySet[Case], asked: Question, viewer: Actor, cursor: str | None, size: int) -> Page[Case]:
    """Look among the newest cases first: common words fill a page there, and what does not is rare enough to fetch."""
    since = newest_from()
    if cursor is None and since is not None:
        newest = holding(rows.filter(pk__gte=since), asked, viewer=viewer)
        found = page(newest, order=ORDERS["newest"], size=size)
        if found.next_cursor is not None:
            return found
    rare = rare_words(asked, since) if since is not None else frozenset()
    return page(holding(rows, asked, viewer=viewer, rare=rare), order=ORDERS["newest"], cursor=cursor, size=size)


def count(
    question: Question | str, *, viewer: Actor, at: dt.datetime, zone: str = "UTC", limit: int = COUNT_LIMIT
) -> Count:
    """Return how many cases a question asks for, counting no further than `limit` (100 where it has words)."""
    asked = read(question) if isinstance(question, str) else question
    rows = narrowed(asked, viewer=viewer, at=at, zone=zone)
    if not asked.words:
        order = ORDERS["due" if is_open_only(asked) else "newest"]
        return capped(holding(rows, asked, viewer=viewer), limit=limit, order=order)
    limit, since = min(limit, WORDS_COUNT_LIMIT), newest_from()
    if since is not None:
        found = capped(holding(rows.filter(pk__gte=since), asked, viewer=viewer), limit=limit, order=ORDERS["newest"])
        if found.is_more:
            return found
    rare = rare_words(asked, since) if since is not None else frozenset()
    return capped(holding(rows, asked, viewer=viewer, rare=rare), limit=limit, order=ORDERS["newest"])


def capped(rows: QuerySet[Case], *, limit: int = COUNT_LIMIT, order: Sequence[str] = ORDERS["due"]) -> Count:
    """Count rows no further than `limit`, walking in an order that has an index."""
    found = rows.order_by(*order).values("pk")[: limit + 1].count()
    return Count(min(found, limit), is_more=found > limit)


def queues(*, viewer: Actor) -> QuerySet[Queue]:
    """Return the queues that are in use, those of walled teams only to their members."""
    rows = Queue.objects.filter(is_active=True).select_related("team").order_by("team__kind", "name", "pk")
    if viewer.can("case:read_walled"):
        return rows
    return rows.filter(Q(team__is_walled=False) | Q(team_id__in=viewer.team_ids))


def queue_counts(found: Sequence[Queue], *, viewer: Actor) -> Mapping[UUID, Count]:
    """Return how many open cases each queue holds for the viewer (one small query for each queue)."""
    rows = Case.objects.visible_to(viewer).filter(IS_OPEN)
    return {queue.pk: capped(rows.filter(queue=queue)) for queue in found}


def saved_views(*, viewer: Actor) -> QuerySet[SavedView]:
    """Return the viewer's own views and those of the teams they belong to."""
    mine = Q(team_id__in=viewer.team_ids)
    if viewer.staff_id is not None:
        mine |= Q(owner_id=viewer.staff_id)
    return (
        SavedView.objects.filter(mine, ended_at__isnull=True).select_related("team").order_by("position", "name", "pk")
    )


def view_counts(
    views: Sequence[SavedView], *, viewer: Actor, at: dt.datetime, zone: str = "UTC"
) -> Mapping[UUID, Count]:
    """Return how many cases each view shows (one query for each view, none counts further than the limit)."""
    return {view.pk: count(view.question, viewer=viewer, at=at, zone=zone) for view in views}
