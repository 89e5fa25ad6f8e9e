"""Evidence with types: what a person gave for one piece, read or refused by name, and whether it is enough."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from recourse.escalations.policy.words import Said
from recourse.handbook.policy.escalation import EvidenceItem, EvidenceType
from recourse.handbook.policy.shape import Money

TEXT_LIMIT = 4000
REFERENCE_LIMIT = 80
LIST_LIMIT = 50
AMOUNT_LIMIT = 10**15
COUNT_LIMIT = 10**9
_CURRENCY = re.compile(r"[A-Z]{3}")
_REFERENCE = re.compile(r"[^\s,;]+")

Value = str | int | tuple[str, ...] | Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Reading:
    """One piece as it was read: its value, what makes it unusable, what makes it too little for the ground."""

    value: Value | None = None
    problem: Said | None = None
    shortfall: Said | None = None


def read(item: EvidenceItem, given: Any) -> Reading:
    """Return one piece of evidence in its type, with what is wrong with it."""
    if _is_blank(given):
        return Reading(problem=Said("evidence.absent", {"name": item.name}) if item.is_required else None)
    return _READERS[item.type](item, given)


def _is_blank(given: Any) -> bool:
    if isinstance(given, str):
        return not given.strip()
    if isinstance(given, Mapping):
        return given.get("minor") in (None, "")
    return given is None or (isinstance(given, list | tuple) and not given)


def _wrong(item: EvidenceItem, code: str, **facts: str | int) -> Reading:
    return Reading(problem=Said(f"evidence.{code}", {"name": item.name, **facts}))


def _text(item: EvidenceItem, given: Any) -> Reading:
    if not isinstance(given, str):
        return _wrong(item, "not_text")
    size = len(given.strip())
    if size > TEXT_LIMIT:
        return _wrong(item, "long", limit=TEXT_LIMIT, size=size)
    if size < item.minimum:
        return _wrong(item, "short", minimum=item.minimum, size=size)
    return Reading(given.strip())


def _amount(item: EvidenceItem, given: Any) -> Reading:
    if not isinstance(given, Mapping) or set(given) != {"currency", "minor"}:
        return _wrong(item, "not_amount")
    currency, minor = given["currency"], given["minor"]
    is_money = isinstance(currency, str) and _CURRENCY.fullmatch(currency) and type(minor) is int
    if not is_money or not 0 <= minor <= AMOUNT_LIMIT:
        return _wrong(item, "not_amount")
    value = {"currency": currency, "minor": minor}
    if not item.thresholds:
        return Reading(value)
    threshold = item.threshold(currency)
    if threshold is None:
        return Reading(value, shortfall=Said("ground.no_threshold", {"name": item.name, "currency": currency}))
    if minor >= threshold.minor:
        return Reading(value)
    return Reading(value, shortfall=_below(item, str(Money(currency=currency, minor=minor)), str(threshold)))


def _below(item: EvidenceItem, found: str, minimum: str) -> Said:
    return Said("ground.below", {"name": item.name, "value": found, "minimum": minimum})


def _count(item: EvidenceItem, given: Any) -> Reading:
    if isinstance(given, str) and re.fullmatch(r"[0-9]{1,9}", given.strip()):
        given = int(given)
    if type(given) is not int or not 0 <= given <= COUNT_LIMIT:
        return _wrong(item, "not_count")
    return Reading(given, shortfall=None if given >= item.minimum else _below(item, str(given), str(item.minimum)))


def _date(item: EvidenceItem, given: Any) -> Reading:
    if not isinstance(given, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given.strip()):
        return _wrong(item, "not_date")
    try:
        return Reading(dt.date.fromisoformat(given.strip()).isoformat())
    except ValueError:
        return _wrong(item, "not_date")


def _references(item: EvidenceItem, given: Any) -> Reading:
    if isinstance(given, str):
        given = _REFERENCE.findall(given)
    if not isinstance(given, list | tuple) or len(given) > LIST_LIMIT:
        return _wrong(item, "not_references")
    if not all(isinstance(one, str) and _REFERENCE.fullmatch(one) and len(one) <= REFERENCE_LIMIT for one in given):
        return _wrong(item, "not_references")
    found = tuple(dict.fromkeys(given))
    if len(found) < item.minimum:
        return _wrong(item, "few_references", minimum=item.minimum, size=len(found))
    return Reading(found)


def _files(item: EvidenceItem, given: Any) -> Reading:
    if not isinstance(given, list | tuple) or len(given) > LIST_LIMIT:
        return _wrong(item, "not_files")
    try:
        found = tuple(dict.fromkeys(str(UUID(one)) for one in given))
    except (ValueError, AttributeError, TypeError):
        return _wrong(item, "not_files")
    if len(found) < item.minimum:
        return _wrong(item, "few_files", minimum=item.minimum, size=len(found))
    return Reading(found)


_READERS = {
    EvidenceType.TEXT: _text,
    EvidenceType.AMOUNT: _amount,
    EvidenceType.REFERENCE: _references,
    EvidenceType.COUNT: _count,
    EvidenceType.DATE: _date,
    EvidenceType.FILE: _files,
}
