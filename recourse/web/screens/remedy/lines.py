"""One line of a remedy: put in, changed, made good otherwise, moved along."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.remedies import Execution
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.kit.money import parse, written
from recourse.people.policy import Permission
from recourse.remedies import actions
from recourse.remedies.actions import NewLine
from recourse.remedies.policy import Part
from recourse.remedies.queries import Board, board
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.parts import Breadcrumb, Step, Toast
from recourse.web.screens.remedy import words
from recourse.web.screens.remedy.assessing import with_errors

Choice = tuple[str, str]


@dataclass(frozen=True)
class LinePage:
    """The form of a line."""

    case: Any
    crumbs: Breadcrumb
    heading: str
    form: forms.Form
    seen: int | None
    refusal: str
    warning: str
    button: str


@screen(*GET, *POST, needs=Permission.REMEDY_PROPOSE)
def new(request: DeskRequest, ref: str) -> HttpResponse:
    """Ask for a line and put it in."""
    put = lambda told, seen: actions.add_line(ref, told, by=request.actor, at=request.at)  # noqa: E731
    return _written(request, ref, _("A new line"), put, _from_address(request), None)


@screen(*GET, *POST)
def act(request: DeskRequest, ref: str, number: int, name: str) -> HttpResponse:
    """Move a line along, or ask for what that takes."""
    if name in {"edit", "replace"}:
        return _again(request, ref, number, name)
    if name == "give_up" and request.method != "POST":
        return _why(request, ref, number, {})
    if name not in VERBS or request.method != "POST":
        raise NotVisible
    try:
        VERBS[name](request, ref, number)
    except Invalid as invalid:
        if name == "give_up":
            return _why(request, ref, number, invalid.fields, status=422)
        raise Refused("invalid", " ".join(said for some in invalid.fields.values() for said in some)) from invalid
    toasts.say(request, Toast(_("Done.")))
    return done(request, "remedy", ref)


def _plain(verb: Callable[..., Any]) -> Callable[[DeskRequest, str, int], Any]:
    return lambda request, ref, number: verb(
        ref, number, by=request.actor, at=request.at, seen=whole_number(request, "seen")
    )


def _confirm(request: DeskRequest, ref: str, number: int) -> Any:
    return actions.confirm_done(ref, number, reference=text(request, "reference"), by=request.actor, at=request.at)


def _give_up(request: DeskRequest, ref: str, number: int) -> Any:
    return actions.report_failed(ref, number, note=text(request, "note"), by=request.actor, at=request.at)


VERBS: dict[str, Callable[[DeskRequest, str, int], Any]] = {
    "propose": _plain(actions.propose),
    "execute": _plain(actions.execute),
    "withdraw": _plain(actions.withdraw_line),
    "confirm": _confirm,
    "give_up": _give_up,
}


def _why(
    request: DeskRequest, ref: str, number: int, errors: Mapping[str, list[str]], *, status: int = 200
) -> HttpResponse:
    found = board(ref, viewer=request.actor, at=request.at)
    form = forms.Form(initial={"note": text(request, "note")})
    form.fields["note"] = forms.CharField(label=_("Why it could not be done"), widget=forms.Textarea({"rows": 3}))
    page = _page(found, _("Line %(number)d") % {"number": number}, with_errors(form, errors), None, _("Say so"))
    return show(request, "remedies/line.html", page, status=status)


def _again(request: DeskRequest, ref: str, number: int, name: str) -> HttpResponse:
    """Change a line, or make a failed one good by another."""
    found = board(ref, viewer=request.actor, at=request.at)
    one = next((view.line for view in found.lines if view.line.number == number), None)
    if one is None:
        raise NotVisible
    verb = actions.edit_line if name == "edit" else actions.replace_line
    put = lambda told, seen: verb(ref, number, told, by=request.actor, at=request.at, seen=seen)  # noqa: E731
    heading = _("Change line %(number)d") if name == "edit" else _("Make line %(number)d good otherwise")
    return _written(request, ref, heading % {"number": number}, put, _from_line(one), one.version)


def _written(
    request: DeskRequest, ref: str, heading: str, put: Callable[[NewLine, int | None], Any], given: dict[str, Any],
    version: int | None,
) -> HttpResponse:  # fmt: skip
    found = board(ref, viewer=request.actor, at=request.at)
    if found.package is None:
        return done(request, "remedy-assess", ref)
    errors: dict[str, list[str]] = {}
    refusal = ""
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in request.POST}
        try:
            put(_told(given, found.package.currency), whole_number(request, "seen"))
        except Invalid as invalid:
            errors = invalid.fields
        except Stale as stale:
            refusal = stale.sentence
        except Refused as refused:
            if refused.is_permission:
                raise
            refusal = refused.sentence
        else:
            toasts.say(request, Toast(_("Written.")))
            return done(request, "remedy", ref)
    page = _page(found, heading, _form(found, given, errors), version, _("Write it down"), refusal=refusal)
    return show(request, "remedies/line.html", page, status=422 if errors else 409 if refusal else 200)


def _page(
    found: Board, heading: str, form: forms.Form, seen: int | None, button: str, *, refusal: str = ""
) -> LinePage:
    case = found.case
    steps = [
        Step(case.ref, reverse("case", args=[case.ref])),
        Step(_("Remedy"), reverse("remedy", args=[case.ref])),
        Step(heading),
    ]
    void = _("Changing an approved line voids its approval.") if seen is not None else ""
    return LinePage(case, Breadcrumb(steps), heading, form, seen, refusal, void, button)


def _from_address(request: DeskRequest) -> dict[str, Any]:
    given = {name: request.GET.get(name, "") for name in ("part", "rule", "kind")}
    return {**given, "minor": request.GET.get("minor", "")}


def _from_line(one: Any) -> dict[str, Any]:
    return {
        "part": one.part,
        "rule": one.rule,
        "kind": one.kind,
        "amount": written(one.amount_minor, one.currency) if one.amount_minor else "",
        "execution": one.execution,
        "payment_id": str(one.payment_id or ""),
        "item_ref": one.item_ref,
        "quantity": one.quantity or "",
        "document_id": str(one.document_id or ""),
        "watch_days": one.watch_days or "",
        "words": one.words,
    }


def _told(given: Mapping[str, Any], currency: str) -> NewLine:
    problems: dict[str, list[str]] = {}
    minor = 0
    if str(given.get("amount", "")).strip():
        try:
            minor = parse(str(given["amount"]), currency, field="amount", is_zero_allowed=True).minor
        except Invalid as invalid:
            problems |= invalid.fields
    kind = _one_of(LineKind, given, "kind", problems)
    part = _one_of(Part, given, "part", problems)
    execution = _one_of(Execution, given, "execution", problems) if given.get("execution") else None
    if problems or kind is None or part is None:
        raise Invalid(problems)
    return NewLine(
        kind=kind, part=part, rule=str(given.get("rule", "")), amount_minor=minor, execution=execution,
        payment_id=_key(given.get("payment_id")), item_ref=str(given.get("item_ref", "")),
        quantity=_count(given.get("quantity"), "quantity"), document_id=_key(given.get("document_id")),
        watch_days=_count(given.get("watch_days"), "watch_days"), words=str(given.get("words", "")),
    )  # fmt: skip


def _one_of(kinds: Any, given: Mapping[str, Any], field: str, problems: dict[str, list[str]]) -> Any:
    try:
        return kinds(str(given.get(field, "")))
    except ValueError:
        problems[field] = [_("Choose one of the list.")]
        return None


def _key(typed: Any) -> UUID | None:
    try:
        return UUID(str(typed)) if typed else None
    except ValueError as error:
        raise Invalid.one("payment_id", _("Choose one of the list.")) from error


def _count(typed: Any, field: str) -> int | None:
    said = str(typed or "").strip()
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 7):
        raise Invalid.one(field, _("Write a whole number."))
    return int(said)


def _form(found: Board, given: dict[str, Any], errors: Mapping[str, list[str]]) -> forms.Form:
    """Return the form with the fields that a kind of line has."""
    package, fair = found.package, found.fair
    assert package is not None
    assert fair is not None
    kind = str(given.get("kind", "")) or LineKind.REFUND.value
    if given.get("minor", "").isdigit():
        given = {**given, "amount": written(int(given["minor"]), package.currency)}
    form = forms.Form(initial=given)
    kinds = [(one.value, words.kind_name(one.value)) for one in LineKind]
    form.fields["kind"] = forms.ChoiceField(label=_("What"), choices=kinds)
    parts = [(part, words.part_name(part)) for part in words.PARTS]
    form.fields["part"] = forms.ChoiceField(label=_("Step of fairness"), choices=parts)
    rules: list[Choice] = [("", "")] + [(one.key, one.name) for one in fair.owed]
    rules += [(row.key, row.name) for row in fair.harms]
    form.fields["rule"] = forms.ChoiceField(label=_("Stands for"), choices=rules, required=False)
    label = _("Amount in %(currency)s") % {"currency": package.currency}
    form.fields["amount"] = forms.CharField(
        label=label, required=False, widget=forms.TextInput({"inputmode": "decimal"})
    )
    _add_ways(form, found, kind)
    if kind == LineKind.REPLACEMENT and package.order is not None:
        items = [(row.item_ref, row.name) for row in package.order.items.all()]
        form.fields["item_ref"] = forms.ChoiceField(label=_("Item"), choices=items, required=False)
        form.fields["quantity"] = forms.IntegerField(label=_("Pieces"), required=False, min_value=1)
    if kind == LineKind.CONSEQUENTIAL_LOSS:
        files = [(str(one.document_id), one.document.name) for one in found.claims if one.document]
        form.fields["document_id"] = forms.ChoiceField(label=_("Claim document"), choices=files, required=False)
    if kind == LineKind.MONITORING:
        form.fields["watch_days"] = forms.IntegerField(label=_("For how many days"), required=False, min_value=1)
    form.fields["words"] = forms.CharField(
        label=_("In words: the apology, the fee, what is restored, why it goes beyond"), required=False,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    return with_errors(form, {("amount" if name == "amount_minor" else name): said for name, said in errors.items()})


def _add_ways(form: forms.Form, found: Board, kind: str) -> None:
    """Add how it is carried out, and which payment it goes back to."""
    rule = next((one for one in found.edition.rules.remedies.lines if one.code.value == kind), None)
    ways = rule.executions if rule else tuple(Execution)
    choices = [("", _("as the handbook says"))] + [(way.value, words.execution_name(way.value)) for way in ways]
    form.fields["execution"] = forms.ChoiceField(label=_("Carried out"), choices=choices, required=False)
    if Execution.PROVIDER in ways and found.payments:
        payments = [
            (str(one.payment_id), f"{one.method.replace('_', ' ')}, {one.left_shown} {one.currency}")
            for one in found.payments
        ]
        label = _("Payment, with what is left of it")
        form.fields["payment_id"] = forms.ChoiceField(label=label, choices=[("", _("none")), *payments], required=False)
