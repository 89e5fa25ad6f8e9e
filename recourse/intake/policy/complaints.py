"""Reads rows with the columns of the public CFPB complaint database into cases."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from recourse.intake.policy.cells import instant, word
from recourse.intake.policy.rows import CaseRow, PersonRow
from recourse.kit.errors import Invalid

ZONE = ZoneInfo("America/New_York")
NEEDED = ("Complaint ID", "Date received", "Issue", "Product")
_RESPONSES = {
    "closed with explanation": "not_upheld",
    "closed with monetary relief": "solved",
    "closed with non-monetary relief": "solved",
    "closed with relief": "solved",
    "closed without relief": "no_agreement",
    "closed": "not_upheld",
    "untimely response": "",
    "in progress": "",
}
_FAMILIES = (
    (("loan", "credit", "mortgage", "debt", "lease"), "credit"),
    (("transfer", "prepaid", "virtual currency", "payment"), "payment"),
    (("checking", "savings", "bank account"), "billing"),
)
_VULNERABLE = ("older american", "servicemember")


def missing_columns(header: Mapping[str, Any]) -> list[str]:
    """Return which columns a file lacks to be read as complaints."""
    return [name for name in NEEDED if name not in header]


def complaint(row: Mapping[str, Any]) -> CaseRow:
    """Return the case of one complaint; raises Invalid naming the columns that cannot be read.

    The complainant is not named in the public file, so each complaint is its own person, known by its complaint id.
    """
    number = word(row.get("Complaint ID"))
    if not (number.isascii() and number.isdigit() and len(number) <= 15):
        raise Invalid.one("Complaint ID", "A complaint needs a number.")
    received = instant(row.get("Date received"), field="Date received", zone=ZONE)
    response = word(row.get("Company response to consumer")).casefold()
    if response and response not in _RESPONSES:
        raise Invalid.one("Company response to consumer", f"“{response[:60]}” is not a response that we know.")
    reason = _RESPONSES.get(response, "")
    return CaseRow(
        source_ref=f"cfpb:{number}",
        subject=word(row.get("Issue")) or word(row.get("Product")) or f"Complaint {number}",
        words=str(row.get("Consumer complaint narrative") or "").strip(),
        received_at=received,
        person=_person(row, number),
        problem=word(row.get("Sub-issue")) or word(row.get("Issue")),
        product=word(row.get("Sub-product")) or word(row.get("Product")),
        family=_family(row),
        severity=_severity(row),
        closed_at=_answered(row, received) if reason else None,
        close_reason=reason,
    )


def _person(row: Mapping[str, Any], number: str) -> PersonRow:
    tags = word(row.get("Tags")).casefold()
    address = {"region": word(row.get("State")), "postcode": word(row.get("ZIP code")), "country": "US"}
    return PersonRow(
        name=f"Complainant {number}",
        identities=(("external", f"cfpb:{number}"),),
        address={key: value for key, value in address.items() if value},
        is_vulnerable=any(tag in tags for tag in _VULNERABLE),
    )


def _family(row: Mapping[str, Any]) -> str:
    """Return the handbook's family of problem for a product of the public list."""
    product = word(row.get("Product")).casefold()
    return next((family for words, family in _FAMILIES if any(part in product for part in words)), "other")


def _severity(row: Mapping[str, Any]) -> str:
    """A complaint that a regulator passed on is never small; identity theft and double debits are grave."""
    issue = word(row.get("Issue")).casefold()
    return "high" if "didn't apply" in issue or "withdrawals" in issue or "wasn't authorized" in issue else "medium"


def _answered(row: Mapping[str, Any], received: dt.datetime) -> dt.datetime:
    """The public file tells when the company got it, not when it answered; that is the latest instant known."""
    sent = word(row.get("Date sent to company"))
    return max(received, instant(sent, field="Date sent to company", zone=ZONE)) if sent else received
