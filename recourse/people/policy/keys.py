"""API keys: how their text is built, how long they last, what they may do."""

import datetime as dt
import re
from collections.abc import Iterable

KEY_LASTS_AT_MOST = dt.timedelta(days=366)
KEY_USE_NOTED_EVERY = dt.timedelta(minutes=1)
PREFIX_SIZE = 10
_SHAPE = re.compile(r"rk_([a-z2-7]{10})_[A-Za-z0-9_-]{43}")


def key_token(prefix: str, secret: str) -> str:
    """Return the text of a key: `rk_` so that scanners recognise it, a public prefix, 256 secret bits."""
    return f"rk_{prefix}_{secret}"


def key_prefix(token: str) -> str | None:
    """Return the public prefix of a token, or None for text that is no token of ours."""
    found = _SHAPE.fullmatch(token)
    return found[1] if found else None


def allowed_scopes(scopes: Iterable[str], held: Iterable[str]) -> frozenset[str]:
    """Return what a key may do at this moment: its scopes, as far as its owner still has them."""
    return frozenset(scopes) & frozenset(held)
