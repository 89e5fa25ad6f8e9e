"""The hash chain of a thread: canonical bytes of an entry, what its hash covers, the salted hash of a private note."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

GENESIS = bytes(32)
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


@dataclass(frozen=True, slots=True)
class Sealed:
    """Everything about an entry that its hash covers; instants as canonical text, hashes as hex."""

    thread: str
    number: int
    event: str
    version: int
    payload: str
    actor_kind: str
    actor_id: str
    on_behalf_of: str
    at: str
    recorded_at: str
    edition: int | None
    audience: str
    note_hash: str


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, UTF-8, no NaN."""
    return _encode(value)


def thread_start(thread: str, kind: str) -> bytes:
    """Return the hash before the first entry of a thread: it binds the thread's key and kind."""
    return hashlib.sha256(b"\x02" + canonical([thread, kind]).encode()).digest()


def chain_hash(previous: bytes, sealed: Sealed) -> bytes:
    """Return SHA-256 over the previous hash and the canonical fields, in the order of `Sealed`."""
    fields = [
        sealed.thread,
        sealed.number,
        sealed.event,
        sealed.version,
        sealed.payload,
        sealed.actor_kind,
        sealed.actor_id,
        sealed.on_behalf_of,
        sealed.at,
        sealed.recorded_at,
        sealed.edition,
        sealed.audience,
        sealed.note_hash,
    ]
    return hashlib.sha256(previous + canonical(fields).encode()).digest()


def note_hash(salt: bytes, note: str) -> str:
    """Return the salted hash of a private note: destroying salt and note leaves the chain whole."""
    return hashlib.sha256(salt + note.encode()).hexdigest()
