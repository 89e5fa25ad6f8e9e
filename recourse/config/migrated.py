"""What follows a migration: built-in roles as this version of the code has them."""

from typing import Any

from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from recourse.kit.time import now
from recourse.people.actions import sync_roles


def sync_built_in_roles(using: str, **_more: Any) -> None:
    """Make the built-in roles agree with the code, once every table is there."""
    executor = MigrationExecutor(connections[using])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        sync_roles(at=now())
