"""What the gate has before it, what somebody asked for, and what was decided, with the words beside it."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from recourse.cases.models import Case
from recourse.escalations.models import AccountEscalation, AccountMember, Escalation, GateDecision, Notice
from recourse.escalations.policy import OPEN, State
from recourse.escalations.queries.find import BESIDE
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.people.policy import Permission


def at_the_gate(*, viewer: Actor) -> QuerySet[Escalation]:
    """Return undecided requests that the viewer may see, the one due first at the head. Needs escalation:gate."""
    viewer.require(Permission.ESCALATION_GATE)
    rows = Escalation.objects.visible_to(viewer).filter(state=State.REQUESTED)
    return rows.select_related(*BESIDE).prefetch_related("grounds").order_by("gate_due_at", "id")


def asked_by(viewer: Actor, *, since: dt.datetime) -> QuerySet[Escalation]:
    """Return what somebody asked for, or was asked for on their behalf: what is open and what has ended since."""
    mine = Q(requester_id=viewer.staff_id) | Q(on_behalf_of_id=viewer.staff_id)
    recent = Q(ended_at__isnull=True) | Q(ended_at__gte=since)
    rows = Escalation.objects.visible_to(viewer).filter(mine, recent)
    return rows.select_related(*BESIDE).prefetch_related("grounds").order_by("-requested_at", "-id")


def offered_to(viewer: Actor) -> QuerySet[Escalation]:
    """Return the cases that somebody is asked to take back."""
    rows = Escalation.objects.visible_to(viewer).filter(state=State.HANDING_BACK, offered_to_id=viewer.staff_id)
    return rows.select_related(*BESIDE).order_by("due_at", "id")


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision with the words that were written with it; the words are empty once they were destroyed."""

    decision: GateDecision
    note: str


def decisions_of(found: Escalation, *, viewer: Actor) -> list[DecisionRow]:
    """Return what was decided about an escalation, oldest first.

    That chance let it in is told to those alone who may gate: knowing it would colour the work.
    """
    rows = found.decisions.select_related("by", "team_after", "entry__private").order_by("at", "id")
    shown = [row for row in rows if not row.is_pass_through or viewer.can(Permission.ESCALATION_GATE)]
    return [DecisionRow(row, _note(row)) for row in shown]


def _note(row: GateDecision | Notice) -> str:
    private = getattr(row.entry, "private", None)
    return str(private.note) if private is not None else ""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One unread notice with the words beside it, as its reader sees it."""

    notice: Notice
    note: str


def unread(viewer: Actor) -> list[NoticeRow]:
    """Return what somebody has not read yet, the newest first, of cases that they may still see."""
    if viewer.staff_id is None:
        return []
    rows = Notice.objects.filter(
        staff_id=viewer.staff_id, read_at__isnull=True, case__in=Case.objects.visible_to(viewer).values("pk")
    )
    found = rows.select_related("case", "escalation", "entry__private").order_by("-at", "-id")[:200]
    return [NoticeRow(row, _note(row)) for row in found]


def account_of(case: Case) -> AccountEscalation | None:
    """Return the account escalation that a case belongs to."""
    member = AccountMember.objects.filter(case=case, ended_at__isnull=True).select_related(
        "account__coordinator", "account__customer"
    )
    found = member.first()
    return found.account if found else None


def cases_of_account(account_id: UUID, *, viewer: Actor) -> list[Case]:
    """Return the cases worked as one that the viewer may see."""
    members = AccountMember.objects.filter(account_id=account_id, ended_at__isnull=True).values("case_id")
    return list(Case.objects.visible_to(viewer).filter(pk__in=members).order_by("due_at", "id"))


def account_is_due(customer_id: UUID, *, at: dt.datetime) -> bool:
    """Tell whether a customer has so many open escalations that the handbook would have them worked as one."""
    rule = edition_at(at).rules.escalation.account_level
    since = at - dt.timedelta(days=rule.within_days)
    found = Escalation.objects.filter(case__customer_id=customer_id, state__in=OPEN, requested_at__gte=since).count()
    return rule.is_on and found >= rule.cases
