"""Whatever is changed, removed, inserted or reordered in the record is found; 5,000 random tamperings and the named ones."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from recourse.timeline.policy import (
    Checker,
    Fault,
    FaultKind,
    Head,
    Kept,
    Mark,
    Sealed,
    Tree,
    chain_hash,
    note_hash,
    thread_start,
)

KIND = "kettle"


@dataclass
class Record:
    """A record in memory: what an attacker with every right over the database may do anything to."""

    entries: list[Kept] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)
    stored: dict[int, bytes] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    orphans: dict[str, int] = field(default_factory=dict)

    def check(self) -> list[Fault]:
        """Return what the check finds."""
        checker = Checker(self.heads, self.marks)
        for kept in self.entries:
            checker.take(kept)
        return checker.finish(stored=self.stored, orphans=self.orphans)

    def copy(self) -> "Record":
        """Return one to tamper with."""
        return Record(list(self.entries), dict(self.heads), dict(self.stored), list(self.marks), dict(self.orphans))


def build(rng: random.Random, count: int, *, is_marked: bool = True) -> Record:
    """Return a sound record of `count` entries on a few threads."""
    record, checker_tree = Record(), Tree()
    threads = [f"thread-{index}" for index in range(rng.randint(1, 6))]
    last: dict[str, tuple[int, bytes]] = {thread: (0, thread_start(thread, KIND)) for thread in threads}
    mark_at = rng.randint(1, count)
    for position in range(1, count + 1):
        thread = rng.choice(threads)
        number, previous = last[thread]
        salt = rng.randbytes(16) if rng.random() < 0.3 else None
        note = f"words {position}" if salt else ""
        sealed = Sealed(
            thread, number + 1, "kettle.boiled", 1, f'{{"degrees":{rng.randint(1, 99)}}}', "staff", "staff:1", "",
            f"2027-03-01T08:00:{position % 60:02}.000000Z", "2027-03-01T08:00:00.000000Z", None, "desk",
            note_hash(salt, note) if salt else "",
        )  # fmt: skip
        hashed = chain_hash(previous, sealed)
        record.entries.append(Kept(position, sealed, hashed, position - 1, hashed, salt is not None, salt, note))
        last[thread] = (number + 1, hashed)
        checker_tree.append(hashed)
        if position == mark_at and is_marked:
            record.marks.append(Mark(position, checker_tree.root(), "yesterday"))
    if is_marked:
        record.marks.append(Mark(count, checker_tree.root(), "today"))
    record.heads = {thread: Head(KIND, number, hashed if number else b"") for thread, (number, hashed) in last.items()}
    checker = Checker(record.heads)
    for kept in record.entries:
        checker.take(kept)
    record.stored = dict(checker.subtrees)
    return record


def rechained(record: Record) -> None:
    """Recompute every hash, leaf, head and subtree, as one who rewrites the whole chain would."""
    last: dict[str, tuple[int, bytes]] = {}
    rebuilt = []
    for index, kept in enumerate(record.entries):
        number, previous = last.get(kept.sealed.thread, (0, thread_start(kept.sealed.thread, KIND)))
        sealed = replace(kept.sealed, number=number + 1)
        hashed = chain_hash(previous, sealed)
        rebuilt.append(replace(kept, sealed=sealed, hash=hashed, leaf_index=index, leaf_hash=hashed))
        last[kept.sealed.thread] = (number + 1, hashed)
    record.entries = rebuilt
    record.heads = {thread: Head(head.kind, *last.get(thread, (0, b""))) for thread, head in record.heads.items()}
    checker = Checker(record.heads)
    for kept in record.entries:
        checker.take(kept)
    record.stored = dict(checker.subtrees)


def _change(record: Record, rng: random.Random) -> None:
    index = rng.randrange(len(record.entries))
    kept = record.entries[index]
    name = rng.choice([name for name in Sealed.__slots__ if name not in {"thread", "number", "note_hash"}])
    old = getattr(kept.sealed, name)
    record.entries[index] = replace(
        kept, sealed=replace(kept.sealed, **{name: 2 if isinstance(old, int) else f"{old}x"})
    )


def _change_with_its_hash(record: Record, rng: random.Random) -> None:
    index = rng.randrange(len(record.entries))
    kept = record.entries[index]
    sealed = replace(kept.sealed, payload='{"degrees":1000}')
    hashed = rng.randbytes(32)
    record.entries[index] = replace(kept, sealed=sealed, hash=hashed, leaf_hash=hashed)


def _flip(record: Record, rng: random.Random) -> None:
    index = rng.randrange(len(record.entries))
    kept, bit = record.entries[index], rng.randrange(256)
    flipped = (int.from_bytes(kept.hash, "big") ^ 1 << bit).to_bytes(32, "big")
    record.entries[index] = replace(kept, **{rng.choice(["hash", "leaf_hash"]): flipped})


def _remove(record: Record, rng: random.Random) -> None:
    del record.entries[rng.randrange(len(record.entries))]


def _remove_and_close_the_gap(record: Record, rng: random.Random) -> None:
    _remove(record, rng)
    record.entries = [replace(kept, leaf_index=index, position=index + 1) for index, kept in enumerate(record.entries)]


def _swap(record: Record, rng: random.Random) -> None:
    one, other = rng.sample(range(len(record.entries)), 2)
    a, b = record.entries[one], record.entries[other]
    record.entries[one] = replace(b, position=a.position, leaf_index=a.leaf_index)
    record.entries[other] = replace(a, position=b.position, leaf_index=b.leaf_index)


def _insert(record: Record, rng: random.Random) -> None:
    index = rng.randrange(len(record.entries))
    record.entries.insert(
        index, replace(record.entries[index], sealed=replace(record.entries[index].sealed, event="x"))
    )


def _truncate_with_heads(record: Record, rng: random.Random) -> None:
    record.entries = record.entries[: rng.randrange(len(record.entries))]
    rechained(record)


def _rewrite_everything(record: Record, rng: random.Random) -> None:
    _change(record, rng)
    rechained(record)


def _remove_and_rewrite_everything(record: Record, rng: random.Random) -> None:
    _remove(record, rng)
    rechained(record)


def _move_a_head(record: Record, rng: random.Random) -> None:
    thread = rng.choice(list(record.heads))
    head = record.heads[thread]
    record.heads[thread] = rng.choice(
        [replace(head, number=head.number + 1), replace(head, hash=rng.randbytes(32), number=head.number or 1)]
    )


def _rename_a_thread(record: Record, rng: random.Random) -> None:
    thread = rng.choice(record.entries).sealed.thread
    record.heads[thread] = replace(record.heads[thread], kind="teapot")


def _forge_a_note(record: Record, rng: random.Random) -> None:
    index = rng.randrange(len(record.entries))
    kept = record.entries[index]
    record.entries[index] = (
        replace(kept, note="other words")
        if kept.has_note
        else replace(kept, has_note=True, salt=b"s" * 16, note="words")
    )


def _lose_a_note(record: Record, rng: random.Random) -> None:
    noted = [index for index, kept in enumerate(record.entries) if kept.has_note]
    if not noted:
        _forge_a_note(record, rng)
        return
    index = rng.choice(noted)
    record.entries[index] = replace(record.entries[index], has_note=False, salt=None, note="")


def _unseal(record: Record, rng: random.Random) -> None:
    index = rng.randrange(len(record.entries))
    record.entries[index] = replace(record.entries[index], leaf_index=None, leaf_hash=None)


def _lose_a_subtree(record: Record, rng: random.Random) -> None:
    if not record.stored:
        _flip(record, rng)
        return
    place = rng.choice(list(record.stored))
    if rng.random() < 0.5:
        del record.stored[place]
    else:
        record.stored[place] = rng.randbytes(32)


ATTACKS: list[Callable[[Record, random.Random], None]] = [
    _change, _change_with_its_hash, _flip, _remove, _remove_and_close_the_gap, _swap, _insert, _truncate_with_heads,
    _rewrite_everything, _remove_and_rewrite_everything, _move_a_head, _rename_a_thread, _forge_a_note, _lose_a_note,
    _unseal, _lose_a_subtree,
]  # fmt: skip


def test_five_thousand_random_tamperings_are_all_found() -> None:
    rng = random.Random(20270301)
    tampered = 0
    while tampered < 5_000:
        size = rng.choice([2, 3, 5, 8, 13, 40, 120, 300]) if rng.random() < 0.98 else rng.randint(500, 5_000)
        sound = build(rng, size)
        assert sound.check() == []
        for _round in range(8):
            attack = rng.choice(ATTACKS)
            broken = sound.copy()
            attack(broken, rng)
            assert broken.check(), f"{attack.__name__} on {size} entries was not found"
            tampered += 1


@pytest.mark.parametrize(
    ("attack", "kind"),
    [
        (_change, FaultKind.CHANGED),
        (_swap, FaultKind.GAP),
        (_forge_a_note, FaultKind.NOTE),
        (_lose_a_note, FaultKind.NOTE),
        (_unseal, FaultKind.UNSEALED),
        (_lose_a_subtree, FaultKind.SUBTREE),
        (_truncate_with_heads, FaultKind.TRUNCATED),
        (_rewrite_everything, FaultKind.ROOT),
        (_remove_and_rewrite_everything, FaultKind.TRUNCATED),
        (_rename_a_thread, FaultKind.CHANGED),
    ],
)
def test_what_was_done_is_named(attack: Callable[[Record, random.Random], None], kind: FaultKind) -> None:
    rng = random.Random(3)
    sound = build(rng, 600)
    attack(sound, rng)
    assert kind in {fault.kind for fault in sound.check()}


def test_the_fault_names_the_entry_that_was_changed_and_no_other() -> None:
    record = build(random.Random(1), 50)
    record.entries[20] = replace(record.entries[20], sealed=replace(record.entries[20].sealed, payload="{}"))
    faults = record.check()
    assert [fault.position for fault in faults] == [21]


def test_a_rewritten_chain_without_an_outside_checkpoint_is_not_found_and_so_checkpoints_must_leave() -> None:
    rng = random.Random(5)
    record = build(rng, 60, is_marked=False)
    _rewrite_everything(record, rng)
    assert record.check() == []


def test_a_shredded_note_leaves_the_record_whole() -> None:
    record = build(random.Random(2), 80)
    record.entries = [replace(kept, salt=None, note="") if kept.has_note else kept for kept in record.entries]
    assert record.check() == []


def test_an_old_entry_without_a_seal_is_a_fault_and_a_young_one_is_not() -> None:
    record = build(random.Random(4), 10)
    record.entries[-1] = replace(record.entries[-1], leaf_index=None, leaf_hash=None)
    record.marks = []
    checker = Checker(record.heads, due_before="2027-03-01T07:00:00.000000Z")
    for kept in record.entries:
        checker.take(kept)
    assert checker.finish(stored=record.stored) == []
    late = Checker(record.heads, due_before="2027-03-01T09:00:00.000000Z")
    for kept in record.entries:
        late.take(kept)
    assert [fault.kind for fault in late.finish(stored=record.stored)] == [FaultKind.UNSEALED]
