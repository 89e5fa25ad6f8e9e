"""An approval as the rules look at it: its parties, its sums, what counts together with it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from recourse.approvals.models import IS_LIVE, Approval, Decision
from recourse.approvals.policy import (
    YES,
    About,
    Given,
    Matter,
    Mover,
    Part,
    Parties,
    Remembered,
    Standing,
    State,
    Sums,
    Verdict,
)
from recourse.approvals.queries.organisation import authors_of_authority
from recourse.handbook.models import Edition
from recourse.handbook.policy.authority import Authority, SplitKey
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.shape import Severity
from recourse.handbook.queries import edition_at, edition_numbered, persons_behind
from recourse.kit.actor import Actor
from recourse.ledger.policy import Scope, ScopeKind, Totals
from recourse.people.models import Staff


def about_of(found: Approval) -> About:
    """Return what limits over an approval are looked up by."""
    return About(LineKind(found.remedy_kind), Severity(found.severity), found.currency)


def scopes_of(found: Approval, authority: Authority) -> dict[str, Scope]:
    """Return the budgets that an approval counts against, by what a limit calls them."""
    currency = found.counted_currency
    scopes = {"case": Scope(ScopeKind.CASE, str(found.case_id), 0, currency)}
    if found.customer_id:
        scopes["customer"] = Scope(ScopeKind.CUSTOMER, str(found.customer_id), authority.customer_days, currency)
    if found.cause:
        whose = found.customer_id or found.case_id
        scopes["cause"] = Scope(ScopeKind.CAUSE, f"{whose}:{found.cause}"[:120], authority.customer_days, currency)
    return scopes


def agent_scope(person: UUID, authority: Authority, currency: str) -> Scope:
    """Return the budget of what one human decides within the handbook's period."""
    return Scope(ScopeKind.AGENT, str(person), authority.agent_days, currency)


def sums_at_asking(found: Approval, scopes: Mapping[str, Scope], totals: Mapping[Scope, Totals], line: int) -> Sums:
    """Return what a line adds up to, all that is asked for counted, itself included."""
    told = {name: totals[scope].cumulative for name, scope in scopes.items()}
    return Sums(line, told["case"], told.get("customer", 0), told.get("cause", 0))


def sums_at_deciding(found: Approval, scopes: Mapping[str, Scope], totals: Mapping[Scope, Totals]) -> Sums:
    """Return what a line adds up to: all that is granted, itself, and what was asked for before it and still waits."""
    line = int(found.facts["sums"]["line"])
    told = {
        name: totals[scope].granted + found.counted_minor + _waiting_before(found, name)
        for name, scope in scopes.items()
    }
    return Sums(line, told["case"], told.get("customer", 0), told.get("cause", 0))


def _waiting_before(found: Approval, name: str) -> int:
    same = {
        "case": Q(case_id=found.case_id),
        "customer": Q(customer_id=found.customer_id),
        "cause": Q(customer_id=found.customer_id, cause=found.cause),
    }[name]
    rows = Approval.objects.filter(same, state=State.ASKED, pk__lt=found.pk)
    return int(rows.aggregate(sum=Sum("counted_minor"))["sum"] or 0)


def parties_of(found: Approval, *, now: Edition) -> Parties:
    """Return the humans with a part in an approval; the authors of the rules of its asking and of those of now."""
    return Parties(
        proposer=frozenset({found.proposer_person_id, *_behind(found)}),
        editor=_keys(found.editors),
        beneficiary=_keys(found.beneficiaries),
        executor=_keys(found.executors),
        rule_author=authors_of_authority(edition_of(found, now).pk) | authors_of_authority(now.pk),
    )


def _behind(found: Approval) -> set[UUID]:
    return {found.on_behalf_of.person_id} if found.on_behalf_of else set()


def _keys(stored: list[str]) -> frozenset[UUID]:
    return frozenset(UUID(key) for key in stored)


def matter_of(found: Approval, sums: Sums, *, at: dt.datetime) -> Matter:
    """Return an approval as the rules of deciding take it."""
    now = edition_at(at)
    asked_under = edition_of(found, now).rules
    route = next(way for way in asked_under.authority.ways if way.key == found.route)
    return Matter(
        about=about_of(found),
        sums=sums,
        parties=parties_of(found, now=now),
        route=route,
        asked_under=asked_under,
        now=asked_under if now.number == found.edition else now.rules,
        asked_at=found.asked_at,
        at=at,
    )


def given_of(found: Approval) -> list[Given]:
    """Return the yeses that an approval has got."""
    rows = Decision.objects.filter(approval=found, verdict=Verdict.APPROVE).order_by("at", "id")
    return [Given(row.person_id, row.covers, frozenset(row.signs_as)) for row in rows]


def parts_near(found: Approval, authority: Authority) -> list[Part]:
    """Return the live lines that may be parts of the same payment, over the widest window of each kind."""
    together = Q(pk__in=[])
    same = {
        SplitKey.PAYEE: Q(payee=found.payee) if found.payee else None,
        SplitKey.CUSTOMER: Q(customer_id=found.customer_id) if found.customer_id else None,
        SplitKey.CASE: Q(case_id=found.case_id),
        SplitKey.PAYMENT: Q(payment=found.payment) if found.payment else None,
        SplitKey.APPROVER: Q(payee=found.payee) if found.payee else None,
    }
    for window in authority.splitting.windows:
        alike = same[window.key]
        if alike is not None:
            together |= alike & Q(asked_at__gt=found.asked_at - dt.timedelta(days=window.days))
    near = found.asked_at - dt.timedelta(days=authority.splitting.near_days)
    together |= Q(proposer_person_id=found.proposer_person_id, asked_at__gt=near)
    rows = Approval.objects.filter(IS_LIVE & together).exclude(pk=found.pk)
    return [part_of(row) for row in rows.prefetch_related("decisions")]


def part_of(found: Approval) -> Part:
    """Return an approval as the search for splitting looks at it."""
    yes = [row.person_id for row in found.decisions.all() if row.verdict in YES] if found.pk else []
    return Part(
        at=found.asked_at,
        minor=found.counted_minor,
        kind=found.remedy_kind,
        case=found.case_id,
        proposer=found.proposer_person_id,
        customer=str(found.customer_id or ""),
        payee=found.payee,
        payment=found.payment,
        approver=yes[-1] if yes else None,
    )


def remembered(about: About, sums: Sums, *, repeats: int, roles: tuple[str, ...], is_flagged: bool) -> dict[str, Any]:
    """Return what an asking was weighed by, as it is kept."""
    return {
        "sums": {name: getattr(sums, name) for name in ("line", "case", "customer", "cause")},
        "repeats": repeats,
        "roles": list(roles),
        "is_flagged": is_flagged,
    }


def recalled(found: Approval) -> Remembered:
    """Return what an asking was weighed by, as it was."""
    kept = found.facts
    return Remembered(
        about=about_of(found),
        sums=Sums(**kept["sums"]),
        repeats=kept["repeats"],
        roles=tuple(kept["roles"]),
        is_flagged=kept["is_flagged"],
    )


def standing_of(found: Approval) -> Standing:
    """Return how an approval stands, as the table of moves looks at it."""
    owner = found.case.owner_id
    owners = {found.proposer_person_id, *_behind(found)}
    if owner is not None:
        owners |= set(Staff.objects.filter(pk=owner).values_list("person_id", flat=True))
    counted = (Verdict.APPROVE, Verdict.BREAK_GLASS)
    approvers = Decision.objects.filter(approval=found, verdict__in=counted).values_list("person_id", flat=True)
    return Standing(
        state=State(found.state),
        owners=frozenset(owners),
        approvers=frozenset(approvers),
        is_used=found.used_at is not None,
        is_asked_back=found.is_asked_back,
    )


def mover_of(by: Actor, **given: Any) -> Mover:
    """Return the humans and rights behind an actor."""
    return Mover(persons=persons_behind(by), permissions=by.permissions, is_system=by.is_system, **given)


def rules_of(found: Approval, *, at: dt.datetime) -> Rules:
    """Return the rules under which an approval was asked."""
    return edition_of(found, edition_at(at)).rules


def edition_of(found: Approval, now: Edition) -> Edition:
    """Return the edition under which an approval was asked; mostly it is the one that holds now."""
    return now if now.number == found.edition else edition_numbered(found.edition)
