"""Reads rows of any table into cases by a column mapping: `field = "column"` or `field = "=fixed words"`."""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recourse.intake.policy.cells import instant, word
from recourse.intake.policy.rows import CaseRow, PersonRow
from recourse.kit.errors import Invalid

FIELDS = (
    "source_ref", "subject", "words", "received_at", "closed_at", "close_reason", "problem", "product",
    "family", "remedy_sought", "severity", "impact", "customer_name", "customer_email", "customer_phone",
    "customer_ref", "order_ref",
)  # fmt: skip
NEEDED = ("source_ref", "subject", "received_at")
WORDS = {"severity": ("low", "medium", "high", "critical"), "impact": ("one", "several", "many", "company")}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A checked mapping: field → column or fixed words, the zone of its dates, the name of its source."""

    columns: Mapping[str, str]
    zone: ZoneInfo
    source: str


def mapping(columns: Mapping[str, str], *, zone: str = "UTC", source: str = "file") -> Mapped:
    """Return the checked mapping; raises Invalid naming a field that is unknown or lacking."""
    unknown = sorted(set(columns) - set(FIELDS))
    if unknown:
        raise Invalid({name: [f"There is no such field; there are: {', '.join(FIELDS)}."] for name in unknown})
    missing = [name for name in NEEDED if not columns.get(name)]
    if missing:
        raise Invalid({name: ["The mapping must say which column this is."] for name in missing})
    try:
        return Mapped(dict(columns), ZoneInfo(zone), source)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid.one("zone", f"“{zone[:60]}” is no time zone.") from error


def mapping_from_toml(text: str) -> Mapped:
    """Return the mapping of a TOML file: a table `columns`, and optionally `zone` and `source`."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Invalid.one("map", f"The mapping is not TOML: {error}") from error
    columns = found.get("columns")
    if not isinstance(columns, dict) or not all(isinstance(value, str) for value in columns.values()):
        raise Invalid.one("map", 'The mapping needs a table “columns” of field = "column".')
    return mapping(columns, zone=str(found.get("zone", "UTC")), source=str(found.get("source", "file")))


def mapping_from_pairs(pairs: Sequence[str], *, zone: str = "UTC", source: str = "file") -> Mapped:
    """Return the mapping of `field=column` words from a command line."""
    columns = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals:
            raise Invalid.one("map", f"“{pair}” is not field=column.")
        columns[field.strip()] = column.strip()
    return mapping(columns, zone=zone, source=source)


def missing_columns(mapped: Mapped, header: Mapping[str, Any]) -> list[str]:
    """Return the columns that the mapping names and the file lacks."""
    return sorted(c for c in mapped.columns.values() if c and not c.startswith("=") and c not in header)


def mapped_case(row: Mapping[str, Any], mapped: Mapped) -> CaseRow:
    """Return the case of one row; raises Invalid naming every field that cannot be taken."""
    cells = {name: _cell(row, column) for name, column in mapped.columns.items()}
    wrong: dict[str, list[str]] = {}
    for name in NEEDED:
        if not cells[name]:
            wrong[name] = [f"The column “{mapped.columns[name]}” is empty."]
    for name, allowed in WORDS.items():
        if cells.get(name) and cells[name].casefold() not in allowed:
            wrong[name] = [f"“{cells[name][:40]}” is none of: {', '.join(allowed)}."]
    received = _instant(cells, "received_at", mapped.zone, wrong)
    closed = _instant(cells, "closed_at", mapped.zone, wrong)
    if received and closed and closed < received:
        wrong["closed_at"] = ["This lies before received_at."]
    if wrong or received is None:
        raise Invalid(wrong)
    return _case(cells, received, closed, mapped)


def _case(cells: Mapping[str, str], received: dt.datetime, closed: dt.datetime | None, mapped: Mapped) -> CaseRow:
    return CaseRow(
        source_ref=f"{mapped.source}:{cells['source_ref']}",
        subject=cells["subject"],
        words=cells.get("words", ""),
        received_at=received,
        person=_person(cells, mapped),
        problem=cells.get("problem", ""),
        product=cells.get("product", ""),
        family=cells.get("family", ""),
        remedy_sought=cells.get("remedy_sought", ""),
        severity=(cells.get("severity") or "medium").casefold(),
        impact=(cells.get("impact") or "one").casefold(),
        closed_at=closed,
        close_reason=(cells.get("close_reason") or "solved") if closed else "",
        order_refs=(cells["order_ref"],) if cells.get("order_ref") else (),
    )


def _cell(row: Mapping[str, Any], column: str) -> str:
    return column[1:] if column.startswith("=") else word(row.get(column))


def _instant(cells: Mapping[str, str], name: str, zone: ZoneInfo, wrong: dict[str, list[str]]) -> dt.datetime | None:
    if not cells.get(name):
        return None
    try:
        return instant(cells[name], field=name, zone=zone)
    except Invalid as error:
        wrong.update(error.fields)
        return None


def _person(cells: Mapping[str, str], mapped: Mapped) -> PersonRow | None:
    known = (("email", "customer_email"), ("phone", "customer_phone"), ("external", "customer_ref"))
    identities = [
        (kind, f"{mapped.source}:{cells[field]}" if kind == "external" else cells[field])
        for kind, field in known
        if cells.get(field)
    ]
    return PersonRow(name=cells.get("customer_name", ""), identities=tuple(identities)) if identities else None
