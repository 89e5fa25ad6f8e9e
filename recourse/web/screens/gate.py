"""The gate: what asks to be let in, one request with its evidence, and every move that may be made with it."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.escalations import actions, queries
from recourse.escalations.queries.gate import at_the_gate, decisions_of
from recourse.escalations.queries.precision import precision_of
from recourse.handbook.policy.shape import Tier
from recourse.handbook.queries import edition_at
from recourse.kit.errors import Invalid, NotVisible, Stale
from recourse.kit.money import written
from recourse.people.policy import Permission, TeamKind
from recourse.people.queries import active_staff, teams
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, whole_number
from recourse.web.parts import Breadcrumb, Chip, Due, Moment, Step, Toast, length
from recourse.web.screens.case.words import tier_name
from recourse.web.screens.shares import said

HEADINGS = (
    ("ground", gettext_lazy("by ground")),
    ("agent", gettext_lazy("by requester")),
    ("team", gettext_lazy("by team")),
    ("month", gettext_lazy("by month")),
)
WHY = gettext_lazy("Why, for the record")
PRECISION_DAYS = dt.timedelta(days=90)
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Asking:
    """One request in the list."""

    found: Any
    grounds: Sequence[str]
    tier: str
    due: Due
    href: str


@dataclass(frozen=True)
class PrecisionRow:
    """How good the gate was under one heading, in words."""

    heading: str
    accepted: str
    returned: str
    needed: str
    missed: str


@dataclass(frozen=True)
class GatePage:
    """What waits at the gate, and how good the gate has been."""

    rows: Sequence[Asking]
    precision: Sequence[Any]
    by: str
    headings: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class GroundRow:
    """A ground with its evidence in words."""

    name: str
    is_met: bool
    is_computed: bool
    evidence: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class MoveForm:
    """A move that may be made, with its form; or why it may not."""

    name: str
    label: str
    form: forms.Form | None
    why_not: str


@dataclass(frozen=True)
class OnePage:
    """One request."""

    found: Any
    crumbs: Breadcrumb
    chip: Chip
    due: Due
    grounds: Sequence[GroundRow]
    decisions: Sequence[tuple[Any, str, Moment]]
    moves: Sequence[MoveForm]
    asked: Moment
    stale: str
    levels: Sequence[tuple[str, str]]


def ground_names(request: DeskRequest) -> dict[str, str]:
    """Return the names of the grounds by code."""
    return {ground.code: ground.name for ground in edition_at(request.at).rules.escalation.grounds}


@screen(*GET, needs=Permission.ESCALATION_GATE)
def gate(request: DeskRequest) -> HttpResponse:
    """Show what waits at the gate, due first at the head, and the precision so far."""
    names = ground_names(request)
    by = request.GET.get("by", "ground")
    headings = [
        ("ground", _("by ground")),
        ("agent", _("by requester")),
        ("team", _("by team")),
        ("month", _("by month")),
    ]
    if by not in dict(headings):
        raise Invalid.one("by", _("Choose one of the list."))
    rows = [
        Asking(
            found=one,
            grounds=[names.get(ground.code, ground.code) for ground in one.grounds.all() if ground.is_met],
            tier=tier_name(one.tier),
            due=Due(one.gate_due_at, request.at, "breached" if one.gate_due_at < request.at else "running"),
            href=reverse("escalation", args=[one.case.ref, one.number]),
        )
        for one in at_the_gate(viewer=request.actor)[:100]
    ]
    found = precision_of(by=by, viewer=request.actor, since=request.at - PRECISION_DAYS, until=request.at)
    shares = [
        PrecisionRow(
            names.get(one.heading, one.heading),
            said(one.accepted),
            said(one.returned),
            said(one.needed),
            said(one.missed),
        )
        for one in found
    ]
    return show(request, "escalations/gate.html", GatePage(rows, shares, by, headings))


def _reasons(request: DeskRequest, name: str, decision: str = "") -> Choices:
    found = getattr(edition_at(request.at).rules.reasons, name)
    return [(one.code, one.name) for one in found if not decision or decision in set(one.decisions)]


def _note(label: Any = WHY, *, is_required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea({"rows": 3}), required=is_required, max_length=10_000)


def _needed() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=gettext_lazy("Did it need the advanced team?"),
        choices=[("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))], coerce=lambda said: said == "yes",
    )  # fmt: skip


def _fields(request: DeskRequest, name: str) -> dict[str, forms.Field]:
    match name:
        case "accept" | "withdraw":
            return {"note": _note(is_required=False)}
        case "return":
            return {
                "reason": forms.ChoiceField(label=_("Reason"), choices=_reasons(request, "returns")),
                "note": _note(_("Coaching note: what would have made it pass")),
            }
        case "redirect":
            others = [(one.slug, one.name) for one in teams() if one.kind != TeamKind.ADVANCED]
            return {
                "team_slug": forms.ChoiceField(label=_("To which team"), choices=others),
                "reason": forms.ChoiceField(label=_("Reason"), choices=_reasons(request, "returns")),
                "note": _note(),
            }
        case "override_tier":
            tiers = [(one.value, tier_name(one.value)) for one in Tier if one is not Tier.FRONT_LINE]
            return {
                "tier": forms.TypedChoiceField(label=_("Tier"), choices=tiers, coerce=Tier),
                "reason": forms.ChoiceField(label=_("Reason"), choices=_reasons(request, "override", "tier")),
                "note": _note(is_required=False),
            }
        case "hand_back":
            people = [("", _("whoever had it before"))] + [(str(one.pk), one.name) for one in active_staff()]
            return {
                "reason": forms.ChoiceField(label=_("Reason"), choices=_reasons(request, "returns")),
                "owner_id": forms.TypedChoiceField(
                    label=_("To whom"),
                    choices=people,
                    required=False,
                    coerce=lambda said: said or None,
                    empty_value=None,
                ),
                "was_needed": _needed(),
                "note": _note(_("What was done, and what is left to do")),
            }
        case "decline_back":
            return {"note": _note()}
        case "judge":
            return {"was_needed": _needed(), "note": _note(is_required=False)}
        case "finish":
            return {"was_needed": _needed(), "note": _note(_("Outcome, for whoever asked"))}
    return {}


LABELS = {
    "accept": gettext_lazy("Accept"),
    "return": gettext_lazy("Return with a coaching note"),
    "redirect": gettext_lazy("Redirect"),
    "withdraw": gettext_lazy("Withdraw"),
    "override_tier": gettext_lazy("Change the tier"),
    "hand_back": gettext_lazy("Hand back"),
    "take_back": gettext_lazy("Take it back"),
    "decline_back": gettext_lazy("Decline it"),
    "finish": gettext_lazy("Finish"),
    "judge": gettext_lazy("Say whether it was needed"),
}
VERBS: Mapping[str, Callable[..., Any]] = {
    "accept": actions.accept,
    "return": actions.return_,
    "redirect": actions.redirect,
    "withdraw": actions.withdraw,
    "override_tier": actions.override_tier,
    "hand_back": actions.hand_back,
    "take_back": actions.take_back,
    "decline_back": actions.decline_back,
    "finish": actions.finish,
    "judge": actions.judge,
}


@screen(*GET)
def escalation(request: DeskRequest, ref: str, number: int) -> HttpResponse:
    """Show one escalation with everything that may be done with it."""
    return show(request, "escalations/one.html", _one(request, ref, number))


@screen(*POST)
def move(request: DeskRequest, ref: str, number: int, name: str) -> HttpResponse:
    """Make a move with an escalation."""
    if name not in VERBS:
        raise NotVisible
    form = _form(request, name, is_bound=True)
    stale = ""
    if form.is_valid():
        try:
            VERBS[name](
                ref, number, by=request.actor, at=request.at, seen=whole_number(request, "seen"), **form.cleaned_data
            )
        except Invalid as invalid:
            for field, sentences in invalid.fields.items():
                form.add_error(field if field in form.fields else None, "; ".join(sentences))
        except Stale as error:
            stale = error.sentence
        else:
            toasts.say(request, Toast(_("Done: %(what)s.") % {"what": str(LABELS[name]).lower()}))
            return _after(request, ref, name)
    page = _one(request, ref, number, {name: form}, stale)
    return show(request, "escalations/one.html", page, status=409 if stale else 422)


def _after(request: DeskRequest, ref: str, name: str) -> HttpResponse:
    """Go on with the gate's work, or back to the case; a case that is no longer the actor's to see is left."""
    if name in {"accept", "return", "redirect"} and request.actor.can(Permission.ESCALATION_GATE):
        return done(request, "gate")
    return done(request, "case", ref)


def _form(request: DeskRequest, name: str, *, is_bound: bool = False) -> forms.Form:
    made: forms.Form = type("MoveFields", (forms.Form,), _fields(request, name))(
        request.POST if is_bound else None, prefix=None, auto_id=f"{name}-%s"
    )
    return made


def _one(
    request: DeskRequest, ref: str, number: int, forms_bound: Mapping[str, forms.Form] | None = None, stale: str = ""
) -> OnePage:
    found = queries.escalation(ref, number, viewer=request.actor)
    names = ground_names(request)
    items = {
        ground.code: {item.key: item.name for item in ground.evidence}
        for ground in edition_at(request.at).rules.escalation.grounds
    }
    bound = forms_bound or {}
    moves = queries.moves(found, viewer=request.actor)
    tone = {"accepted": "ok", "requested": "accent", "returned": "warn"}.get(found.state, "neutral")
    return OnePage(
        found=found,
        crumbs=Breadcrumb([Step(found.case.ref, reverse("case", args=[found.case.ref])), Step(_("Escalation"))]),
        chip=Chip(_(found.state.replace("_", " ")), tone),
        due=_due(request, found),
        grounds=[_ground(one, names, items.get(one.code, {})) for one in found.grounds.all()],
        decisions=[(one.decision, one.note, Moment(one.decision.at, request.at)) for one in _decided(request, found)],
        moves=[
            MoveForm(name, str(LABELS[name]), None if why else bound.get(name) or _form(request, name), why)
            for name, why in moves.items()
            if name in VERBS and (not why or name in bound)
        ],
        asked=Moment(found.requested_at, request.at),
        stale=stale,
        levels=[
            (tier_name(one.tier), length(one.lasted.total_seconds()))
            for one in queries.levels_of(found.case, at=request.at)
        ],
    )


def _decided(request: DeskRequest, found: Any) -> Sequence[Any]:
    return decisions_of(found, viewer=request.actor)


def _due(request: DeskRequest, found: Any) -> Due:
    if found.ended_at:
        return Due(None, request.at, "none")
    due_at = found.gate_due_at if found.state == "requested" else found.due_at
    if found.responded_at:
        return Due(due_at, request.at, "met" if found.responded_at <= found.due_at else "breached")
    return Due(due_at, request.at, "breached" if due_at < request.at else "running")


def _ground(one: Any, names: Mapping[str, str], items: Mapping[str, str]) -> GroundRow:
    told = {**one.evidence, **one.words}
    evidence = [(items.get(key, key), _said(value)) for key, value in told.items()]
    return GroundRow(names.get(one.code, one.code), one.is_met, one.is_computed, evidence)


def _said(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"currency", "minor"}:
        return f"{written(value['minor'], value['currency'])} {value['currency']}"
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
