"""Public numbers, given once and never again: a sequence on PostgreSQL, the next free one under SQLite's write lock."""

from typing import Any

from django.db import connection, models
from django.db.migrations.operations import RunPython

FIRST = 1001


def next_numbers(model: type[models.Model], count: int = 1) -> list[int]:
    """Return `count` new values for `model.number`; must stand inside the transaction that uses them."""
    if not connection.in_atomic_block:
        raise RuntimeError("a number is taken in the transaction that uses it")
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [f"{table}_numbers", count])
            return [number for (number,) in cursor.fetchall()]
        cursor.execute(f"SELECT coalesce(max(number) + 1, {FIRST}) FROM {table}")  # noqa: S608  (our own table's name)
        (first,) = cursor.fetchone()
    return list(range(first, first + count))


def number_sequence(table: str) -> RunPython:
    """Return the migration step that makes the sequence of a table's numbers."""

    def make(apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"CREATE SEQUENCE {table}_numbers AS bigint START {FIRST}", params=None)

    def drop(apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP SEQUENCE {table}_numbers", params=None)

    return RunPython(make, drop)
