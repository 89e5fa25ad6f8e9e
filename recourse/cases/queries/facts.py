"""The documented facts of a case, for the handbook's conditions. Rooms above add those that only they know."""

import datetime as dt

from recourse.cases.models import IS_OPEN, Case
from recourse.customers.models import CareNote, Customer, Order
from recourse.handbook.policy.facts import FactValue

Facts = dict[str, FactValue]


def case_facts(case: Case, *, at: dt.datetime) -> Facts:
    """Return what this room and those below know of a case at `at`; what is unknown is left out (at most 5 queries)."""
    facts: Facts = {
        "case.severity": case.severity,
        "case.impact": case.impact,
        "case.tier": case.tier,
        "case.channel": case.channel,
        "case.family": case.family,
        "case.problem": case.problem,
        "case.product": case.product,
        "case.source": case.source,
        "case.team": case.team.slug,
        "case.queue": case.queue.slug,
        "case.age_days": (at - case.opened_at).days,
        "case.is_restricted": case.is_restricted,
        "case.is_reopened": case.reopened_times > 0 and case.is_open,
        "counts.reopens": case.reopened_times,
    }
    if case.customer is not None:
        facts |= _customer_facts(case, case.customer, at)
    if case.order_refs:
        facts |= _order_facts(case.order_refs[0], at)
    return facts


def _customer_facts(case: Case, customer: Customer, at: dt.datetime) -> Facts:
    orders = Order.objects.filter(customer=customer)
    first = orders.filter(placed_at__isnull=False).order_by("placed_at").values_list("placed_at", flat=True).first()
    others = Case.objects.filter(customer=customer)
    facts: Facts = {
        "customer.country": customer.address.get("country", ""),
        "customer.has_care_note": CareNote.objects.filter(customer=customer, ended_at__isnull=True).exists(),
        "customer.order_count": orders.count(),
        "customer.open_case_count": others.filter(IS_OPEN).count(),
    }
    if customer.since_on is not None:
        facts["customer.tenure_days"] = max((at.date() - customer.since_on).days, 0)
    elif first is not None:
        facts["customer.tenure_days"] = max((at - first).days, 0)
    if case.family:
        same = others.filter(family=case.family, opened_at__lt=case.opened_at).exclude(merged_into=case)
        facts["counts.same_cause"] = same.count()
    return facts


def _order_facts(reference: str, at: dt.datetime) -> Facts:
    plain = reference.removeprefix("#")
    order = Order.objects.filter(reference__in=[plain, f"#{plain}"]).order_by("-id").first()
    if order is None:
        return {"order.is_known": False}
    facts: Facts = {
        "order.is_known": True,
        "order.total_minor": order.total_minor,
        "order.currency": order.currency,
    }
    if order.placed_at is not None:
        facts["order.age_days"] = max((at - order.placed_at).days, 0)
    return facts
