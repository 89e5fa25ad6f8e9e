"""Questions about customers."""

from recourse.customers.queries.find import (
    customer_by_ref,
    family_ids,
    final_customer,
    final_ids,
    find_by_identity,
    find_many,
    order_by_reference,
    search_customers,
)
from recourse.customers.queries.profile import Profile, consents_of, duplicates_of, orders_of, profile_of

__all__ = [
    "Profile",
    "consents_of",
    "customer_by_ref",
    "duplicates_of",
    "family_ids",
    "final_customer",
    "final_ids",
    "find_by_identity",
    "find_many",
    "order_by_reference",
    "orders_of",
    "profile_of",
    "search_customers",
]
