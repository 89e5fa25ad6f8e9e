"""What is left of somebody's authority: by kind of line, for a case, its customer and the day, before they choose."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from recourse.approvals.policy import About, Caps, Sums, caps_of, route_for
from recourse.approvals.queries.organisation import person_of, roles_of
from recourse.approvals.queries.weighing import agent_scope
from recourse.cases.models import Case
from recourse.handbook.policy.authority import Authority
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.shape import Severity
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.ledger.policy import Scope, ScopeKind
from recourse.ledger.queries.budgets import totals_of

NO_SUMS = Sums(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Left:
    """What one may still decide alone on a line of one kind, in the company's minor units."""

    kind: LineKind
    per_line: int
    case: int
    customer: int
    day: int
    is_always_asked: bool = False

    @property
    def most(self) -> int:
        """Return the largest line that one may decide alone now; nothing of what is asked for whatever the amount."""
        return 0 if self.is_always_asked else max(0, min(self.per_line, self.case, self.customer, self.day))


@dataclass(frozen=True, slots=True)
class Budget:
    """Somebody's authority as it stands: the limits, what is used, and what is left by kind."""

    currency: str
    severity: str
    rows: tuple[Left, ...]
    case_used: int
    customer_used: int
    day_used: int
    customer_days: int
    agent_days: int
    edition: int


def authority_left(viewer: Actor, *, at: dt.datetime, case: Case | None = None, severity: str = "") -> Budget:
    """Return what is left of the viewer's authority, on a case that they were allowed to open or in general.

    Whatever is executed, approved or asked for counts. Refused nowhere: who has no authority has nothing left.
    """
    edition = edition_at(at)
    rules, authority = edition.rules, edition.rules.authority
    graded = Severity(severity or (case.severity if case else Severity.MEDIUM))
    person = person_of(viewer.staff_id) if viewer.staff_id else UUID(int=0)
    roles = roles_of(viewer.staff_id) if viewer.staff_id else ()
    used = _used(person, case, authority, rules.currency, at)
    about = {kind: About(kind, graded, rules.currency) for kind in LineKind}
    caps = {kind: caps_of(rules, about[kind], person=person, roles=roles) for kind in LineKind}
    return Budget(
        currency=rules.currency,
        severity=graded.value,
        rows=tuple(
            _left(kind, caps[kind], used, is_always_asked=route_for(authority, about[kind], NO_SUMS, 0).is_always)
            for kind in LineKind
        ),
        case_used=used["case"],
        customer_used=used["customer"],
        day_used=used["agent"],
        customer_days=authority.customer_days,
        agent_days=authority.agent_days,
        edition=edition.number or 0,
    )


def _used(person: UUID, case: Case | None, authority: Authority, currency: str, at: dt.datetime) -> Mapping[str, int]:
    scopes = {"agent": agent_scope(person, authority, currency)}
    if case is not None:
        scopes["case"] = Scope(ScopeKind.CASE, str(case.pk), 0, currency)
        if case.customer_id:
            scopes["customer"] = Scope(
                ScopeKind.CUSTOMER, str(case.customer_id), authority.customer_days, currency
            )  # fmt: skip
    totals = totals_of(scopes.values(), at=at)
    told = {name: totals[scope].cumulative for name, scope in scopes.items()}
    return {"case": 0, "customer": 0, **told}


def _left(kind: LineKind, caps: Caps, used: Mapping[str, int], *, is_always_asked: bool) -> Left:
    return Left(
        kind=kind,
        per_line=caps.per_line,
        case=max(0, caps.per_case - used["case"]),
        customer=max(0, caps.per_customer - used["customer"]),
        day=max(0, caps.per_agent - used["agent"]),
        is_always_asked=is_always_asked,
    )
