"""The shapes that every source is turned into before anything is written."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person: `identities` are (kind, value) pairs, the first one the surest."""

    name: str = ""
    identities: tuple[tuple[str, str], ...] = ()
    address: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    is_vulnerable: bool = False


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line of an order; `unit_minor` in minor units of the order's currency."""

    product_ref: str
    item_ref: str
    name: str
    unit_minor: int
    quantity: int = 1
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """Money one way (`charge`) or the other (`refund`), in minor units."""

    kind: str
    method: str
    method_ref: str
    amount_minor: int
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """A parcel."""

    tracking_refs: tuple[str, ...]
    item_refs: tuple[str, ...]
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order with everything that hangs on it."""

    reference: str
    person_ref: str
    state: str
    source_state: str
    currency: str
    total_minor: int
    items: tuple[ItemRow, ...] = ()
    payments: tuple[PaymentRow, ...] = ()
    shipments: tuple[ShipmentRow, ...] = ()
    address: Mapping[str, str] = field(default_factory=dict)
    placed_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case as a source tells it; `words` is the customer's own text."""

    source_ref: str
    subject: str
    words: str
    received_at: dt.datetime
    person: PersonRow | None = None
    channel: str = "import"
    problem: str = ""
    product: str = ""
    family: str = ""
    remedy_sought: str = ""
    severity: str = "medium"
    impact: str = "one"
    closed_at: dt.datetime | None = None
    close_reason: str = ""
    order_refs: tuple[str, ...] = ()

    @property
    def source(self) -> tuple[str, str]:
        """Return where it came from and its number there: `cfpb:12` is 12 of cfpb, a bare number is the channel's."""
        name, colon, number = self.source_ref.partition(":")
        if colon and re.fullmatch(r"[a-z0-9_-]{1,40}", name):
            return name, number
        return (self.channel, self.source_ref) if self.source_ref else ("", "")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be taken: field name → sentences."""

    fields: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Numbered:
    """One row of a file as it stood: its number from 1 and its raw content."""

    number: int
    raw: Mapping[str, Any]
