"""Says that two records are of one person, and takes that back; what moved is known to the row."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from recourse.customers.actions.keeping import load, refind, require, save
from recourse.customers.events import CustomerGained, CustomerMerged, CustomerParted, CustomerUnmerged
from recourse.customers.models import CareNote, Consent, Customer, CustomerMerge, Identity, Order
from recourse.kit.actor import Actor
from recourse.kit.errors import Refused
from recourse.kit.models import locked
from recourse.kit.transactions import verb
from recourse.search.actions import forget, hand_over
from recourse.search.policy import Kind
from recourse.timeline.actions.record import Happening, record_many

MOVED: dict[str, type[Model]] = {"identities": Identity, "orders": Order, "care_notes": CareNote, "consents": Consent}


@verb
def merge(
    joined_id: UUID, *, into: UUID, by: Actor, at: dt.datetime, note: str = "", seen: int | None = None
) -> CustomerMerge:
    """Join a record to another of the same person: identities, orders, notes and consents move; cases follow.

    The joined record keeps its number and leads to the kept one. Needs customer:merge; `seen` is the joined record's
    version.
    """
    require("customer:merge", by)
    if joined_id == into:
        raise Refused("merge.self", _("A record cannot be merged into itself."))
    people = {
        key: load(key, by=by, permission="customer:merge", seen=seen if key == joined_id else None)
        for key in sorted([joined_id, into], key=str)
    }
    joined, kept = people[joined_id], people[into]
    row = CustomerMerge.objects.create(
        kept=kept, joined=joined, moved=_take_over(joined, kept), by_staff_id=by.staff_id, at=at
    )
    joined.merged_into = kept
    save(joined, "merged_into")
    kept.is_vulnerable = kept.is_vulnerable or joined.is_vulnerable
    save(kept, "is_vulnerable")
    forget(kind=Kind.CUSTOMER, keys=[joined.pk])
    _find_orders(row, joined, kept)
    refind(kept)
    gone = CustomerMerged(into=kept.ref, into_id=str(kept.pk), customer_id=str(joined.pk), merge_id=str(row.pk))
    gained = CustomerGained(ref=joined.ref, customer_id=str(joined.pk), merge_id=str(row.pk))
    record_many([Happening(gone, joined.thread, by, at, note=note), Happening(gained, kept.thread, by, at, note=note)])
    return row


def _take_over(joined: Customer, kept: Customer) -> dict[str, Any]:
    """Move everything to the kept record; return what moved and what must be as it was once that is undone."""
    standing = Identity.objects.filter(customer=joined, is_primary=True)
    first = [str(key) for key in standing.values_list("pk", flat=True)]
    standing.update(is_primary=False)
    moved: dict[str, Any] = {"first": first, "was_vulnerable": kept.is_vulnerable}
    for name, model in MOVED.items():
        rows = model._default_manager.filter(customer=joined)
        moved[name] = [str(key) for key in rows.order_by("pk").values_list("pk", flat=True)]
        rows.update(customer=kept)
    _complete_first(kept)
    return moved


def _complete_first(customer: Customer) -> None:
    """Give each kind of identity that has no first choice the oldest as such."""
    standing = customer.identities.filter(ended_at__isnull=True).order_by("added_at", "pk")
    kinds = {identity.kind for identity in standing if identity.is_primary}
    for identity in standing:
        if identity.kind not in kinds:
            kinds.add(identity.kind)
            identity.is_primary = True
            identity.save(update_fields=["is_primary"])


def _find_orders(row: CustomerMerge, from_customer: Customer, to_customer: Customer) -> None:
    keys = [UUID(key) for key in row.moved["orders"]]
    hand_over(from_customer_id=from_customer.pk, to_customer_id=to_customer.pk, keys=keys)


@verb
def unmerge(joined_id: UUID, *, by: Actor, at: dt.datetime, note: str = "") -> Customer:
    """Undo a merge: exactly what it moved goes back; what came to the kept record since stays there."""
    require("customer:merge", by)
    row = CustomerMerge.objects.filter(joined_id=joined_id, undone_at__isnull=True).first()
    if row is None:
        raise Refused("merge.undone", _("No merge of this record stands that could be undone."))
    found = locked(Customer.objects.select_related("thread").filter(pk__in=[row.joined_id, row.kept_id]).order_by("pk"))
    people: dict[UUID, Customer] = {customer.pk: customer for customer in found}
    joined, kept = people[row.joined_id], people[row.kept_id]
    if kept.merged_into_id is not None:
        raise Refused("merge.kept_merged", _("%(ref)s has itself been merged; undo that first.") % {"ref": kept.ref})
    _give_back(row, joined, kept)
    row.undone_at = at
    row.save(update_fields=["undone_at"])
    joined.merged_into = None
    save(joined, "merged_into")
    if joined.is_vulnerable and not row.moved["was_vulnerable"]:
        kept.is_vulnerable = False
    save(kept, "is_vulnerable")
    _find_orders(row, kept, joined)
    refind(joined)
    refind(kept)
    alone = CustomerUnmerged(out_of=kept.ref, out_of_id=str(kept.pk), customer_id=str(joined.pk), merge_id=str(row.pk))
    parted = CustomerParted(ref=joined.ref, customer_id=str(joined.pk), merge_id=str(row.pk))
    record_many([Happening(alone, joined.thread, by, at, note=note), Happening(parted, kept.thread, by, at, note=note)])
    return joined


def _give_back(row: CustomerMerge, joined: Customer, kept: Customer) -> None:
    Identity.objects.filter(pk__in=row.moved["identities"], customer=kept).update(is_primary=False)
    for name, model in MOVED.items():
        model._default_manager.filter(pk__in=row.moved[name], customer=kept).update(customer=joined)
    joined.identities.filter(pk__in=row.moved["first"], ended_at__isnull=True).update(is_primary=True)
    for customer in (joined, kept):
        _complete_first(customer)
