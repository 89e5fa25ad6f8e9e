"""What would follow from an assessment that is still being typed; nothing is written."""

import datetime as dt
from uuid import UUID

from recourse.cases.queries.find import CaseKey, case_by_ref
from recourse.customers.models import Order, OrderItem
from recourse.handbook.policy.remedies import Basis
from recourse.handbook.policy.shape import Severity
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.remedies.policy import Assessment, Facts, Fairness, HarmClaimed, weigh
from recourse.remedies.queries.fairness import known_of


def preview(case_key: CaseKey, told: Assessment, *, viewer: Actor, at: dt.datetime) -> Fairness:
    """Return what would be owed, made good, and how far goodwill would go. What cannot be read counts nothing."""
    case = case_by_ref(case_key, viewer=viewer)
    rules = edition_at(at).rules
    facts = Facts(
        currency=told.currency,
        cause=told.cause,
        severity=Severity(case.severity),
        fault=told.fault,
        days=max(told.days, 0),
        is_vulnerable=bool(case.customer and case.customer.is_vulnerable),
        stakes={
            Basis.GOODS: goods_of(case.customer_id, told),
            Basis.DELIVERY_FEE: told.delivery_fee_minor,
            Basis.CHARGE: told.charge_minor,
        },
        harms=tuple(HarmClaimed(one.key, one.minor, one.document_id is not None) for one in told.harms),
        known=known_of(case, rules, at=at),
    )
    return weigh(facts, rules.remedies)


def goods_of(customer_id: UUID | None, told: Assessment) -> int:
    """Return what the goods that were named are worth, by the prices of the customer's order."""
    if not told.items:
        return told.goods_minor
    prices = dict(
        OrderItem.objects.filter(
            order__in=Order.objects.filter(customer__pk__in=[customer_id], reference=told.order_ref)
        ).values_list("item_ref", "unit_minor")
    )
    return sum(prices.get(one.item_ref, 0) * one.quantity for one in told.items)
