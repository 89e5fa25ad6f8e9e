"""Turns DATABASE_URL into Django's settings, with what each database needs to be safe under load."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
    "PRAGMA recursive_triggers=ON; PRAGMA mmap_size=134217728; PRAGMA cache_size=-65536;"
)


def database(url: str, *, test_suffix: str = "") -> dict[str, Any]:
    """Return the DATABASES entry for `sqlite:///path` or `postgresql://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path[1:])), test_suffix)
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(parts.path[1:], url, test_suffix)
    raise ValueError(f"DATABASE_URL starts with “{parts.scheme}”; it must be sqlite:/// or postgresql://")


def _sqlite(path: Path, test_suffix: str) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_PRAGMAS},
        "TEST": {"NAME": str(path.with_name(f"test{test_suffix}.sqlite3"))},
        "CONN_MAX_AGE": None,
    }


def _postgresql(name: str, url: str, test_suffix: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    behind_pgbouncer = options.pop("pgbouncer", "") == "true"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(name),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": behind_pgbouncer,
        "TEST": {"NAME": f"test_recourse{test_suffix}"},
    }
