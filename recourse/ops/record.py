"""What operators do with the record: its key, checkpoints that leave the machine, the check."""

import datetime as dt
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from recourse.timeline.actions import seal, sign_checkpoint
from recourse.timeline.policy import Mark
from recourse.timeline.queries import checkpoint_fields, is_signed

KEY_NAME = "record_key.pem"
PUBLIC_NAME = "record_key.pub"
FOLDER = "checkpoints"


class UnreadableCheckpointError(Exception):
    """A file that was kept outside is not a checkpoint of ours."""


def record_key(folder: Path | None = None) -> Ed25519PrivateKey:
    """Return the key that signs checkpoints, made on first use and readable by the owner alone."""
    place = (folder or settings.DATA_DIR) / KEY_NAME
    if not place.exists():
        made = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(made)
    key = serialization.load_pem_private_key(place.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise UnreadableCheckpointError(f"{place} is not an Ed25519 key")
    public = place.with_name(PUBLIC_NAME)
    if not public.exists():
        public.write_text(public_hex(key.public_key()) + "\n", encoding="ascii")
    return key


def public_hex(key: Ed25519PublicKey) -> str:
    """Return a public key as 64 hex digits."""
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def public_from_hex(text: str) -> Ed25519PublicKey:
    """Return the public key that 64 hex digits name."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))


def seal_all(at: dt.datetime) -> int:
    """Seal what is settled, however much it is."""
    sealed = 0
    while found := seal():
        sealed += found
    return sealed


def sign_and_send(at: dt.datetime) -> list[Path]:
    """Seal, sign the head of the record, and write the checkpoint to every folder that checkpoints go to."""
    seal_all(at)
    key = record_key()
    checkpoint = sign_checkpoint(key=key, at=at)
    if checkpoint is None:
        return []
    fields = {**checkpoint_fields(checkpoint), "key": public_hex(key.public_key())}
    return [_write(folder, fields) for folder in checkpoint_folders()]


def checkpoint_folders() -> list[Path]:
    """Return where checkpoints are written: our own folder, and those of RECOURSE_CHECKPOINTS outside the machine."""
    return [settings.DATA_DIR / FOLDER, *(Path(place) for place in settings.CHECKPOINT_FOLDERS)]


def between(from_on: dt.date | None, until_on: dt.date | None) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return the instants that bound whole days in UTC: from the first one's beginning to the last one's end."""
    first = dt.datetime.combine(from_on, dt.time(), dt.UTC) if from_on else None
    after = dt.datetime.combine(until_on + dt.timedelta(days=1), dt.time(), dt.UTC) if until_on else None
    return first, after


def marks_from(files: Iterable[Path], key: Ed25519PublicKey | None) -> list[Mark]:
    """Return what an outsider kept, from files as we wrote them.

    Each must be signed, by `key` or by the key that it names. Raises UnreadableCheckpointError.
    """
    return [_mark(file, key) for file in files]


def _mark(file: Path, key: Ed25519PublicKey | None) -> Mark:
    try:
        fields: dict[str, Any] = json.loads(file.read_text("utf8"))
        mark = Mark(int(fields["size"]), bytes.fromhex(fields["root"]), file.name)
        signed_by = key or public_from_hex(fields["key"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableCheckpointError(f"{file} is not a checkpoint: {error}") from error
    if not is_signed(fields, signed_by):
        raise UnreadableCheckpointError(f"{file} is not signed by the key of this record")
    return mark


def _write(folder: Path, fields: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"checkpoint-{fields['size']:012}.json"
    place.write_text(json.dumps(fields, sort_keys=True) + "\n", encoding="utf8")
    return place
