"""What finance pays by hand and a second person checks, each payment with its story, tasks, vouchers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.ledger import actions, queries
from recourse.ledger.policy import AttemptState
from recourse.people.policy import Permission
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.parts import Breadcrumb, Chip, Moment, Money, Pager, Toast
from recourse.web.screens.money.standing import amount_of, crumbs, pager

TONES = {
    "succeeded": "ok", "pending": "accent", "paid": "accent", "planned": "accent", "sending": "accent",
    "unknown": "warn", "refused": "bad", "failed": "bad",
}  # fmt: skip
STATES = {
    "planned": gettext_lazy("planned"), "sending": gettext_lazy("being sent"), "unknown": gettext_lazy("unknown"),
    "pending": gettext_lazy("pending"), "paid": gettext_lazy("paid, to be checked"),
    "succeeded": gettext_lazy("settled"), "refused": gettext_lazy("refused"), "failed": gettext_lazy("came back"),
    "withdrawn": gettext_lazy("withdrawn"),
}  # fmt: skip


@dataclass(frozen=True)
class PaymentRow:
    """One payment in a list."""

    payment: Any
    case: Any
    amount: Money
    chip: Chip
    planned: Moment
    href: str


@dataclass(frozen=True)
class PaymentsPage:
    """Payments, the newest first, or those that wait for finance."""

    crumbs: Breadcrumb
    heading: str
    is_by_hand: bool
    rows: Sequence[PaymentRow]
    pager: Pager
    state: str
    states: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class PaymentPage:
    """One payment with all that is known of it."""

    crumbs: Breadcrumb
    row: PaymentRow
    moments: Sequence[tuple[str, Moment]]
    forms: Sequence[tuple[str, str, forms.Form]]
    stale: str


@dataclass(frozen=True)
class VouchersPage:
    """Vouchers, and the form that spends one."""

    crumbs: Breadcrumb
    rows: Sequence[tuple[Any, Money, Moment]]
    pager: Pager
    form: forms.Form
    can_redeem: bool


class ConfirmForm(forms.Form):
    """The bank's reference."""

    reference = forms.CharField(label=gettext_lazy("The bank's reference of your payment"), max_length=120)


class CheckForm(forms.Form):
    """Nothing but the will."""


class RefuseForm(forms.Form):
    """Why not."""

    note = forms.CharField(
        label=gettext_lazy("Why it cannot be paid, or was not"), widget=forms.Textarea({"rows": 3}), max_length=2_000
    )


class JudgeForm(forms.Form):
    """What was found at the provider."""

    is_paid = forms.TypedChoiceField(
        label=gettext_lazy("What do the provider's own pages say?"),
        choices=[("yes", gettext_lazy("It was paid")), ("no", gettext_lazy("It was not paid"))],
        coerce=lambda said: said == "yes",
    )
    provider_ref = forms.CharField(
        label=gettext_lazy("The provider's reference, where it was paid"), max_length=120, required=False
    )
    note = forms.CharField(label=gettext_lazy("What you saw"), widget=forms.Textarea({"rows": 3}), max_length=2_000)


class RedeemForm(forms.Form):
    """A voucher's code and what it pays for."""

    code = forms.CharField(label=gettext_lazy("The voucher's code"), max_length=100)
    spent_on = forms.CharField(label=gettext_lazy("The order that it pays for"), max_length=120)


FORMS: Mapping[str, tuple[Any, type[forms.Form], Callable[..., Any]]] = {
    "confirm": (gettext_lazy("I paid this"), ConfirmForm, actions.confirm_payment),
    "check": (gettext_lazy("I checked that it was paid"), CheckForm, actions.check_payment),
    "refuse": (gettext_lazy("It cannot be paid, or was not"), RefuseForm, actions.refuse_payment),
    "judge": (gettext_lazy("Say what became of it"), JudgeForm, actions.judge_attempt),
}


def _row(request: DeskRequest, one: Any) -> PaymentRow:
    return PaymentRow(
        one,
        one.shown_case,
        amount_of(one.amount),
        Chip(str(STATES[one.state]), TONES.get(one.state, "neutral")),
        Moment(one.planned_at, request.at),
        reverse("money-payment", args=[one.pk]),
    )


@screen(*GET, needs=Permission.MONEY_READ)
def payments(request: DeskRequest) -> HttpResponse:
    """Show payments of any state or one, the newest first."""
    state = request.GET.get("state", "")
    if state and state not in set(AttemptState):
        raise Invalid.one("state", _("There is no such state."))
    found = queries.attempts(viewer=request.actor, state=state, cursor=request.GET.get("cursor") or None)
    rows = [_row(request, one) for one in found.rows]
    states = [("", _("all")), *((key, str(label)) for key, label in STATES.items())]
    heading = _("Payments")
    page = PaymentsPage(crumbs(heading), heading, False, rows, pager(found, f"state={state}&"), state, states)
    return show(request, "money/payments.html", page)


@screen(*GET, needs=Permission.MONEY_READ)
def by_hand(request: DeskRequest) -> HttpResponse:
    """Show what finance pays by hand and what a second person checks, oldest first."""
    found = queries.by_hand(viewer=request.actor, cursor=request.GET.get("cursor") or None)
    heading = _("To pay by hand, and to check")
    rows = [_row(request, one) for one in found.rows]
    page = PaymentsPage(crumbs(heading), heading, True, rows, pager(found), "", [])
    return show(request, "money/payments.html", page)


@screen(*GET, *POST, needs=Permission.MONEY_READ)
def payment(request: DeskRequest, payment_id: UUID) -> HttpResponse:
    """Show one payment, and take what finance says of it."""
    if request.method != "POST":
        return show(request, "money/payment.html", _payment(request, payment_id))
    name = text(request, "act")
    if name not in FORMS:
        raise NotVisible
    label, kind, verb = FORMS[name]
    form, stale, status = kind(request.POST, auto_id=f"{name}-%s"), "", 422
    if form.is_valid():
        try:
            verb(payment_id, by=request.actor, at=request.at, seen=whole_number(request, "seen"), **form.cleaned_data)
        except Invalid as invalid:
            for field, sentences in invalid.fields.items():
                form.add_error(field if field in form.fields else None, "; ".join(sentences))
        except Stale as error:
            stale, status = error.sentence, 409
        else:
            toasts.say(request, Toast(_("Done: %(what)s.") % {"what": str(label).lower()}))
            return done(request, "money-payment", payment_id)
    return show(request, "money/payment.html", _payment(request, payment_id, {name: form}, stale), status=status)


def _payment(
    request: DeskRequest, payment_id: UUID, bound: Mapping[str, forms.Form] | None = None, stale: str = ""
) -> PaymentPage:
    one = queries.attempt(payment_id, viewer=request.actor)
    row = _row(request, one)
    moments = [
        (_("planned"), one.planned_at), (_("first sent"), one.first_sent_at), (_("last looked up"), one.looked_at),
        (_("paid"), one.executed_at), (_("settled"), one.settled_at), (_("ended"), one.ended_at),
    ]  # fmt: skip
    return PaymentPage(
        crumbs=crumbs(_("Payment")),
        row=row,
        moments=[(label, Moment(when, request.at)) for label, when in moments if when],
        forms=[
            (name, str(FORMS[name][0]), (bound or {}).get(name) or FORMS[name][1](auto_id=f"{name}-%s"))
            for name in _open_to(request, one)
        ],
        stale=stale,
    )


def _open_to(request: DeskRequest, one: Any) -> list[str]:
    """Return the forms that may be filled in now."""
    actor = request.actor
    if one.provider == "manual" and actor.can(Permission.MONEY_CONFIRM):
        return {"planned": ["confirm", "refuse"], "paid": ["check", "refuse"]}.get(one.state, [])
    is_unknown = one.state in ("unknown", "sending")
    return ["judge"] if is_unknown and actor.can(Permission.MONEY_RECONCILE) else []


@screen(*POST, needs=Permission.MONEY_RECONCILE)
def task(request: DeskRequest, task_id: UUID) -> HttpResponse:
    """Say what was done about something that needed a person."""
    seen = whole_number(request, "seen")
    actions.finish_task(task_id, reason=text(request, "reason"), by=request.actor, at=request.at, seen=seen)
    return done(request, "money")


@screen(*GET, *POST, needs=Permission.MONEY_READ)
def vouchers(request: DeskRequest) -> HttpResponse:
    """Show vouchers, and spend one by its code."""
    form = RedeemForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.redeem_voucher(
                form.cleaned_data["code"], spent_on=form.cleaned_data["spent_on"], by=request.actor, at=request.at
            )
        except NotVisible:
            form.add_error("code", _("There is no voucher of this code."))
        except Refused as refused:
            if refused.is_permission:
                raise
            form.add_error("code", refused.sentence)
        else:
            toasts.say(request, Toast(_("The voucher is spent.")))
            return done(request, "money-vouchers")
    found = queries.vouchers(viewer=request.actor, cursor=request.GET.get("cursor") or None)
    rows = [(one, amount_of(one.amount), Moment(one.issued_at, request.at)) for one in found.rows]
    can_redeem = request.actor.can(Permission.VOUCHER_REDEEM)
    page = VouchersPage(crumbs(_("Vouchers")), rows, pager(found), form, can_redeem)
    return show(request, "money/vouchers.html", page, status=422 if form.errors else 200)
