"""Today: what needs me now, in one list, what delay costs most at the head; and “get next” with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.escalations.actions import read_notice
from recourse.handbook.queries import edition_at
from recourse.kit.errors import Refused
from recourse.people.policy import Permission
from recourse.routing import actions, queries
from recourse.routing.policy import Matter
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text
from recourse.web.parts import Button, Chip, Due, EmptyState, Notice, Toast
from recourse.web.screens.notices import notice_words

SAID_FOR = 30


@dataclass(frozen=True)
class Row:
    """One thing to do: what, on which case, by when, why here, and where to do it."""

    id: str
    what: Chip
    ref: str
    href: str
    subject: str
    customer: str
    due: Due
    why: str
    sum: str
    note: str
    read_href: str


@dataclass(frozen=True)
class TodayPage:
    """Everything that needs one person now."""

    rows: Sequence[Row]
    may_take: bool
    may_override: bool
    reasons: Sequence[tuple[str, str]]
    refusal: Notice | None
    empty: EmptyState


@screen(*GET)
def today(request: DeskRequest) -> HttpResponse:
    """Show what needs this person now."""
    return show(request, "today/today.html", _page(request))


@screen(*GET)
def todo(request: DeskRequest) -> HttpResponse:
    """Answer the list alone, for live refreshing."""
    return show(request, "today/list.html", _page(request))


def _page(request: DeskRequest, refusal: Refused | None = None) -> TodayPage:
    rules = edition_at(request.at).rules
    may_take = request.actor.can(Permission.QUEUE_TAKE)
    override = [one for one in rules.reasons.override if "next_case" in set(one.decisions)]
    return TodayPage(
        rows=[_row(request, item, rules) for item in queries.today(request.actor, at=request.at)],
        may_take=may_take,
        may_override=may_take and request.actor.can(Permission.QUEUE_OVERRIDE),
        reasons=[(one.code, one.name) for one in override],
        refusal=Notice(refusal.sentence, tone="warn") if refusal else None,
        empty=EmptyState(
            _("Nothing needs you now"),
            _(
                "Your cases, customers who wait for an answer, requests at the gate, approvals asked of you"
                " and promises stand here."
                " “Get next” gives you the case whose delay costs most, and says why."
            ),
            Button(_("Get next"), kind="primary", icon="arrow-right", form="get-next") if may_take else None,
            icon="sun",
        ),
    )


_LOOKS = {
    Matter.REPLY: ("accent", "mail"),
    Matter.CASE: ("neutral", "inbox"),
    Matter.GATE: ("warn", "shield-check"),
    Matter.APPROVAL: ("warn", "gavel"),
    Matter.RETURNED: ("warn", "undo-2"),
    Matter.HAND_BACK: ("warn", "undo-2"),
    Matter.PROMISE: ("note", "handshake"),
    Matter.NOTICE: ("neutral", "bell"),
}
_TOLD = (Matter.NOTICE, Matter.RETURNED)
_OWN = (Matter.CASE, Matter.REPLY)


def _word(matter: Matter) -> str:
    return {
        Matter.REPLY: _("the customer waits for an answer"),
        Matter.CASE: _("yours"),
        Matter.GATE: _("decide at the gate"),
        Matter.APPROVAL: _("asked of you to approve"),
        Matter.RETURNED: _("came back to you"),
        Matter.HAND_BACK: _("offered back to you"),
        Matter.PROMISE: _("promised by you"),
        Matter.NOTICE: _("to read"),
    }[matter]


def _row(request: DeskRequest, item: Any, rules: Any) -> Row:
    tone, icon = _LOOKS[item.matter]
    is_told = item.matter in _TOLD
    customer = item.case.customer if item.matter in _OWN else None
    return Row(
        id=f"{item.matter.value}-{item.case.ref}-{item.about or item.number or 0}",
        what=Chip(_word(item.matter), tone, icon),
        ref=item.case.ref,
        href=_href(item),
        subject=item.case.subject,
        customer=(customer.name or customer.ref) if customer else "",
        due=_due(request, item),
        why=notice_words(item.told, item.words, rules) if is_told else item.why,
        sum="" if is_told else queries.line(item.score),
        note=item.note,
        read_href=reverse("notice-read", args=[item.about]) if is_told else "",
    )


def _href(item: Any) -> str:
    if item.matter is Matter.PROMISE:
        return reverse("promise", args=[item.about])
    if item.matter is Matter.APPROVAL:
        return reverse("approval", args=[item.about])
    if item.number is not None:
        return reverse("escalation", args=[item.case.ref, item.number])
    return reverse("case", args=[item.case.ref])


def _due(request: DeskRequest, item: Any) -> Due:
    if item.due_at.year == 9999 or item.matter is Matter.NOTICE:
        return Due(None, request.at, "none")
    return Due(item.due_at, request.at, "breached" if item.due_at < request.at else "running")


@screen(*POST)
def read(request: DeskRequest, notice_id: UUID) -> HttpResponse:
    """Note that something was read."""
    read_notice(notice_id=notice_id, by=request.actor, at=request.at)
    return done(request, "today")


@screen(*POST, needs=Permission.QUEUE_TAKE)
def get_next(request: DeskRequest) -> HttpResponse:
    """Take the case whose delay costs most and open it, saying why this one; where there is none, say why not."""
    try:
        given = actions.get_next(by=request.actor, at=request.at)
    except Refused as refusal:
        if refusal.is_permission:
            raise
        return show(request, "today/today.html", _page(request, refusal), status=409)
    said = _("This one next: %(why)s The sum: %(line)s") % {"why": given.why, "line": given.line}
    toasts.say(request, Toast(said, seconds=SAID_FOR))
    return done(request, "case", given.case.ref)


@screen(*POST, needs=Permission.QUEUE_OVERRIDE)
def take_instead(request: DeskRequest) -> HttpResponse:
    """Take another case than the next one, for a reason."""
    given = actions.take_instead(
        text(request, "case").strip(), reason=text(request, "reason"), note=text(request, "note"),
        by=request.actor, at=request.at,
    )  # fmt: skip
    return done(request, "case", given.case.ref)
