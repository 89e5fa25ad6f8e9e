"""A processor of cards in the style of Stripe's refunds API: keys, pending, later failure, signed reports.

The shop's reference of a payment's means must be the processor's charge or payment intent.
"""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from recourse.kit.crashpoint import crashpoint
from recourse.kit.errors import Refused
from recourse.kit.ids import same
from recourse.kit.money import CURRENCIES, Money
from recourse.kit.outbound import Answer, UnreachableError, configured
from recourse.kit.time import UTC
from recourse.ledger.policy import Heard, Told
from recourse.ledger.providers.port import ForgedError, Listed, ListPage, Order, Report

TOLERANCE = dt.timedelta(minutes=5)
PAGE = 100
PAGES_AT_MOST = 10_000
VERSION = "2024-06-20"
_SAID = {"succeeded": Heard.SUCCEEDED, "pending": Heard.PENDING, "requires_action": Heard.PENDING,
         "failed": Heard.FAILED, "canceled": Heard.FAILED}  # fmt: skip
_REFUSING = {400, 402, 404}
_REFUSALS = {"card_error", "invalid_request_error"}


@dataclass(frozen=True, slots=True)
class Card:
    """One account at such a processor."""

    name: str
    url: str
    secret: str
    report_secrets: tuple[str, ...] = ()

    def send(self, order: Order) -> Told:
        """Ask for a refund under the order's key. Whatever is not a whole, sensible answer is unknown."""
        fields = {
            _charge_field(order.charge_ref): order.charge_ref,
            "amount": str(order.amount.minor),
            "metadata[reference]": order.key,
        }
        crashpoint("provider.before_call")
        try:
            answer = self._ask("POST", "/v1/refunds", body=urlencode(fields), key=order.key)
        except (UnreachableError, Refused) as error:
            return Told(Heard.UNKNOWN, code=getattr(error, "code", "unreachable"))
        crashpoint("provider.after_call")
        return _read_answer(answer)

    def look_up(self, order: Order) -> Told:
        """Find what became of an order among the refunds of its charge, by our reference."""
        try:
            found = [row for row in self._refunds_of(order.charge_ref) if _reference(row) == order.key]
        except (UnreachableError, Refused, ValueError) as error:
            return Told(Heard.UNKNOWN, code=getattr(error, "code", "unreadable"))
        if len(found) > 1:
            return Told(Heard.UNKNOWN, code="twice")
        return _told(found[0]) if found else Told(Heard.ABSENT)

    def list_page(self, *, from_at: dt.datetime, until_at: dt.datetime, cursor: str | None) -> ListPage:
        """Return refunds made between two instants. Raises UnreachableError where the answer cannot be read."""
        asked = {"created[gte]": int(from_at.timestamp()), "created[lt]": int(until_at.timestamp()), "limit": PAGE}
        try:
            rows, has_more = self._list({**asked, **({"starting_after": cursor} if cursor else {})})
            listed = tuple(listed_row(row) for row in rows)
        except (ValueError, Refused) as error:
            raise UnreachableError("unreadable") from error
        if has_more and not rows:
            raise UnreachableError("page_without_rows")
        return ListPage(listed, str(rows[-1]["id"]) if has_more else None)

    def read_report(self, body: bytes, headers: Mapping[str, str], at: dt.datetime) -> Report:
        """Check the signature over time and body, then the time; return what was reported."""
        stamp, signatures = _signature(headers.get("stripe-signature", ""))
        if abs(at.timestamp() - stamp) > TOLERANCE.total_seconds():
            raise ForgedError("time")
        expected = [signed(secret, stamp, body) for secret in self.report_secrets]
        if not any(same(one, other) for one in expected for other in signatures):
            raise ForgedError("signature")
        try:
            told = json.loads(body)
            return Report(str(told["id"])[:120], str(told["type"])[:60], dict(told["data"]["object"]))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ForgedError("body") from error

    def _refunds_of(self, charge_ref: str) -> Iterator[dict[str, Any]]:
        asked: dict[str, Any] = {_charge_field(charge_ref): charge_ref, "limit": PAGE}
        for _page in range(PAGES_AT_MOST):
            rows, has_more = self._list(asked)
            yield from rows
            if not has_more:
                return
            if not rows:
                raise ValueError("a page without rows")
            asked = {**asked, "starting_after": str(rows[-1]["id"])}
        raise ValueError("a list without end")

    def _list(self, asked: Mapping[str, Any]) -> tuple[list[dict[str, Any]], bool]:
        answer = self._ask("GET", f"/v1/refunds?{urlencode(asked)}")
        if answer.status != 200:
            raise UnreachableError(f"status_{answer.status}")
        told = json.loads(answer.body)
        rows = told["data"] if isinstance(told, dict) and isinstance(told.get("data"), list) else None
        if rows is None or not all(isinstance(row, dict) and isinstance(row.get("id"), str) for row in rows):
            raise ValueError("not a list")
        return rows, bool(told.get("has_more"))

    def _ask(self, method: str, path: str, *, body: str = "", key: str = "") -> Answer:
        fields = {"Authorization": f"Bearer {self.secret}", "Stripe-Version": VERSION}
        if key:
            fields |= {"Idempotency-Key": key, "Content-Type": "application/x-www-form-urlencoded"}
        return configured().send(method, self.url + path, body=body.encode(), headers=fields)


def signed(secret: str, stamp: int, body: bytes) -> str:
    """Return the signature of a report at a time: HMAC-SHA-256 over the time, a point and the body."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def listed_row(row: Mapping[str, Any]) -> Listed:
    """Return one refund as the processor tells it. Raises ValueError where it cannot be read."""
    amount = _amount(row)
    if amount is None or type(row.get("created")) is not int:
        raise ValueError("not a refund")
    return Listed(
        provider_ref=str(row["id"])[:120],
        reference=_reference(row)[:80],
        charge_ref=str(row.get("charge") or row.get("payment_intent") or "")[:80],
        amount=amount,
        status=str(row.get("status", ""))[:40],
        code=str(row.get("failure_reason") or "")[:80],
        at=dt.datetime.fromtimestamp(row["created"], UTC),
    )


def heard(status: str) -> Heard:
    """Return a status of the processor in our words."""
    return _SAID.get(status, Heard.UNKNOWN)


def _told(row: Mapping[str, Any]) -> Told:
    code = str(row.get("failure_reason") or "")[:80]
    return Told(heard(str(row.get("status"))), str(row.get("id", ""))[:120], _amount(row), code)


def _read_answer(answer: Answer) -> Told:
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        return Told(Heard.UNKNOWN, code="unreadable")
    if not isinstance(told, dict):
        return Told(Heard.UNKNOWN, code="unreadable")
    if answer.status == 200 and isinstance(told.get("id"), str):
        return _told(told)
    error = told.get("error")
    said = error if isinstance(error, dict) else {}
    code = str(said.get("code") or said.get("type") or f"status_{answer.status}")[:80]
    is_refusal = answer.status in _REFUSING and said.get("type") in _REFUSALS
    return Told(Heard.REFUSED if is_refusal else Heard.UNKNOWN, code=code)


def _amount(row: Mapping[str, Any]) -> Money | None:
    minor, currency = row.get("amount"), str(row.get("currency", "")).upper()
    if type(minor) is not int or minor <= 0 or currency not in CURRENCIES:
        return None
    return Money(minor, currency)


def _reference(row: Mapping[str, Any]) -> str:
    marks = row.get("metadata")
    return str(marks.get("reference", "")) if isinstance(marks, dict) else ""


def _charge_field(charge_ref: str) -> str:
    return "payment_intent" if charge_ref.startswith("pi_") else "charge"


def _signature(header: str) -> tuple[int, list[str]]:
    parts = [part.partition("=") for part in header[:2_000].split(",")]
    stamps = [value for name, _sign, value in parts if name.strip() == "t"]
    if len(stamps) != 1 or not stamps[0].isascii() or not stamps[0].isdigit() or len(stamps[0]) > 12:
        raise ForgedError("header")
    return int(stamps[0]), [value for name, _sign, value in parts if name.strip() == "v1" and value.isascii()]
