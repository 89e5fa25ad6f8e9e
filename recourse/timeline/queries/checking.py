"""The check of the record as it stands in the database, streamed; and the record as lines for a verifier outside."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db.models import Exists, OuterRef

from recourse.kit.actor import Actor
from recourse.kit.time import iso
from recourse.timeline.models import Checkpoint, Entry, Leaf, Private, Subtree, Thread
from recourse.timeline.policy import Checker, Fault, FaultKind, Head, Kept, Mark, Sealed, canonical

CHUNK = 5_000
SEALED_WITHIN = dt.timedelta(minutes=15)
FIELDS = (
    "position", "thread_id", "number", "event", "version", "payload", "actor_kind", "actor_id", "on_behalf_of", "at",
    "recorded_at", "edition", "audience", "note_hash", "hash", "leaf__index", "leaf__hash", "private__entry_id",
    "private__salt", "private__note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the whole record found."""

    entries: int
    sealed: int
    checkpoints: int
    fault_count: int
    faults: Sequence[Fault]

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.fault_count


def check_record(
    *,
    at: dt.datetime,
    key: Ed25519PublicKey | None,
    outside: Sequence[Mark] = (),
    progress: Callable[[int], None] = lambda count: None,
) -> Verdict:
    """Return what is wrong with the record: chains, heads, notes, leaves, subtrees, own checkpoints and `outside` ones.

    Reads every entry once, 5,000 at a time; people may work meanwhile. Without `key` signatures are not checked.
    """
    heads = _heads(Thread.objects.all())
    checkpoints = list(Checkpoint.objects.order_by("size"))
    marks = [Mark(row.size, bytes.fromhex(row.root), f"checkpoint {row.size}") for row in checkpoints]
    checker = Checker(heads, [*marks, *outside], due_before=iso(at - SEALED_WITHIN))
    for kept in kept_entries():
        checker.take(kept)
        if checker.entry_count % CHUNK == 0:
            progress(checker.entry_count)
    stored = {place: bytes(hashed) for place, hashed in Subtree.objects.values_list("place", "hash")}
    checker.finish(stored=stored, newer=_newer(checker.moved()), orphans=_orphans())
    forged = list(_forged(checkpoints, key))
    return Verdict(
        entries=checker.entry_count,
        sealed=checker.tree.size,
        checkpoints=len(marks) + len(outside),
        fault_count=checker.fault_count + len(forged),
        faults=[*checker.faults, *forged],
    )


def kept_entries(*, after: int = 0) -> Iterator[Kept]:
    """Yield every entry with its leaf and its note, by position."""
    rows = Entry.objects.filter(position__gt=after).order_by("position").values_list(*FIELDS)
    for row in rows.iterator(CHUNK):
        yield _kept(row)


def record_lines(*, viewer: Actor, has_notes: bool) -> Iterator[dict[str, Any]]:
    """Yield the whole record as plain values for a verifier outside: threads, entries, checkpoints.

    Notes, which may be personal, only with `has_notes`. Needs the right to export the record.
    """
    viewer.require("record:export")
    yield {"is": "record", "format": 1}
    for pk, kind in Thread.objects.order_by("pk").values_list("pk", "kind").iterator(CHUNK):
        yield {"is": "thread", "thread": str(pk), "kind": kind}
    for kept in kept_entries():
        sealed = {name: getattr(kept.sealed, name) for name in Sealed.__slots__}
        line = {"is": "entry", "position": kept.position, "leaf": kept.leaf_index, "hash": kept.hash.hex(), **sealed}
        if has_notes and kept.salt is not None:
            line |= {"salt": kept.salt.hex(), "note": kept.note}
        yield line
    for row in Checkpoint.objects.order_by("size"):
        yield {"is": "checkpoint", **checkpoint_fields(row)}


def checkpoint_fields(row: Checkpoint) -> dict[str, Any]:
    """Return a checkpoint as it leaves the machine."""
    return {"size": row.size, "root": row.root, "at": iso(row.at), "signature": row.signature}


def is_signed(fields: dict[str, Any], key: Ed25519PublicKey) -> bool:
    """Tell whether a checkpoint that left the machine bears the signature of `key`."""
    statement = canonical({"at": fields["at"], "root": fields["root"], "size": fields["size"]})
    try:
        key.verify(bytes.fromhex(fields["signature"]), statement.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _kept(row: tuple[Any, ...]) -> Kept:
    (
        position, thread, number, event, version, payload, actor_kind, actor_id, on_behalf_of, at, recorded_at, edition,
        audience, note_hash, hashed, leaf_index, leaf_hash, private, salt, note,
    ) = row  # fmt: skip
    sealed = Sealed(
        str(thread), number, event, version, payload, actor_kind, actor_id, str(on_behalf_of or ""), iso(at),
        iso(recorded_at), edition, audience, note_hash,
    )  # fmt: skip
    return Kept(
        position,
        sealed,
        bytes(hashed),
        leaf_index,
        None if leaf_hash is None else bytes(leaf_hash),
        private is not None,
        None if salt is None else bytes(salt),
        note or "",
    )


def _heads(threads: Any) -> dict[str, Head]:
    rows = threads.values_list("pk", "kind", "last_number", "last_hash").iterator(CHUNK)
    return {str(pk): Head(kind, number, bytes(hashed)) for pk, kind, number, hashed in rows}


def _newer(threads: Sequence[str]) -> dict[str, Head]:
    found: dict[str, Head] = {}
    for start in range(0, len(threads), 500):
        found |= _heads(Thread.objects.filter(pk__in=threads[start : start + 500]))
    return found


def _orphans() -> dict[str, int]:
    """Return how many leaves and notes stand beside no entry: the database forbids it, its owner could do it."""
    no_entry = ~Exists(Entry.objects.filter(pk=OuterRef("entry_id")))
    return {"leaf": Leaf.objects.filter(no_entry).count(), "private": Private.objects.filter(no_entry).count()}


def _forged(checkpoints: Iterable[Checkpoint], key: Ed25519PublicKey | None) -> Iterator[Fault]:
    for row in checkpoints:
        if key is not None and not is_signed(checkpoint_fields(row), key):
            yield Fault(FaultKind.ROOT, None, "", f"checkpoint {row.size} is not signed by the key")
