"""Checks of the database and of the disk."""

import datetime as dt
import os
import shutil
import stat

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from recourse.kit.triggers import expected_triggers
from recourse.ops.backup import backups
from recourse.ops.doctor.finding import Finding, check, ill, left_out, warning, well
from recourse.ops.readiness import missing_steps

GIGABYTE = 1024**3
BACKUP_WITHIN = dt.timedelta(hours=36)
POSTGRES_FROM = 140_000


def _one(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return str(cursor.fetchone()[0])


@check("database", lazy("The database answers and is new enough"))
def database(at: dt.datetime) -> Finding:
    """Ask for its version."""
    if connection.vendor == "sqlite":
        return well(_("SQLite %(version)s") % {"version": _one("SELECT sqlite_version()")})
    version = int(_one("SHOW server_version_num"))
    if version < POSTGRES_FROM:
        return ill(_("PostgreSQL %(version)s is too old; 14 or newer is needed.") % {"version": version // 10000})
    return well(_("PostgreSQL %(version)s") % {"version": _one("SHOW server_version")})


@check("migrations", lazy("The database is of this version"))
def migrations(at: dt.datetime) -> Finding:
    """Count the steps that are missing."""
    missing = missing_steps()
    if missing:
        return ill(
            _("%(count)s steps are missing, the first: %(names)s. Run: recourse setup")
            % {"count": len(missing), "names": missing[0]}
        )
    return well()


@check("durability", lazy("A committed change survives a crash"))
def durability(at: dt.datetime) -> Finding:
    """Look at how the database writes."""
    if connection.vendor == "sqlite":
        if _one("PRAGMA journal_mode").lower() != "wal" or int(_one("PRAGMA synchronous")) < 1:
            return ill(_("SQLite must write with journal_mode=WAL and synchronous=NORMAL or stronger."))
        return well()
    off = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if _one(f"SHOW {name}") == "off"]
    return (
        ill(_("PostgreSQL runs with %(off)s off: a crash loses or breaks data.") % {"off": ", ".join(off)})
        if off
        else well()
    )


@check("constraints", lazy("The database holds references, and its triggers fire inside replacements"))
def constraints(at: dt.datetime) -> Finding:
    """Look at what a connection switches on."""
    if connection.vendor != "sqlite":
        return left_out(_("Always so on PostgreSQL."))
    off = [name for name in ("foreign_keys", "recursive_triggers") if _one(f"PRAGMA {name}") != "1"]
    return ill(_("SQLite connections run without %(and)s.") % {"and": " and ".join(off)}) if off else well()


@check("transactions", lazy("Transactions wait instead of failing, and see what is committed"))
def transactions(at: dt.datetime) -> Finding:
    """Look at the mode of transactions."""
    if connection.vendor == "sqlite":
        options = connection.settings_dict.get("OPTIONS", {})
        if options.get("transaction_mode") != "IMMEDIATE" or options.get("timeout", 5) < 10:
            return ill(_("SQLite transactions must be IMMEDIATE with a timeout of 10 s or more, or writers fail."))
        return well()
    level = _one("SHOW default_transaction_isolation")
    return (
        well()
        if level == "read committed"
        else warning(_("The isolation level is “%(level)s”; it must be read committed.") % {"level": level})
    )


@check("triggers", lazy("The record's triggers stand and are enabled"))
def triggers(at: dt.datetime) -> Finding:
    """Compare what stands with what the migrations put there."""
    expected = expected_triggers(MigrationLoader(connection).disk_migrations.values(), connection.vendor)
    standing = (
        "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(standing)
        missing = sorted(expected - {name for (name,) in cursor.fetchall()})
    if missing:
        return ill(
            _("%(count)s triggers that keep the record are missing or disabled: %(names)s.")
            % {"count": len(missing), "names": ", ".join(missing[:5])}
        )
    return well(_("%(expected)s triggers") % {"expected": len(expected)})


@check("database-role", lazy("The desk's database role cannot switch triggers off for everybody"))
def database_role(at: dt.datetime) -> Finding:
    """Ask whether the role is a superuser."""
    if connection.vendor != "postgresql":
        return left_out(_("SQLite has no roles."))
    if _one("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "True":
        return warning(
            _("The desk signs in to PostgreSQL as a superuser. Give it a role of its own without that right.")
        )
    return well()


@check("database-encryption", lazy("Another machine's database is reached encrypted"))
def database_encryption(at: dt.datetime) -> Finding:
    """Ask whether the connection is encrypted."""
    host = connection.settings_dict.get("HOST", "")
    if connection.vendor != "postgresql" or host in {"", "localhost", "127.0.0.1", "::1"} or host.startswith("/"):
        return left_out(_("The database is on this machine."))
    if _one("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") != "True":
        return ill(_("The connection to the database is not encrypted. Add ?sslmode=verify-full to DATABASE_URL."))
    return well()


@check("encoding", lazy("The database keeps every character"))
def encoding(at: dt.datetime) -> Finding:
    """Ask for the encoding."""
    found = _one("PRAGMA encoding" if connection.vendor == "sqlite" else "SHOW server_encoding")
    return (
        well()
        if found.replace("-", "").upper() == "UTF8"
        else ill(_("The database's encoding is %(found)s, not UTF-8.") % {"found": found})
    )


@check("shared-cache", lazy("Guesses at passwords are counted for all processes"))
def shared_cache(at: dt.datetime) -> Finding:
    """Look for the table of the shared cache."""
    table = settings.CACHES.get("shared", {}).get("LOCATION", "")
    if table not in connection.introspection.table_names():
        return ill(_("The table %(table)s is missing. Run: recourse setup") % {"table": table or "of the shared cache"})
    return well()


@check("disk", lazy("There is room on the disk"))
def disk(at: dt.datetime) -> Finding:
    """Measure the room where the data lies."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < GIGABYTE // 2:
        return ill(
            _("Only %(free)s MB are left for %(folder)s.") % {"free": free // 1024**2, "folder": settings.DATA_DIR}
        )
    return (
        warning(_("Only %(free)s GB are left.") % {"free": f"{free / GIGABYTE:.1f}"})
        if free < 5 * GIGABYTE
        else well(_("%(free)s GB") % {"free": free // GIGABYTE})
    )


@check("data-folder", lazy("The data folder is ours alone"))
def data_folder(at: dt.datetime) -> Finding:
    """Look at the permissions of the folder, and whether it can be written to."""
    mode = stat.S_IMODE(settings.DATA_DIR.stat().st_mode)
    if mode & 0o002:
        return ill(_("Everybody can write to %(folder)s. Run: chmod 750 %(folder)s") % {"folder": settings.DATA_DIR})
    if not os.access(settings.DATA_DIR, os.W_OK):
        return ill(_("%(folder)s cannot be written to.") % {"folder": settings.DATA_DIR})
    return well()


@check("static-files", lazy("Style and scripts are collected for this version"))
def static_files(at: dt.datetime) -> Finding:
    """Look for the list of collected files."""
    listed = settings.STATIC_ROOT / "staticfiles.json"
    source = settings.BASE_DIR / "recourse" / "web" / "static"
    if not listed.exists():
        return ill(_("Pages have no style: static files are not collected. Run: recourse setup"))
    newest = max((file.stat().st_mtime for file in source.rglob("*") if file.is_file()), default=0.0)
    if newest > listed.stat().st_mtime:
        return warning(_("Static files changed since they were collected. Run: recourse setup"))
    return well()


@check("backups", lazy("There is a fresh backup"))
def backup_age(at: dt.datetime) -> Finding:
    """Look for the newest backup."""
    found = backups()
    if not found:
        return warning(
            _("No backup is known. Run `recourse backup` each day, or set RECOURSE_BACKUPS to where yours lie.")
        )
    age = at - found[-1].made_at
    if age > BACKUP_WITHIN:
        return ill(
            _("The newest backup is %(age)s days old: %(found)s.") % {"age": age.days, "found": found[-1].place.name}
        )
    return well(found[-1].place.name)
