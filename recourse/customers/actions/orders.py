"""Takes over orders as the shop tells them, thousands at a time; the same content again changes nothing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.customers.actions.keeping import require
from recourse.customers.events import OrderChanged, OrderRecorded
from recourse.customers.models import Customer, Order, OrderItem, Payment, Shipment
from recourse.customers.policy import ItemFacts, OrderFacts, PaymentFacts, ShipmentFacts
from recourse.customers.queries.find import final_ids
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.text import clean_line
from recourse.kit.transactions import verb
from recourse.search.actions import Text, index
from recourse.search.policy import Kind
from recourse.timeline.actions.record import Happening, record_many

BATCH = 500
MONEY_LIMIT = 2**53
Line = TypeVar("Line", OrderItem, Payment, Shipment)


class Outcome(StrEnum):
    """What telling of an order did."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Told:
    """One order of one customer, as the shop tells it."""

    customer_id: UUID
    order: OrderFacts


@verb
def upsert_order(customer_id: UUID, order: OrderFacts, *, by: Actor, at: dt.datetime) -> Outcome:
    """Take over one order; `created`, `changed` or `same`. An order stays with the customer it was first told for."""
    return upsert_orders([Told(customer_id, order)], by=by, at=at)[0]


@verb
def upsert_orders(told: Sequence[Told], *, by: Actor, at: dt.datetime) -> list[Outcome]:
    """Take over orders in order, a dozen statements for each 500; all of them or none. Needs customer:edit.

    Raises Invalid naming the first field that cannot be kept; an order told twice in one call counts as it comes last.
    """
    require("customer:edit", by)
    outcomes: list[Outcome] = []
    for start in range(0, len(told), BATCH):
        outcomes.extend(_upsert(told[start : start + BATCH], by, at))
    return outcomes


def _upsert(told: Sequence[Told], by: Actor, at: dt.datetime) -> list[Outcome]:
    for one in told:
        _check(one.order)
    newest = {(one.order.source, one.order.reference): one for one in told}
    standing = _standing(newest)
    hashes = {key: one.order.content_hash for key, one in newest.items()}
    created = {key: one for key, one in newest.items() if key not in standing}
    changed = {key: one for key, one in newest.items() if key in standing and standing[key].content_hash != hashes[key]}
    customers = _customers({one.customer_id for one in created.values()})
    rows = {key: _row(one.order, customers[one.customer_id], hashes[key]) for key, one in created.items()}
    Order.objects.bulk_create(rows.values())
    happenings = [Happening(_recorded(row), row.customer.thread, by, at) for row in rows.values()]
    happenings += _change({key: (standing[key], one.order, hashes[key]) for key, one in changed.items()}, by, at)
    rows.update({key: standing[key] for key in changed})
    _write_lines([(rows[key], newest[key].order) for key in rows])
    index([_words(rows[key], newest[key].order) for key in rows])
    if happenings:
        record_many(happenings)
    return [
        Outcome.CREATED if key in created else Outcome.CHANGED if key in changed else Outcome.SAME
        for key in ((one.order.source, one.order.reference) for one in told)
    ]


def _standing(keys: Mapping[tuple[str, str], Told]) -> dict[tuple[str, str], Order]:
    references = [reference for _source, reference in keys]
    rows = Order.objects.filter(reference__in=references).select_related("customer__thread")
    found = rows.select_for_update(of=("self",))
    return {(row.source, row.reference): row for row in found if (row.source, row.reference) in keys}


def _customers(keys: set[UUID]) -> dict[UUID, Customer]:
    """Return the people who live on, by the key that was given; Invalid for one that is unknown."""
    ends = final_ids(keys)
    rows = {row.pk: row for row in Customer.objects.filter(pk__in=set(ends.values())).select_related("thread")}
    missing = [key for key, end in ends.items() if end not in rows]
    if missing:
        raise Invalid.one("customer_id", _("There is no such customer."))
    return {key: rows[end] for key, end in ends.items()}


def _check(order: OrderFacts) -> None:
    clean_line(order.reference, field="reference", limit=80, is_required=True)
    clean_line(order.source, field="source", limit=40, is_required=True)
    if len(order.currency) != 3 or not order.currency.isascii() or not order.currency.isupper():
        raise Invalid.one("currency", _("A currency has three capital letters."))
    amounts = [order.total_minor, *(item.unit_minor for item in order.items)]
    amounts += [payment.amount_minor for payment in order.payments]
    if any(not 0 <= amount < MONEY_LIMIT for amount in amounts):
        raise Invalid.one("total_minor", _("Amounts are whole minor units, not below nothing."))
    if any(item.quantity < 0 or item.quantity > 1_000_000 for item in order.items):
        raise Invalid.one("quantity", _("This is not a number of pieces."))


def _row(order: OrderFacts, customer: Customer, content_hash: str) -> Order:
    return Order(customer=customer, reference=order.reference, source=order.source, **_fields(order, content_hash))


def _fields(order: OrderFacts, content_hash: str) -> dict[str, object]:
    return {
        "state": order.state,
        "source_state": clean_line(order.source_state, field="source_state", limit=80),
        "currency": order.currency,
        "total_minor": order.total_minor,
        "placed_at": order.placed_at,
        "address": {
            clean_line(str(name), field="address", limit=40): clean_line(str(part), field="address", limit=200)
            for name, part in order.address.items()
        },
        "content_hash": content_hash,
    }


def _recorded(row: Order) -> OrderRecorded:
    return OrderRecorded(order_id=str(row.pk), state=row.state, total_minor=row.total_minor, currency=row.currency)


def _change(
    changed: Mapping[tuple[str, str], tuple[Order, OrderFacts, str]], by: Actor, at: dt.datetime
) -> list[Happening]:
    happenings = []
    rows = []
    for row, order, content_hash in changed.values():
        was = row.state
        fields = _fields(order, content_hash)
        for name, value in fields.items():
            setattr(row, name, value)
        rows.append(row)
        event = OrderChanged(order_id=str(row.pk), state=row.state, from_state=was)
        happenings.append(Happening(event, row.customer.thread, by, at))
    if rows:
        Order.objects.bulk_update(rows, list(fields), batch_size=BATCH)
        for row, order, _hash in changed.values():
            row.items.filter(position__gt=len(order.items)).delete()
            row.payments.filter(position__gt=len(order.payments)).delete()
            row.shipments.filter(position__gt=len(order.shipments)).delete()
    return happenings


def _write_lines(pairs: Sequence[tuple[Order, OrderFacts]]) -> None:
    """Write the lines of orders by their position, over those that stand there."""
    _write(
        OrderItem,
        [
            OrderItem(order=row, position=position, **_item(item))
            for row, order in pairs
            for position, item in enumerate(order.items, start=1)
        ],
    )
    _write(
        Payment,
        [
            Payment(order=row, position=position, currency=order.currency, **_payment(payment))
            for row, order in pairs
            for position, payment in enumerate(order.payments, start=1)
        ],
    )
    _write(
        Shipment,
        [
            Shipment(order=row, position=position, **_shipment(shipment))
            for row, order in pairs
            for position, shipment in enumerate(order.shipments, start=1)
        ],
    )


def _write(model: type[Line], lines: list[Line]) -> None:
    fields = [field.name for field in model._meta.fields if field.name not in {"id", "order", "position"}]
    model._default_manager.bulk_create(
        lines, update_conflicts=True, unique_fields=["order", "position"], update_fields=fields
    )


def _item(item: ItemFacts) -> dict[str, object]:
    texts = {name: clean_line(getattr(item, name), field=name, limit=limit) for name, limit in _ITEM_LIMITS.items()}
    return {**texts, "options": dict(item.options), "quantity": item.quantity, "unit_minor": item.unit_minor}


_ITEM_LIMITS = {"product_ref": 80, "item_ref": 80, "name": 200}


def _payment(payment: PaymentFacts) -> dict[str, object]:
    return {
        **asdict(payment),
        "method": clean_line(payment.method, field="method", limit=40),
        "method_ref": clean_line(payment.method_ref, field="method_ref", limit=80),
    }


def _shipment(shipment: ShipmentFacts) -> dict[str, object]:
    return {
        **asdict(shipment),
        "tracking_refs": list(shipment.tracking_refs),
        "item_refs": list(shipment.item_refs),
        "carrier": clean_line(shipment.carrier, field="carrier", limit=80),
    }


def _words(row: Order, order: OrderFacts) -> Text:
    tracking = [reference for shipment in order.shipments for reference in shipment.tracking_refs]
    names = [item.name for item in order.items]
    return Text(kind=Kind.ORDER, key=row.pk, customer_id=row.customer_id, parts=[row.reference, *tracking, *names])
