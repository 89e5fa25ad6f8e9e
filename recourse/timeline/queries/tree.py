"""The tree as it is kept, and proofs from it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible
from recourse.timeline.models import Checkpoint, Entry, Leaf, Subtree
from recourse.timeline.policy import (
    STORED_HEIGHT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    node_place,
    proves_inclusion,
)
from recourse.timeline.policy.tree import Node


@dataclass(frozen=True, slots=True)
class Proof:
    """That one entry stands in the record that a checkpoint signed; hashes in hex.

    `is_sealed` is False for an entry that has no place in the tree yet or none below a checkpoint: nothing is proved.
    """

    position: int
    entry_hash: str
    is_sealed: bool
    holds: bool = False
    index: int | None = None
    path: Sequence[str] = ()
    size: int | None = None
    root: str = ""
    signed_at: dt.datetime | None = None
    signature: str = ""


def stored_node(size: int) -> Node:
    """Return the `node` of the kept tree of `size` leaves: small subtrees from their leaves, the others by look-up."""
    blocks: dict[int, list[bytes]] = {}

    def leaves(block: int) -> list[bytes]:
        if block not in blocks:
            start = block << STORED_HEIGHT
            end = min(start + (1 << STORED_HEIGHT), size)
            rows = Leaf.objects.filter(index__gte=start, index__lt=end).order_by("index")
            blocks[block] = [leaf_hash(bytes(value)) for value in rows.values_list("hash", flat=True)]
        return blocks[block]

    def node(height: int, index: int) -> bytes:
        if height >= STORED_HEIGHT:
            return bytes(Subtree.objects.values_list("hash", flat=True).get(place=node_place(height, index)))
        first = index << height
        within = leaves(first >> STORED_HEIGHT)
        start = first & ((1 << STORED_HEIGHT) - 1)
        return _folded(within[start : start + (1 << height)])

    return node


def prove(position: int, *, viewer: Actor) -> Proof:
    """Return the proof that an entry stands under the newest checkpoint. Needs the right to the record."""
    viewer.require("record:read")
    entry = Entry.objects.filter(pk=position).select_related("leaf").first()
    if entry is None:
        raise NotVisible
    leaf: Leaf | None = getattr(entry, "leaf", None)
    checkpoint = last_checkpoint()
    if leaf is None or checkpoint is None or leaf.index >= checkpoint.size:
        return Proof(position, bytes(entry.hash).hex(), is_sealed=False)
    path = inclusion_proof(stored_node(checkpoint.size), leaf.index, checkpoint.size)
    root = bytes.fromhex(checkpoint.root)
    return Proof(
        position,
        bytes(entry.hash).hex(),
        is_sealed=True,
        holds=proves_inclusion(_recomputed(entry), leaf.index, checkpoint.size, path, root),
        index=leaf.index,
        path=[step.hex() for step in path],
        size=checkpoint.size,
        root=checkpoint.root,
        signed_at=checkpoint.at,
        signature=checkpoint.signature,
    )


def consistency(old: int, new: int, *, viewer: Actor) -> list[str]:
    """Return the proof in hex that the first `old` entries of the record are the beginning of the first `new`."""
    viewer.require("record:read")
    return [step.hex() for step in consistency_proof(stored_node(new), old, new)]


def oldest_unsealed_at() -> dt.datetime | None:
    """Return when the oldest entry without a place in the tree was recorded, or None where all have one."""
    sealed = Leaf.objects.order_by("-index").values_list("entry_id", flat=True).first() or 0
    unsealed = Entry.objects.filter(position__gt=sealed).order_by("position").values_list("recorded_at", flat=True)
    found: dt.datetime | None = unsealed.first()
    return found


def last_checkpoint() -> Checkpoint | None:
    """Return the newest checkpoint."""
    return Checkpoint.objects.order_by("-size").first()


def _recomputed(entry: Entry) -> bytes:
    """Return the entry's hash computed from what it says, after the entry before it."""
    before = Entry.objects.filter(thread_id=entry.thread_id, number=entry.number - 1).first()
    start = entry.thread.start_hash() if before is None else bytes(before.hash)
    return entry.expected_hash(start)


def _folded(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]
