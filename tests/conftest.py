"""What every test shares: databases whose append-only tables can still be emptied between tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseOperations as PostgresOperations
from django.db.backends.sqlite3.base import DatabaseOperations as SQLiteOperations
from django.test import override_settings

from tests.cast import Cast, make_cast
from tests.doors.web.browser import browser

__all__ = ["browser"]


@pytest.fixture(scope="session", autouse=True)
def _flush_past_triggers() -> Iterator[None]:
    """Let the flush after a transactional test pass the triggers that keep the record."""
    patch = pytest.MonkeyPatch()

    def postgres(self: Any, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for sql in sql_list:
                cursor.execute(sql)
            cursor.execute("SET session_replication_role = DEFAULT")

    def sqlite(self: Any, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%^_no^_%' ESCAPE '^'"
            )
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute("PRAGMA foreign_keys = OFF")
            for sql in sql_list:
                cursor.execute(sql)
            cursor.execute("PRAGMA foreign_keys = ON")
            for _name, sql in triggers:
                cursor.execute(sql)

    patch.setattr(PostgresOperations, "execute_sql_flush", postgres)
    patch.setattr(SQLiteOperations, "execute_sql_flush", sqlite)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _plain_static_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Serve static files as they lie in the tree, without collecting them first."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = {**settings.STORAGES, "staticfiles": plain}
    with override_settings(
        STORAGES=storages, STATIC_ROOT=tmp_path_factory.mktemp("static"), SECOND_FACTOR_FOR=frozenset()
    ):
        yield


@pytest.fixture
def is_postgres() -> bool:
    """Tell which database the test runs on."""
    return connection.vendor == "postgresql"


@pytest.fixture
def cast(db: None) -> Cast:
    """Return the small company that every test knows."""
    return make_cast()
