"""Identifiers and secrets: the only place that asks the machine for randomness."""

import hashlib
import hmac
import secrets
import threading
import time
import uuid

_lock = threading.Lock()
_last: list[int] = [0]


def uuid7() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562): 48 bits of milliseconds, then 12 bits that keep order, then 62 random bits."""
    with _lock:
        tick = time.time_ns() * 4096 // 1_000_000
        _last[0] = tick = max(tick, _last[0] + 1)
    milliseconds, sequence = divmod(tick, 4096)
    value = milliseconds << 80 | 7 << 76 | sequence << 64 | 2 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)


def random_token(size: int = 32) -> str:
    """Return a URL-safe secret of `size` random bytes."""
    return secrets.token_urlsafe(size)


def random_bytes(size: int) -> bytes:
    """Return `size` random bytes."""
    return secrets.token_bytes(size)


def random_share() -> float:
    """Return a uniform number in [0, 1), for drawing a random share."""
    return secrets.randbelow(2**53) / 2**53


def digest(value: str) -> str:
    """Return the SHA-256 of a high-entropy token, as it is kept at rest."""
    return hashlib.sha256(value.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
