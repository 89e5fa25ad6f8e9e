"""Writes entries: numbered, chained, in the same transaction as what they tell of."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor
from recourse.kit.errors import Refused
from recourse.kit.ids import random_bytes
from recourse.kit.time import as_utc, now
from recourse.kit.transactions import verb
from recourse.timeline import reactions
from recourse.timeline.events import Event, NoteShredded
from recourse.timeline.models import Delivery, Entry, Private, Thread
from recourse.timeline.policy import note_hash
from recourse.timeline.reactions import Happened

OPERATIONS = UUID("00000000-0000-7000-8000-000000000001")
MANY_THREADS = 10
_KEY = models.UUIDField()
_MOVE = (
    "UPDATE timeline_thread SET last_number = %s, last_hash = %s WHERE id = %s AND last_number = %s AND last_hash = %s"
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One event about to be recorded on a thread; `note` is a person's words, kept apart and shreddable."""

    event: Event
    thread: Thread
    by: Actor
    at: dt.datetime
    edition: int | None = None
    note: str = ""


def open_thread(kind: str) -> Thread:
    """Begin the record of a new thing and return its thread."""
    return Thread.objects.create(kind=kind)


def operations_thread() -> Thread:
    """Return the one thread of what operators and the worker do: deliveries, checkpoints."""
    return Thread.objects.get_or_create(pk=OPERATIONS, defaults={"kind": "operations"})[0]


def record(
    event: Event, *, thread: Thread, by: Actor, at: dt.datetime, edition: int | None = None, note: str = ""
) -> Entry:
    """Write one entry, with its reactions; must stand inside the verb's transaction."""
    return record_many([Happening(event, thread, by, at, edition, note)])[0]


def record_many(happenings: Sequence[Happening]) -> list[Entry]:
    """Write entries in order, on any threads, in a handful of statements; must stand inside a transaction.

    Runs the reactions of now, queues those of later. Raises RuntimeError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an entry is written in the transaction of what it tells of")
    recorded_at = now()
    notes = [(random_bytes(16), happening.note) if happening.note else None for happening in happenings]
    hashes = [note_hash(*private) if private else "" for private in notes]
    entries = _chain(happenings, hashes, recorded_at)
    Entry.objects.bulk_create(entries)
    Private.objects.bulk_create(
        Private(entry=entry, salt=private[0], note=private[1])
        for entry, private in zip(entries, notes, strict=True)
        if private
    )
    _queue(entries, recorded_at)
    _react(happenings, entries)
    return entries


def _chain(happenings: Sequence[Happening], hashes: Sequence[str], recorded_at: dt.datetime) -> list[Entry]:
    """Build the entries of each thread after its head, and move the heads.

    A head is moved only from where this process saw it; where somebody was faster, or a savepoint took back what this
    process wrote, it is read again under a lock.
    """
    by_thread: dict[UUID, list[int]] = {}
    for index, happening in enumerate(happenings):
        by_thread.setdefault(happening.thread.pk, []).append(index)
    groups = sorted(by_thread.values(), key=lambda found: str(happenings[found[0]].thread.pk))
    built = _chain_at_once(groups, happenings, hashes, recorded_at) if len(groups) >= MANY_THREADS else {}
    for indexes in groups if not built else ():
        thread = happenings[indexes[0]].thread
        for attempt in (1, 2):
            if attempt == 2:
                fresh = Thread.objects.select_for_update().get(pk=thread.pk)
                thread.last_number, thread.last_hash = fresh.last_number, fresh.last_hash
            chained = _entries(thread, [(i, happenings[i], hashes[i]) for i in indexes], recorded_at)
            if _move_head(thread, chained[-1][1]):
                break
        else:
            raise RuntimeError("the head of a locked thread moved")
        built.update(chained)
        for index in indexes:
            other = happenings[index].thread
            other.last_number, other.last_hash = thread.last_number, thread.last_hash
    return [built[index] for index in range(len(happenings))]


def _chain_at_once(
    groups: Sequence[Sequence[int]], happenings: Sequence[Happening], hashes: Sequence[str], recorded_at: dt.datetime
) -> dict[int, Entry]:
    """Do so for many threads with one prepared statement; nothing where any head was not where it was seen."""
    threads = [happenings[indexes[0]].thread for indexes in groups]
    chained = [
        _entries(thread, [(index, happenings[index], hashes[index]) for index in indexes], recorded_at)
        for thread, indexes in zip(threads, groups, strict=True)
    ]
    lasts = [entries[-1][1] for entries in chained]
    seen = [(_KEY.get_db_prep_save(one.pk, connection), one.last_number, bytes(one.last_hash)) for one in threads]
    moves = [(last.number, bytes(last.hash), *before) for last, before in zip(lasts, seen, strict=True)]
    savepoint = transaction.savepoint()
    with connection.cursor() as cursor:
        cursor.executemany(_MOVE, moves)
        moved = cursor.rowcount
    if moved != len(moves):
        transaction.savepoint_rollback(savepoint)
        return {}
    transaction.savepoint_commit(savepoint)
    for indexes, last in zip(groups, lasts, strict=True):
        for index in indexes:
            thread = happenings[index].thread
            thread.last_number, thread.last_hash = last.number, last.hash
    return {index: entry for entries in chained for index, entry in entries}


def _entries(
    thread: Thread, indexed: Sequence[tuple[int, Happening, str]], recorded_at: dt.datetime
) -> list[tuple[int, Entry]]:
    number, previous = thread.last_number, thread.previous_hash()
    chained = []
    for index, happening, hashed in indexed:
        number += 1
        entry = Entry(
            thread=thread,
            number=number,
            event=happening.event.name,
            version=happening.event.version,
            payload=happening.event.payload(),
            actor_kind=happening.by.kind,
            actor_id=happening.by.id,
            on_behalf_of=happening.by.on_behalf_of,
            at=as_utc(happening.at),
            recorded_at=recorded_at,
            edition=happening.edition,
            audience=happening.event.audience,
            note_hash=hashed,
        )
        entry.hash = previous = entry.expected_hash(previous)
        chained.append((index, entry))
    return chained


def _move_head(thread: Thread, last: Entry) -> bool:
    """Move the head of a thread if it still stands where it was seen, number and hash; tell whether it did."""
    seen = Thread.objects.filter(pk=thread.pk, last_number=thread.last_number, last_hash=bytes(thread.last_hash))
    if not seen.update(last_number=last.number, last_hash=last.hash):
        return False
    thread.last_number, thread.last_hash = last.number, last.hash
    return True


def _queue(entries: Sequence[Entry], at: dt.datetime) -> None:
    Delivery.objects.bulk_create(
        Delivery(entry=entry, reaction=name, is_outside=reactions.is_outside(name), next_look_at=at)
        for entry in entries
        for name in reactions.deliveries_for(entry.event)
    )


def _react(happenings: Sequence[Happening], entries: Sequence[Entry]) -> None:
    """Run the reactions of now in order; those that can take many things at once, once at the end."""
    gathered: dict[str, tuple[reactions.Reaction, list[tuple[Event, Happened]]]] = {}
    for happening, entry in zip(happenings, entries, strict=True):
        told = Happened(
            entry.position, happening.thread.pk, happening.by, happening.at, happening.edition, happening.note
        )
        for reaction in reactions.reactions_now(entry.event):
            if reaction.act_many is None or len(entries) == 1:
                reaction.act(happening.event, told)
            else:
                gathered.setdefault(reaction.name, (reaction, []))[1].append((happening.event, told))
    for reaction, told_of in gathered.values():
        assert reaction.act_many is not None
        reaction.act_many(told_of)


@verb
def shred(*, position: int, by: Actor, at: dt.datetime) -> Entry:
    """Destroy the private note beside an entry and say so on its thread; the chain still verifies.

    Who may is for the calling verb to decide. Refused (note.absent) where there is none, or it is destroyed already.
    """
    entry = Entry.objects.select_related("thread").filter(pk=position).first()
    gone = Private.objects.filter(pk=position, shredded_at__isnull=True).update(note="", salt=None, shredded_at=at)
    if entry is None or not gone:
        raise Refused("note.absent", _("This entry has no private note, or it is destroyed already."))
    return record(NoteShredded(number=entry.number), thread=entry.thread, by=by, at=at)
