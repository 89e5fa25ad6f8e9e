"""Which askings would have gone to another level under another handbook: asked before it is published."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext as _

from recourse.approvals.models import ASKED, Approval
from recourse.approvals.policy import level_needed
from recourse.approvals.queries.weighing import recalled
from recourse.handbook.policy.consequences import Consequence, Survey
from recourse.handbook.policy.rules import Rules
from recourse.kit.actor import Actor

LOOKED_AT_MOST = 20_000


def consequences(*, old: Rules, new: Rules, since: dt.datetime, at: dt.datetime, viewer: Actor, limit: int) -> Survey:
    """Return the askings since an instant, and those still open, that would need another level under `new`.

    Each is weighed twice from the sums that were kept with it; sums in another currency than the handbook's are passed
    over. Open ones stay as they were asked all the same.
    """
    rows = Approval.objects.visible_to(viewer).filter(Q(asked_at__gte=since) | ASKED)
    alike = rows.filter(counted_currency=old.currency) if old.currency == new.currency else rows.none()
    changed: list[Consequence] = []
    checked = 0
    for row in alike.select_related("case").order_by("-asked_at")[:LOOKED_AT_MOST]:
        checked += 1
        kept = recalled(row)
        was, would_be = level_needed(old, kept), level_needed(new, kept)
        if was != would_be:
            changed.append(_consequence(row, _said(old, was), _said(new, would_be)))
    return Survey(checked=checked, changed=len(changed), rows=tuple(changed[:limit]))


def _said(rules: Rules, level: str) -> str:
    if level == "own":
        return _("within own authority")
    if level == "nobody":
        return _("nobody could approve it")
    key, _comma, count = level.partition(", ")
    name = next(one.name for one in rules.authority.levels if one.key == key)
    return _("%(level)s, approvers: %(count)s") % {"level": name, "count": count}


def _consequence(row: Approval, was: str, would_be: str) -> Consequence:
    return Consequence(
        case_id=row.case_id,
        ref=row.ref,
        subject=row.case.subject,
        what=_("approval"),
        old=was,
        new=would_be,
        is_open=row.state == "asked",
        decided_at=row.asked_at,
    )
