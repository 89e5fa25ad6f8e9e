"""Finds the person behind what came in by exact identity, or registers them."""

import datetime as dt

from django.db import IntegrityError, transaction

from recourse.customers import actions as customers
from recourse.customers.models import Customer
from recourse.customers.policy import IdentityKind, NewIdentity
from recourse.customers.queries import final_customer, find_many
from recourse.intake.policy.rows import PersonRow
from recourse.kit.actor import Actor, system
from recourse.kit.errors import Refused


def person_for(person: PersonRow | None, *, by: Actor, at: dt.datetime, is_verified: bool) -> Customer | None:
    """Return the customer of a checked row: known by one of its identities, the surest first, else registered.

    Where its identities belong to several people, the surest decides and the others stay as they are.
    """
    if person is None or not (person.identities or person.name):
        return None
    wanted = [(IdentityKind(kind), value) for kind, value in person.identities]
    owners = find_many(wanted)
    known = next((owners[identity] for identity in wanted if identity in owners), None)
    if known is not None:
        return final_customer(known)
    try:
        with transaction.atomic():
            return customers.register(as_new(person, is_verified=is_verified), by=_registrar(by), at=at)
    except (IntegrityError, Refused):  # registered by somebody else a moment ago, or one identity is another person's
        owners = find_many(wanted)
        if not owners:
            raise
        return final_customer(next(owners[identity] for identity in wanted if identity in owners))


def as_new(person: PersonRow, *, is_verified: bool = False) -> customers.NewCustomer:
    """Return a checked row's person as one to be registered."""
    return customers.NewCustomer(
        name=person.name,
        identities=[
            NewIdentity(kind=IdentityKind(kind), value=value, is_verified=is_verified)
            for kind, value in person.identities
        ],
        language=person.language,
        address=person.address,
    )


def _registrar(by: Actor) -> Actor:
    """Whoever may bring in a case may bring in the person who has it."""
    return by if by.can("customer:edit") else system("intake")
