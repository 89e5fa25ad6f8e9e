"""Registers people, one or thousands at a time, and keeps their profiles."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.customers.actions.keeping import load, make_findable, refind, require, save
from recourse.customers.events import CustomerEdited, CustomerRegistered, VulnerabilityFlagged
from recourse.customers.models import Customer, Identity
from recourse.customers.policy import (
    ADDRESS_PARTS,
    ContactChannel,
    IdentityKind,
    NewIdentity,
    is_language,
    is_time_zone,
    normal_identity,
)
from recourse.customers.queries.find import find_many
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, Refused
from recourse.kit.numbers import next_numbers
from recourse.kit.text import clean_line
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import Happening, record, record_many
from recourse.timeline.actions.threads import open_threads

BATCH = 500
FIELDS = frozenset({"name", "language", "time_zone", "preferred_channel", "contact_hours", "address", "since_on"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCustomer:
    """What is known of a person who is registered; `region` reads phone numbers without country code."""

    name: str = ""
    identities: Sequence[NewIdentity] = field(default_factory=tuple)
    language: str = "en"
    time_zone: str = "UTC"
    preferred_channel: ContactChannel = ContactChannel.EMAIL
    contact_hours: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    since_on: dt.date | None = None
    region: str | None = None


@verb
def register(new: NewCustomer, *, by: Actor, at: dt.datetime) -> Customer:
    """Register a person. Invalid names the field; Refused(identity.taken) where an identity is another's already."""
    return register_many([new], by=by, at=at)[0]


@verb
def register_many(news: Sequence[NewCustomer], *, by: Actor, at: dt.datetime) -> list[Customer]:
    """Register people in order, in a handful of statements for each 500; all of them or none. Needs customer:edit."""
    require("customer:edit", by)
    registered: list[Customer] = []
    for start in range(0, len(news), BATCH):
        registered.extend(_register(news[start : start + BATCH], by, at))
    return registered


def _register(news: Sequence[NewCustomer], by: Actor, at: dt.datetime) -> list[Customer]:
    known = [[(normal_or_invalid(given, new.region), given) for given in new.identities] for new in news]
    _refuse_taken([(given.kind, value) for pairs in known for value, given in pairs])
    numbers = next_numbers(Customer, len(news))
    threads = open_threads("customer", len(news))
    customers = Customer.objects.bulk_create(
        Customer(number=number, thread=thread, created_at=at, **clean_profile(_profile(new)))
        for new, number, thread in zip(news, numbers, threads, strict=True)
    )
    identities = Identity.objects.bulk_create(
        identity
        for customer, pairs in zip(customers, known, strict=True)
        for identity in _identities(customer, pairs, at)
    )
    make_findable(customers, identities)
    record_many(
        [
            Happening(
                CustomerRegistered(ref=customer.ref, identity_kinds=sorted({given.kind for _value, given in pairs})),
                customer.thread,
                by,
                at,
            )
            for customer, pairs in zip(customers, known, strict=True)
        ]
    )
    return customers


def _profile(new: NewCustomer) -> dict[str, object]:
    return {name: getattr(new, name) for name in FIELDS}


def _identities(customer: Customer, pairs: Sequence[tuple[str, NewIdentity]], at: dt.datetime) -> list[Identity]:
    made: dict[tuple[str, str], Identity] = {}
    for value, given in pairs:
        is_first = all(kind != given.kind for kind, _value in made)
        made.setdefault(
            (given.kind, value),
            Identity(
                customer=customer,
                kind=given.kind,
                value=value,
                shown=clean_line(given.value, field="identities", limit=254),
                is_verified=given.is_verified,
                is_primary=is_first,
                added_at=at,
            ),
        )
    return list(made.values())


def _refuse_taken(values: Sequence[tuple[IdentityKind, str]]) -> None:
    for (_kind, _value), owner in find_many(values).items():
        raise taken(owner)


def taken(owner: Customer) -> Refused:
    """Return the refusal for an identity that belongs to somebody else."""
    sentence = _("This is known as an identity of %(ref)s. If both are one person, merge the two.")
    return Refused("identity.taken", sentence % {"ref": owner.ref})


def normal_or_invalid(given: NewIdentity, region: str | None) -> str:
    """Return the one form of an identity; Invalid where it is none of its kind."""
    value = normal_identity(given.kind, given.value, region=region)
    if value is not None:
        return value
    said = {
        IdentityKind.EMAIL: _("This is not a mail address."),
        IdentityKind.PHONE: _("This is not a phone number; begin with + and the country code."),
    }
    raise Invalid.one(given.kind.value, said.get(given.kind, _("At most 254 printable characters.")))


def clean_profile(given: Mapping[str, object]) -> dict[str, object]:
    """Return profile fields as they are kept; Invalid names the first that cannot be."""
    cleaned: dict[str, object] = {}
    for name, value in given.items():
        if name not in FIELDS:
            raise Invalid.one(name, _("A customer has no such field."))
        cleaned[name] = _clean(name, value)
    return cleaned


def _clean(name: str, value: object) -> object:
    if name == "since_on":
        if value is None or isinstance(value, dt.date):
            return value
        raise Invalid.one(name, _("This is not a day."))
    if name == "address":
        return _clean_address(value)
    text = clean_line(str(value), field=name, limit={"name": 200, "contact_hours": 120}.get(name, 64))
    if name == "language" and not is_language(text):
        raise Invalid.one(name, _("This is not a language tag, such as “en” or “pt-BR”."))
    if name == "time_zone" and not is_time_zone(text):
        raise Invalid.one(name, _("This is not a time zone, such as “Europe/Berlin”."))
    if name == "preferred_channel" and text not in set(ContactChannel):
        raise Invalid.one(name, _("This is not one of the ways to reach somebody."))
    return text


def _clean_address(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping) or set(value) - set(ADDRESS_PARTS):
        parts = ", ".join(ADDRESS_PARTS)
        raise Invalid.one("address", _("An address has the parts %(parts)s.") % {"parts": parts})
    return {part: clean_line(str(value[part]), field="address", limit=200) for part in ADDRESS_PARTS if value.get(part)}


@verb
def edit_profile(
    customer_id: UUID, *, changes: Mapping[str, object], by: Actor, at: dt.datetime, seen: int | None = None
) -> Customer:
    """Change name, language, zone, address or how somebody likes to be reached; what is equal changes nothing."""
    customer = load(customer_id, by=by, seen=seen)
    cleaned = clean_profile(changes)
    changed = sorted(name for name, value in cleaned.items() if getattr(customer, name) != value)
    if not changed:
        return customer
    for name in changed:
        setattr(customer, name, cleaned[name])
    save(customer, *changed)
    refind(customer)
    record(CustomerEdited(fields=changed), thread=customer.thread, by=by, at=at)
    return customer


@verb
def flag_vulnerable(
    customer_id: UUID, *, is_vulnerable: bool, by: Actor, at: dt.datetime, note: str = "", seen: int | None = None
) -> Customer:
    """Note that a person needs more care than others, or no longer does."""
    customer = load(customer_id, by=by, seen=seen)
    if customer.is_vulnerable == is_vulnerable:
        return customer
    customer.is_vulnerable = is_vulnerable
    save(customer, "is_vulnerable")
    record(VulnerabilityFlagged(is_vulnerable=is_vulnerable), thread=customer.thread, by=by, at=at, note=note)
    return customer
