"""Two records of one person become one, and two again, exactly."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from recourse.customers import actions
from recourse.customers.actions import NewCustomer, Told
from recourse.customers.models import Customer, Identity, Order
from recourse.customers.policy import IdentityKind, NewIdentity, OrderFacts
from recourse.customers.queries import (
    customer_by_ref,
    duplicates_of,
    family_ids,
    find_by_identity,
    orders_of,
    profile_of,
    search_customers,
)
from recourse.kit.errors import Refused
from tests.cast import AT, SYSTEM, Cast

EMAIL = IdentityKind.EMAIL


def order_of(customer: Customer, reference: str) -> None:
    facts = OrderFacts(reference=reference, source_state="pending", currency="EUR", total_minor=100)
    actions.upsert_orders([Told(customer.pk, facts)], by=SYSTEM, at=AT)


def belongings(customer: Customer) -> dict[str, Any]:
    """Return everything that hangs on a person, to compare before and after."""
    return {
        "identities": sorted(customer.identities.values_list("value", "is_primary", "ended_at")),
        "orders": sorted(customer.orders.values_list("reference", flat=True)),
        "notes": sorted(customer.care_notes.values_list("text", flat=True)),
        "consents": customer.consents.count(),
        "vulnerable": Customer.objects.get(pk=customer.pk).is_vulnerable,
    }


def test_all_moves_and_goes_back_and_what_came_since_stays(cast: Cast) -> None:
    lea = cast.by("lea")
    order_of(cast.jane, "#W1")
    order_of(cast.omar, "#W2")
    actions.add_care_note(cast.omar.pk, text="Prefers Arabic", by=lea, at=AT)
    actions.flag_vulnerable(cast.omar.pk, is_vulnerable=True, by=lea, at=AT)
    case = cast.open(customer=cast.omar)
    before = belongings(cast.jane), belongings(cast.omar)
    actions.merge(cast.omar.pk, into=cast.jane.pk, by=lea, at=AT)
    assert customer_by_ref(cast.omar.ref, viewer=lea) == cast.jane
    assert find_by_identity(EMAIL, "omar@example.org") == cast.jane
    assert {order.reference for order in orders_of(cast.jane)} == {"#W1", "#W2"}
    assert [note.text for note in profile_of(cast.jane, viewer=lea).care_notes] == ["Prefers Arabic"]
    assert list(search_customers("omar", viewer=lea)) == [cast.jane]
    case.refresh_from_db()
    assert case.customer == cast.jane
    later = cast.open(customer=cast.jane)
    order_of(cast.jane, "#W3")
    actions.unmerge(cast.omar.pk, by=lea, at=AT)
    assert belongings(cast.omar) == before[1]
    assert belongings(cast.jane) == {**before[0], "orders": ["#W1", "#W3"]}
    case.refresh_from_db()
    later.refresh_from_db()
    assert (case.customer, later.customer) == (cast.omar, cast.jane)
    assert list(search_customers("#W2", viewer=lea)) == [cast.omar]


def test_merging_needs_the_right_two_records_and_one_end(cast: Cast) -> None:
    lea = cast.by("lea")
    third = actions.register(NewCustomer(name="Third"), by=lea, at=AT)
    with pytest.raises(Refused) as caught:
        actions.merge(cast.omar.pk, into=cast.jane.pk, by=cast.by("ada"), at=AT)
    assert caught.value.is_permission
    with pytest.raises(Refused) as caught:
        actions.merge(cast.omar.pk, into=cast.omar.pk, by=lea, at=AT)
    assert caught.value.code == "merge.self"
    actions.merge(cast.omar.pk, into=cast.jane.pk, by=lea, at=AT)
    for joined, into in ((cast.jane, cast.omar), (cast.omar, third), (third, cast.omar)):
        with pytest.raises(Refused) as caught:
            actions.merge(joined.pk, into=into.pk, by=lea, at=AT)
        assert caught.value.code == "customer.merged"
    actions.merge(cast.jane.pk, into=third.pk, by=lea, at=AT)
    assert set(family_ids(third.pk)) == {third.pk, cast.jane.pk, cast.omar.pk}
    assert customer_by_ref(cast.omar.ref, viewer=lea) == third
    with pytest.raises(Refused) as caught:
        actions.unmerge(cast.omar.pk, by=lea, at=AT)
    assert caught.value.code == "merge.kept_merged"
    with pytest.raises(Refused) as caught:
        actions.edit_profile(cast.omar.pk, changes={"name": "X"}, by=lea, at=AT)
    assert caught.value.code == "customer.merged"


def test_a_bent_ring_of_records_is_noticed(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.jane.pk).update(merged_into=cast.omar)
    Customer.objects.filter(pk=cast.omar.pk).update(merged_into=cast.jane)
    with pytest.raises(RuntimeError, match="do not end"):
        customer_by_ref(cast.jane.ref, viewer=SYSTEM)


def test_the_same_name_is_proposed_and_never_merged(cast: Cast) -> None:
    twin = actions.register(NewCustomer(name="Jane Doe"), by=SYSTEM, at=AT)
    assert list(duplicates_of(cast.jane, viewer=cast.by("ada"))) == [twin]
    assert Customer.objects.filter(merged_into__isnull=False).count() == 0


class AnyOrderTest(TestCase):
    """Merging and undoing in any order keeps every identity and order, each with one living person."""

    @settings(max_examples=25, deadline=None)
    @given(steps=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=10))
    def test_nothing_is_lost(self, steps: list[tuple[int, int, bool]]) -> None:
        people = [
            actions.register(
                NewCustomer(identities=[NewIdentity(kind=EMAIL, value=f"p{number}@example.com")]), by=SYSTEM, at=AT
            )
            for number in range(4)
        ]
        for number, person in enumerate(people):
            order_of(person, f"#W{number}")
        before = [belongings(person) for person in people]
        merged: list[Customer] = []
        for one, other, is_merge in steps:
            try:
                if is_merge:
                    actions.merge(people[one].pk, into=people[other].pk, by=SYSTEM, at=AT)
                    merged.append(people[one])
                else:
                    actions.unmerge(people[one].pk, by=SYSTEM, at=AT)
                    merged.remove(people[one])
            except Refused:
                continue
            assert Order.objects.filter(customer__merged_into__isnull=True).count() == 4
            assert Identity.objects.filter(customer__merged_into__isnull=True).count() == 4
        for person in reversed(merged):
            actions.unmerge(person.pk, by=SYSTEM, at=AT)
        assert [belongings(person) for person in people] == before
