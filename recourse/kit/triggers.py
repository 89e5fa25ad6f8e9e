"""Triggers that keep rows as they were written, on both databases; for migrations."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import RunPython

_SQLITE = """
CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW {when}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION recourse_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_POSTGRES = (
    "CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH {each} {when} EXECUTE FUNCTION recourse_append_only()"
)


class KeepRows(RunPython):
    """The migration step that forbids some acts on a table, for every role and every door."""

    def __init__(self, table: str, acts: Sequence[str], when: str, unique: Sequence[Sequence[str]]) -> None:
        self.table, self.acts, self.when, self.unique = table, tuple(acts), when, tuple(unique)
        super().__init__(self._forbid, self._allow)

    def triggers(self, vendor: str) -> list[str]:
        """Return the names of the triggers that must stand on a database."""
        return [name for name, _act, _when in self._planned(vendor)]

    def _planned(self, vendor: str) -> list[tuple[str, str, str]]:
        when = f"WHEN ({self.when})" if self.when else ""
        planned = [(f"{self.table}_no_{act.lower()}", act, when) for act in self.acts]
        if vendor == "postgresql":
            return [*planned, (f"{self.table}_no_truncate", "TRUNCATE", "")] if "DELETE" in self.acts else planned
        if self.unique:
            same = " OR ".join(
                "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in columns) + ")"
                for columns in self.unique
            )
            taken = f"WHEN EXISTS (SELECT 1 FROM {self.table} WHERE {same})"  # noqa: S608  (names from a migration)
            planned.append((f"{self.table}_no_replace", "INSERT", taken))
        return planned

    def _forbid(self, apps: Any, editor: Any) -> None:
        vendor = editor.connection.vendor
        if vendor == "postgresql":
            editor.execute(_FUNCTION, params=None)
        for name, act, when in self._planned(vendor):
            self._drop(name, editor)
            each = "STATEMENT" if act == "TRUNCATE" else "ROW"
            template = _POSTGRES if vendor == "postgresql" else _SQLITE
            editor.execute(template.format(name=name, act=act, table=self.table, each=each, when=when), params=None)

    def _allow(self, apps: Any, editor: Any) -> None:
        for name, _act, _when in self._planned(editor.connection.vendor):
            self._drop(name, editor)

    def _drop(self, name: str, editor: Any) -> None:
        on = f" ON {self.table}" if editor.connection.vendor == "postgresql" else ""
        editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}", params=None)


def append_only(
    table: str,
    *,
    acts: Sequence[str] = ("UPDATE", "DELETE"),
    when: str = "",
    unique: Sequence[Sequence[str]] = (),
) -> KeepRows:
    """Return the migration step that forbids `acts` (with DELETE also TRUNCATE) on a table, for every role and door.

    `when` is an SQL condition over OLD and NEW that both databases understand; empty means always. `unique` names the
    sets of columns by which a row may be met: on SQLite `INSERT OR REPLACE` would remove the row met, past the
    delete trigger where a connection has not set `recursive_triggers`.
    """
    return KeepRows(table, acts, when, unique)


def expected_triggers(migrations: Any, vendor: str) -> set[str]:
    """Return the names of all triggers that the loaded migrations put on a database.

    `migrations` are those of `MigrationLoader.disk_migrations`; a later step on a table replaces an earlier one.
    """
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for migration in migrations:
        for operation in migration.operations:
            if isinstance(operation, KeepRows):
                found[operation.table, operation.acts] = operation.triggers(vendor)
    return {name for names in found.values() for name in names}
