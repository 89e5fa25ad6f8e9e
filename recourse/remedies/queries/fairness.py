"""What the record knows for the order of fairness, and what like cases got."""

import datetime as dt

from recourse.cases.models import Case
from recourse.cases.queries.facts import case_facts
from recourse.handbook.models import Edition
from recourse.handbook.policy.facts import FactValue
from recourse.handbook.policy.remedies import Basis, Fault
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.shape import Severity
from recourse.handbook.queries import edition_numbered
from recourse.remedies.models import HarmClaim, Package
from recourse.remedies.policy import Facts, Fairness, HarmClaimed, LikeCases, Peer, like_cases, weigh

PEERS_READ = 400


def known_of(case: Case, rules: Rules, *, at: dt.datetime) -> dict[str, FactValue]:
    """Return the facts of a case that conditions may ask about."""
    return rules.with_regimes(case_facts(case, at=at))


def facts_of(package: Package, rules: Rules, *, at: dt.datetime) -> Facts:
    """Return what fairness depends on, as the package was assessed."""
    case = package.case
    claims = HarmClaim.objects.filter(package=package).order_by("key")
    return Facts(
        currency=package.currency,
        cause=package.cause,
        severity=Severity(case.severity),
        fault=Fault(package.fault),
        days=package.days,
        is_vulnerable=bool(case.customer and case.customer.is_vulnerable),
        stakes={
            Basis.GOODS: package.goods_minor,
            Basis.DELIVERY_FEE: package.delivery_fee_minor,
            Basis.CHARGE: package.charge_minor,
        },
        harms=tuple(HarmClaimed(one.key, one.claimed_minor, one.document_id is not None) for one in claims),
        known=known_of(case, rules, at=at),
    )


def fairness_of(package: Package, *, at: dt.datetime) -> Fairness:
    """Return what is owed, what makes whole and how far goodwill goes, by the edition of the assessment."""
    rules = edition_of(package).rules
    return weigh(facts_of(package, rules, at=at), rules.remedies)


def edition_of(package: Package) -> Edition:
    """Return the edition under which a package was assessed."""
    return edition_numbered(package.edition)


def likes_of(package: Package) -> LikeCases:
    """Return the like cases: same cause, same currency, the nearest of the newest that were decided."""
    rows = Package.objects.filter(cause=package.cause, currency=package.currency, given_minor__isnull=False)
    others = rows.exclude(pk=package.pk).exclude(cause="").order_by("-id")[:PEERS_READ]
    return like_cases(peer_of(package), [peer_of(one) for one in others], edition_of(package).rules.remedies.peers)


def peer_of(package: Package) -> Peer:
    """Return a package as like cases are compared."""
    return Peer(
        case_id=package.case_id,
        given=package.given_minor or 0,
        loss=package.loss_minor,
        days=package.days,
        product=package.product,
        channel=package.channel,
    )
