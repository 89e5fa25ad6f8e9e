"""How words are made comparable, and how a question about words is written for each database."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from recourse.kit.text import fold

TOKEN_LENGTH = 64
TOKEN_LIMIT = 16_000
_ALONE = "\u2e80-\u2fdf\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+")


class Kind(StrEnum):
    """What a document is about."""

    CASE = "case"
    MESSAGE = "message"
    CUSTOMER = "customer"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that stand one after another; with `is_prefix` the last one may go on."""

    tokens: tuple[str, ...]
    is_prefix: bool = False


def tokens(text: str) -> list[str]:
    """Return the comparable words of a text in order: folded, plural endings taken off, signs dropped."""
    return [_stem(token[:TOKEN_LENGTH]) for token in _TOKEN.findall(fold(text))][:TOKEN_LIMIT]


def phrase(text: str) -> Phrase | None:
    """Return what is looked for by a word or a quoted phrase, or None where it holds no word; `refu*` is a prefix."""
    found = tokens(text)
    if not found:
        return None
    is_prefix = text.rstrip().endswith("*")
    if is_prefix:
        last = _TOKEN.findall(fold(text))[: len(found)][-1][:TOKEN_LENGTH]
        found[-1] = last
    return Phrase(tuple(found), is_prefix)


def _stem(token: str) -> str:
    """Take off an English plural (Harman's S-stemmer, JASIS 42(1), 1991)."""
    if len(token) < 4 or not token.isascii() or not token.isalpha() or not token.endswith("s"):
        return token
    if token.endswith("ies"):
        return token if token.endswith(("eies", "aies")) else f"{token[:-3]}y"
    if token.endswith("es"):
        return token if token.endswith(("aes", "ees", "oes")) else token[:-1]
    return token if token.endswith(("us", "ss")) else token[:-1]


def joined(parts: Iterable[str]) -> str:
    """Return the stored text of a document: its tokens with one space between."""
    return " ".join(tokens("\n".join(parts)))


def holds(text: str, wanted: Phrase) -> bool:
    """Tell whether a stored text holds a phrase; the plain definition that both databases must equal."""
    words, length = text.split(" "), len(wanted.tokens)
    for start in range(len(words) - length + 1):
        window = words[start : start + length]
        if tuple(window[:-1]) != wanted.tokens[:-1]:
            continue
        if window[-1] == wanted.tokens[-1] or (wanted.is_prefix and window[-1].startswith(wanted.tokens[-1])):
            return True
    return False


def as_tsvector(text: str) -> str:
    """Write a stored text as a PostgreSQL tsvector; tokens hold letters and digits alone, so nothing needs escaping."""
    places: dict[str, list[int]] = {}
    for place, token in enumerate(text.split(), start=1):
        places.setdefault(token, []).append(place)
    return " ".join(f"'{token}':{','.join(map(str, at))}" for token, at in places.items())


def as_tsquery(wanted: Phrase) -> str:
    """Write a phrase as a PostgreSQL tsquery."""
    quoted = [f"'{token}'" for token in wanted.tokens]
    if wanted.is_prefix:
        quoted[-1] += ":*"
    return " <-> ".join(quoted)


def as_fts5(wanted: Phrase) -> str:
    """Write a phrase as an SQLite FTS5 expression."""
    quoted = " + ".join(f'"{token}"' for token in wanted.tokens)
    return f"{quoted} *" if wanted.is_prefix else quoted
