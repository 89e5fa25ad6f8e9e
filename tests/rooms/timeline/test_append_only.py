"""Neither the product, nor SQL, nor the owner of the tables changes what is on the record."""

import os
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.utils import DatabaseError

from recourse.kit.actor import system
from recourse.kit.errors import Refused
from recourse.kit.triggers import expected_triggers
from recourse.timeline.actions import seal, shred
from recourse.timeline.models import Checkpoint, Entry, Leaf, Private, Subtree, Thread
from tests.rooms.timeline.conftest import AT, write

pytestmark = pytest.mark.django_db
ON_BOTH = [
    "UPDATE timeline_entry SET payload = '{}'",
    "UPDATE timeline_entry SET position = position + 1000",
    "DELETE FROM timeline_entry",
    "UPDATE timeline_leaf SET hash = entry_hash.hash FROM (SELECT hash FROM timeline_entry LIMIT 1) AS entry_hash",
    "DELETE FROM timeline_leaf",
    "UPDATE timeline_checkpoint SET size = 1",
    "DELETE FROM timeline_checkpoint",
    "UPDATE timeline_subtree SET place = 1",
    "DELETE FROM timeline_subtree",
    "DELETE FROM timeline_private",
    "UPDATE timeline_private SET note = 'other words'",
    "UPDATE timeline_private SET note = ''",
    "UPDATE timeline_thread SET last_number = 0",
    "UPDATE timeline_thread SET last_hash = (SELECT hash FROM timeline_entry LIMIT 1)",
    "UPDATE timeline_thread SET kind = 'teapot', last_number = last_number + 1",
    "DELETE FROM timeline_thread",
]
ON_POSTGRES = [
    f"TRUNCATE {table} CASCADE"
    for table in (
        "timeline_entry", "timeline_leaf", "timeline_checkpoint", "timeline_subtree", "timeline_private", "timeline_thread",
    )
]  # fmt: skip
REPLACING = {
    "timeline_entry": "position",
    "timeline_leaf": '"index"',
    "timeline_checkpoint": "id",
    "timeline_subtree": "place",
    "timeline_private": "entry_id",
    "timeline_thread": "id",
}


@pytest.fixture
def kept(thread: Thread) -> Entry:
    """Return one of some sealed entries with notes, under a checkpoint."""
    entry = write(thread, 3, note="words")[0]
    seal()
    Checkpoint.objects.create(size=3, root="ab" * 32, at=AT, signature="00")
    Subtree.objects.create(place=7, hash=b"x" * 32)
    return entry


@pytest.mark.parametrize("statement", ON_BOTH)
def test_sql_by_the_owner_is_refused(kept: Entry, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.postgres
@pytest.mark.parametrize("statement", ON_POSTGRES)
def test_truncate_by_the_owner_is_refused(kept: Entry, statement: str, is_postgres: bool) -> None:
    if not is_postgres:
        pytest.skip("SQLite has no TRUNCATE")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", REPLACING)
def test_an_insert_that_would_replace_is_refused(kept: Entry, table: str, is_postgres: bool) -> None:
    column = REPLACING[table]
    statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    if is_postgres:
        statement = f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({column}) DO UPDATE SET {column} = EXCLUDED.{column}"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", REPLACING)
def test_a_plain_sqlite_shell_cannot_replace_either(kept: Entry, table: str, is_postgres: bool) -> None:
    if is_postgres:
        pytest.skip("of SQLite alone")
    shell = sqlite3.connect(os.fspath(connection.settings_dict["NAME"]))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        shell.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    shell.close()


CHANGES: list[Callable[[Entry], Any]] = [
    lambda entry: entry.save(),
    lambda entry: entry.delete(),
    lambda entry: Entry.objects.update(payload="{}"),
    lambda entry: Entry.objects.filter(pk=entry.pk).delete(),
    lambda entry: Entry.objects.bulk_update([entry], ["payload"]),
    lambda entry: Entry.objects.bulk_create(
        [entry], update_conflicts=True, unique_fields=["position"], update_fields=["payload"]
    ),
    lambda entry: Leaf.objects.all().delete(),
    lambda entry: Checkpoint.objects.update(size=1),
    lambda entry: entry.thread.delete(),
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_models_refuse_before_the_database_does(kept: Entry, change: Callable[[Entry], Any]) -> None:
    with pytest.raises(Refused, match="record"):
        change(kept)


def test_a_private_note_can_be_shredded_and_nothing_else(kept: Entry) -> None:
    shred(position=kept.position, by=system("test"), at=AT)
    statement = "UPDATE timeline_private SET note = 'back again' WHERE shredded_at IS NOT NULL"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Private.objects.get(pk=kept.position).note == ""


def test_the_head_of_a_thread_moves_on_but_not_back(kept: Entry) -> None:
    Thread.objects.filter(pk=kept.thread_id).update(last_number=9)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Thread.objects.filter(pk=kept.thread_id).update(last_number=8)


def test_after_all_migrations_every_planned_trigger_stands_and_is_enabled(db: None, is_postgres: bool) -> None:
    migrations = MigrationLoader(connection).disk_migrations.values()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal"
            if is_postgres
            else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        standing = {name for (name,) in cursor.fetchall()}
    expected = expected_triggers(migrations, connection.vendor)
    assert expected - standing == set()
    assert "timeline_entry_no_update" in expected
