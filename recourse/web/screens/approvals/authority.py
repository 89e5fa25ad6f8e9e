"""My authority: what I may still decide alone, by kind, for a case, its customer and the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.approvals import queries
from recourse.cases.queries.find import case_by_ref
from recourse.handbook.policy.words import VALUES
from recourse.web.door import GET, DeskRequest, screen, show
from recourse.web.parts import Money, Tabs
from recourse.web.screens.approvals.lists import tabs
from recourse.web.screens.approvals.words import money


@dataclass(frozen=True)
class LeftRow:
    """What is left for one kind of line."""

    kind: str
    most: Money
    per_line: Money
    case: Money
    customer: Money
    day: Money
    is_none: bool


@dataclass(frozen=True)
class AuthorityPart:
    """What is left of one's authority; printed by `approvals/authority.html`, refreshed by its own address."""

    ref: str
    url: str
    severity: str
    rows: Sequence[LeftRow]
    case_used: Money
    customer_used: Money
    day_used: Money
    customer_days: int
    agent_days: int
    edition: int


@dataclass(frozen=True)
class AuthorityPage:
    """My authority, apart from any case."""

    tabs: Tabs
    part: AuthorityPart


def authority_part(request: DeskRequest, case: Any = None) -> AuthorityPart:
    """Return what is left of the viewer's authority, on a case or in general, for any screen that spends it."""
    left = queries.authority_left(request.actor, at=request.at, case=case)

    def told(minor: int) -> Money:
        return money(minor, left.currency)

    return AuthorityPart(
        ref=case.ref if case else "",
        url=reverse("case-authority", args=[case.ref]) if case else reverse("authority"),
        severity=_(left.severity),
        rows=[
            LeftRow(
                _(VALUES[one.kind.value]), told(one.most), told(one.per_line), told(one.case), told(one.customer),
                told(one.day), one.most == 0,
            )
            for one in left.rows
        ],
        case_used=told(left.case_used),
        customer_used=told(left.customer_used),
        day_used=told(left.day_used),
        customer_days=left.customer_days,
        agent_days=left.agent_days,
        edition=left.edition,
    )  # fmt: skip


@screen(*GET)
def authority(request: DeskRequest) -> HttpResponse:
    """Show what I may decide alone."""
    page = AuthorityPage(tabs(request, "authority"), authority_part(request))
    return show(request, "approvals/my_authority.html", page)


@screen(*GET)
def case_authority(request: DeskRequest, ref: str) -> HttpResponse:
    """Answer the part alone for one case."""
    return show(request, "approvals/authority.html", authority_part(request, case_by_ref(ref, viewer=request.actor)))
