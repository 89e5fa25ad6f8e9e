"""Files of cases: the public complaint columns, or any table by a mapping, written by the hundred."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.clocks import actions as clocks
from recourse.conversations.actions import FirstWords, hear_first_words
from recourse.customers import actions as customers
from recourse.customers.models import Customer
from recourse.customers.policy import IdentityKind
from recourse.customers.queries import find_many
from recourse.handbook.policy.rules import Rules
from recourse.handbook.queries import edition_at
from recourse.intake.actions.importing import Written
from recourse.intake.actions.people import as_new
from recourse.intake.actions.taking import new_case
from recourse.intake.policy import complaints, mapping
from recourse.intake.policy.reading import UNREADABLE, rows_of
from recourse.intake.policy.rows import CaseRow, Numbered, PersonRow
from recourse.intake.policy.validation import validated
from recourse.intake.policy.words import ImportKind
from recourse.intake.queries.matching import front_door
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid

Key = tuple[str, str]


@dataclass
class CaseFile:
    """A file whose rows are cases: how a row is read, and which columns it must have."""

    kind: ImportKind
    read: Callable[[Mapping[str, Any]], CaseRow]
    missing: Callable[[Mapping[str, Any]], list[str]]
    mapping: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, path: Path) -> Iterator[Numbered]:
        """Yield the rows; a file without the columns that are needed raises Invalid(file)."""
        for row in rows_of(path):
            if row.number == 1 and UNREADABLE not in row.raw and (lacking := self.missing(row.raw)):
                raise Invalid.one("file", f"These columns are missing: {', '.join(lacking)}.")
            yield row

    def write(self, rows: Sequence[Numbered], *, by: Actor, at: dt.datetime) -> Written:
        """Open the cases that are new, with their customers, first words and, where they are over, their end."""
        written = Written()
        rules = edition_at(at).rules
        read = list(self._read(rows, rules, written))
        there = _there(read)
        new = list({row.source: row for row in reversed(read) if row.source not in there}.values())[::-1]
        written.known, written.made = len(read) - len(new), len(new)
        if new:
            _write(new, by=by, at=at)
        return written

    def _read(self, rows: Sequence[Numbered], rules: Rules, written: Written) -> Iterator[CaseRow]:
        limit = rules.intake.limits.message_characters
        families = frozenset(family.key for family in rules.families)
        reasons = frozenset(reason.code for reason in rules.reasons.close)
        for row in rows:
            try:
                yield self._one(row, limit, families, reasons)
            except Invalid as error:
                written.refuse(row, error)

    def _one(self, row: Numbered, limit: int, families: frozenset[str], reasons: frozenset[str]) -> CaseRow:
        if UNREADABLE in row.raw:
            raise Invalid.one("row", str(row.raw[UNREADABLE]))
        return validated(
            self.read(row.raw), text_limit=limit, families=families, close_reasons=reasons, is_wordless=True
        )


def complaint_file() -> CaseFile:
    """Return the reader of files with the columns of the public CFPB database."""
    return CaseFile(ImportKind.COMPLAINTS, complaints.complaint, complaints.missing_columns)


def mapped_file(mapped: mapping.Mapped) -> CaseFile:
    """Return the reader of any table by a column mapping."""
    return CaseFile(
        ImportKind.CASES,
        read=lambda raw: mapping.mapped_case(raw, mapped),
        missing=lambda header: mapping.missing_columns(mapped, header),
        mapping={"columns": dict(mapped.columns), "zone": mapped.zone.key, "source": mapped.source},
    )


def _there(rows: Sequence[CaseRow]) -> set[tuple[str, str]]:
    """Return which of these are cases already, by source and number there (a query for each source)."""
    found: set[tuple[str, str]] = set()
    for source in {row.source[0] for row in rows}:
        numbers = [row.source[1] for row in rows if row.source[0] == source]
        known = Case.objects.filter(source=source, source_ref__in=numbers)
        found.update((source, number) for number in known.values_list("source_ref", flat=True))
    return found


def _write(rows: Sequence[CaseRow], *, by: Actor, at: dt.datetime) -> None:
    people = _people([row.person for row in rows if row.person], by=by, at=at)
    queue = front_door()
    opened = cases.open_cases([new_case(row, _whose(row, people), queue) for row in rows], by=by, at=at)
    pairs = list(zip(rows, opened, strict=True))
    spoken = [
        FirstWords(case, row.words, row.received_at, is_reply_needed=row.closed_at is None)
        for row, case in pairs
        if row.words.strip()
    ]
    hear_first_words(spoken, by=by, at=at)
    open_now = [case for row, case in pairs if row.closed_at is None]
    clocks.start_for_cases(open_now, by=by, at=at)


def _people(people: Sequence[PersonRow], *, by: Actor, at: dt.datetime) -> dict[Key, Customer]:
    """Return whom every identity belongs to, registering those who are not known yet."""
    wanted = [(IdentityKind(kind), value) for person in people for kind, value in person.identities]
    known: dict[Key, Customer] = {(kind.value, value): owner for (kind, value), owner in find_many(wanted).items()}
    new: dict[Key, PersonRow] = {}
    for person in people:
        if person.identities and not any(identity in known for identity in person.identities):
            new.setdefault(person.identities[0], person)
    registered = customers.register_many([as_new(person) for person in new.values()], by=by, at=at)
    for person, customer in zip(new.values(), registered, strict=True):
        known.update(dict.fromkeys(person.identities, customer))
        if person.is_vulnerable:
            customers.flag_vulnerable(customer.pk, is_vulnerable=True, by=by, at=at)
    return known


def _whose(row: CaseRow, known: Mapping[Key, Customer]) -> Customer | None:
    if row.person is None:
        return None
    return next((known[identity] for identity in row.person.identities if identity in known), None)
