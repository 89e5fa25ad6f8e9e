"""What the desk knows of one person, in one look."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from recourse.customers.models import CareNote, Consent, Customer, Identity, Order
from recourse.customers.policy import ConsentKind
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible


@dataclass(frozen=True, slots=True)
class Profile:
    """A person with what they are known by, how to treat them, and what they agreed to."""

    customer: Customer
    identities: Sequence[Identity]
    care_notes: Sequence[CareNote]
    consents: dict[ConsentKind, Consent]


def profile_of(customer: Customer, *, viewer: Actor, has_consents: bool = True) -> Profile:
    """Return the profile of a person (three queries, two without consents); needs customer:read."""
    if not viewer.can("customer:read"):
        raise NotVisible
    return Profile(
        customer=customer,
        identities=list(customer.identities.filter(ended_at__isnull=True).order_by("kind", "-is_primary", "added_at")),
        care_notes=list(customer.care_notes.filter(ended_at__isnull=True).order_by("-added_at")),
        consents=consents_of(customer) if has_consents else {},
    )


def consents_of(customer: Customer) -> dict[ConsentKind, Consent]:
    """Return the newest word of a person on each kind of consent."""
    newest: dict[ConsentKind, Consent] = {}
    for consent in Consent.objects.filter(customer=customer).order_by("at", "pk"):
        newest[ConsentKind(consent.kind)] = consent
    return newest


def orders_of(customer: Customer) -> QuerySet[Order]:
    """Return the orders of a person, the newest first, with items, payments and shipments."""
    return customer.orders.order_by("-placed_at", "-id").prefetch_related("items", "payments", "shipments")


def duplicates_of(customer: Customer, *, viewer: Actor) -> QuerySet[Customer]:
    """Return other records of the very same name: proposed for a look, never merged by that."""
    if not customer.name or not viewer.can("customer:read"):
        return Customer.objects.none()
    same = Customer.objects.filter(name=customer.name, merged_into__isnull=True).exclude(pk=customer.pk)
    return same.order_by("-number")
