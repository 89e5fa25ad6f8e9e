"""Entries as they may be shown: of some threads to a viewer, or found in the whole record."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, QuerySet
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor, ActorKind
from recourse.kit.paging import PAGE_SIZE, page
from recourse.timeline.events import Event, event_class
from recourse.timeline.models import Entry
from recourse.timeline.policy import audiences_for

Names = Mapping[str, Mapping[str, str]]
NAMELESS: Names = {}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words: what happened, who did it, when; the private note where the viewer may read it."""

    position: int
    number: int
    thread_id: UUID
    thread_kind: str
    event: str
    sentence: str
    payload: str
    at: dt.datetime
    recorded_at: dt.datetime
    actor_kind: str
    actor_id: str
    on_behalf_of: UUID | None
    edition: int | None
    audience: str
    note: str = ""
    is_shredded: bool = False

    @property
    def staff_id(self) -> UUID | None:
        """Return the member of staff who acted; None for anybody else, and where the record was tampered with."""
        kind, _colon, key = self.actor_id.partition(":")
        try:
            return UUID(key) if kind == "staff" else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of lines with the cursors around it."""

    rows: Sequence[Line]
    next_cursor: str | None
    previous_cursor: str | None


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for in the record; empty means any. `from_at` ≤ recorded < `until_at`."""

    event: str = ""
    actor_id: str = ""
    thread_id: UUID | None = None
    thread_kind: str = ""
    from_at: dt.datetime | None = None
    until_at: dt.datetime | None = None


def thread_lines(
    thread_ids: Iterable[UUID],
    *,
    viewer: Actor,
    is_named_reader: bool = False,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    names: Names = NAMELESS,
) -> Lines:
    """Return the newest entries of threads that the caller has found visible, as far as they may be shown.

    Sentences say `names` in place of codes: for each field of an event, what a code is called.
    """
    found = visible_entries(viewer, is_named_reader).filter(thread_id__in=thread_ids)
    return _lines(found, cursor, size, has_notes=viewer.kind is not ActorKind.CUSTOMER, names=names)


def newest_position(thread_ids: Iterable[UUID], *, viewer: Actor) -> int:
    """Return the position of the newest entry that the viewer may be shown on these threads, 0 for none."""
    found = visible_entries(viewer).filter(thread_id__in=thread_ids).aggregate(last=Max("position"))
    return int(found["last"] or 0)


def newest_of_all() -> int:
    """Return the position of the newest entry of the whole record, 0 for none; it says nothing of what happened."""
    return int(Entry.objects.order_by("-position").values_list("position", flat=True).first() or 0)


def search_record(
    search: Search, *, viewer: Actor, hidden_threads: Any, cursor: str | None = None, size: int = PAGE_SIZE
) -> Lines:
    """Return entries of the whole record, newest first. Needs the right to the record.

    `hidden_threads` are the keys (a list or a subquery) of threads that this viewer must not know of. Notes, which are
    people's words, come along for those who may read cases.
    """
    viewer.require("record:read")
    found = visible_entries(viewer).exclude(thread_id__in=hidden_threads)
    wanted: dict[str, Any] = {
        "event": search.event,
        "actor_id": search.actor_id,
        "thread_id": search.thread_id,
        "thread__kind": search.thread_kind,
    }
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    if search.from_at:
        found = found.filter(position__gte=position_at(search.from_at))
    if search.until_at:
        found = found.filter(position__lt=position_at(search.until_at))
    return _lines(found, cursor, size, has_notes=_reads_words(viewer))


def line_at(position: int, *, viewer: Actor) -> Line | None:
    """Return one entry of the record in words, or None where the viewer may not be shown it; as in `search_record`.

    The caller checks its thread.
    """
    entry = visible_entries(viewer).filter(pk=position).select_related("thread", "private").first()
    return _line(entry, has_notes=_reads_words(viewer)) if entry else None


def visible_entries(viewer: Actor, is_named_reader: bool = False) -> QuerySet[Entry]:
    """Return the entries whose audience the viewer belongs to, on any thread."""
    audiences = audiences_for(
        is_customer=viewer.kind is ActorKind.CUSTOMER,
        is_system=viewer.is_system,
        rights=viewer.permissions,
        is_named_reader=is_named_reader,
    )
    found: QuerySet[Entry] = Entry.objects.filter(audience__in=audiences)
    return found


def position_at(instant: dt.datetime) -> int:
    """Return the first position recorded at an instant or later: positions and record times grow together."""
    ends = Entry.objects.aggregate(first=Min("position"), last=Max("position"))
    low, high = ends["first"] or 0, (ends["last"] or 0) + 1
    while low < high:
        middle = (low + high) // 2
        found = Entry.objects.filter(pk__gte=middle).order_by("pk").values_list("pk", "recorded_at").first()
        if found is None or found[1] >= instant:
            high = middle
        else:
            low = int(found[0]) + 1
    return low


def sentence_of(entry: Entry, names: Names = NAMELESS) -> str:
    """Return an entry's own sentence; an event that this version does not know says its name."""
    cls = event_class(entry.event)
    if cls is None:
        return _("recorded “%(event)s”") % {"event": entry.event}
    try:
        return _named(cls.from_payload(entry.payload), names).sentence()
    except (TypeError, ValueError, KeyError):  # a payload of another version that lacks a field
        return _("recorded “%(event)s”") % {"event": entry.event}


def _named(event: Event, names: Names) -> Event:
    """Return an event that says names where it holds codes."""
    said: dict[str, Any] = {}
    for name in names:
        value = getattr(event, name, None)
        if isinstance(value, str):
            said[name] = names[name].get(value, value)
        elif isinstance(value, list):
            said[name] = [names[name].get(one, one) if isinstance(one, str) else one for one in value]
    return replace(event, **said) if said else event


def _reads_words(viewer: Actor) -> bool:
    return viewer.kind is not ActorKind.CUSTOMER and viewer.can("case:read")


def _lines(found: QuerySet[Entry], cursor: str | None, size: int, *, has_notes: bool, names: Names = NAMELESS) -> Lines:
    shown = page(found.select_related("thread", "private"), order=["-position"], cursor=cursor, size=size)
    rows = [_line(entry, has_notes=has_notes, names=names) for entry in shown.rows]
    return Lines(rows, shown.next_cursor, shown.previous_cursor)


def _line(entry: Entry, *, has_notes: bool, names: Names = NAMELESS) -> Line:
    private = getattr(entry, "private", None) if has_notes else None
    return Line(
        position=entry.position,
        number=entry.number,
        thread_id=entry.thread_id,
        thread_kind=entry.thread.kind,
        event=entry.event,
        sentence=sentence_of(entry, names),
        payload=entry.payload,
        at=entry.at,
        recorded_at=entry.recorded_at,
        actor_kind=entry.actor_kind,
        actor_id=entry.actor_id,
        on_behalf_of=entry.on_behalf_of,
        edition=entry.edition,
        audience=entry.audience,
        note=private.note if private else "",
        is_shredded=bool(private and private.shredded_at),
    )
