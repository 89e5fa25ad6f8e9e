"""The check of the whole record, entry after entry by position, against itself and against checkpoints kept outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from recourse.timeline.policy.chain import Sealed, chain_hash, note_hash, thread_start
from recourse.timeline.policy.tree import Tree, node_place

FAULT_LIMIT = 1_000


class FaultKind(StrEnum):
    """What can be wrong with the record."""

    CHANGED = "changed"
    GAP = "gap"
    NOTE = "note"
    LEAF = "leaf"
    UNSEALED = "unsealed"
    HEAD = "head"
    SUBTREE = "subtree"
    ROOT = "root"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: what, at which entry (position) or thread or size of the tree."""

    kind: FaultKind
    position: int | None
    thread: str
    detail: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry as it stands in the tables, with its leaf and its private note where there are any."""

    position: int
    sealed: Sealed
    hash: bytes
    leaf_index: int | None = None
    leaf_hash: bytes | None = None
    has_note: bool = False
    salt: bytes | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What a thread says of itself: its kind, the number and hash of its last entry."""

    kind: str
    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """A checkpoint to hold the tree to: so many leaves, this root; `source` names it in a fault."""

    size: int
    root: bytes
    source: str


@dataclass(slots=True)
class Checker:
    """Takes every entry in order of position and gathers what is wrong, at most 1,000 faults in words.

    `heads` are read before the entries, so that what is written meanwhile is newer than they are. `due_before` is the
    canonical instant before which every entry must have been sealed.
    """

    heads: Mapping[str, Head]
    marks: Sequence[Mark] = ()
    due_before: str = ""
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0
    entry_count: int = 0
    last: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    tree: Tree = field(init=False)
    subtrees: dict[int, bytes] = field(default_factory=dict)
    _marks_by_size: dict[int, list[Mark]] = field(default_factory=dict)
    _unsealed: int | None = None

    def __post_init__(self) -> None:
        self.tree = Tree(lambda height, index, hashed: self.subtrees.update({node_place(height, index): hashed}))
        for mark in self.marks:
            self._marks_by_size.setdefault(mark.size, []).append(mark)
        self._compare_root()

    def take(self, kept: Kept) -> None:
        """Check the next entry."""
        self.entry_count += 1
        self._check_chain(kept)
        self._check_note(kept)
        self._check_leaf(kept)

    def finish(
        self,
        *,
        stored: Mapping[int, bytes],
        newer: Mapping[str, Head] | None = None,
        orphans: Mapping[str, int] | None = None,
    ) -> list[Fault]:
        """Check what only the end can show, and return every fault.

        `stored` are the subtrees as they are kept, and `newer` the heads of the threads that moved meanwhile, both read
        after the entries. `orphans` counts rows, by table, whose entry is gone.
        """
        for thread, head in self.heads.items():
            self._check_head(thread, head, (newer or {}).get(thread))
        for thread in self.last.keys() - self.heads.keys() - (newer or {}).keys():
            self._fault(FaultKind.HEAD, None, thread, "entries without their thread")
        for table, count in (orphans or {}).items():
            if count:
                self._fault(FaultKind.GAP, None, "", f"{count} rows of {table} whose entry is gone")
        for place, hashed in self.subtrees.items():
            if stored.get(place) != hashed:
                detail = f"the stored subtree {place >> 48}/{place & (1 << 48) - 1} is missing or wrong"
                self._fault(FaultKind.SUBTREE, None, "", detail)
        for mark in self.marks:
            if mark.size > self.tree.size:
                detail = f"{mark.source} saw {mark.size} entries, only {self.tree.size} are left"
                self._fault(FaultKind.TRUNCATED, None, "", detail)
        return self.faults

    def moved(self) -> list[str]:
        """Return the threads whose last entry is not the one that their head named: written meanwhile, or wrong."""
        return [
            thread
            for thread, (number, hashed) in self.last.items()
            if thread not in self.heads or (self.heads[thread].number, self.heads[thread].hash) != (number, hashed)
        ]

    def _check_chain(self, kept: Kept) -> None:
        sealed, thread = kept.sealed, kept.sealed.thread
        if thread in self.last:
            number, previous = self.last[thread]
        else:
            kind = self.heads[thread].kind if thread in self.heads else ""
            number, previous = 0, thread_start(thread, kind)
        if sealed.number != number + 1:
            detail = f"number {sealed.number} follows {number}"
            self._fault(FaultKind.GAP, kept.position, thread, detail)
        elif thread in self.heads and chain_hash(previous, sealed) != kept.hash:
            self._fault(FaultKind.CHANGED, kept.position, thread, "the entry is not what its hash says")
        self.last[thread] = (sealed.number, kept.hash)
        head = self.heads.get(thread)
        if head and head.number == sealed.number and head.hash != kept.hash:
            self._fault(FaultKind.HEAD, kept.position, thread, "the head of the thread names another entry")

    def _check_note(self, kept: Kept) -> None:
        expected = kept.sealed.note_hash
        if bool(expected) != kept.has_note:
            detail = "the note is gone without a trace" if expected else "a note was put beside an entry that had none"
            self._fault(FaultKind.NOTE, kept.position, kept.sealed.thread, detail)
        elif kept.salt is not None and note_hash(kept.salt, kept.note) != expected:
            self._fault(FaultKind.NOTE, kept.position, kept.sealed.thread, "the note is not what its hash says")
        elif kept.has_note and kept.salt is None and kept.note:
            self._fault(FaultKind.NOTE, kept.position, kept.sealed.thread, "words stand in a destroyed note")

    def _check_leaf(self, kept: Kept) -> None:
        if kept.leaf_index is None:
            if self._unsealed is None:
                self._unsealed = kept.position
            if kept.sealed.recorded_at < self.due_before:
                self._fault(FaultKind.UNSEALED, kept.position, kept.sealed.thread, "an old entry is not sealed")
            return
        if self._unsealed is not None:
            detail = f"not sealed, although the later entry {kept.position} is"
            self._fault(FaultKind.UNSEALED, self._unsealed, kept.sealed.thread, detail)
            self._unsealed = None
        if kept.leaf_index != self.tree.size:
            detail = f"leaf {kept.leaf_index} stands where leaf {self.tree.size} belongs"
            self._fault(FaultKind.LEAF, kept.position, kept.sealed.thread, detail)
        if kept.leaf_hash != kept.hash:
            self._fault(FaultKind.LEAF, kept.position, kept.sealed.thread, "the leaf is not the entry's hash")
        self.tree.append(kept.hash)
        self._compare_root()

    def _compare_root(self) -> None:
        for mark in self._marks_by_size.get(self.tree.size, ()):
            if self.tree.root() != mark.root:
                detail = f"{mark.source}: the first {mark.size} entries are not those that were signed"
                self._fault(FaultKind.ROOT, None, "", detail)

    def _check_head(self, thread: str, head: Head, newer: Head | None) -> None:
        number, hashed = self.last.get(thread, (0, b""))
        if number < head.number:
            detail = f"the thread has {head.number} entries, {number} are left"
            self._fault(FaultKind.HEAD, None, thread, detail)
        elif number > head.number and (newer is None or newer.number < number):
            known = newer.number if newer else head.number
            self._fault(FaultKind.HEAD, None, thread, f"{number} entries, of which the head knows {known}")
        elif newer is not None and newer.number == number and number and newer.hash != hashed:
            self._fault(FaultKind.HEAD, None, thread, "the head of the thread names another entry")

    def _fault(self, kind: FaultKind, position: int | None, thread: str, detail: str) -> None:
        self.fault_count += 1
        if len(self.faults) < FAULT_LIMIT:
            self.faults.append(Fault(kind, position, thread, detail))
