"""Keeps the secret key of an installation in its data folder when the environment names none."""

import secrets
from pathlib import Path


def secret_key(path: Path) -> str:
    """Return the key kept at `path`, made on the first start and readable by the owner alone."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()
