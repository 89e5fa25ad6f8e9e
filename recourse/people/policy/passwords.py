"""What a password must be: long, and not what a guesser tries first. No rules about its characters.

After NIST SP 800-63B-4 §3.1.1.2: 15 characters where it stands alone, 8 beside a second factor, a blocklist that
knows the person's surroundings.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from recourse.people.policy.common_passwords import COMMON, WALKS

LONG = 15
SHORT = 8
LONGEST = 1_000
ENOUGH_PARTS = 7
_LOOKALIKES = str.maketrans("013457@$!|", "oieastasil")
_WALKS = tuple(walk for row in WALKS for walk in (row, row[::-1]))


class PasswordFault(StrEnum):
    """Why a password is not taken."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    GUESSABLE = "guessable"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a guesser knows about a person: name, address, company, product."""

    words: frozenset[str] = frozenset()

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Surroundings":
        """Return the words of three letters or more in some texts."""
        folded = (_fold(text) for text in texts)
        return cls(frozenset(word for text in folded for word in _words(text) if len(word) >= 3))


def least_length(*, has_second_factor: bool) -> int:
    """Return how many characters a password needs."""
    return SHORT if has_second_factor else LONG


def is_long_alone(password: str) -> bool:
    """Tell whether a password is long enough without a second factor; characters are Unicode code points."""
    return len(normal(password)) >= LONG


def normal(password: str) -> str:
    """Return the one form of a password that is measured and hashed, however a keyboard composed it (NFKC)."""
    return unicodedata.normalize("NFKC", password.encode("utf8", "replace").decode())


def password_faults(password: str, *, has_second_factor: bool, near: Surroundings) -> tuple[PasswordFault, ...]:
    """Return why a password is not taken; nothing when it is good."""
    password = normal(password)
    if len(password) > LONGEST:
        return (PasswordFault.TOO_LONG,)
    faults = []
    if len(password) < least_length(has_second_factor=has_second_factor):
        faults.append(PasswordFault.TOO_SHORT)
    if parts(password, near) < ENOUGH_PARTS:
        faults.append(PasswordFault.GUESSABLE)
    return tuple(faults)


def parts(password: str, near: Surroundings) -> int:
    """Return of how few parts a password can be read: a common word, a known name, a run or a walk counts as one.

    A part that comes again counts nothing. Each character that belongs to none counts as one.
    """
    raw = _fold(password)[:128]
    plain = raw.translate(_LOOKALIKES)
    words = COMMON | near.words
    best: list[tuple[int, frozenset[str]]] = [(0, frozenset())]
    for end in range(1, len(raw) + 1):
        count, seen = best[end - 1]
        char = raw[end - 1]
        choices = [(count + (char.isalnum() or char not in seen), seen | {char} if not char.isalnum() else seen)]
        for start in range(max(0, end - 40), end - 2):
            name = _part(raw[start:end], plain[start:end], words)
            if name is not None:
                count, seen = best[start]
                choices.append((count + (name not in seen), seen | {name}))
        best.append(min(choices, key=lambda choice: choice[0]))
    return best[-1][0]


def _part(raw: str, plain: str, words: frozenset[str]) -> str | None:
    """Return what a stretch is known as: a listed word, one character repeated, a walk over keys, digits of a date."""
    if raw in words or plain in words:
        return raw if raw in words else plain
    if len(set(raw)) == 1:
        return raw[0]
    if len(raw) >= 3 and any(raw in walk for walk in _WALKS):
        return "walk"
    return "digits" if raw.isdigit() and len(raw) <= 8 else None


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _words(text: str) -> list[str]:
    return "".join(char if char.isalnum() else " " for char in text).split()
