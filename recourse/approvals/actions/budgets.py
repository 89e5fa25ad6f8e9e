"""What approvals ask of the ledger: to count what is asked for, to grant it within caps, to give it back.

Budgets are always taken in one order, shared ones before those of people, so that two verbs never wait in a ring.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

from recourse.approvals.models import Approval
from recourse.approvals.policy import Caps, Sums
from recourse.approvals.queries.weighing import agent_scope, scopes_of, sums_at_deciding
from recourse.handbook.policy.authority import Authority
from recourse.kit.actor import Actor
from recourse.kit.money import Money
from recourse.ledger.actions import budget_totals, grant_budget, hold_budget, release_budget
from recourse.ledger.policy import Scope, Totals

NO_CAP = 10**17


def matter_key(found: Approval) -> str:
    """Return under which name an approval holds the budgets that all share."""
    return f"approval:{found.pk}"


def agent_key(found: Approval) -> str:
    """Return under which name it holds the budgets of the people who decide."""
    return f"approval:{found.pk}:agent"


def _counted(found: Approval) -> Money:
    return Money(found.counted_minor, found.counted_currency)


def hold_shared(found: Approval, scopes: Mapping[str, Scope], *, by: Actor, at: dt.datetime) -> Mapping[Scope, Totals]:
    """Count the amount as asked for and return what counts then, itself included; nothing is held for nothing."""
    if not found.counted_minor:
        return budget_totals(list(scopes.values()), at=at)
    return hold_budget(list(scopes.values()), amount=_counted(found), matter=matter_key(found), by=by, at=at)


def hold_agents(
    found: Approval, persons: Iterable[UUID], authority: Authority, *, by: Actor, at: dt.datetime
) -> Mapping[Scope, Totals]:
    """Count the amount against what some humans decide in their period."""
    scopes = [agent_scope(person, authority, found.counted_currency) for person in persons]
    if not found.counted_minor:
        return budget_totals(scopes, at=at)
    return hold_budget(scopes, amount=_counted(found), matter=agent_key(found), by=by, at=at)


def grant_shared(
    found: Approval,
    caps: Caps | None,
    authority: Authority,
    *,
    by: Actor,
    at: dt.datetime,
    counts_pending: bool = False,
) -> None:
    """Grant what is held, up to somebody's limits; without limits in an emergency. Refused(authority.exceeded)."""
    if not found.counted_minor:
        return
    per_case, per_customer = (caps.per_case, caps.per_customer) if caps else (NO_CAP, NO_CAP)
    limits = {"case": per_case, "cause": per_case, "customer": per_customer}
    told = {scope: limits[name] for name, scope in scopes_of(found, authority).items()}
    grant_budget(matter_key(found), caps=told, by=by, at=at, counts_pending=counts_pending)


def grant_agents(
    found: Approval, persons: Iterable[UUID], caps: Caps, authority: Authority, *, by: Actor, at: dt.datetime
) -> None:
    """Grant what is held of people's own period."""
    if not found.counted_minor:
        return
    told = {agent_scope(person, authority, found.counted_currency): caps.per_agent for person in persons}
    grant_budget(agent_key(found), caps=told, by=by, at=at)


def give_back_agents(found: Approval, *, by: Actor, at: dt.datetime) -> None:
    """Give back what people's own periods hold."""
    release_budget(agent_key(found), by=by, at=at)


def give_back(found: Approval, *, by: Actor, at: dt.datetime) -> None:
    """Give back all that an approval holds."""
    release_budget(matter_key(found), by=by, at=at)
    give_back_agents(found, by=by, at=at)


def sums_now(found: Approval, authority: Authority, *, at: dt.datetime) -> Sums:
    """Return what an approval adds up to at this moment, for one who decides."""
    scopes = scopes_of(found, authority)
    return sums_at_deciding(found, scopes, budget_totals(list(scopes.values()), at=at))
