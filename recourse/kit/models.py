"""The root of every table: a UUIDv7 key made by us, so that rows are known before they are written."""

from typing import Any

from django.db import models

from recourse.kit.ids import uuid7


class Row(models.Model):
    """A row with an ordered, unguessable key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class Versioned(Row):
    """A row that people edit: each change raises `version`, and a verb compares it with what was seen."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


def locked(rows: Any) -> Any:
    """Return the same rows locked until the transaction ends (SQLite locks the whole file already)."""
    return rows.select_for_update(of=("self",))
