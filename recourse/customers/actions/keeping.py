"""What every verb of a customer does first and last: load, lock, compare, write, make findable."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.customers.models import Customer, Identity
from recourse.customers.policy import IdentityKind
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible, Refused, Stale
from recourse.kit.models import locked
from recourse.people.policy import ROLES
from recourse.search.actions import Text, index
from recourse.search.policy import Kind


def require(permission: str, by: Actor) -> None:
    """Raise Refused, naming the roles that could, unless the actor holds a right."""
    if not by.can(permission):
        who = ", ".join(name for name, held in ROLES.items() if permission in held)
        sentence = _("You do not have the right “%(permission)s”. Who has it: %(who)s.")
        raise Refused("permission.missing", sentence % {"permission": permission, "who": who}, is_permission=True)


def load(customer_id: UUID, *, by: Actor, seen: int | None = None, permission: str = "customer:edit") -> Customer:
    """Return a customer, locked; NotVisible without customer:read, Refused for a merged record, Stale where changed."""
    if not by.can("customer:read"):
        raise NotVisible
    customer: Customer | None = locked(Customer.objects.select_related("thread").filter(pk=customer_id)).first()
    if customer is None:
        raise NotVisible
    require(permission, by)
    if customer.merged_into is not None:
        raise Refused("customer.merged", _("This record was merged into %(ref)s; change that one.") % {
            "ref": customer.merged_into.ref,
        })  # fmt: skip
    if seen is not None and seen != customer.version:
        raise Stale(_("Somebody changed this customer since you opened the page."), current=customer.version)
    return customer


def save(customer: Customer, *fields: str) -> None:
    """Write the named fields of a locked customer; the version moves with them."""
    customer.version += 1
    customer.save(update_fields=[*fields, "version"])


def make_findable(customers: Iterable[Customer], identities: Iterable[Identity]) -> None:
    """Put people into the search index by name, reference and what they are known by."""
    known: dict[UUID, list[str]] = {}
    for identity in identities:
        known.setdefault(identity.customer_id, []).extend(_spoken(identity))
    index(
        [
            Text(
                kind=Kind.CUSTOMER,
                key=customer.pk,
                customer_id=customer.pk,
                parts=[customer.name, customer.ref, *known.get(customer.pk, [])],
            )
            for customer in customers
        ]
    )


def _spoken(identity: Identity) -> list[str]:
    """Return the forms in which somebody may look for an identity; a phone number also without its country code."""
    if identity.kind == IdentityKind.PHONE:
        digits = identity.value.removeprefix("+")
        return [digits, *(digits[start:] for start in (1, 2, 3)), *(f"0{digits[start:]}" for start in (1, 2, 3))]
    return [identity.value, identity.shown]


def refind(customer: Customer) -> None:
    """Make one person findable anew, after a change."""
    make_findable([customer], customer.identities.filter(ended_at__isnull=True))
