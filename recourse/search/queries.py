"""Questions about words. They return keys for a subquery: who may see what is asked by the room that owns the thing."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from recourse.search.models import Document
from recourse.search.policy import Kind, Phrase

CASE_KINDS = (Kind.CASE, Kind.MESSAGE)
CUSTOMER_KINDS = (Kind.CUSTOMER, Kind.ORDER)


def matching(wanted: Phrase, *, kinds: Collection[Kind] = CASE_KINDS, has_internal: bool = False) -> QuerySet[Document]:
    """Return the documents that hold a phrase; internal notes only where the viewer may read them."""
    found = Document.objects.filter(kind__in=[kind.value for kind in kinds], words__hold=wanted)
    return found if has_internal else found.filter(is_internal=False)


def cases_matching(wanted: Phrase, *, has_internal: bool = False) -> "QuerySet[Document, UUID | None]":
    """Return the keys of the cases that hold a phrase in themselves or in a message, for `pk__in=`."""
    found = matching(wanted, has_internal=has_internal).filter(case_id__isnull=False)
    return found.values_list("case_id", flat=True)


def case_holds(wanted: Phrase, *, has_internal: bool = False) -> Exists:
    """Return the condition that a case holds a phrase, for questions that start from cases."""
    return Exists(matching(wanted, has_internal=has_internal).filter(case_id=OuterRef("pk")))


def is_common(wanted: Phrase, *, since: UUID | None, of: int) -> bool:
    """Tell whether more than 3 % of the newest `of` cases, those from the key `since` on, hold a phrase."""
    found = matching(wanted, has_internal=True).filter(case_id__isnull=False)
    rows = found.filter(case_id__gte=since) if since else found
    limit = max(of * 3 // 100, 20)
    return rows.values("case_id").distinct()[: limit + 1].count() > limit


def customers_matching(wanted: Phrase) -> "QuerySet[Document, UUID | None]":
    """Return the keys of the customers who hold a phrase in themselves or in an order, for `pk__in=`."""
    found = matching(wanted, kinds=CUSTOMER_KINDS).filter(customer_id__isnull=False)
    return found.values_list("customer_id", flat=True)
