"""How a case came in: by which door, what may be the same, the calls, and the customer's own link."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.cases.queries.find import case_by_ref
from recourse.conversations import actions as conversations
from recourse.conversations.queries import pass_in_force
from recourse.intake import actions, queries
from recourse.intake.policy.words import CallDirection
from recourse.kit.errors import Invalid
from recourse.people.policy import Permission
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show
from recourse.web.parts import Breadcrumb, Moment, Step, Toast

WHY = {
    "same_order": gettext_lazy("the same order"),
    "similar_words": gettext_lazy("similar words"),
    "named_without_proof": gettext_lazy("named it, without proof"),
}


@dataclass(frozen=True)
class ArrivalPanel:
    """What is known of how a case came in."""

    ref: str
    channel: str
    received: Moment
    source: str
    is_unverified: bool
    proposed: Sequence[tuple[Any, str]]
    calls: Sequence[tuple[Any, Moment, str]]
    link_until: dt.datetime | None
    may_link: bool
    may_call: bool


def arrival(request: DeskRequest, case: Any) -> ArrivalPanel:
    """Return how a case came in, for its panel."""
    submission = queries.submission_of(case)
    in_force = pass_in_force(case, at=request.at)
    return ArrivalPanel(
        ref=case.ref,
        channel=case.channel,
        received=Moment(case.received_at, request.at),
        source=f"{case.source} {case.source_ref}".strip(),
        is_unverified=submission is not None and case.channel == "web",
        proposed=[
            (one.case, ", ".join(str(WHY.get(reason, reason)) for reason in one.reasons))
            for one in queries.proposed(submission, viewer=request.actor)
        ],
        calls=[(one, Moment(one.began_at, request.at), _said(one)) for one in queries.calls_of(case)],
        link_until=in_force.expires_at if in_force else None,
        may_link=request.actor.can(Permission.MESSAGE_SEND) and case.customer_id is not None,
        may_call=request.actor.can(Permission.INTAKE_LOG) and case.stage != "merged",
    )


def _said(call: Any) -> str:
    if call.direction == CallDirection.OUTBOUND:
        who = _("%(name)s called") if call.is_answered else _("%(name)s called and did not reach them")
    else:
        who = _("%(name)s took the call")
    minutes = _("%(n)d min") % {"n": round(call.seconds / 60)}
    return f"{who % {'name': call.staff.name}}, {minutes}"


@screen(*GET)
def arrival_page(request: DeskRequest, ref: str) -> HttpResponse:
    """Show how a case came in on a page of its own, for those without scripts."""
    case = case_by_ref(ref, viewer=request.actor)
    return show(request, "case/arrival_page.html", arrival(request, case))


@dataclass(frozen=True)
class LinkPage:
    """The customer's new link, shown once."""

    ref: str
    address: str
    until: dt.datetime


@screen(*POST, needs=Permission.MESSAGE_SEND)
def link(request: DeskRequest, ref: str) -> HttpResponse:
    """Make a new link to “my case” and show it once; the old one stops working."""
    issued = conversations.issue_pass(case_ref=ref, by=request.actor, at=request.at)
    address = settings.SITE_URL + reverse("my-case", args=[issued.token])
    response = show(request, "case/link.html", LinkPage(ref, address, issued.expires_at))
    response["Cache-Control"] = "no-store"
    return response


@screen(*POST, needs=Permission.MESSAGE_SEND)
def unlink(request: DeskRequest, ref: str) -> HttpResponse:
    """Switch the customer's link off."""
    conversations.revoke_pass(case_ref=ref, by=request.actor, at=request.at)
    toasts.say(request, Toast(_("The customer’s link no longer works.")))
    return done(request, "case", ref)


class CallForm(forms.Form):
    """A call as somebody logs it."""

    direction = forms.ChoiceField(
        label=gettext_lazy("Who called"),
        choices=[
            (CallDirection.INBOUND.value, gettext_lazy("The customer called us")),
            (CallDirection.OUTBOUND.value, gettext_lazy("We called the customer")),
        ],
    )
    is_answered = forms.BooleanField(label=gettext_lazy("We spoke"), required=False, initial=True)
    began_at = forms.CharField(
        label=gettext_lazy("When it began"), widget=forms.DateTimeInput({"type": "datetime-local"})
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=0, max_value=1440, initial=5)
    number = forms.CharField(label=gettext_lazy("Number"), max_length=60, required=False)
    notes = forms.CharField(label=gettext_lazy("What was said"), widget=forms.Textarea({"rows": 6}))


class NewCallForm(CallForm):
    """A call that becomes a case of its own."""

    subject = forms.CharField(label=gettext_lazy("What it is about"), max_length=300, required=False)
    name = forms.CharField(label=gettext_lazy("Who is it"), max_length=200, required=False)
    order_refs = forms.CharField(label=gettext_lazy("Order number"), max_length=400, required=False)


@dataclass(frozen=True)
class CallPage:
    """The form for a call."""

    title: str
    crumbs: Breadcrumb
    form: CallForm


@screen(*GET, *POST, needs=Permission.INTAKE_LOG)
def call(request: DeskRequest, ref: str = "") -> HttpResponse:
    """Log a call on a case, or, without one, as a new case."""
    if ref:
        case_by_ref(ref, viewer=request.actor)
    form = (CallForm if ref else NewCallForm)(
        request.POST if request.method == "POST" else None, initial={"began_at": _typed(request)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            logged = _log(request, ref, form.cleaned_data)
        except Invalid as error:
            _beside(form, error)
        else:
            toasts.say(request, Toast(_("The call stands on the case.")))
            return done(request, "case", logged.case.ref)
    steps = [Step(ref, reverse("case", args=[ref]))] if ref else []
    page = CallPage(_("Log a call"), Breadcrumb([*steps, Step(_("Log a call"))]), form)
    return show(request, "case/call.html", page, status=422 if form.is_bound else 200)


def _zone(request: DeskRequest) -> ZoneInfo:
    return ZoneInfo(getattr(request.user, "time_zone", "UTC"))


def _typed(request: DeskRequest) -> str:
    return request.at.astimezone(_zone(request)).strftime("%Y-%m-%dT%H:%M")


def _log(request: DeskRequest, ref: str, said: dict[str, Any]) -> Any:
    given = {name: said[name] for name in ("subject", "name", "order_refs") if said.get(name)}
    return actions.log_call(
        direction=CallDirection(said["direction"]),
        began_at=_instant(said["began_at"], _zone(request)),
        seconds=said["minutes"] * 60,
        number=said["number"],
        notes=said["notes"],
        is_answered=said["is_answered"],
        case_ref=ref,
        given=given,
        by=request.actor,
        at=request.at,
    )


def _instant(typed: str, zone: ZoneInfo) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(typed).replace(tzinfo=zone).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid.one("began_at", _("This is not a time.")) from error


def _beside(form: CallForm, error: Invalid) -> None:
    named = {"text": "notes", "seconds": "minutes", "phone": "number", "words": "notes"}
    for field, said in error.fields.items():
        typed_in = named.get(field, field)
        form.add_error(typed_in if typed_in in form.fields else None, list(said))
