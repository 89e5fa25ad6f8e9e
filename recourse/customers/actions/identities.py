"""What a person is known by: added, verified, removed; one value belongs to one person at a time."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.customers.actions.keeping import load, refind, save
from recourse.customers.actions.people import normal_or_invalid, taken
from recourse.customers.events import IdentityAdded, IdentityPreferred, IdentityRemoved, IdentityVerified
from recourse.customers.models import Customer, Identity
from recourse.customers.policy import NewIdentity
from recourse.customers.queries.find import final_customer, find_many
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.text import clean_line
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import record


@verb
def add_identity(
    customer_id: UUID,
    new: NewIdentity,
    *,
    by: Actor,
    at: dt.datetime,
    region: str | None = None,
    seen: int | None = None,
) -> Identity:
    """Add what a person is known by; the same again changes nothing, another's is refused (identity.taken)."""
    customer = load(customer_id, by=by, seen=seen)
    value = normal_or_invalid(new, region)
    owner = find_many([(new.kind, value)]).get((new.kind, value))
    if owner is not None:
        if final_customer(owner).pk != customer.pk:
            raise taken(owner)
        return Identity.objects.get(kind=new.kind, value=value, ended_at__isnull=True)
    is_first = not customer.identities.filter(kind=new.kind, ended_at__isnull=True).exists()
    identity = Identity.objects.create(
        customer=customer,
        kind=new.kind,
        value=value,
        shown=clean_line(new.value, field="value", limit=254),
        is_verified=new.is_verified,
        is_primary=is_first,
        added_at=at,
    )
    save(customer)
    refind(customer)
    event = IdentityAdded(identity_id=str(identity.pk), kind=identity.kind, is_verified=identity.is_verified)
    record(event, thread=customer.thread, by=by, at=at)
    return identity


@verb
def verify_identity(identity_id: UUID, *, by: Actor, at: dt.datetime) -> Identity:
    """Note that an identity was proved to be the person's own; again changes nothing."""
    identity, customer = _load(identity_id, by)
    if identity.is_verified:
        return identity
    identity.is_verified = True
    identity.save(update_fields=["is_verified"])
    save(customer)
    record(IdentityVerified(identity_id=str(identity.pk), kind=identity.kind), thread=customer.thread, by=by, at=at)
    return identity


@verb
def prefer_identity(identity_id: UUID, *, by: Actor, at: dt.datetime) -> Identity:
    """Make an identity the first choice of its kind for reaching the person."""
    identity, customer = _load(identity_id, by)
    if identity.is_primary:
        return identity
    customer.identities.filter(kind=identity.kind, is_primary=True).update(is_primary=False)
    identity.is_primary = True
    identity.save(update_fields=["is_primary"])
    save(customer)
    record(IdentityPreferred(identity_id=str(identity.pk), kind=identity.kind), thread=customer.thread, by=by, at=at)
    return identity


@verb
def remove_identity(identity_id: UUID, *, by: Actor, at: dt.datetime) -> Identity:
    """Say that a person is no longer known by something; the next of its kind becomes the first choice."""
    identity, customer = _load(identity_id, by)
    was_primary = identity.is_primary
    identity.ended_at, identity.is_primary = at, False
    identity.save(update_fields=["ended_at", "is_primary"])
    heir = customer.identities.filter(kind=identity.kind, ended_at__isnull=True).order_by("added_at", "pk").first()
    if was_primary and heir is not None:
        heir.is_primary = True
        heir.save(update_fields=["is_primary"])
    save(customer)
    refind(customer)
    record(IdentityRemoved(identity_id=str(identity.pk), kind=identity.kind), thread=customer.thread, by=by, at=at)
    return identity


def _load(identity_id: UUID, by: Actor) -> tuple[Identity, Customer]:
    found = Identity.objects.filter(pk=identity_id).first()
    if found is None:
        raise NotVisible
    customer = load(found.customer_id, by=by)
    found.refresh_from_db()
    if found.ended_at is not None:
        raise Refused("identity.ended", _("This identity was removed already."))
    return found, customer
