"""Seals entries into the Merkle tree and signs its head, so that an outsider can hold us to it."""

import datetime as dt

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.db.models import Max

from recourse.kit.actor import system
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import operations_thread, record
from recourse.timeline.events import CheckpointSigned
from recourse.timeline.models import Checkpoint, Entry, Horizon, Leaf, Subtree
from recourse.timeline.policy import Tree
from recourse.timeline.queries.tree import stored_node

SEAL_LOCK = 0x5EA1
# Our transaction's number, later than that of any which holds a position already, and the numbers (32 bits of them) of
# the others that write in this database now.
RUNNING = """
SELECT pg_current_xact_id()::text::bigint,
       (SELECT array_agg(held.transactionid::text::bigint)
        FROM pg_locks held LEFT JOIN pg_stat_activity one ON one.pid = held.pid
        WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock' AND held.granted
          AND held.pid IS DISTINCT FROM pg_backend_pid()
          AND (one.pid IS NULL OR one.datid = (SELECT oid FROM pg_database WHERE datname = current_database())))
"""


@verb
def seal(*, limit: int = 50_000) -> int:
    """Give every settled entry its place in the tree, by order of position, and return how many were new.

    An entry is settled when no transaction that could still commit an earlier position is running. A writer has its
    number in the order of transactions (it moved the thread's head) before it takes positions, so it is enough that
    those that ran at the last look have ended.
    """
    _only_one()
    settled = _settled()
    last = Leaf.objects.order_by("-index").values_list("index", "entry_id").first()
    size, after = (last[0] + 1, last[1]) if last else (0, 0)
    new = Entry.objects.filter(position__gt=after, position__lte=settled).order_by("position")
    found = list(new.values_list("position", "hash")[:limit])
    if not found:
        return 0
    subtrees: list[Subtree] = []
    node = stored_node(size)
    tree = Tree.grown(size, node, lambda height, index, hashed: subtrees.append(Subtree.at(height, index, hashed)))
    for _position, hashed in found:
        tree.append(bytes(hashed))
    Leaf.objects.bulk_create(
        [Leaf(index=size + offset, entry_id=position, hash=hashed) for offset, (position, hashed) in enumerate(found)],
        batch_size=2_000,
    )
    Subtree.objects.bulk_create(subtrees, batch_size=2_000)
    return len(found)


@verb
def sign_checkpoint(*, key: Ed25519PrivateKey, at: dt.datetime) -> Checkpoint | None:
    """Sign the head of the tree as it stands and return the checkpoint; None where nothing was sealed meanwhile."""
    _only_one()
    last = Leaf.objects.aggregate(last=Max("index"))["last"]
    size = 0 if last is None else last + 1
    if not size or Checkpoint.objects.filter(size=size).exists():
        return None
    checkpoint = Checkpoint(size=size, root=Tree.grown(size, stored_node(size)).root().hex(), at=at)
    checkpoint.signature = key.sign(checkpoint.statement().encode()).hex()
    checkpoint.save()
    event = CheckpointSigned(size=checkpoint.size, root=checkpoint.root)
    record(event, thread=operations_thread(), by=system("record"), at=at)
    return checkpoint


def _only_one() -> None:
    """Hold a lock for the transaction; on SQLite the transaction itself is the lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])


def _settled() -> int:
    """Return the position up to which every entry is settled, and note how far was looked for the next run."""
    seen = Entry.objects.aggregate(last=Max("position"))["last"] or 0
    if connection.vendor != "postgresql":
        return seen
    # Asked after `seen` was read: whoever holds a position up to it, and is not among the running ones, has ended.
    with connection.cursor() as cursor:
        cursor.execute(RUNNING)
        ours, running = cursor.fetchone()
    mark, _is_new = Horizon.objects.get_or_create(pk=1)
    if not running:
        mark.settled = max(mark.settled, seen)
    elif min(_whole(number, ours) for number in running) >= mark.transaction:
        mark.settled = max(mark.settled, mark.position)
        mark.position, mark.transaction = seen, ours
    mark.save()
    return mark.settled


def _whole(number: int, ours: int) -> int:
    """Return the 32-bit number of a running transaction as 64 bits: the one nearest to ours."""
    apart = (number - ours) % (1 << 32)
    return ours + apart - ((1 << 32) if apart >= 1 << 31 else 0)
