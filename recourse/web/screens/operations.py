"""Set-up: its front page, the health of the desk, deliveries that are stuck, and webhooks."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.kit.errors import Invalid, Refused
from recourse.people.policy import Permission
from recourse.timeline import actions, queries
from recourse.timeline.policy import DeliveryState
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.parts import Breadcrumb, Chip, Moment, Pager, Step, Toast

P = Permission
ALIVE_WITHIN = dt.timedelta(minutes=2)


@dataclass(frozen=True)
class Place:
    """One place of the set-up."""

    label: str
    about: str
    href: str


PLACES = (
    ("people", gettext_lazy("People"), gettext_lazy("Staff, roles, teams, skills, absence, keys"), P.STAFF_READ),
    ("handbook", gettext_lazy("Handbook"), gettext_lazy("Grounds, tiers, clocks, calendars, reasons"), P.HANDBOOK_READ),
    ("templates", gettext_lazy("Templates"), gettext_lazy("Texts to begin a reply from"), P.TEMPLATE_EDIT),
    (
        "imports",
        gettext_lazy("Imports"),
        gettext_lazy("Files that were read, and rows that were refused"),
        P.INTAKE_IMPORT,
    ),
    (
        "quarantine",
        gettext_lazy("Quarantine"),
        gettext_lazy("What could not be read, to be tried again"),
        P.INTAKE_QUARANTINE,
    ),
    ("webhooks", gettext_lazy("Webhooks"), gettext_lazy("Programs that are told of events"), P.WEBHOOK_EDIT),
    ("operations", gettext_lazy("Health"), gettext_lazy("Workers, schedule, deliveries"), P.SYSTEM_OPERATE),
    ("record", gettext_lazy("Record"), gettext_lazy("Everything that happened, provable"), P.RECORD_READ),
)


@dataclass(frozen=True)
class SetupPage:
    """The places of the set-up that the viewer may enter."""

    places: Sequence[Place]


@screen(*GET)
def setup(request: DeskRequest) -> HttpResponse:
    """Show the places of the set-up."""
    found = [
        Place(str(label), str(about), _address(name))
        for name, label, about, right in PLACES
        if request.actor.can(right)
    ]
    if not found:
        request.actor.require(P.STAFF_READ)
    return show(request, "operations/setup.html", SetupPage([place for place in found if place.href]))


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class DeliveryRow:
    """One delivery that has not been done."""

    delivery: Any
    chip: Chip
    next_try: Moment | str


@dataclass(frozen=True)
class HealthPage:
    """How the work behind the pages goes."""

    counts: Any
    workers: Sequence[tuple[Any, Moment]]
    slots: Sequence[tuple[Any, Moment]]
    rows: Sequence[DeliveryRow]
    state: str
    states: Sequence[str]
    pager: Pager
    checkpoint: Any


@screen(*GET, needs=P.SYSTEM_OPERATE)
def health(request: DeskRequest) -> HttpResponse:
    """Show workers, schedule, and the deliveries of one state."""
    state = request.GET.get("state", DeliveryState.STUCK.value)
    if state not in set(DeliveryState):
        raise Invalid.one("state", _("There is no such state."))
    found = queries.deliveries(viewer=request.actor, state=state, cursor=request.GET.get("cursor") or None)
    alive = queries.workers(seen_after=request.at - ALIVE_WITHIN)
    page = HealthPage(
        counts=queries.outbox_counts(at=request.at),
        workers=[(one, Moment(one.seen_at, request.at)) for one in alive],
        slots=[(one, Moment(one.next_run_at, request.at)) for one in queries.slots()],
        rows=[_delivery(request, one) for one in found.rows],
        state=state,
        states=[one.value for one in DeliveryState],
        pager=Pager("", _page(state, found.previous_cursor), _page(state, found.next_cursor)),
        checkpoint=queries.last_checkpoint(),
    )
    return show(request, "operations/health.html", page)


def _page(state: str, cursor: str | None) -> str:
    return f"?state={state}&cursor={cursor}" if cursor else ""


def _delivery(request: DeskRequest, one: Any) -> DeliveryRow:
    tone = {"stuck": "bad", "waiting": "accent", "done": "ok"}.get(one.state, "neutral")
    next_try = Moment(one.next_look_at, request.at) if one.next_look_at else ""
    return DeliveryRow(one, Chip(_(one.state), tone), next_try)


@screen(*POST, needs=P.SYSTEM_OPERATE)
def delivery(request: DeskRequest, delivery_id: UUID) -> HttpResponse:
    """Try a delivery again, or give it up."""
    act = {"retry": actions.retry_delivery, "drop": actions.drop_delivery}.get(text(request, "act"))
    if act is None:
        raise Refused("delivery.unknown_act", _("A delivery can be retried or dropped."))
    act(delivery_id=delivery_id, by=request.actor, at=request.at)
    return done(request, "operations")


class WebhookForm(forms.Form):
    """Where to, and of what."""

    url = forms.CharField(label=gettext_lazy("Address, on the open internet"), max_length=2000)
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Which events"), widget=forms.CheckboxSelectMultiple,
        choices=lambda: [("*", _("all that may leave"))] + [(name, name) for name in queries.subscribable_events()],
    )  # fmt: skip


@dataclass(frozen=True)
class WebhooksPage:
    """The webhooks, and the form of a new one."""

    rows: Sequence[tuple[Any, Moment]]
    form: WebhookForm


@dataclass(frozen=True)
class WebhookPage:
    """One webhook with its attempts; `secret` only in the moment when it was made."""

    crumbs: Breadcrumb
    webhook: Any
    form: WebhookForm
    attempts: Sequence[tuple[Any, Moment]]
    pager: Pager
    secret: str


@screen(*GET, *POST, needs=P.WEBHOOK_EDIT)
def webhooks(request: DeskRequest) -> HttpResponse:
    """List the webhooks and add one; its secret is shown once."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made, secret = actions.add_webhook(by=request.actor, at=request.at, **form.cleaned_data)
        except Invalid as invalid:
            _errors(form, invalid)
        else:
            return _shown_once(request, made, secret)
    rows = [(one, Moment(one.created_at, request.at)) for one in queries.webhooks(viewer=request.actor)]
    return show(request, "operations/webhooks.html", WebhooksPage(rows, form), status=422 if form.errors else 200)


def _shown_once(request: DeskRequest, found: Any, secret: str) -> HttpResponse:
    """Show a secret that is kept by nobody on the way."""
    answer = show(request, "operations/webhook.html", _webhook(request, found, secret))
    answer["Cache-Control"] = "no-store"
    return answer


def _errors(form: forms.Form, invalid: Invalid) -> None:
    for field, sentences in invalid.fields.items():
        form.add_error(field if field in form.fields else None, "; ".join(sentences))


def _webhook(request: DeskRequest, found: Any, secret: str = "", form: WebhookForm | None = None) -> WebhookPage:
    tried = queries.attempts(found.pk, viewer=request.actor, cursor=request.GET.get("cursor") or None)
    return WebhookPage(
        crumbs=Breadcrumb([Step(_("Webhooks"), reverse("webhooks")), Step(found.url)]),
        webhook=found,
        form=form or WebhookForm(initial={"url": found.url, "events": found.events}),
        attempts=[(one, Moment(one.at, request.at)) for one in tried.rows],
        pager=Pager("", _at(tried.previous_cursor), _at(tried.next_cursor)),
        secret=secret,
    )


def _at(cursor: str | None) -> str:
    return f"?cursor={cursor}" if cursor else ""


@screen(*GET, *POST, needs=P.WEBHOOK_EDIT)
def webhook(request: DeskRequest, webhook_id: UUID) -> HttpResponse:
    """Show one webhook, edit it, or pause, resume, test, rotate or remove it."""
    found = queries.webhook(webhook_id, viewer=request.actor)
    if request.method != "POST":
        return show(request, "operations/webhook.html", _webhook(request, found))
    name, by, at, seen = text(request, "act"), request.actor, request.at, whole_number(request, "seen")
    match name:
        case "edit":
            return _edit(request, found, seen)
        case "rotate":
            changed, secret = actions.rotate_secret(webhook_id=webhook_id, by=by, at=at, seen=seen)
            return _shown_once(request, changed, secret)
        case "pause":
            actions.pause_webhook(webhook_id=webhook_id, by=by, at=at, seen=seen)
        case "resume":
            actions.resume_webhook(webhook_id=webhook_id, by=by, at=at, seen=seen)
        case "try":
            actions.try_webhook(webhook_id=webhook_id, by=by, at=at)
            toasts.say(request, Toast(_("A test event is on its way; see the attempts in a moment.")))
        case "remove":
            actions.remove_webhook(webhook_id=webhook_id, by=by, at=at, seen=seen)
            return done(request, "webhooks")
        case _other:
            raise Refused("webhook.unknown_act", _("There is nothing of that name to do with a webhook."))
    return done(request, "webhook", webhook_id)


def _edit(request: DeskRequest, found: Any, seen: int | None) -> HttpResponse:
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            actions.edit_webhook(webhook_id=found.pk, by=request.actor, at=request.at, seen=seen, **form.cleaned_data)
        except Invalid as invalid:
            _errors(form, invalid)
        else:
            return done(request, "webhook", found.pk)
    return show(request, "operations/webhook.html", _webhook(request, found, form=form), status=422)
