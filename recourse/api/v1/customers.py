"""Customers over JSON: find, register, profile, identities, care notes, consent, merges, orders."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.shapes import (
    Body,
    Cursor,
    CustomerRef,
    Day,
    Flag,
    Note,
    Noted,
    PageOf,
    Seen,
    Size,
    TimeZone,
    acting,
    changes,
    told,
    viewer,
)
from recourse.customers import actions, queries
from recourse.customers.policy import ConsentKind, ContactChannel, IdentityKind, NewIdentity, OrderState, PaymentKind
from recourse.kit.paging import page

router = Router()
Address = Annotated[
    dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=200)]], Field(max_length=20)
]

Region = Annotated[str, Field(pattern="^[A-Z]{2}$")] | None


class IdentityIn(Body):
    """What a person is known by."""

    kind: IdentityKind
    value: Annotated[str, Field(min_length=1, max_length=254)]
    is_verified: Flag = False


class NewIdentityIn(IdentityIn):
    """What a person is known by; `region` (two letters) reads a number without a country code."""

    region: Region = None
    seen: Seen = None


class ProfileIn(Body):
    """How somebody likes to be reached; what is left out stays as it is, or at its default."""

    name: Annotated[str, Field(max_length=200)] = ""
    language: Annotated[str, Field(min_length=2, max_length=12)] = "en"
    time_zone: TimeZone = "UTC"
    preferred_channel: ContactChannel = ContactChannel.EMAIL
    contact_hours: Annotated[str, Field(max_length=120)] = ""
    address: Address = {}
    since_on: Day | None = None


class NewCustomerIn(ProfileIn):
    """A person, with what they are known by; `region` (two letters) reads numbers without a country code."""

    identities: Annotated[list[IdentityIn], Field(max_length=50)] = []
    region: Region = None


class ProfileChange(ProfileIn):
    """What changes about somebody."""

    seen: Seen = None


class FlagIn(Noted):
    """Whether somebody needs more care than others."""

    is_vulnerable: Flag


class CareIn(Body):
    """Something to bear in mind with somebody."""

    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    seen: Seen = None


class ConsentIn(Body):
    """A person's word, and how it was given."""

    kind: ConsentKind
    is_given: Flag
    how: Annotated[str, Field(min_length=1, max_length=120)]


class CustomerMergeIn(Noted):
    """The record that is kept."""

    into: Annotated[str, Field(min_length=1, max_length=40, examples=["CU-1042"])]


class CustomerUndoIn(Body):
    """Undoing, with words for the record."""

    note: Note = ""


class IdentityOut(Schema):
    """What a person is known by."""

    id: UUID
    kind: IdentityKind
    value: str
    shown: str
    is_verified: bool
    is_primary: bool


class CareOut(Schema):
    """Something to bear in mind."""

    id: UUID
    text: str
    added_at: dt.datetime


class ConsentOut(Schema):
    """The newest word on one kind of consent."""

    kind: ConsentKind
    is_given: bool
    how: str
    at: dt.datetime


class CustomerOut(Schema):
    """A person."""

    id: UUID
    ref: str
    version: int
    name: str
    language: str
    time_zone: str
    preferred_channel: ContactChannel
    contact_hours: str
    address: dict[str, str]
    is_vulnerable: bool
    since_on: dt.date | None
    created_at: dt.datetime


class ProfileOut(Schema):
    """A person with everything that is known of them."""

    customer: CustomerOut
    identities: list[IdentityOut]
    care_notes: list[CareOut]
    consents: list[ConsentOut]

    @staticmethod
    def resolve_consents(profile: Any) -> list[Any]:
        """Return the newest word on each kind."""
        return list(profile.consents.values())


class OrderItemOut(Schema):
    """A line of an order; money in minor units of the order's currency."""

    position: int
    product_ref: str
    item_ref: str
    name: str
    options: dict[str, Any]
    quantity: int
    unit_minor: int


class PaymentOut(Schema):
    """Money taken or given back."""

    kind: PaymentKind
    method: str
    amount_minor: int
    currency: str
    at: dt.datetime | None


class ShipmentOut(Schema):
    """A parcel."""

    tracking_refs: list[str]
    item_refs: list[str]
    carrier: str
    shipped_at: dt.datetime | None
    delivered_at: dt.datetime | None


class OrderOut(Schema):
    """An order as the shop told it."""

    id: UUID
    reference: str
    source: str
    state: OrderState
    source_state: str
    currency: str
    total_minor: int
    placed_at: dt.datetime | None
    items: list[OrderItemOut]
    payments: list[PaymentOut]
    shipments: list[ShipmentOut]

    @staticmethod
    def resolve_items(order: Any) -> list[Any]:
        """Return the lines in order."""
        return sorted(order.items.all(), key=lambda row: row.position)

    @staticmethod
    def resolve_payments(order: Any) -> list[Any]:
        """Return the payments in order."""
        return sorted(order.payments.all(), key=lambda row: row.position)

    @staticmethod
    def resolve_shipments(order: Any) -> list[Any]:
        """Return the parcels in order."""
        return sorted(order.shipments.all(), key=lambda row: row.position)


def customer_id(ref: str, request: HttpRequest) -> UUID:
    """Return the key of a person that the caller may know of; verbs say themselves what a merged record may not."""
    return key_of(queries.customer_by_ref(ref, viewer=viewer(request), is_followed=False))


def key_of(found: Any) -> UUID:
    """Return the key of a row."""
    key: UUID = found.pk
    return key


@router.get("/customers", response=answers(PageOf[CustomerOut]), operation_id="search_customers")
def search(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=300, description="Words of a name, an address, a number, an order.")] = "",
    cursor: Cursor = None,
    size: Size = 50,
) -> Any:
    """Return the people found by words, newest first."""
    return page(queries.search_customers(q, viewer=viewer(request)), order=["-id"], cursor=cursor, size=size)


@router.post("/customers", response=answers(CustomerOut, 201), operation_id="register_customer")
def register(request: HttpRequest, body: NewCustomerIn) -> Any:
    """Register a person."""
    identities = [NewIdentity(**told(one)) for one in body.identities]
    return actions.register(actions.NewCustomer(**{**told(body), "identities": identities}), **acting(request))


@router.get("/customers/{ref}", response=answers(ProfileOut), operation_id="get_customer")
def one(request: HttpRequest, ref: CustomerRef) -> Any:
    """Return a person with identities, care notes and consents; a merged record answers as the one it lives on in."""
    return queries.profile_of(queries.customer_by_ref(ref, viewer=viewer(request)), viewer=viewer(request))


@router.patch("/customers/{ref}", response=answers(CustomerOut), operation_id="edit_customer")
def edit(request: HttpRequest, ref: CustomerRef, body: ProfileChange) -> Any:
    """Change how somebody likes to be reached."""
    key = customer_id(ref, request)
    return actions.edit_profile(key, changes=changes(body), seen=body.seen, **acting(request))


@router.get("/customers/{ref}/duplicates", response=answers(list[CustomerOut]), operation_id="customer_duplicates")
def duplicates(request: HttpRequest, ref: CustomerRef) -> Any:
    """Return other records of the very same name, for a look."""
    actor = viewer(request)
    return list(queries.duplicates_of(queries.customer_by_ref(ref, viewer=actor), viewer=actor)[:50])


@router.get("/customers/{ref}/orders", response=answers(PageOf[OrderOut]), operation_id="customer_orders")
def orders(request: HttpRequest, ref: CustomerRef, cursor: Cursor = None, size: Size = 50) -> Any:
    """Return the orders of a person, the newest first."""
    found = queries.orders_of(queries.customer_by_ref(ref, viewer=viewer(request)))
    return page(found, order=["-id"], cursor=cursor, size=size)


@router.put("/customers/{ref}/vulnerable", response=answers(CustomerOut), operation_id="flag_vulnerable")
def flag(request: HttpRequest, ref: CustomerRef, body: FlagIn) -> Any:
    """Note that a person needs more care than others, or no longer does."""
    return actions.flag_vulnerable(customer_id(ref, request), **told(body), **acting(request))


@router.post("/customers/{ref}/merge", response=answers(CustomerOut), operation_id="merge_customer")
def merge(request: HttpRequest, ref: CustomerRef, body: CustomerMergeIn) -> Any:
    """Join this record to another of the same person, and return the one that is kept."""
    kept = key_of(queries.customer_by_ref(body.into, viewer=viewer(request)))
    joined = customer_id(ref, request)
    return actions.merge(joined, into=kept, note=body.note, seen=body.seen, **acting(request)).kept


@router.post("/customers/{ref}/merge/undo", response=answers(CustomerOut), operation_id="unmerge_customer")
def unmerge(request: HttpRequest, ref: CustomerRef, body: CustomerUndoIn) -> Any:
    """Undo a merge: exactly what it moved goes back."""
    return actions.unmerge(customer_id(ref, request), note=body.note, **acting(request))


@router.post("/customers/{ref}/identities", response=answers(IdentityOut, 201), operation_id="add_identity")
def add_identity(request: HttpRequest, ref: CustomerRef, body: NewIdentityIn) -> Any:
    """Add what a person is known by."""
    new = NewIdentity(kind=body.kind, value=body.value, is_verified=body.is_verified)
    return actions.add_identity(customer_id(ref, request), new, region=body.region, seen=body.seen, **acting(request))


@router.post("/identities/{identity_id}/verification", response=answers(IdentityOut), operation_id="verify_identity")
def verify_identity(request: HttpRequest, identity_id: UUID) -> Any:
    """Note that an identity was proved to be the person's own."""
    return actions.verify_identity(identity_id, **acting(request))


@router.post("/identities/{identity_id}/preference", response=answers(IdentityOut), operation_id="prefer_identity")
def prefer_identity(request: HttpRequest, identity_id: UUID) -> Any:
    """Make an identity the first choice of its kind."""
    return actions.prefer_identity(identity_id, **acting(request))


@router.delete("/identities/{identity_id}", response=answers(IdentityOut), operation_id="remove_identity")
def remove_identity(request: HttpRequest, identity_id: UUID) -> Any:
    """Say that a person is no longer known by something."""
    return actions.remove_identity(identity_id, **acting(request))


@router.post("/customers/{ref}/care-notes", response=answers(CareOut, 201), operation_id="add_care_note")
def add_care_note(request: HttpRequest, ref: CustomerRef, body: CareIn) -> Any:
    """Write down what staff should know to treat this person well."""
    return actions.add_care_note(customer_id(ref, request), **told(body), **acting(request))


@router.delete("/care-notes/{note_id}", response=answers(CareOut), operation_id="end_care_note")
def end_care_note(request: HttpRequest, note_id: UUID) -> Any:
    """Say that a care note holds no longer."""
    return actions.end_care_note(note_id, **acting(request))


@router.post("/customers/{ref}/consents", response=answers(ConsentOut), operation_id="set_consent")
def set_consent(request: HttpRequest, ref: CustomerRef, body: ConsentIn) -> Any:
    """Record that a person agreed to something or withdrew it."""
    return actions.set_consent(customer_id(ref, request), **told(body), **acting(request))
