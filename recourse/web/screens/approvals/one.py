"""One approval: the frozen terms, reasons, the case in brief, effect on budgets, and what one may do; and the link."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.approvals import actions, queries
from recourse.cases.queries.find import visible_among
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.people.policy import Permission
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.parts import Breadcrumb, Chip, Due, Moment, Money, Step, Toast
from recourse.web.screens.approvals.lists import due_of
from recourse.web.screens.approvals.words import (
    EFFECTS,
    VERDICTS,
    amount_of,
    chip_of,
    flags_of,
    href_of,
    kind_of,
    money,
    names_of_asked,
    terms_of,
)
from recourse.web.sign_in.freshness import factor_given_at, give_again

NOTE = {"rows": 3}


@dataclass(frozen=True)
class Effect:
    """What a yes does to one budget, in amounts."""

    name: str
    granted: Money
    pending: Money
    after: Money
    limit: Money | None
    is_beyond: bool


@dataclass(frozen=True)
class Said:
    """One decision so far."""

    who: str
    for_whom: str
    verdict: str
    note: str
    when: Moment
    limits: str
    by_link: bool


@dataclass(frozen=True)
class MoveForm:
    """Something that may be done, with its form; or why it may not."""

    name: str
    label: str
    form: forms.Form | None
    why_not: str


@dataclass(frozen=True)
class OnePage:
    """One approval."""

    found: Any
    crumbs: Breadcrumb
    chip: Chip
    amount: Money
    kind: str
    due: Due
    asked: Moment
    asked_of: Sequence[str]
    reason: str
    terms: Sequence[tuple[str, str]]
    flags: Sequence[str]
    effects: Sequence[Effect]
    look: Any
    decisions: Sequence[Said]
    moves: Sequence[MoveForm]
    refused: str
    give_again: str
    glass: Any
    may_review: bool
    sees_case: bool


LABELS = {
    "approve": gettext_lazy("Approve"),
    "refuse": gettext_lazy("Refuse"),
    "ask_back": gettext_lazy("Ask a question first"),
    "pass_up": gettext_lazy("Pass up"),
    "revoke": gettext_lazy("Take the approval back"),
    "answer": gettext_lazy("Answer"),
    "withdraw": gettext_lazy("Withdraw"),
    "break_glass": gettext_lazy("Override in an emergency"),
}
OFTEN = ("approve", "refuse", "ask_back")
KEYS = {"approve": "a", "refuse": "f", "ask_back": "q"}


def _decide(request: DeskRequest, approval_id: UUID, verdict: str, note: str) -> Any:
    return actions.decide(
        approval_id, verdict=verdict, terms_hash=text(request, "terms_hash"), note=note,
        seen=whole_number(request, "seen"), factor_at=factor_given_at(request), by=request.actor, at=request.at,
    )  # fmt: skip


def _plain(act: Callable[..., Any]) -> Callable[[DeskRequest, UUID, str], Any]:
    def run(request: DeskRequest, approval_id: UUID, note: str) -> Any:
        return act(
            approval_id, note=note, seen=whole_number(request, "seen"), by=request.actor, at=request.at
        )  # fmt: skip

    return run


def _break(request: DeskRequest, approval_id: UUID, note: str) -> Any:
    return actions.break_glass(
        approval_id, terms_hash=text(request, "terms_hash"), reason=note, seen=whole_number(request, "seen"),
        factor_at=factor_given_at(request), by=request.actor, at=request.at,
    )  # fmt: skip


VERBS: dict[str, Callable[[DeskRequest, UUID, str], Any]] = {
    "approve": lambda request, key, note: _decide(request, key, "approve", note),
    "refuse": lambda request, key, note: _decide(request, key, "refuse", note),
    "ask_back": lambda request, key, note: _decide(request, key, "ask_back", note),
    "revoke": lambda request, key, note: _decide(request, key, "refuse", note),
    "pass_up": _plain(actions.pass_up),
    "answer": _plain(actions.answer),
    "withdraw": _plain(actions.withdraw),
    "break_glass": _break,
}


@screen(*GET)
def approval(request: DeskRequest, approval_id: UUID) -> HttpResponse:
    """Show one approval."""
    return show(request, "approvals/one.html", _page(request, approval_id))


@screen(*POST)
def act(request: DeskRequest, approval_id: UUID, name: str) -> HttpResponse:
    """Decide, ask, answer, pass up, withdraw or override; back to the list where it was done from there."""
    if name not in VERBS:
        raise NotVisible
    try:
        with transaction.atomic():
            VERBS[name](request, approval_id, text(request, "note"))
    except Invalid as invalid:
        return _again(request, approval_id, 422, name=name, invalid=invalid)
    except Stale as error:
        return _again(request, approval_id, 409, refused=error.sentence)
    except Refused as error:
        needs_factor = error.code == "approval.fresh_factor"
        status = 403 if error.is_permission else 409
        return _again(request, approval_id, status, refused=error.sentence, needs_factor=needs_factor)
    toasts.say(request, Toast(_("Done: %(what)s.") % {"what": str(LABELS[name]).lower()}))
    if text(request, "from") == "list":
        return done(request, "approvals")
    return done(request, "approval", approval_id)


def _again(
    request: DeskRequest,
    approval_id: UUID,
    status: int,
    *,
    refused: str = "",
    needs_factor: bool = False,
    name: str = "",
    invalid: Invalid | None = None,
) -> HttpResponse:
    page = _page(request, approval_id, refused=refused, needs_factor=needs_factor, name=name, invalid=invalid)
    return show(request, "approvals/one.html", page, status=status)


def _form(request: DeskRequest, name: str, *, is_bound: bool) -> forms.Form:
    label = _("Reason of the emergency") if name == "break_glass" else _("Words, for the record")
    field = forms.CharField(
        label=label, widget=forms.Textarea(NOTE), required=name != "approve", max_length=4000
    )  # fmt: skip
    made: forms.Form = type("Words", (forms.Form,), {"note": field})(
        request.POST if is_bound else None, auto_id=f"{name}-%s"
    )
    return made


def _page(
    request: DeskRequest,
    approval_id: UUID,
    *,
    refused: str = "",
    needs_factor: bool = False,
    name: str = "",
    invalid: Invalid | None = None,
) -> OnePage:
    found = queries.approval(approval_id, viewer=request.actor)
    look = queries.look(found, viewer=request.actor, at=request.at)
    glass = getattr(found, "glass_break", None)
    may_review = glass is not None and glass.reviewed_at is None and request.actor.can(Permission.APPROVAL_REVIEW)
    return OnePage(
        found=found,
        crumbs=Breadcrumb([Step(_("Approvals"), reverse("approvals")), Step(found.ref)]),
        chip=chip_of(found),
        amount=amount_of(found),
        kind=kind_of(found),
        due=due_of(request, found),
        asked=Moment(found.asked_at, request.at),
        asked_of=names_of_asked(found),
        reason=queries.reason_of(found),
        terms=terms_of(found),
        flags=flags_of(found),
        effects=[_effect(one) for one in look.effects],
        look=look,
        decisions=[_said(request, one) for one in queries.decisions_of(found)],
        moves=_moves(request, look, name, invalid),
        refused=refused,
        give_again=give_again(href_of(found)) if needs_factor else "",
        glass=glass,
        may_review=may_review,
        sees_case=bool(visible_among([found.case_id], viewer=request.actor)),
    )


def _moves(request: DeskRequest, look: Any, bound: str, invalid: Invalid | None) -> list[MoveForm]:
    """Return what may be done; of what may not, the usual ones with the reason."""
    shown = []
    for name, label in LABELS.items():
        why = look.moves[name]
        if why and name not in OFTEN and name != bound:
            continue
        form = None if why else _form(request, name, is_bound=name == bound)
        if form is not None and name == bound and invalid is not None:
            form.is_valid()
            for sentences in invalid.fields.values():
                form.add_error("note", "; ".join(sentences))
        shown.append(MoveForm(name, str(label), form, why))
    return shown


def _effect(one: Any) -> Effect:
    def told(minor: int) -> Money:
        return money(minor, one.currency)

    limit = told(one.limit) if one.limit is not None else None
    return Effect(
        str(EFFECTS[one.name]), told(one.granted), told(one.pending), told(one.after), limit, one.is_beyond
    )  # fmt: skip


def _said(request: DeskRequest, kept: Any) -> Said:
    row = kept.decision
    keys = ", ".join(row.limits.get("keys", ()))
    return Said(
        who=row.by.name,
        for_whom=row.on_behalf_of.name if row.on_behalf_of else "",
        verdict=str(VERDICTS[row.verdict]),
        note=kept.note,
        when=Moment(row.at, request.at),
        limits=keys,
        by_link=row.by_link,
    )


@screen(*POST, needs=Permission.APPROVAL_REVIEW)
def review(request: DeskRequest, approval_id: UUID) -> HttpResponse:
    """Say what the review of an emergency override found."""
    try:
        with transaction.atomic():
            actions.review_break_glass(
                approval_id, verdict=text(request, "verdict"), note=text(request, "note"), by=request.actor,
                at=request.at,
            )  # fmt: skip
    except Invalid as invalid:
        return _again(request, approval_id, 422, refused="; ".join(s for said in invalid.fields.values() for s in said))
    except Refused as error:
        return _again(request, approval_id, 403 if error.is_permission else 409, refused=error.sentence)
    toasts.say(request, Toast(_("The review is on the record.")))
    return done(request, "approvals-review")
