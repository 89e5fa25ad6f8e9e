"""The record in the database: sealed in order, checked whole, held to what an outsider kept, against a superuser too."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from recourse.kit.actor import system
from recourse.kit.time import now
from recourse.timeline.actions import open_thread, seal, shred, sign_checkpoint
from recourse.timeline.models import Checkpoint, Entry, Leaf, Subtree, Thread
from recourse.timeline.policy import FaultKind, Mark
from recourse.timeline.queries import Verdict, check_record, checkpoint_fields, is_signed
from tests.rooms.timeline.conftest import AT, write

pytestmark = pytest.mark.django_db
KEY = Ed25519PrivateKey.generate()


def check(*outside: Mark, key: Ed25519PrivateKey = KEY) -> Verdict:
    """Check the record as it stands, by our own key."""
    return check_record(at=now(), key=key.public_key(), outside=outside)


@pytest.fixture
def kept(db: None) -> Mark:
    """Return what an outsider kept of a record of some threads with notes."""
    for _index in range(3):
        write(open_thread("kettle"), 4, note="words")
    seal()
    checkpoint = sign_checkpoint(key=KEY, at=AT)
    assert checkpoint is not None
    return Mark(checkpoint.size, bytes.fromhex(checkpoint.root), "yesterday")


def test_a_sound_record_is_found_whole_before_and_after_sealing_and_signing(thread: Thread) -> None:
    write(thread, 5, note="words")
    assert check().is_whole
    assert seal() == 5
    assert seal() == 0
    assert sign_checkpoint(key=KEY, at=AT) is not None
    verdict = check()
    assert (verdict.is_whole, verdict.entries, verdict.sealed, verdict.checkpoints) == (True, 6, 5, 1)


def test_leaves_follow_the_order_of_the_entries_over_many_runs(thread: Thread) -> None:
    for count in (1, 2, 300, 1, 250):
        write(thread, count)
        seal(limit=100)
    while seal(limit=100):
        pass
    assert list(Leaf.objects.order_by("index").values_list("entry__number", flat=True)) == list(range(1, 555))
    assert Subtree.objects.count() == 3
    assert check().is_whole


def test_a_checkpoint_is_signed_once_for_each_size_and_verifies_with_the_public_key_alone(kept: Mark) -> None:
    assert sign_checkpoint(key=KEY, at=AT) is None
    fields = json.loads(json.dumps(checkpoint_fields(Checkpoint.objects.get())))
    assert is_signed(fields, KEY.public_key())
    assert not is_signed({**fields, "size": 11}, KEY.public_key())
    assert not is_signed(fields, Ed25519PrivateKey.generate().public_key())


def test_a_checkpoint_by_another_key_is_a_fault(kept: Mark) -> None:
    assert [fault.kind for fault in check(key=Ed25519PrivateKey.generate()).faults] == [FaultKind.ROOT]


def test_what_is_written_after_an_old_checkpoint_does_not_disturb_it(kept: Mark) -> None:
    write(open_thread("kettle"), 7)
    seal()
    assert check(kept).is_whole


def test_a_shredded_note_leaves_the_record_whole(kept: Mark) -> None:
    shred(position=Entry.objects.earliest("position").position, by=system("test"), at=AT)
    assert check(kept).is_whole


def as_superuser(*statements: str) -> None:
    """Run SQL with every trigger out of the way, as one who owns the machine can."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'timeline%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        for statement in statements:
            cursor.execute(statement)


FIRST = "(SELECT min(position) FROM timeline_entry)"
LAST = "(SELECT max(position) FROM timeline_entry)"
ATTACKS: dict[str, tuple[FaultKind, list[str]]] = {
    "an edited payload": (
        FaultKind.CHANGED,
        [f"UPDATE timeline_entry SET payload = '{{\"degrees\":1}}' WHERE position = {FIRST}"],
    ),
    "an edited actor": (
        FaultKind.CHANGED,
        [f"UPDATE timeline_entry SET actor_id = 'staff:x' WHERE position = {FIRST}"],
    ),
    "a widened audience": (
        FaultKind.CHANGED,
        [f"UPDATE timeline_entry SET audience = 'customer' WHERE position = {FIRST}"],
    ),
    "an edited time": (
        FaultKind.CHANGED,
        [f"UPDATE timeline_entry SET at = '2020-01-01 00:00:00+00' WHERE position = {FIRST}"],
    ),
    "a removed entry": (
        FaultKind.GAP,
        [
            f"DELETE FROM timeline_leaf WHERE entry_id = {FIRST} + 1",
            f"DELETE FROM timeline_private WHERE entry_id = {FIRST} + 1",
            f"DELETE FROM timeline_entry WHERE position = {FIRST} + 1",
        ],
    ),
    "a removed entry whose leaf was forgotten": (
        FaultKind.GAP,
        [f"DELETE FROM timeline_entry WHERE position = {FIRST} + 1"],
    ),
    "a removed tail": (
        FaultKind.HEAD,
        [
            f"DELETE FROM timeline_leaf WHERE entry_id >= {LAST} - 1",
            f"DELETE FROM timeline_private WHERE entry_id >= {LAST} - 1",
            f"DELETE FROM timeline_entry WHERE position >= {LAST} - 1",
        ],
    ),
    "a reordered pair": (
        FaultKind.GAP,
        [
            f"UPDATE timeline_entry SET number = 90 WHERE position = {FIRST}",
            f"UPDATE timeline_entry SET number = 1 WHERE position = {FIRST} + 1",
            f"UPDATE timeline_entry SET number = 2 WHERE position = {FIRST}",
        ],
    ),
    "an inserted entry": (
        FaultKind.CHANGED,
        [
            "INSERT INTO timeline_entry (thread_id, number, event, version, payload, actor_kind, actor_id, at, recorded_at, "
            "audience, note_hash, hash) SELECT thread_id, 5, event, version, payload, actor_kind, actor_id, at, recorded_at, "
            f"audience, '', hash FROM timeline_entry WHERE position = {FIRST}",
        ],
    ),
    "a forged leaf": (
        FaultKind.LEAF,
        [
            "UPDATE timeline_leaf SET hash = (SELECT hash FROM timeline_entry WHERE position = "
            f"{LAST}) WHERE entry_id = {FIRST}"
        ],
    ),
    "a shifted leaf": (
        FaultKind.LEAF,
        ['UPDATE timeline_leaf SET "index" = 900 WHERE "index" = (SELECT max("index") FROM timeline_leaf)'],
    ),
    "an unsealed entry in the middle": (
        FaultKind.UNSEALED,
        [f"DELETE FROM timeline_leaf WHERE entry_id = {FIRST} + 1"],
    ),
    "an edited note": (FaultKind.NOTE, [f"UPDATE timeline_private SET note = 'other' WHERE entry_id = {FIRST}"]),
    "a lost note": (FaultKind.NOTE, [f"DELETE FROM timeline_private WHERE entry_id = {FIRST}"]),
    "a head that lies": (
        FaultKind.HEAD,
        [
            "UPDATE timeline_thread SET last_number = 99 WHERE id = (SELECT thread_id FROM timeline_entry "
            f"WHERE position = {FIRST})"
        ],
    ),
    "a head that forgets": (
        FaultKind.HEAD,
        [
            "UPDATE timeline_thread SET last_number = 1 WHERE id = (SELECT thread_id FROM timeline_entry "
            f"WHERE position = {FIRST})"
        ],
    ),
    "a renamed thread": (
        FaultKind.CHANGED,
        [
            "UPDATE timeline_thread SET kind = 'teapot' WHERE id = (SELECT thread_id FROM timeline_entry "
            f"WHERE position = {FIRST})"
        ],
    ),
    "a removed thread": (
        FaultKind.HEAD,
        [f"DELETE FROM timeline_thread WHERE id = (SELECT thread_id FROM timeline_entry WHERE position = {FIRST})"],
    ),
    "a changed checkpoint": (FaultKind.ROOT, [f"UPDATE timeline_checkpoint SET root = '{'ab' * 32}'"]),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_by_a_superuser_is_found(kept: Mark, attack: str) -> None:
    kind, statements = ATTACKS[attack]
    try:
        as_superuser(*statements)
        assert kind in {fault.kind for fault in check(kept).faults}
    finally:
        connection.set_rollback(True)


@pytest.fixture
def _no_foreign_key_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test leave broken references behind in what it rolls back anyway."""
    monkeypatch.setattr(connection, "check_constraints", lambda *args, **kwargs: None)


def _rewrite(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """Write the whole record anew after a change, with hashes, leaves, subtrees and heads that agree."""
    rows = change(list(Entry.objects.order_by("position").values()))
    notes = list(Entry.objects.filter(private__isnull=False).values_list("position", "private__salt", "private__note"))
    tables = ("leaf", "subtree", "checkpoint", "private", "entry")
    as_superuser(
        *(f"DELETE FROM timeline_{table}" for table in tables),
        "UPDATE timeline_thread SET last_number = 0",
        "DELETE FROM timeline_horizon",
    )
    threads = {thread.pk: thread for thread in Thread.objects.all()}
    fresh = []
    for row in rows:
        thread = threads[row["thread_id"]]
        entry = Entry(**{**row, "number": thread.last_number + 1})
        entry.hash = entry.expected_hash(thread.previous_hash())
        thread.last_number, thread.last_hash = entry.number, entry.hash
        fresh.append(entry)
    Entry.objects.bulk_create(fresh)
    kept_positions = {entry.position for entry in fresh}
    with connection.cursor() as cursor:
        for thread in threads.values():
            Thread.objects.filter(pk=thread.pk).update(
                last_number=thread.last_number, last_hash=bytes(thread.last_hash)
            )
        for position, salt, note in notes:
            if position in kept_positions:
                cursor.execute(
                    "INSERT INTO timeline_private (entry_id, salt, note) VALUES (%s, %s, %s)", [position, salt, note]
                )
    seal()


@pytest.mark.usefixtures("_no_foreign_key_check")
def test_a_chain_rewritten_whole_is_found_by_who_kept_an_old_checkpoint_and_by_nobody_else(kept: Mark) -> None:
    _rewrite(
        lambda rows: [{**row, "payload": '{"degrees":1}'} if index == 2 else row for index, row in enumerate(rows)]
    )
    assert check().is_whole
    assert [fault.kind for fault in check(kept).faults] == [FaultKind.ROOT]


@pytest.mark.usefixtures("_no_foreign_key_check")
def test_a_tail_dropped_with_its_traces_is_found_by_who_kept_an_old_checkpoint(kept: Mark) -> None:
    _rewrite(lambda rows: rows[:-4])
    assert check().is_whole
    assert [fault.kind for fault in check(kept).faults] == [FaultKind.TRUNCATED]


@pytest.mark.usefixtures("_no_foreign_key_check")
def test_a_restored_older_backup_is_found_by_who_kept_a_newer_checkpoint(kept: Mark) -> None:
    write(open_thread("kettle"), 6)
    seal()
    newer = sign_checkpoint(key=KEY, at=AT + dt.timedelta(hours=1))
    assert newer is not None
    _rewrite(lambda rows: rows[: kept.size])
    found = check(kept, Mark(newer.size, bytes.fromhex(newer.root), "today"))
    assert [fault.kind for fault in found.faults] == [FaultKind.TRUNCATED]


def test_an_old_entry_that_was_never_sealed_is_a_fault(thread: Thread) -> None:
    write(thread, 2)
    recorded = Entry.objects.latest("position").recorded_at
    late = check_record(at=recorded + dt.timedelta(hours=1), key=None)
    assert {fault.kind for fault in late.faults} == {FaultKind.UNSEALED}
