"""Files of customers and orders: a retailer's export of both, or orders alone, written by the hundred."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from recourse.customers import actions as customers
from recourse.customers.models import Customer
from recourse.customers.policy import IdentityKind, ItemFacts, OrderFacts, PaymentFacts, PaymentKind, ShipmentFacts
from recourse.customers.queries import find_many
from recourse.intake.actions.importing import Written
from recourse.intake.actions.people import as_new
from recourse.intake.policy import retail
from recourse.intake.policy.reading import UNREADABLE, json_of, rows_of
from recourse.intake.policy.rows import Numbered, OrderRow, PersonRow
from recourse.intake.policy.words import ImportKind
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid

USER, ORDER = "user", "order"


@dataclass
class OrderFile:
    """A file of orders; `kind` retail holds the customers as well, in one object by their keys."""

    kind: ImportKind
    currency: str = "USD"
    mapping: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, path: Path) -> Iterator[Numbered]:
        """Yield customers before orders; a file of another shape raises Invalid(file)."""
        if self.kind is ImportKind.ORDERS:
            for row in rows_of(path):
                yield row if UNREADABLE in row.raw else Numbered(row.number, {ORDER: row.raw})
            return
        with path.open("rb") as stream:
            world = json_of(stream)
        users, orders = (_section(world, name) for name in ("users", "orders"))
        for number, (name, one) in enumerate([*((USER, u) for u in users), *((ORDER, o) for o in orders)], start=1):
            yield Numbered(number, {name: one})

    def write(self, rows: Sequence[Numbered], *, by: Actor, at: dt.datetime) -> Written:
        """Register the customers who are new and take over their orders."""
        written = Written()
        people = list(self._read(rows, USER, written))
        orders = list(self._read(rows, ORDER, written))
        for row in rows:
            if UNREADABLE in row.raw:
                written.refuse(row, Invalid.one("row", str(row.raw[UNREADABLE])))
        _register([person for _row, person in people], written, by=by, at=at)
        _take_over(orders, written, by=by, at=at)
        return written

    def _read(self, rows: Sequence[Numbered], section: str, written: Written) -> Iterator[tuple[Numbered, Any]]:
        for row in rows:
            if section not in row.raw:
                continue
            try:
                told = row.raw[section]
                yield row, retail.person(told) if section == USER else retail.order(told, currency=self.currency)
            except Invalid as error:
                written.refuse(row, error)


def retail_file(currency: str = "USD") -> OrderFile:
    """Return the reader of a retailer's export with `users` and `orders`."""
    return OrderFile(ImportKind.RETAIL, currency)


def order_file(currency: str = "USD") -> OrderFile:
    """Return the reader of orders alone, one object each."""
    return OrderFile(ImportKind.ORDERS, currency)


def _section(world: Any, name: str) -> list[Mapping[str, Any]]:
    section = world.get(name) if isinstance(world, dict) else None
    if not isinstance(section, dict) or not all(isinstance(one, dict) for one in section.values()):
        raise Invalid.one("file", f"The file needs an object “{name}” of objects by key.")
    return list(section.values())


def _register(people: Sequence[PersonRow], written: Written, *, by: Actor, at: dt.datetime) -> None:
    wanted = [(IdentityKind(kind), value) for person in people for kind, value in person.identities]
    known = {(kind.value, value) for kind, value in find_many(wanted)}
    new: dict[tuple[str, str], PersonRow] = {}
    for person in people:
        if not known.intersection(person.identities):
            new.setdefault(person.identities[0], person)
            known.update(person.identities)
    customers.register_many([as_new(person) for person in new.values()], by=by, at=at)
    written.made += len(new)
    written.known += len(people) - len(new)


def _take_over(orders: Sequence[tuple[Numbered, OrderRow]], written: Written, *, by: Actor, at: dt.datetime) -> None:
    owners = _owners([order for _row, order in orders])
    told = []
    for row, order in orders:
        owner = owners.get(order.person_ref)
        if owner is None:
            written.refuse(row, Invalid.one("user_id", f"Nobody is known by “{order.person_ref[:60]}”."))
        else:
            told.append(customers.Told(owner.pk, _facts(order)))
    outcomes = customers.upsert_orders(told, by=by, at=at) if told else []
    same = sum(outcome is customers.Outcome.SAME for outcome in outcomes)
    written.known += same
    written.made += len(outcomes) - same


def _owners(orders: Sequence[OrderRow]) -> dict[str, Customer]:
    wanted = [(IdentityKind.ACCOUNT, order.person_ref) for order in orders if order.person_ref]
    return {value: customer for (_kind, value), customer in find_many(list(dict.fromkeys(wanted))).items()}


def _facts(order: OrderRow) -> OrderFacts:
    return OrderFacts(
        reference=order.reference,
        source_state=order.source_state,
        currency=order.currency,
        total_minor=order.total_minor,
        placed_at=order.placed_at,
        address=order.address,
        items=tuple(ItemFacts(**asdict(item)) for item in order.items),
        payments=tuple(
            PaymentFacts(
                kind=PaymentKind(paid.kind),
                method=paid.method,
                method_ref=paid.method_ref,
                amount_minor=paid.amount_minor,
                at=paid.at,
            )
            for paid in order.payments
        ),
        shipments=tuple(
            ShipmentFacts(tracking_refs=parcel.tracking_refs, item_refs=parcel.item_refs, carrier=parcel.carrier)
            for parcel in order.shipments
        ),
    )
