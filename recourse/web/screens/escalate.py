"""Asking that a case leave the front line: grounds and evidence, and what would come of it before anything is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.cases.queries.find import case_by_ref
from recourse.conversations.queries import messages_of
from recourse.escalations import actions
from recourse.escalations.policy import Claim, Request
from recourse.escalations.queries.preview import Preview, preview
from recourse.handbook.policy.shape import Impact, Severity
from recourse.handbook.queries import edition_at
from recourse.kit.errors import Invalid
from recourse.kit.money import digits
from recourse.people.policy import Permission
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.parts import Breadcrumb, Moment, Step, Toast


@dataclass(frozen=True)
class Piece:
    """One piece of evidence in the form, with what was typed and what is wrong."""

    name: str
    label: str
    kind: str
    is_required: bool
    value: Any
    currency: str
    currencies: Sequence[str]
    errors: Sequence[str]


@dataclass(frozen=True)
class GroundForm:
    """One ground in the form."""

    code: str
    name: str
    qualifies: str
    is_claimed: bool
    is_computed: bool
    is_met: bool
    why: Sequence[str]
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Verdict:
    """What would come of it."""

    found: Preview
    gate_due: Moment
    due: Moment


@dataclass(frozen=True)
class EscalatePage:
    """The form and the verdict beside it."""

    case: Any
    crumbs: Breadcrumb
    grounds: Sequence[GroundForm]
    severities: Sequence[str]
    impacts: Sequence[str]
    severity: str
    impact: str
    files: Sequence[Any]
    verdict: Verdict
    errors: dict[str, list[str]]
    seen: int


@screen(*GET, *POST, needs=Permission.ESCALATION_REQUEST)
def escalate(request: DeskRequest, ref: str) -> HttpResponse:
    """Show the form with its verdict; send it when asked to and when it qualifies."""
    errors: dict[str, list[str]] = {}
    case = case_by_ref(ref, viewer=request.actor)
    asked = _asked(request, case)
    if request.method == "POST" and text(request, "act") == "send":
        try:
            sent = actions.request(ref, asked, by=request.actor, at=request.at, seen=whole_number(request, "seen"))
        except Invalid as invalid:
            errors = invalid.fields
        else:
            toasts.say(request, Toast(_("Sent to the gate. You will hear what came of it.")))
            return done(request, "escalation", sent.case.ref, sent.number)
    page = _page(request, case, asked, errors)
    return show(request, "escalations/escalate.html", page, status=422 if errors else 200)


@screen(*POST, needs=Permission.ESCALATION_REQUEST)
def verdict(request: DeskRequest, ref: str) -> HttpResponse:
    """Answer the verdict alone, while the form is being filled in."""
    case = case_by_ref(ref, viewer=request.actor)
    return show(request, "escalations/verdict.html", _verdict(request, case, _asked(request, case)))


def _asked(request: DeskRequest, case: Any) -> Request:
    """Return what the form holds, or what a fresh form begins with."""
    severity, impact = text(request, "severity", case.severity), text(request, "impact", case.impact)
    rules = edition_at(request.at).rules.escalation
    chosen = request.POST.getlist("ground")
    claims = tuple(Claim(ground.code, _evidence(request, ground)) for ground in rules.grounds if ground.code in chosen)
    try:
        return Request(Severity(severity), Impact(impact), claims)
    except ValueError as error:
        raise Invalid.one("severity", _("Choose severity and impact from the lists.")) from error


def _evidence(request: DeskRequest, ground: Any) -> dict[str, Any]:
    return {item.key: _given(request, f"{ground.code}.{item.key}", item.type.value) for item in ground.evidence}


def _given(request: DeskRequest, name: str, kind: str) -> Any:
    if kind == "file":
        return request.POST.getlist(name)
    said = text(request, name).strip()
    if kind != "amount" or not said:
        return said
    currency = text(request, f"{name}.currency").strip()
    return {"currency": currency, "minor": _minor(said, currency)}


def _minor(said: str, currency: str) -> int | str:
    """Return typed digits in minor units; anything else as it was typed, for the verb to refuse by name."""
    whole, _dot, rest = said.partition(".")
    places = digits(currency)
    is_amount = said.isascii() and whole.isdigit() and (rest.isdigit() or not rest) and len(rest) <= places
    return int(whole + rest.ljust(places, "0")) if is_amount and len(said) < 18 else said


def _page(request: DeskRequest, case: Any, asked: Request, errors: dict[str, list[str]]) -> EscalatePage:
    shown = _verdict(request, case, asked)
    rules = edition_at(request.at).rules.escalation
    rows = {row.code: row for row in shown.found.grounds}
    return EscalatePage(
        case=case,
        crumbs=Breadcrumb([Step(case.ref, reverse("case", args=[case.ref])), Step(_("Escalate"))]),
        grounds=[_ground(request, ground, rows[ground.code], errors) for ground in rules.grounds],
        severities=[one.value for one in Severity],
        impacts=[one.value for one in Impact],
        severity=asked.severity.value,
        impact=asked.impact.value,
        files=[file for said in messages_of(case) for file in said.attachments.all() if file.removed_at is None],
        verdict=shown,
        errors=errors,
        seen=case.version,
    )


def _verdict(request: DeskRequest, case: Any, asked: Request) -> Verdict:
    found = preview(case.pk, asked, by=request.actor, at=request.at)
    return Verdict(found, Moment(found.gate_due_at, request.at), Moment(found.due_at, request.at))


def _ground(request: DeskRequest, ground: Any, row: Any, errors: dict[str, list[str]]) -> GroundForm:
    return GroundForm(
        code=ground.code,
        name=ground.name,
        qualifies=ground.qualifies,
        is_claimed=row.is_claimed,
        is_computed=row.is_computed,
        is_met=row.is_met,
        why=row.why,
        pieces=[_piece(request, ground.code, item, errors) for item in ground.evidence],
    )


def _piece(request: DeskRequest, code: str, item: Any, errors: dict[str, list[str]]) -> Piece:
    name, kind = f"{code}.{item.key}", item.type.value
    return Piece(
        name=name,
        label=item.name,
        kind=kind,
        is_required=item.is_required,
        value=request.POST.getlist(name) if kind == "file" else text(request, name),
        currency=text(request, f"{name}.currency"),
        currencies=[money.currency for money in item.thresholds],
        errors=errors.get(f"grounds.{name}", ()),
    )
