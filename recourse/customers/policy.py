"""The words of the customers room, and how what a person is known by is brought into one form."""

import hashlib
import json
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

import phonenumbers


class IdentityKind(StrEnum):
    """What a person can be known by."""

    EMAIL = "email"
    PHONE = "phone"
    ACCOUNT = "account"
    EXTERNAL = "external"


class ContactChannel(StrEnum):
    """How a person likes to be reached."""

    EMAIL = "email"
    PHONE = "phone"
    CHAT = "chat"
    WEB = "web"
    POST = "post"
    NONE = "none"


class ConsentKind(StrEnum):
    """What a person can agree to."""

    CONTACT = "contact"
    SURVEY = "survey"
    STORY = "story"
    RECORDING = "recording"


class OrderState(StrEnum):
    """How far an order has come; `unknown` keeps a foreign word in `source_state`."""

    PENDING = "pending"
    PROCESSED = "processed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURN_REQUESTED = "return_requested"
    RETURNED = "returned"
    EXCHANGE_REQUESTED = "exchange_requested"
    EXCHANGED = "exchanged"
    UNKNOWN = "unknown"


class PaymentKind(StrEnum):
    """Which way money went."""

    CHARGE = "charge"
    REFUND = "refund"


_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\.]{2,}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
ADDRESS_PARTS = ("line1", "line2", "city", "region", "postcode", "country")


def normal_identity(kind: IdentityKind, value: str, *, region: str | None = None) -> str | None:
    """Return the one form of what a person is known by, or None where it is none of its kind.

    Mail addresses are lower-cased whole, the domain in its ASCII form; phone numbers become E.164, a number without
    country code being read in `region` (two letters).
    """
    value = value.strip()
    if kind is IdentityKind.EMAIL:
        return _normal_email(value)
    if kind is IdentityKind.PHONE:
        return _normal_phone(value, region)
    return value if 0 < len(value) <= 254 and value.isprintable() else None


def _normal_email(value: str) -> str | None:
    if len(value) > 254 or not value.isprintable() or not _EMAIL.fullmatch(value):
        return None
    local, _at, domain = value.casefold().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    found = f"{local}@{domain}"
    return found if len(found) <= 254 else None


def _normal_phone(value: str, region: str | None) -> str | None:
    try:
        parsed = phonenumbers.parse(value[:60], region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def is_language(value: str) -> bool:
    """Tell whether this is a language tag such as `en` or `pt-BR`."""
    return len(value) <= 12 and _LANGUAGE.fullmatch(value) is not None


def is_time_zone(value: str) -> bool:
    """Tell whether this is an IANA zone."""
    return value in _time_zones()


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIdentity:
    """Something that a person is known by, as it was given."""

    kind: IdentityKind
    value: str
    is_verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """One line of an order as the shop tells it; amounts in minor units."""

    product_ref: str
    item_ref: str
    name: str
    unit_minor: int
    quantity: int = 1
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFacts:
    """Money that moved for an order, as the shop tells it."""

    kind: PaymentKind
    method: str
    amount_minor: int
    method_ref: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentFacts:
    """A parcel, as the shop tells it."""

    tracking_refs: tuple[str, ...] = ()
    item_refs: tuple[str, ...] = ()
    carrier: str = ""
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """An order as the shop tells it; `content_hash` is equal for equal content."""

    reference: str
    source_state: str
    currency: str
    total_minor: int
    source: str = "shop"
    placed_at: datetime | None = None
    address: Mapping[str, str] = field(default_factory=dict)
    items: tuple[ItemFacts, ...] = ()
    payments: tuple[PaymentFacts, ...] = ()
    shipments: tuple[ShipmentFacts, ...] = ()

    @property
    def content_hash(self) -> str:
        """Return the SHA-256 over the canonical JSON of everything."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def state(self) -> OrderState:
        """Return our word for the shop's; unknown where it is none of ours."""
        return order_state(self.source_state)


def order_state(source_state: str) -> OrderState:
    """Return our word for a shop's: “Return requested”, “delivered”, “exchange-requested”."""
    word = re.sub(r"[\s-]+", "_", source_state.strip().lower())
    return OrderState(word) if word in set(OrderState) else _BY_SHOP.get(word, OrderState.UNKNOWN)


_BY_SHOP = {"canceled": OrderState.CANCELLED, "fulfilled": OrderState.SHIPPED, "paid": OrderState.PROCESSED}
