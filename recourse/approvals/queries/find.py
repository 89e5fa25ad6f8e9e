"""Finding approvals: one with all beside it, those of a case, those asked of or by somebody, overrides to review."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from recourse.approvals.models import Approval, Ask, Decision, GlassBreak
from recourse.approvals.policy import AskState, Given, Matter, Said, Seat, State, allowed_moves, excluded
from recourse.approvals.policy.moves import MOVES
from recourse.approvals.queries.organisation import delegations_among, organisation
from recourse.approvals.queries.said import say
from recourse.approvals.queries.seats import seat_of
from recourse.approvals.queries.weighing import (
    given_of,
    matter_of,
    mover_of,
    rules_of,
    scopes_of,
    standing_of,
    sums_at_deciding,
)
from recourse.cases.models import Case
from recourse.handbook.queries import persons_behind
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible
from recourse.kit.paging import PAGE_SIZE, Page, page
from recourse.ledger.policy import Totals
from recourse.ledger.queries.budgets import totals_of
from recourse.people.policy import Permission

BESIDE = ("case__customer", "case__owner", "case__thread", "proposer", "on_behalf_of", "customer")
OPEN_ASKS = Ask.objects.filter(state=AskState.OPEN).select_related("staff", "on_behalf_of").order_by("asked_at", "id")


def approval(approval_id: UUID, *, viewer: Actor) -> Approval:
    """Return one approval with everything beside it; NotVisible where absent, or its case hidden and not asked."""
    beside = (*BESIDE, "entry__private", "glass_break__by", "glass_break__reviewer")
    rows = Approval.objects.visible_to(viewer).select_related(*beside)
    found = rows.prefetch_related(Prefetch("asks", OPEN_ASKS, to_attr="open_asks")).filter(pk=approval_id).first()
    if found is None:
        raise NotVisible
    return found


def approvals_of(case: Case) -> list[Approval]:
    """Return the approvals of a case that the viewer was allowed to open, the newest first, with who is asked."""
    rows = Approval.objects.filter(Q(case=case) | Q(case__merged_into=case)).select_related("case", "proposer")
    return list(rows.prefetch_related(Prefetch("asks", OPEN_ASKS, to_attr="open_asks")).order_by("-id")[:50])


def inbox(viewer: Actor) -> QuerySet[Ask]:
    """Return what somebody is asked to decide; whoever was asked first stands first."""
    if viewer.staff_id is None:
        return Ask.objects.none()
    rows = Ask.objects.filter(staff_id=viewer.staff_id, state=AskState.OPEN, approval__state=State.ASKED)
    beside = [
        f"approval__{name}" for name in ("case__customer", "case__owner", "proposer", "customer", "entry__private")
    ]
    return rows.select_related(*beside, "on_behalf_of")


def inbox_page(viewer: Actor, *, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[Ask]:
    """Return one page of what somebody is asked to decide."""
    return page(inbox(viewer), order=["asked_at", "id"], cursor=cursor, size=size)


def asked_by(viewer: Actor) -> QuerySet[Approval]:
    """Return what somebody asked for, read the newest first."""
    if viewer.staff_id is None:
        return Approval.objects.none()
    rows = Approval.objects.filter(proposer_id=viewer.staff_id).select_related("case__customer", "proposer", "customer")
    return rows.prefetch_related(Prefetch("asks", OPEN_ASKS, to_attr="open_asks"))


def flagged(viewer: Actor) -> QuerySet[Approval]:
    """Return what looked split when it was asked, read the newest first; for those who read figures."""
    viewer.require(Permission.FIGURES_READ)
    rows = Approval.objects.visible_to(viewer).filter(is_flagged=True)
    return rows.select_related("case__customer", "proposer", "customer").prefetch_related(
        Prefetch("asks", OPEN_ASKS, to_attr="open_asks")
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """One decision with the words that were written with it; the words are empty once they were destroyed."""

    decision: Decision
    note: str


def decisions_of(found: Approval) -> list[Kept]:
    """Return what was decided about an approval, oldest first."""
    rows = found.decisions.select_related("by", "on_behalf_of", "entry__private").order_by("at", "id")
    return [Kept(row, _note(row)) for row in rows]


def reason_of(found: Approval) -> str:
    """Return why it was proposed; empty where nothing was said or the words were destroyed."""
    return _note(found) if found.entry else ""


def _note(row: Decision | Approval) -> str:
    private = getattr(row.entry, "private", None)
    return str(private.note) if private is not None else ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a yes would do to one budget: granted and asked for now, this amount, and the viewer's limit for it."""

    name: str
    granted: int
    pending: int
    adds: int
    limit: int | None
    currency: str

    @property
    def after(self) -> int:
        """Return what would be granted then."""
        return self.granted + self.adds

    @property
    def is_beyond(self) -> bool:
        """Tell whether that passes the viewer's limit."""
        return self.limit is not None and self.after > self.limit


@dataclass(frozen=True, slots=True)
class Look:
    """An approval as one viewer sees it: what they may do, from which seat, what it does to budgets, who said yes."""

    moves: dict[str, str]
    seat: Seat | None
    effects: Sequence[Effect]
    given: Sequence[Given]
    needed: int
    missing_roles: Sequence[str]
    level: str
    way: str
    minutes: int
    needs_factor: bool


def look(found: Approval, *, viewer: Actor, at: dt.datetime) -> Look:
    """Return how an approval stands toward a viewer, as the verbs would answer."""
    authority = rules_of(found, at=at).authority
    totals = totals_of(scopes_of(found, authority).values(), at=at)
    matter = matter_of(found, sums_at_deciding(found, scopes_of(found, authority), totals), at=at)
    parties = matter.parties.everybody
    around = organisation(parties=parties, since=found.asked_at, at=at, team_id=found.case.team_id)
    taken = seat_of(found, matter, around, viewer)
    given = given_of(found)
    signed = frozenset[str]().union(*(one.signs_as for one in given))
    step_up = matter.now.authority.step_up
    levels = authority.levels
    return Look(
        moves=_moves(found, matter, taken, viewer, at),
        seat=taken if isinstance(taken, Seat) else None,
        effects=_effects(found, taken, totals, authority),
        given=given,
        needed=matter.route.approvers,
        missing_roles=[role for role in matter.route.required_roles if role not in signed],
        level=levels[found.level].name if 0 <= found.level < len(levels) else "",
        way=matter.route.name,
        minutes=step_up.within_minutes,
        needs_factor=found.counted_minor >= step_up.from_minor > 0,
    )


def _moves(found: Approval, matter: Matter, taken: Seat | Said, viewer: Actor, at: dt.datetime) -> dict[str, str]:
    """Return every move with why it is refused to the viewer, or "" where it may be made."""
    standing = standing_of(found)
    decider = mover_of(viewer, not_seated=taken if isinstance(taken, Said) else None)
    moves = allowed_moves(standing, decider)
    held = delegations_among(decider.persons | matter.parties.everybody, since=found.asked_at, at=at)
    tied = [excluded(one, matter.parties, held, since=found.asked_at, until=at) for one in persons_behind(viewer)]
    breaker = mover_of(viewer, not_seated=next((said for said in tied if said), None))
    moves["break_glass"] = allowed_moves(standing, breaker)["break_glass"]
    return {move.name: say(said) if (said := moves[move.name]) else "" for move in MOVES}


def _effects(found: Approval, taken: Seat | Said, totals: Any, authority: Any) -> list[Effect]:
    caps = taken.caps if isinstance(taken, Seat) else None
    limits = {"case": caps.per_case, "cause": caps.per_case, "customer": caps.per_customer} if caps else {}
    held: dict[str, Totals] = {name: totals[scope] for name, scope in scopes_of(found, authority).items()}
    adds = found.counted_minor if found.state == State.ASKED else 0
    return [
        Effect(name, total.granted, total.pending, adds, limits.get(name), found.counted_currency)
        for name, total in held.items()
    ]


def to_review(viewer: Actor) -> QuerySet[GlassBreak]:
    """Return the emergency overrides that wait for a review, read the longest due first."""
    viewer.require(Permission.APPROVAL_REVIEW)
    seen = Approval.objects.visible_to(viewer).values("pk")
    rows = GlassBreak.objects.filter(reviewed_at__isnull=True, approval_id__in=seen)
    return rows.select_related("approval__case__customer", "approval__proposer", "by")


def reviewed(viewer: Actor, *, at: dt.datetime) -> QuerySet[GlassBreak]:
    """Return the emergency overrides that were reviewed, read the newest first."""
    viewer.require(Permission.APPROVAL_REVIEW)
    seen = Approval.objects.visible_to(viewer).values("pk")
    rows = GlassBreak.objects.filter(reviewed_at__isnull=False, reviewed_at__lte=at, approval_id__in=seen)
    return rows.select_related("approval__case__customer", "approval__proposer", "by", "reviewer")
