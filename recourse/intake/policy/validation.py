"""The one validation: web form, JSON API, phone log and file are all turned into a `CaseRow` and pass here."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from recourse.customers.policy import IdentityKind, normal_identity
from recourse.intake.policy.cells import word
from recourse.intake.policy.rows import CaseRow, PersonRow
from recourse.kit.cards import mask_cards
from recourse.kit.errors import Invalid
from recourse.kit.text import clean_line, clean_text

SEVERITIES = ("low", "medium", "high", "critical")
IMPACTS = ("one", "several", "many", "company")
ORDER_REFS_LIMIT = 50
FIELDS = (
    "subject", "words", "name", "email", "phone", "account", "product", "family", "remedy_sought", "order_refs",
    "severity", "impact", "language",
)  # fmt: skip


def row_of(given: Mapping[str, Any], *, channel: str, source_ref: str, received_at: dt.datetime) -> CaseRow:
    """Return the row of a form or a JSON object; a field that nobody asked for, or of a wrong type, raises Invalid."""
    unknown = sorted(str(name)[:60] for name in given if name not in FIELDS)
    if unknown:
        raise Invalid({name: [f"There is no such field; there are: {', '.join(FIELDS)}."] for name in unknown})
    wrong = {name: ["This must be text."] for name in FIELDS if not _is_text(name, given.get(name))}
    if wrong:
        raise Invalid(wrong)
    known = (("account", "account"), ("email", "email"), ("phone", "phone"))
    identities = tuple((kind, word(given.get(field))) for kind, field in known if word(given.get(field)))
    return CaseRow(
        source_ref=source_ref,
        subject=str(given.get("subject") or ""),
        words=str(given.get("words") or ""),
        received_at=received_at,
        person=PersonRow(
            name=word(given.get("name")), identities=identities, language=word(given.get("language")) or "en"
        ),
        channel=channel,
        product=word(given.get("product")),
        family=word(given.get("family")),
        remedy_sought=word(given.get("remedy_sought")),
        severity=word(given.get("severity")) or "medium",
        impact=word(given.get("impact")) or "one",
        order_refs=_refs(given.get("order_refs")),
    )


def _is_text(name: str, value: object) -> bool:
    if value is None or isinstance(value, str):
        return True
    return name == "order_refs" and isinstance(value, list) and all(isinstance(ref, str) for ref in value)


def _refs(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(ref) for ref in value)
    return tuple(ref for ref in str(value or "").replace(",", " ").split() if ref)


def validated(
    row: CaseRow,
    *,
    text_limit: int,
    families: Collection[str] = (),
    close_reasons: Collection[str] = (),
    is_wordless: bool = False,
) -> CaseRow:
    """Return a row as it may be stored: clean, identities in their one form, no card number; raises Invalid by field.

    `is_wordless` lets a row pass without the customer's own words, as files and calls may. Without a subject, the
    first line of the words stands in.
    """
    wrong: dict[str, list[str]] = {}
    words = _taken(wrong, lambda: clean_text(row.words, field="words", limit=text_limit, is_required=not is_wordless))
    subject = row.subject if row.subject.strip() else row.words.strip().split("\n")[0][:120]
    cleaned = replace(
        row,
        words=mask_cards(words).text,
        subject=_line(wrong, subject, "subject", 300, is_required=True),
        product=_line(wrong, row.product, "product", 200),
        family=_line(wrong, row.family, "family", 40),
        remedy_sought=_line(wrong, row.remedy_sought, "remedy_sought", 300),
        source_ref=_line(wrong, row.source_ref, "source_ref", 120),
        order_refs=tuple(_line(wrong, ref, "order_refs", 80) for ref in row.order_refs[:ORDER_REFS_LIMIT]),
        person=_person(wrong, row.person),
    )
    _among(wrong, "severity", row.severity, SEVERITIES)
    _among(wrong, "impact", row.impact, IMPACTS)
    if families and cleaned.family:
        _among(wrong, "family", cleaned.family, families)
    if row.closed_at and close_reasons:
        _among(wrong, "close_reason", row.close_reason, close_reasons)
    if wrong:
        raise Invalid(wrong)
    return cleaned


def _taken(wrong: dict[str, list[str]], clean: Callable[[], str]) -> str:
    try:
        return clean()
    except Invalid as error:
        wrong.update(error.fields)
        return ""


def _line(wrong: dict[str, list[str]], value: str, field: str, limit: int, *, is_required: bool = False) -> str:
    cleaned = _taken(wrong, lambda: clean_line(value, field=field, limit=limit, is_required=is_required))
    return mask_cards(cleaned).text


def _among(wrong: dict[str, list[str]], field: str, value: str, allowed: Collection[str]) -> None:
    if value not in allowed:
        wrong[field] = [f"“{value[:40]}” is none of: {', '.join(sorted(allowed))}."]


def _person(wrong: dict[str, list[str]], person: PersonRow | None) -> PersonRow | None:
    if person is None or not (person.name or person.identities):
        return None
    identities = []
    for kind, value in person.identities:
        normal = normal_identity(IdentityKind(kind), value)
        if normal is None:
            wrong[kind] = [_NOT_ONE[kind]]
        else:
            identities.append((kind, normal))
    return replace(person, name=_line(wrong, person.name, "name", 200), identities=tuple(identities))


_NOT_ONE = {
    "email": "This is not a mail address.",
    "phone": "This is not a phone number; begin with + and the country code.",
    "account": "At most 254 printable characters.",
    "external": "At most 254 printable characters.",
}
