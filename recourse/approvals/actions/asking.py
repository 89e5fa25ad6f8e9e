"""Asks for approval: counts it at once, looks for splitting, lets the proposer decide alone or asks who must."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db.models import Max

from recourse.approvals.actions import budgets
from recourse.approvals.actions.calling import call
from recourse.approvals.actions.keeping import (
    HOLD,
    amount,
    clean_note,
    nobody_can,
    person,
    tell,
    which,
    write_decision,
)
from recourse.approvals.events import ApprovalAsked, ApprovalGranted
from recourse.approvals.models import IS_LIVE, Approval
from recourse.approvals.policy import (
    NO_LEVEL,
    Caps,
    Matter,
    Routing,
    Said,
    Seat,
    State,
    Sums,
    Terms,
    Verdict,
    caps_of,
    due_at,
    flags,
    frozen,
    hash_of,
    is_within_own_authority,
    line_with_parts,
    remind_at,
    route_for,
    who_must_decide,
)
from recourse.approvals.policy.limits import counted, rate_of
from recourse.approvals.policy.routing import Colleague
from recourse.approvals.queries.organisation import organisation, roles_of
from recourse.approvals.queries.said import refused
from recourse.approvals.queries.weighing import (
    about_of,
    agent_scope,
    matter_of,
    part_of,
    parts_near,
    remembered,
    scopes_of,
    sums_at_asking,
)
from recourse.cases.actions import place_hold
from recourse.cases.actions.keeping import load as load_case
from recourse.cases.models import Case
from recourse.handbook.models import Edition
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.shape import Severity
from recourse.handbook.queries import edition_at, persons_behind
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.people.models import Staff
from recourse.people.policy import Permission

UNDER = str(Permission.APPROVAL_ASK)
TEXT_LIMIT = 120


@verb
def ask_approval(terms: Terms, *, by: Actor, at: dt.datetime, note: str = "") -> Approval:
    """Ask for a yes to exact terms: granted at once where the proposer's own authority covers the sum, else asked of
    those who must decide, the case held open meanwhile. The same asking twice is one.

    Raises NotVisible, Invalid, Refused(approval.open_already, approval.nobody_can, approval.no_rate).
    """
    by.require(Permission.APPROVAL_ASK)
    proposer = person(by)
    case = load_case(terms.case_id, by=by)
    standing = Approval.objects.filter(IS_LIVE, matter=terms.matter).select_related("case").first()
    if standing is not None:
        if standing.terms_hash != hash_of(frozen(terms)):
            raise refused(Said("approval.open_already"))
        return standing
    edition = edition_at(at)
    found = _draft(terms, case, proposer, edition, by=by, at=at)
    words = clean_note(note)
    return _weigh(found, case, edition, words, by=by, at=at)


def _draft(terms: Terms, case: Case, proposer: Staff, edition: Edition, *, by: Actor, at: dt.datetime) -> Approval:
    """Build the approval with everything that is known before it is weighed."""
    worth = counted(terms.amount, edition.rules)
    rate = rate_of(edition.rules, terms.amount.currency)
    if worth is None or rate is None:
        raise refused(Said("approval.no_rate", {"currency": terms.amount.currency}))
    last = Approval.objects.filter(case=case).aggregate(last=Max("number"))["last"] or 0
    kept = frozen(terms)
    acting = persons_behind(by) - {proposer.person_id}
    return Approval(
        case=case,
        number=last + 1,
        kind=_short(terms.kind, "kind", 40),
        matter=_short(terms.matter, "matter"),
        remedy_kind=_one_of(terms.remedy_kind, LineKind, "remedy_kind"),
        severity=_one_of(terms.severity, Severity, "severity"),
        cause=_short(terms.cause, "cause", is_required=False),
        customer_id=terms.payee_customer_id,
        payee=_short(terms.payee_key, "payee", is_required=False),
        payment=_short(terms.payment, "payment", is_required=False),
        amount_minor=_not_negative(terms.amount.minor),
        currency=terms.amount.currency,
        counted_minor=worth.minor,
        counted_currency=worth.currency,
        rate="" if rate == 1 else str(float(rate)),
        terms=kept,
        terms_hash=hash_of(kept),
        proposer=proposer,
        proposer_person_id=proposer.person_id,
        on_behalf_of_id=by.on_behalf_of,
        editors=_keys({*terms.editors, *acting}),
        beneficiaries=_keys(terms.beneficiary_person_ids),
        executors=_keys(terms.executor_person_ids),
        edition=edition.number or 0,
        asked_at=at,
    )


def _short(value: str, field: str, limit: int = TEXT_LIMIT, *, is_required: bool = True) -> str:
    if len(value) > limit or (is_required and not value):
        raise Invalid.one(field, f"1 to {limit} characters." if is_required else f"At most {limit} characters.")
    return value


def _one_of(value: str, kinds: type[LineKind] | type[Severity], field: str) -> str:
    if value not in set(kinds):
        raise Invalid.one(field, ", ".join(kinds))
    return value


def _not_negative(minor: int) -> int:
    if minor < 0:
        raise Invalid.one("amount", "0 or more.")
    return minor


def _keys(persons: Collection[UUID]) -> list[str]:
    return sorted(str(key) for key in persons)


def _weigh(found: Approval, case: Case, edition: Edition, words: str, *, by: Actor, at: dt.datetime) -> Approval:
    """Count it, look for splitting, then let the proposer decide or ask who must."""
    rules, authority = edition.rules, edition.rules.authority
    scopes = scopes_of(found, authority)
    totals = budgets.hold_shared(found, scopes, by=by, at=at)
    roles = roles_of(found.proposer_id)
    caps = caps_of(rules, about_of(found), person=found.proposer_person_id, roles=roles)
    parts = parts_near(found, authority)
    looks_split = flags(part_of(found), parts, authority, limit=caps.per_line)
    sums = sums_at_asking(found, scopes, totals, line_with_parts(found.counted_minor, looks_split))
    repeats = sum(part.customer == str(found.customer_id) for part in parts) if found.customer_id else 0
    route = route_for(authority, about_of(found), sums, repeats)
    found.route, found.needed_minor = route.key, max(sums.line, sums.case, sums.customer, sums.cause)
    found.flags = [{"kind": one.kind, "count": one.count, "days": one.days, "sum": one.sum} for one in looks_split]
    found.is_flagged = bool(looks_split)
    found.facts = remembered(about_of(found), sums, repeats=repeats, roles=roles, is_flagged=found.is_flagged)
    found.level = NO_LEVEL
    found.expires_at = due_at(route, at)
    matter = matter_of(found, sums, at=at)
    alone = is_within_own_authority(caps, sums, route, matter.parties, is_flagged=found.is_flagged)
    if alone and _has_day_left(found, caps, edition, by=by, at=at):
        return _grant_alone(found, caps, sums, edition, words, by=by, at=at)
    return _ask(found, case, matter, words, by=by, at=at)


def _has_day_left(found: Approval, caps: Caps, edition: Edition, *, by: Actor, at: dt.datetime) -> bool:
    """Tell whether the proposer's own period has room; count it there, or take it back."""
    authority = edition.rules.authority
    persons = persons_behind(by)
    totals = budgets.hold_agents(found, persons, authority, by=by, at=at)
    own = agent_scope(found.proposer_person_id, authority, found.counted_currency)
    if max(totals[own].cumulative, *(total.cumulative for total in totals.values())) <= caps.per_agent:
        return True
    budgets.give_back_agents(found, by=by, at=at)
    return False


def _grant_alone(
    found: Approval, caps: Caps, sums: Sums, edition: Edition, words: str, *, by: Actor, at: dt.datetime
) -> Approval:
    authority = edition.rules.authority
    budgets.grant_shared(found, caps, authority, by=by, at=at, counts_pending=True)
    budgets.grant_agents(found, persons_behind(by), caps, authority, by=by, at=at)
    found.state, found.decided_at = State.GRANTED, at
    found.expires_at = found.remind_at = None
    found.save(force_insert=True)
    event = ApprovalGranted(
        **which(found), **amount(found), how=Verdict.WITHIN_AUTHORITY.value, staff_ids=[str(found.proposer_id)],
        person_ids=[str(found.proposer_person_id)],
    )  # fmt: skip
    entry = tell(event, found, by=by, at=at, note=words)
    own = Colleague(staff_id=found.proposer_id, person=found.proposer_person_id, roles=frozenset())
    alone = Seat(colleague=own, on_behalf_of=None, caps=caps, covers=True, levels=(), signs_as=frozenset())
    write_decision(
        found, Verdict.WITHIN_AUTHORITY, by=found.proposer, entry=entry, at=at, one=alone, sums=sums
    )  # fmt: skip
    return found


def _ask(found: Approval, case: Case, matter: Matter, words: str, *, by: Actor, at: dt.datetime) -> Approval:
    colleagues = organisation(parties=matter.parties.everybody, since=at, at=at, team_id=case.team_id)
    routing = who_must_decide(matter, colleagues)
    if routing is None:
        raise refused(nobody_can(found))
    found.level = routing.level
    found.remind_at = remind_at(matter.route, at)
    found.save(force_insert=True)
    call(found, routing, at=at)
    found.entry = tell(_asked(found, matter, routing), found, by=by, at=at, note=words)
    found.save(update_fields=["entry"])
    if edition_at(at).rules.reasons.hold_reason(HOLD) is not None:
        place_hold(case.pk, reason=HOLD, matter=str(found.pk), by=by, at=at, under=UNDER)
    return found


def _asked(found: Approval, matter: Matter, routing: Routing) -> ApprovalAsked:
    assert found.expires_at is not None
    return ApprovalAsked(
        **which(found),
        **amount(found),
        route=found.route,
        level=matter.authority.levels[routing.level].key,
        staff_ids=[str(one.colleague.staff_id) for one in routing.seats],
        needed_minor=found.needed_minor,
        flags=[flag["kind"] for flag in found.flags],
        expires_at=iso(found.expires_at),
    )
