"""What an idempotency key may look like, and how a request is told from another."""

import datetime as dt
import hashlib
import re

KEPT_FOR = dt.timedelta(days=90)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def is_key(value: str) -> bool:
    """Tell whether a header value can be a key: 1 to 200 visible ASCII characters."""
    return bool(_KEY.fullmatch(value))


def fingerprint(method: str, path: str, *contents: bytes) -> str:
    """Return what tells one request from another; each part is told with its length, so that none runs on."""
    parts = (method.encode(), path.encode(), *contents)
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()
