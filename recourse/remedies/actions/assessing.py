"""Says what went wrong, what it cost the customer and what they asked for; the rules say what follows."""

import datetime as dt

from django.utils.translation import gettext as _

from recourse.cases.models import Case
from recourse.cases.queries.find import CaseKey
from recourse.conversations.models import Attachment
from recourse.customers.models import Order, OrderItem
from recourse.handbook.models import Edition
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.remedies import RemedyRules
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, Refused, Stale
from recourse.kit.models import locked
from recourse.kit.money import CURRENCIES, LIMIT
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.remedies.actions.approving import void_approvals
from recourse.remedies.actions.keeping import settle_package, staff_of, workable
from recourse.remedies.events import RemedyAssessed
from recourse.remedies.models import HarmClaim, Line, Package
from recourse.remedies.policy import Assessment, State, weigh
from recourse.remedies.queries.fairness import facts_of
from recourse.timeline.actions.record import record

DAYS_LIMIT = 36_600


@verb
def assess(case_key: CaseKey, told: Assessment, *, by: Actor, at: dt.datetime, seen: int | None = None) -> Package:
    """Write down the harm of a case and what follows from it; the first time begins its package.

    Another assessment voids the approvals that rested on the one before. Needs remedy:propose. Raises NotVisible,
    Stale, Refused, Invalid naming each field that cannot be taken.
    """
    by.require(Permission.REMEDY_PROPOSE)
    staff = staff_of(by)
    case = workable(case_key, by=by)
    _refuse_offered(case)
    edition = edition_at(at)
    order = _order(case, told)
    _check(case, told, edition.rules.remedies, order)
    package = _package(case, told, edition, at=at)
    if seen is not None and not package._state.adding and seen != package.version:
        raise Stale(_("Somebody changed the remedy meanwhile. Look at it again, then decide."), current=package.version)
    is_new = package._state.adding
    package.order, package.items = order, [{"item_ref": one.item_ref, "quantity": one.quantity} for one in told.items]
    package.goods_minor = _goods(order, told)
    if is_new:
        package.opened_by = staff
    _write(package, told, edition, at=at)
    event = _event(package, edition.rules.remedies)
    record(event, thread=case.thread, by=by, at=at, edition=edition.number)
    if not is_new:
        void_approvals(package, by=by, at=at)
    settle_package(package, at=at)
    return package


def _refuse_offered(case: Case) -> None:
    """Refuse to change what an offer rests on while the customer has it before them."""
    if Line.objects.filter(package__case=case, state=State.OFFERED).exists():
        raise Refused("remedy.offer_open", _("The customer has an offer that rests on this; take it back first."))


def _package(case: Case, told: Assessment, edition: Edition, *, at: dt.datetime) -> Package:
    found: Package | None = locked(Package.objects.filter(case=case)).first()
    if found is None:
        found = Package(case=case, opened_at=at, currency=told.currency)
    elif found.currency != told.currency and found.lines.exists():
        raise Invalid.one("currency", _("The lines of this remedy are in %(currency)s.") % {"currency": found.currency})
    found.case = case
    found.edition = edition.number or 0
    found.cause, found.fault, found.days, found.currency = told.cause, told.fault, told.days, told.currency
    found.delivery_fee_minor, found.charge_minor = told.delivery_fee_minor, told.charge_minor
    found.sought_kind, found.sought_minor = told.sought_kind, told.sought_minor
    found.product, found.channel, found.assessed_at = case.product, case.channel, at
    return found


def _order(case: Case, told: Assessment) -> Order | None:
    """Return the order of the case's customer that is concerned."""
    if not told.order_ref:
        return None
    found = Order.objects.filter(customer__cases=case, reference=told.order_ref.strip()).first()
    if found is None:
        raise Invalid.one("order_ref", _("This customer has no such order."))
    return found


def _check(case: Case, told: Assessment, rules: RemedyRules, order: Order | None) -> None:
    problems: dict[str, list[str]] = {}
    if rules.cause(told.cause) is None:
        problems["cause"] = [_("Choose a cause of the handbook.")]
    if told.currency not in CURRENCIES or (order is not None and order.currency != told.currency):
        problems["currency"] = [_("This is not the currency of the order.")]
    if not 0 <= told.days <= DAYS_LIMIT:
        problems["days"] = [_("Write whole days, 0 or more.")]
    if told.sought_kind and told.sought_kind not in set(LineKind):
        problems["sought_kind"] = [_("Choose one of the list.")]
    for name in ("goods_minor", "delivery_fee_minor", "charge_minor", "sought_minor"):
        if not 0 <= (getattr(told, name) or 0) <= LIMIT:
            problems[name] = [_("Amounts are whole minor units, not below nothing.")]
    if told.items and order is None:
        problems["order_ref"] = [_("Name the order that the items belong to.")]
    problems |= _harm_problems(case, told, rules)
    if problems:
        raise Invalid(problems)


def _harm_problems(case: Case, told: Assessment, rules: RemedyRules) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    files = {one.document_id for one in told.harms if one.document_id}
    here = set(Attachment.objects.filter(case=case, removed_at__isnull=True, pk__in=files).values_list("pk", flat=True))
    for one in told.harms:
        field = f"harms.{one.key[:40]}"
        if rules.harm(one.key) is None or sum(other.key == one.key for other in told.harms) > 1:
            problems[field] = [_("Name each kind of harm of the handbook once.")]
        elif not 0 < one.minor <= LIMIT:
            problems[field] = [_("The amount must be more than nothing.")]
        elif one.document_id and one.document_id not in here:
            problems[field] = [_("Choose files of this case.")]
    return problems


def _goods(order: Order | None, told: Assessment) -> int:
    """Return what the goods concerned are worth: the prices of the order where items are named."""
    if not told.items or order is None:
        return told.goods_minor
    rows = {row.item_ref: row for row in OrderItem.objects.filter(order=order)}
    total = 0
    for one in told.items:
        row = rows.get(one.item_ref)
        if row is None or not 0 < one.quantity <= row.quantity:
            raise Invalid.one("items", _("The order does not have so many of “%(item)s”.") % {"item": one.item_ref})
        total += row.unit_minor * one.quantity
    return total


def _write(package: Package, told: Assessment, edition: Edition, *, at: dt.datetime) -> None:
    """Write the package with its claims, and what the rules say of them."""
    package.version += 0 if package._state.adding else 1
    package.save()
    HarmClaim.objects.filter(package=package).delete()
    claims = [
        HarmClaim(package=package, key=one.key, claimed_minor=one.minor, document_id=one.document_id)
        for one in told.harms
    ]
    HarmClaim.objects.bulk_create(claims)
    fair = weigh(facts_of(package, edition.rules, at=at), edition.rules.remedies)
    counted = {row.key: row.counted for row in fair.harms}
    for claim in claims:
        claim.counted_minor = counted[claim.key]
    HarmClaim.objects.bulk_update(claims, ["counted_minor"])
    package.loss_minor, package.entitled_minor = fair.loss, fair.entitled
    package.whole_minor, package.goodwill_minor = fair.whole, fair.goodwill
    package.save(update_fields=["loss_minor", "entitled_minor", "whole_minor", "goodwill_minor"])


def _event(package: Package, rules: RemedyRules) -> RemedyAssessed:
    cause = rules.cause(package.cause)
    return RemedyAssessed(
        package_id=str(package.pk),
        cause=package.cause,
        cause_called=cause.name if cause else package.cause,
        fault=package.fault,
        days=package.days,
        currency=package.currency,
        loss_minor=package.loss_minor,
        entitled_minor=package.entitled_minor,
        whole_minor=package.whole_minor,
        goodwill_minor=package.goodwill_minor,
        sought_kind=package.sought_kind,
        sought_minor=package.sought_minor,
    )
