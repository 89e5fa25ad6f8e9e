"""Backups of a desk on SQLite: one consistent file beside running work. PostgreSQL has its own tools."""

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from recourse.kit.time import UTC


class NotHereError(Exception):
    """Backups of this database are another tool's work."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A file that was made, and when."""

    place: Path
    made_at: dt.datetime


def backup_folder() -> Path:
    """Return where backups lie: RECOURSE_BACKUPS, or a folder of the data."""
    return Path(settings.BACKUP_FOLDER or settings.DATA_DIR / "backups")


def backups() -> Sequence[Backup]:
    """Return the backups that are known, oldest first; whatever lies in the folder counts, also another tool's."""
    if not backup_folder().is_dir():
        return []
    files = [file for file in backup_folder().iterdir() if file.is_file() and not file.name.startswith(".")]
    found = [Backup(file, dt.datetime.fromtimestamp(file.stat().st_mtime, UTC)) for file in files]
    return sorted(found, key=lambda backup: backup.made_at)


def make_backup(*, at: dt.datetime, keep: int = 14) -> Backup:
    """Copy the SQLite database into one file, checked, readable by its owner alone; the newest `keep` stay.

    Raises NotHereError on PostgreSQL.
    """
    if connection.vendor != "sqlite":
        raise NotHereError("On PostgreSQL use pg_dump, or base backups with the archive of its log.")
    folder = backup_folder()
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"recourse-{at:%Y%m%dT%H%M%SZ}.sqlite3"
    begun = folder / f".{place.name}.part"
    begun.unlink(missing_ok=True)
    os.close(os.open(begun, os.O_CREAT | os.O_WRONLY, 0o600))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(begun)])
    begun.rename(place)
    ours = [backup for backup in backups() if backup.place.name.startswith("recourse-")]
    for old in ours[:-keep]:
        old.place.unlink()
    return Backup(place, at)
