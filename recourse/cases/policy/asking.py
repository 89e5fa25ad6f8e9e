"""The language of the search box and of saved views: words, "phrases", -not, references, and `name:value` filters.

Only what stands here is a filter; everything else is taken as words. Any text at all can be read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from recourse.cases.policy.stages import Priority, Stage
from recourse.handbook.policy.facts import Channel
from recourse.handbook.policy.shape import Impact, Severity, Tier
from recourse.search.policy import Phrase, phrase

QUESTION_LIMIT = 500
PART_LIMIT = 30
DAYS_LIMIT = 3650
ORDERS = {
    "due": ("due_at", "id"),
    "priority": ("priority_rank", "due_at", "id"),
    "newest": ("-id",),
    "activity": ("-last_activity_at", "-id"),
}
OF_OPEN = frozenset({"due", "priority"})


class Is(StrEnum):
    """What `is:` may ask."""

    OPEN = "open"
    DONE = "done"
    WAITING = "waiting"
    UNOWNED = "unowned"
    MINE = "mine"
    CONTACT = "contact"
    RESTRICTED = "restricted"
    MERGED = "merged"
    REOPENED = "reopened"
    HELD = "held"
    VULNERABLE = "vulnerable"


@dataclass(frozen=True, slots=True)
class Due:
    """Which due times: past, by the end of today, within some hours, or none at all."""

    kind: str
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """One `name:value`, perhaps negated; the value is a word of a fixed list, or a plain text looked up exactly."""

    name: str
    value: str
    is_not: bool = False
    due: Due | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, in parts; all of them must hold."""

    filters: tuple[Filter, ...] = ()
    words: tuple[Phrase, ...] = ()
    words_not: tuple[Phrase, ...] = ()
    cases: tuple[int, ...] = ()
    customers: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked."""
        return self == Question()


_WORDS: dict[str, type[StrEnum]] = {
    "stage": Stage,
    "severity": Severity,
    "impact": Impact,
    "priority": Priority,
    "tier": Tier,
    "channel": Channel,
    "is": Is,
}
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,49}", re.IGNORECASE)
_LENGTH = re.compile(r"<(\d{1,4})([hd])")
_CASE = re.compile(r"RC-(\d{1,18})", re.IGNORECASE)
_CUSTOMER = re.compile(r"CU-(\d{1,18})", re.IGNORECASE)
_PART = re.compile(r'-?(?:[a-z]+:)?"[^"]*"?|\S+', re.IGNORECASE)


def _word(name: str, value: str) -> Filter | None:
    found = value.lower().replace("-", "_")
    return Filter(name, found) if found in set(_WORDS[name]) else None


def _slug(name: str, value: str) -> Filter | None:
    return Filter(name, value.lower()) if _SLUG.fullmatch(value) else None


def _text(name: str, value: str) -> Filter | None:
    return Filter(name, value[:254]) if value.isprintable() and value.strip() else None


def _due(name: str, value: str) -> Filter | None:
    word = value.lower()
    if word in {"overdue", "today", "none", "any"}:
        return Filter(name, word, due=Due(word))
    if matched := _LENGTH.fullmatch(word):
        hours = int(matched[1]) * (24 if matched[2] == "d" else 1)
        if 0 < hours <= DAYS_LIMIT * 24:
            return Filter(name, word, due=Due("within", hours))
    return None


READERS: dict[str, Callable[[str, str], Filter | None]] = {
    **dict.fromkeys(_WORDS, _word),
    "queue": _slug,
    "team": _slug,
    "family": _slug,
    "owner": _text,
    "from": _text,
    "order": _text,
    "product": _text,
    "due": _due,
}


def read(text: str) -> Question:
    """Read a question; what is no filter, or has a value that the filter does not know, is taken as words."""
    question = Question()
    for part in _PART.findall(text[:QUESTION_LIMIT])[:PART_LIMIT]:
        question = _with(question, part)
    return question


def _with(question: Question, part: str) -> Question:
    is_not = part.startswith("-") and len(part) > 1
    body = part[1:] if is_not else part
    name, colon, value = body.partition(":")
    if colon and name.lower() in READERS:
        found = READERS[name.lower()](name.lower(), value.strip('"').strip())
        if found is not None:
            return replace(question, filters=(*question.filters, replace(found, is_not=is_not)))
    if not is_not and (matched := _CASE.fullmatch(body)):
        return replace(question, cases=(*question.cases, int(matched[1])))
    if not is_not and (matched := _CUSTOMER.fullmatch(body)):
        return replace(question, customers=(*question.customers, int(matched[1])))
    wanted = phrase(body)
    if wanted is None:
        return question
    if is_not:
        return replace(question, words_not=(*question.words_not, wanted))
    return replace(question, words=(*question.words, wanted))
