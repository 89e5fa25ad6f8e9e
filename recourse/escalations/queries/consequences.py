"""Which requests would have come out differently under another handbook."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _

from recourse.escalations.models import IS_OPEN, Escalation
from recourse.escalations.policy import Assessment, Claim, Request, assess
from recourse.escalations.queries.facts import from_json
from recourse.handbook.policy.consequences import Consequence, Survey
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.shape import Impact, Severity
from recourse.kit.actor import Actor

LOOKED_AT_MOST = 20_000


def consequences(*, old: Rules, new: Rules, since: dt.datetime, at: dt.datetime, viewer: Actor, limit: int) -> Survey:
    """Return the requests made since an instant, and those still open, whose weighing would differ under `new`.

    Each is weighed twice from the facts and the evidence that were kept with it.
    """
    rows = Escalation.objects.visible_to(viewer).filter(Q(requested_at__gte=since) | IS_OPEN)
    found = rows.select_related("case").prefetch_related("grounds").order_by("-requested_at")[:LOOKED_AT_MOST]
    changed: list[Consequence] = []
    checked = 0
    for row in found:
        checked += 1
        request, facts = request_of(row), from_json(row.facts)
        was = said(assess(request, facts, old.escalation))
        would_be = said(assess(request, facts, new.escalation))
        if was != would_be:
            changed.append(_consequence(row, was, would_be))
    return Survey(checked=checked, changed=len(changed), rows=tuple(changed[:limit]))


def request_of(row: Escalation) -> Request:
    """Return what was asked, as it was asked."""
    claims = [
        Claim(ground.code, {**ground.evidence, **ground.words})
        for ground in row.grounds.all()
        if not ground.is_computed
    ]
    return Request(Severity(row.severity), Impact(row.impact), tuple(claims))


def said(found: Assessment) -> str:
    """Return an answer in words, so that two can be compared and shown."""
    if not found.qualifies:
        return _("does not qualify")
    return _("%(tier)s, team %(team)s, taken up within %(amount)d %(unit)s") % {
        "tier": found.tier,
        "team": found.rule.team,
        "amount": found.rule.respond_within.amount,
        "unit": found.rule.respond_within.unit.value.replace("_", " "),
    }


def _consequence(row: Escalation, was: str, would_be: str) -> Consequence:
    return Consequence(
        case_id=row.case_id,
        ref=row.ref,
        subject=row.case.subject,
        what=_("escalation"),
        old=was,
        new=would_be,
        is_open=row.is_open,
        decided_at=row.requested_at,
    )
