"""What stands beside the talk: the person, and everything that is open on the case. Each has an address of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.approvals.queries import approvals_of
from recourse.cases.queries.find import case_by_ref, cases_of_customer, visible_among
from recourse.cases.queries.state import links_of, open_holds, open_wait, readers_of
from recourse.clocks.queries.standing import clocks_of, promises_of
from recourse.customers.queries.profile import orders_of, profile_of
from recourse.escalations.queries.find import escalations_of, moves
from recourse.handbook.queries import edition_at
from recourse.kit.errors import NotVisible
from recourse.people.policy import Permission
from recourse.remedies.queries import lines_of, package_of
from recourse.web.door import GET, DeskRequest, screen, show
from recourse.web.parts import Chip, ClockCard, Due, DueState, Moment, Money, Person
from recourse.web.screens.approvals.lists import due_of
from recourse.web.screens.approvals.words import amount_of, chip_of, href_of, kind_of, names_of_asked
from recourse.web.screens.case.arrival import arrival
from recourse.web.screens.case.words import clock_name, family_name, rule_of, said_reason
from recourse.web.screens.remedy import words as remedy_words

PAST_CASES = 6
ORDERS = 5


@dataclass(frozen=True)
class PersonPanel:
    """Who the customer is, what they ordered, what they wrote about before."""

    ref: str
    customer: Any = None
    href: str = ""
    identities: Sequence[Any] = ()
    notes: Sequence[Any] = ()
    orders: Sequence[Any] = ()
    past: Sequence[Any] = ()


@dataclass(frozen=True)
class RemedyRow:
    """One line of the remedy on the panel."""

    number: int
    kind: str
    state: Chip
    amount: Money | None


@dataclass(frozen=True)
class RemedyPanel:
    """The lines of the remedy with where each stands."""

    ref: str
    lines: Sequence[RemedyRow]


@dataclass(frozen=True)
class OpenPanel:
    """What is open on the case."""

    ref: str
    url: str
    clocks: Sequence[ClockCard] = ()
    ended: Sequence[ClockCard] = ()
    promises: Sequence[Any] = ()
    escalations: Sequence[Any] = ()
    approvals: Sequence[Any] = ()
    wait: Any = None
    wait_words: str = ""
    holds: Sequence[Any] = ()
    links: Sequence[Any] = ()
    readers: Sequence[Any] = ()
    may_promise: bool = False
    may_settle: bool = False
    may_escalate: bool = False


@dataclass(frozen=True)
class PromiseRow:
    """One promise on the panel."""

    id: Any
    version: int
    what: str
    given_by: str
    due: Due
    is_open: bool


@dataclass(frozen=True)
class LinkRow:
    """One link, read from this case."""

    words: str
    ref: str
    subject: str
    stage: str


@dataclass(frozen=True)
class EscalationRow:
    """One escalation of the case."""

    number: int
    state: Chip
    tier: str
    team: str
    requester: str
    when: Moment
    href: str
    grounds: Sequence[str] = field(default_factory=tuple)
    moves: Sequence[tuple[str, str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class ApprovalRow:
    """One approval of the case."""

    ref: str
    amount: Money
    kind: str
    state: Chip
    asked_of: str
    due: Due
    href: str


def person(request: DeskRequest, case: Any) -> PersonPanel:
    """Return who the customer is, as far as the viewer may know."""
    if case.customer is None or not request.actor.can(Permission.CUSTOMER_READ):
        return PersonPanel(case.ref)
    profile = profile_of(case.customer, viewer=request.actor, has_consents=False)
    return PersonPanel(
        ref=case.ref,
        customer=profile.customer,
        href=_customer_href(case),
        identities=profile.identities,
        notes=profile.care_notes,
        orders=list(orders_of(case.customer).prefetch_related(None)[:ORDERS]),
        past=[one for one in _past(request, case) if one.pk != case.pk][:PAST_CASES],
    )


def _customer_href(case: Any) -> str:
    return reverse("customer", args=[case.customer.ref])


def _past(request: DeskRequest, case: Any) -> Sequence[Any]:
    return cases_of_customer(case.customer_id, viewer=request.actor, limit=PAST_CASES + 1)


def what_is_open(request: DeskRequest, case: Any, *, has_holds: bool = True) -> OpenPanel:
    """Return the clocks, promises, escalation, wait, holds, links and readers of a case."""
    clocks = clocks_of(case)
    wait = open_wait(case)
    is_ours = request.actor.can(Permission.CASE_WORK)
    return OpenPanel(
        ref=case.ref,
        url=reverse("case-panel", args=[case.ref, "open"]),
        clocks=[_clock(request, case, clock) for clock in clocks if clock.is_open],
        ended=[_clock(request, case, clock) for clock in clocks if not clock.is_open],
        promises=[_promise(request, one) for one in promises_of(case)],
        escalations=[_escalation(request, one) for one in escalations_of(case)],
        approvals=[_approval(request, one) for one in approvals_of(case)],
        wait=wait,
        wait_words=said_reason(edition_at(request.at).rules, "wait", wait.reason) if wait else "",
        holds=list(open_holds(case)) if is_ours and has_holds else (),
        links=_links(request, case),
        readers=list(readers_of(case)) if case.is_restricted else (),
        may_promise=request.actor.can(Permission.PROMISE_MAKE) and case.is_open,
        may_settle=request.actor.can(Permission.PROMISE_SETTLE),
        may_escalate=request.actor.can(Permission.ESCALATION_REQUEST) and case.is_open,
    )


def _clock(request: DeskRequest, case: Any, clock: Any) -> ClockCard:
    return ClockCard(
        name=clock_name(clock, edition_at(request.at).rules),
        due=clock_due(request, clock),
        share=_share(request, clock),
        family=family_name(clock.family),
        rule=rule_of(clock),
        explain_href=reverse("case-clock", args=[case.ref, clock.kind, clock.epoch]),
        id=f"clock-{clock.kind}-{clock.epoch}",
    )


def clock_due(request: DeskRequest, clock: Any) -> Due:
    """Return the due time of a clock with its state in words and shape."""
    if clock.state == "paused":
        return Due(clock.paused_since, request.at, DueState.PAUSED)
    if not clock.is_open:
        return Due(clock.due_at, request.at, DueState.BREACHED if clock.breached_at else DueState.MET)
    if clock.due_at and clock.due_at < request.at:
        return Due(clock.due_at, request.at, DueState.BREACHED)
    return Due(clock.due_at, request.at, DueState.WARN if clock.warned_percent else DueState.RUNNING)


def _share(request: DeskRequest, clock: Any) -> float:
    """The share of the whole stretch that has passed; the explanation counts exactly."""
    end = clock.ended_at or clock.paused_since or request.at
    whole = ((clock.due_at or end) - clock.started_at).total_seconds()
    return (end - clock.started_at).total_seconds() / whole if whole > 0 else 1.0


def _promise(request: DeskRequest, one: Any) -> PromiseRow:
    state = {"open": DueState.RUNNING, "kept": DueState.MET, "withdrawn": DueState.NONE}.get(
        one.state, DueState.BREACHED
    )
    if one.is_open and one.due_at < request.at:
        state = DueState.BREACHED
    return PromiseRow(one.pk, one.version, one.what, one.given_by.name, Due(one.due_at, request.at, state), one.is_open)


def _escalation(request: DeskRequest, one: Any) -> EscalationRow:
    tone = {"accepted": "ok", "requested": "accent", "returned": "warn"}.get(one.state, "neutral")
    rules = edition_at(request.at).rules
    names = {ground.code: ground.name for ground in rules.escalation.grounds}
    return EscalationRow(
        number=one.number,
        state=Chip(_(one.state.replace("_", " ")), tone),
        tier=_(one.tier.replace("_", " ")),
        team=one.team.name,
        requester=one.requester.name,
        when=Moment(one.requested_at, request.at),
        href=reverse("escalation", args=[one.case.ref, one.number]),
        grounds=[names.get(ground.code, ground.code) for ground in one.grounds.all()],
        moves=[(name, why) for name, why in moves(one, viewer=request.actor).items() if not why],
    )


def remedy(request: DeskRequest, case: Any) -> RemedyPanel:
    """Return the lines of a case's remedy."""
    package = package_of(case)
    lines = lines_of(package) if package is not None else []
    return RemedyPanel(
        case.ref,
        [
            RemedyRow(
                line.number,
                remedy_words.kind_name(line.kind),
                remedy_words.state_chip(line.state),
                remedy_words.amount(line.amount_minor, line.currency) if line.amount_minor else None,
            )
            for line in lines
        ],
    )


def _approval(request: DeskRequest, one: Any) -> ApprovalRow:
    return ApprovalRow(
        ref=one.ref,
        amount=amount_of(one),
        kind=kind_of(one),
        state=chip_of(one),
        asked_of=", ".join(names_of_asked(one)),
        due=due_of(request, one),
        href=href_of(one),
    )


_LINKS = {
    "duplicate_of": ("is a duplicate of", "has the duplicate"),
    "caused_by": ("was caused by", "caused"),
    "blocks": ("blocks", "is blocked by"),
    "part_of": ("is part of", "has the part"),
    "related": ("is related to", "is related to"),
}


def _links(request: DeskRequest, case: Any) -> list[LinkRow]:
    """Return the links whose other end the viewer may know of; the others are as if they were not."""
    found = list(links_of(case))
    if not found:
        return []
    ends = {one.target_id if one.source_id == case.pk else one.source_id for one in found}
    seen = visible_among(ends, viewer=request.actor)
    return [_link(case, one) for one in found if (one.target_id if one.source_id == case.pk else one.source_id) in seen]


def _link(case: Any, one: Any) -> LinkRow:
    is_source = one.source_id == case.pk
    other = one.target if is_source else one.source
    return LinkRow(_(_LINKS[one.kind][0 if is_source else 1]), other.ref, other.subject, other.stage)


PANELS: dict[str, Callable[[DeskRequest, Any], Any]] = {
    "remedy": remedy,
    "open": what_is_open,
    "person": person,
    "arrival": arrival,
}


@screen(*GET)
def panel(request: DeskRequest, ref: str, name: str) -> HttpResponse:
    """Answer one panel alone, for live refreshing."""
    if name not in PANELS:
        raise NotVisible
    case = case_by_ref(ref, viewer=request.actor)
    return show(request, f"case/{name}.html", PANELS[name](request, case))


def owner_of(case: Any) -> Person | None:
    """Return the owner as a part."""
    return Person(case.owner.name) if case.owner else None
