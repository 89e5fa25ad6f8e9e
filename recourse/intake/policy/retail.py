"""Reads a retailer's export (`users` and `orders` by key) into persons and orders."""

from collections.abc import Mapping
from typing import Any

from recourse.intake.policy.cells import minor, word
from recourse.intake.policy.rows import ItemRow, OrderRow, PaymentRow, PersonRow, ShipmentRow
from recourse.kit.errors import Invalid

_STATES = {
    "pending": "pending",
    "pending (item modified)": "pending",
    "processed": "processed",
    "shipped": "shipped",
    "delivered": "delivered",
    "cancelled": "cancelled",
    "return requested": "return_requested",
    "exchange requested": "exchange_requested",
}
_KINDS = {"payment": "charge", "refund": "refund"}


def person(user: Mapping[str, Any]) -> PersonRow:
    """Return one customer; raises Invalid naming what is missing."""
    account = word(user.get("user_id"))
    if not account:
        raise Invalid.one("user_id", "A customer needs a key.")
    name = user.get("name")
    parts = [word(name.get(key)) for key in ("first_name", "last_name")] if isinstance(name, Mapping) else []
    email = word(user.get("email"))
    identities = [("account", account), *([("email", email)] if email else [])]
    return PersonRow(
        name=" ".join(filter(None, parts)), identities=tuple(identities), address=_address(user.get("address"))
    )


def order(row: Mapping[str, Any], *, currency: str = "USD") -> OrderRow:
    """Return one order with items, payments and parcels; raises Invalid naming what cannot be read."""
    reference, state = word(row.get("order_id")), word(row.get("status"))
    if not reference:
        raise Invalid.one("order_id", "An order needs a number.")
    items = tuple(_item(item, n) for n, item in enumerate(_list(row, "items")))
    return OrderRow(
        reference=reference,
        person_ref=word(row.get("user_id")),
        state=_STATES.get(state.casefold(), "unknown"),
        source_state=state,
        currency=currency,
        total_minor=sum(item.unit_minor * item.quantity for item in items),
        items=items,
        payments=tuple(_payment(paid, n) for n, paid in enumerate(_list(row, "payment_history"))),
        shipments=tuple(_shipment(parcel) for parcel in _list(row, "fulfillments")),
        address=_address(row.get("address")),
    )


def _item(item: Mapping[str, Any], n: int) -> ItemRow:
    return ItemRow(
        product_ref=word(item.get("product_id")),
        item_ref=word(item.get("item_id")),
        name=word(item.get("name")),
        unit_minor=minor(item.get("price"), field=f"items.{n}.price"),
        options=_plain(item.get("options")),
    )


def _payment(paid: Mapping[str, Any], n: int) -> PaymentRow:
    kind = _KINDS.get(word(paid.get("transaction_type")).casefold())
    if kind is None:
        raise Invalid.one(f"payment_history.{n}.transaction_type", "This must be payment or refund.")
    method_ref = word(paid.get("payment_method_id"))
    return PaymentRow(
        kind=kind,
        method=method_ref.rsplit("_", 1)[0] or "unknown",
        method_ref=method_ref,
        amount_minor=minor(paid.get("amount"), field=f"payment_history.{n}.amount"),
    )


def _shipment(parcel: Mapping[str, Any]) -> ShipmentRow:
    return ShipmentRow(
        tracking_refs=tuple(word(ref) for ref in parcel.get("tracking_id") or ()),
        item_refs=tuple(word(ref) for ref in parcel.get("item_ids") or ()),
    )


def _list(row: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    found = row.get(field) or []
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise Invalid.one(field, "This must be a list of objects.")
    return found


_ADDRESS = {
    "address1": "line1", "address2": "line2", "city": "city", "state": "region", "zip": "postcode",
    "country": "country",
}  # fmt: skip


def _address(value: Any) -> dict[str, str]:
    """Return an address in our parts; the shop's long name of a country becomes two letters where we know it."""
    known = {_ADDRESS[key]: told for key, told in _plain(value).items() if key in _ADDRESS and told}
    return {**known, **({"country": "US"} if known.get("country") in {"USA", "United States"} else {})}


def _plain(value: Any) -> dict[str, str]:
    return {str(key): word(one) for key, one in value.items()} if isinstance(value, Mapping) else {}
