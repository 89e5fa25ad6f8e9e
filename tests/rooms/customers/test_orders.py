"""Orders as the shop tells them: taken over once, changed when they change, however often they are told."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recourse.customers import actions
from recourse.customers.actions import NewCustomer, Told
from recourse.customers.models import Order, OrderItem
from recourse.customers.policy import (
    IdentityKind,
    ItemFacts,
    NewIdentity,
    OrderFacts,
    PaymentFacts,
    PaymentKind,
    ShipmentFacts,
    order_state,
)
from recourse.customers.queries import find_by_identity, order_by_reference, search_customers
from recourse.kit.errors import Invalid
from recourse.timeline.models import Entry
from tests.cast import AT, SYSTEM, Cast

RETAIL = Path(__file__).resolve().parents[4] / "shared" / "data" / "tau2" / "retail" / "db.json"


def lamp(**changes: object) -> OrderFacts:
    order = OrderFacts(
        reference="#W2611340",
        source_state="pending",
        currency="EUR",
        total_minor=12_900,
        items=(ItemFacts(product_ref="p1", item_ref="i1", name="Desk Lamp", unit_minor=12_900),),
        payments=(PaymentFacts(kind=PaymentKind.CHARGE, method="card", amount_minor=12_900),),
        shipments=(ShipmentFacts(tracking_refs=("1Z999",), item_refs=("i1",), carrier="Parcel Co"),),
    )
    return replace(order, **changes)  # type: ignore[arg-type]


def told(cast: Cast, *orders: OrderFacts) -> list[str]:
    return [str(found) for found in actions.upsert_orders([Told(cast.jane.pk, o) for o in orders], by=SYSTEM, at=AT)]


def test_an_order_is_created_once_and_changed_only_when_it_changed(cast: Cast) -> None:
    assert told(cast, lamp()) == ["created"]
    assert told(cast, lamp()) == ["same"]
    assert told(cast, lamp(source_state="delivered"), lamp(source_state="delivered")) == ["changed", "changed"]
    assert Order.objects.get().state == "delivered"
    names = list(
        Entry.objects.filter(thread=cast.jane.thread, event__startswith="order.").values_list("event", flat=True)
    )
    assert names == ["order.recorded", "order.changed"]
    assert order_by_reference("W2611340") == order_by_reference(" #W2611340")


def test_lines_are_written_over_by_position_and_surplus_ones_go(cast: Cast) -> None:
    more = (*lamp().items, ItemFacts(product_ref="p2", item_ref="i2", name="Bulb", unit_minor=300, quantity=4))
    told(cast, lamp(items=more))
    kept = OrderItem.objects.get(position=1).pk
    told(cast, lamp(items=more[:1], total_minor=12_000))
    assert [item.pk for item in OrderItem.objects.all()] == [kept]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Return Requested", "return_requested"),
        ("exchange-requested", "exchange_requested"),
        ("canceled", "cancelled"),
        ("pending (item modified)", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_shops_words_become_ours_or_stay_unknown(word: str, state: str) -> None:
    assert order_state(word) == state


@pytest.mark.parametrize(
    "changes",
    [{"currency": "eur"}, {"currency": "€€€"}, {"total_minor": -1}, {"total_minor": 2**60}, {"reference": " "}],
)
def test_what_cannot_be_an_order_is_refused_and_nothing_is_written(cast: Cast, changes: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        told(cast, lamp(reference="#W1"), lamp(**changes))
    assert not Order.objects.exists()


def test_a_customer_is_found_by_the_number_of_an_order_or_its_parcel(cast: Cast) -> None:
    told(cast, lamp())
    for words in ("#W2611340", "w2611340", "1z999", "desk lamps"):
        assert list(search_customers(words, viewer=cast.by("ada"))) == [cast.jane]


def test_a_hundred_orders_cost_a_dozen_statements(cast: Cast) -> None:
    orders = [Told(cast.jane.pk, lamp(reference=f"#W{number}")) for number in range(100)]
    with CaptureQueriesContext(connection) as seen:
        actions.upsert_orders(orders, by=SYSTEM, at=AT)
    statements = [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 14, [sql[:80] for sql in statements]


@pytest.mark.material
@pytest.mark.skipif(not RETAIL.exists(), reason="the real material does not lie beside the project")
def test_a_shops_whole_book_is_taken_over_twice_without_doubling(cast: Cast) -> None:
    book = json.loads(RETAIL.read_text("utf8"))
    people = actions.register_many([_person(row) for row in book["users"].values()], by=SYSTEM, at=AT)
    keys = dict(zip(book["users"], (person.pk for person in people), strict=True))
    orders = [Told(keys[row["user_id"]], _order(row)) for row in book["orders"].values()]
    assert _counted(actions.upsert_orders(orders, by=SYSTEM, at=AT)) == {"created": len(orders)}
    assert _counted(actions.upsert_orders(orders, by=SYSTEM, at=AT)) == {"same": len(orders)}
    assert Order.objects.count() == len(book["orders"]) == 1000
    found = find_by_identity(IdentityKind.ACCOUNT, "noah_brown_6181")
    assert found is not None
    assert [order.reference for order in found.orders.all()] == ["#W7678072"]


def _counted(outcomes: Sequence[str]) -> dict[str, int]:
    return {str(outcome): outcomes.count(outcome) for outcome in set(outcomes)}


def _person(row: dict[str, object]) -> NewCustomer:
    name = row["name"]
    assert isinstance(name, dict)
    known = (
        NewIdentity(kind=IdentityKind.ACCOUNT, value=str(row["user_id"])),
        NewIdentity(kind=IdentityKind.EMAIL, value=str(row["email"])),
    )
    return NewCustomer(name=f"{name['first_name']} {name['last_name']}", identities=known)


def _order(row: dict[str, object]) -> OrderFacts:
    items, paid = row["items"], row["payment_history"]
    assert isinstance(items, list)
    assert isinstance(paid, list)
    lines = tuple(
        ItemFacts(
            product_ref=item["product_id"],
            item_ref=item["item_id"],
            name=item["name"],
            unit_minor=round(item["price"] * 100),
            options=item["options"],
        )
        for item in items
    )
    payments = tuple(
        PaymentFacts(
            kind=PaymentKind.CHARGE if one["transaction_type"] == "payment" else PaymentKind.REFUND,
            method=one["payment_method_id"],
            amount_minor=round(one["amount"] * 100),
        )
        for one in paid
    )
    return OrderFacts(
        reference=str(row["order_id"]),
        source_state=str(row["status"]),
        currency="USD",
        total_minor=sum(line.unit_minor for line in lines),
        items=lines,
        payments=payments,
    )
