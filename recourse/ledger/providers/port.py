"""The port: what any provider of payments must be able to do, and the plain values that go through it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from recourse.kit.money import Money
from recourse.ledger.policy import Told


class ForgedError(Exception):
    """A report that did not come from the provider, or not now: its signature or its time is wrong."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid: under which key, of which charge, how much. The key is also our reference at the provider."""

    key: str
    charge_ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Listed:
    """One payment back as the provider lists it; `reference` is ours, empty where it was not made by us."""

    provider_ref: str
    reference: str
    charge_ref: str
    amount: Money
    status: str
    code: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some of them, and where the next page begins; None at the end."""

    rows: tuple[Listed, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """A signed report: its own key, its kind, and what it tells as plain JSON."""

    event_id: str
    kind: str
    body: Mapping[str, object]


class Provider(Protocol):
    """A provider. No call may raise for what the network does: what is not known is `Heard.UNKNOWN`."""

    @property
    def name(self) -> str:
        """Return the name that the handbook routes to."""
        ...

    def send(self, order: Order) -> Told:
        """Ask for a payment back, under the order's key."""
        ...

    def look_up(self, order: Order) -> Told:
        """Return what became of an order, found by our reference; ABSENT where the provider knows none."""
        ...

    def list_page(self, *, from_at: dt.datetime, until_at: dt.datetime, cursor: str | None) -> ListPage:
        """Return payments back made between two instants, page by page. Raises UnreachableError."""
        ...

    def read_report(self, body: bytes, headers: Mapping[str, str], at: dt.datetime) -> Report:
        """Return a report whose signature and time were checked. Raises ForgedError."""
        ...
