"""Finding a person: by reference, by exact identity, by words; reading goes on to the record that lives on."""

import re
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from recourse.customers.models import Customer, Identity, Order
from recourse.customers.policy import IdentityKind, normal_identity
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible
from recourse.search.policy import phrase
from recourse.search.queries import customers_matching

CHAIN_LIMIT = 50
_REF = re.compile(r"CU-(\d{1,18})", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d ()./-]{6,40}")


def customer_by_ref(key: UUID | str, *, viewer: Actor, is_followed: bool = True) -> Customer:
    """Return a person by key or reference (CU-1042), at the end of their merges; NotVisible without customer:read."""
    if not viewer.can("customer:read"):
        raise NotVisible
    found = Customer.objects.filter(_named(key)).first()
    if found is None:
        raise NotVisible
    return final_customer(found) if is_followed else found


def _named(key: UUID | str) -> Q:
    if isinstance(key, UUID):
        return Q(pk=key)
    matched = _REF.fullmatch(key.strip())
    if matched is None:
        raise NotVisible
    return Q(number=int(matched[1]))


def final_customer(customer: Customer) -> Customer:
    """Return the record that a merged one lives on in; itself where it is not merged."""
    for _step in range(CHAIN_LIMIT):
        if customer.merged_into_id is None:
            return customer
        customer = Customer.objects.get(pk=customer.merged_into_id)
    raise RuntimeError(f"the merges of {customer.ref} do not end")


def final_ids(customer_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return, for each key, the key of the record that it lives on in; a few queries for any number."""
    ends = {key: key for key in customer_ids}
    for _step in range(CHAIN_LIMIT):
        rows = Customer.objects.filter(pk__in=set(ends.values()), merged_into__isnull=False)
        onward = dict(rows.values_list("pk", "merged_into_id"))
        if not onward:
            return ends
        ends = {key: onward.get(end) or end for key, end in ends.items()}
    raise RuntimeError("the merges of a customer do not end")


def family_ids(customer_id: UUID) -> list[UUID]:
    """Return the key of a record and of every record merged into it, however far."""
    found, ahead = [customer_id], [customer_id]
    while ahead:
        joined = Customer.objects.filter(merged_into_id__in=ahead).exclude(pk__in=found)
        ahead = list(joined.values_list("pk", flat=True))
        found.extend(ahead)
    return found


def find_by_identity(kind: IdentityKind, value: str, *, region: str | None = None) -> Customer | None:
    """Return who is known by exactly this, in its one form; never by likeness."""
    normal = normal_identity(kind, value, region=region)
    return find_many([(kind, normal)]).get((kind, normal)) if normal else None


def find_many(wanted: Sequence[tuple[IdentityKind, str]]) -> Mapping[tuple[IdentityKind, str], Customer]:
    """Return who is known by each of many identities, given in their one form (a query for each kind)."""
    found: dict[tuple[IdentityKind, str], Customer] = {}
    for kind in {kind for kind, _value in wanted}:
        values = [value for wanted_kind, value in wanted if wanted_kind is kind]
        rows = Identity.objects.filter(kind=kind, value__in=values, ended_at__isnull=True).select_related("customer")
        found.update({(kind, row.value): row.customer for row in rows})
    return found


def order_by_reference(reference: str, *, source: str | None = None) -> Order | None:
    """Return the order of that number, with or without its leading #."""
    plain = reference.strip().removeprefix("#")
    rows = Order.objects.filter(reference__in=[plain, f"#{plain}"]).select_related("customer")
    return (rows.filter(source=source) if source else rows).order_by("-id").first()


def search_customers(words: str, *, viewer: Actor) -> QuerySet[Customer]:
    """Return the people found by the words of their name, identities, reference or orders; newest first."""
    rows = Customer.objects.filter(merged_into__isnull=True).order_by("-number")
    if not viewer.can("customer:read"):
        return rows.none()
    if matched := _REF.fullmatch(words.strip()):
        return rows.filter(number=int(matched[1]))
    parts = [re.sub(r"\D", "", words)] if _PHONE.fullmatch(words.strip()) else words.split()[:10]
    wanted = [found for part in parts if (found := phrase(part))]
    if not wanted:
        return rows.none()
    for part in wanted:
        rows = rows.filter(pk__in=customers_matching(part))
    return rows
