"""Whether the database is ready for this version of the code."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _


def missing_steps() -> list[str]:
    """Return the migrations that this version has and the database has not, as `room.name`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _is_backward in plan]


def unready_sentence() -> str:
    """Return what to do where the database is not ready, or nothing."""
    missing = missing_steps()
    if not missing:
        return ""
    return _("The database lacks %(count)d steps of this version (the first: %(first)s). Run: recourse setup") % {
        "count": len(missing),
        "first": missing[0],
    }
