"""The assessment of a case: what went wrong and what it cost, with what would follow beside the form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recourse.cases.queries.find import case_by_ref
from recourse.conversations.queries import messages_of
from recourse.customers.queries.profile import orders_of
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.remedies import Fault
from recourse.handbook.queries import edition_at
from recourse.kit.errors import Invalid, Stale
from recourse.kit.money import parse, written
from recourse.people.policy import Permission
from recourse.remedies import actions
from recourse.remedies.actions import Assessment, HarmTold, ItemTold
from recourse.remedies.queries import package_of, preview
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.parts import Breadcrumb, Step, Toast
from recourse.web.screens.remedy import words
from recourse.web.screens.remedy.page import FairView, fair_view

Choice = tuple[str, str]
AMOUNTS = ("goods_minor", "delivery_fee_minor", "charge_minor", "sought_minor")


@dataclass(frozen=True)
class AssessPage:
    """The form, and what would follow."""

    case: Any
    crumbs: Breadcrumb
    form: forms.Form
    fair: FairView
    seen: int | None
    stale: str


@dataclass(frozen=True)
class FairPage:
    """What would follow, alone."""

    fair: FairView


@screen(*GET, *POST, needs=Permission.REMEDY_PROPOSE)
def assess(request: DeskRequest, ref: str) -> HttpResponse:
    """Show the form with what would follow from it; write it when asked to."""
    case = case_by_ref(ref, viewer=request.actor)
    errors: dict[str, list[str]] = {}
    stale = ""
    if request.method == "POST" and text(request, "act") == "save":
        try:
            told = _told(request, case)
            actions.assess(ref, told, by=request.actor, at=request.at, seen=whole_number(request, "seen"))
        except Invalid as invalid:
            errors = invalid.fields
        except Stale as found:
            stale = found.sentence
        else:
            toasts.say(request, Toast(_("Assessed.")))
            return done(request, "remedy", ref)
    status = 409 if stale else 422 if errors else 200
    return show(request, "remedies/assess.html", _page(request, case, errors, stale), status=status)


@screen(*POST, needs=Permission.REMEDY_PROPOSE)
def would_follow(request: DeskRequest, ref: str) -> HttpResponse:
    """Answer what would follow, alone, while the form is being filled in."""
    case = case_by_ref(ref, viewer=request.actor)
    return show(request, "remedies/would_follow.html", FairPage(_fair(request, case)))


def _page(request: DeskRequest, case: Any, errors: dict[str, list[str]], stale: str) -> AssessPage:
    package = package_of(case)
    return AssessPage(
        case=case,
        crumbs=Breadcrumb(
            [
                Step(case.ref, reverse("case", args=[case.ref])),
                Step(_("Remedy"), reverse("remedy", args=[case.ref])),
                Step(_("Assess")),
            ]
        ),
        form=_form(request, case, package, errors),
        fair=_fair(request, case),
        seen=package.version if package else None,
        stale=stale,
    )


def _fair(request: DeskRequest, case: Any) -> FairView:
    try:
        told = _told(request, case)
    except Invalid:
        told = Assessment(cause=text(request, "cause"), currency=_currency(request, case))
    found = preview(case.pk, told, viewer=request.actor, at=request.at)
    return fair_view(case, found, {}, may_add=False)


def _given(request: DeskRequest, case: Any) -> Mapping[str, Any]:
    """Return what the form holds: what was typed, or what was assessed before."""
    if request.method == "POST":
        return {name: request.POST.get(name, "") for name in request.POST}
    package = package_of(case)
    if package is None:
        return {"currency": _currency(request, case), "order_ref": (case.order_refs or [""])[0], "fault": "ours"}
    plain = {name: getattr(package, name) for name in ("cause", "fault", "days", "currency", "sought_kind")}
    for name in AMOUNTS:
        value = getattr(package, name)
        plain[name] = written(value, package.currency) if value else ""
    if package.items:
        plain["goods_minor"] = ""
    plain["order_ref"] = package.order.reference if package.order else ""
    plain |= {f"qty:{one['item_ref']}": one["quantity"] for one in package.items}
    for claim in package.harms.all():
        plain[f"harm:{claim.key}"] = written(claim.claimed_minor, package.currency)
        plain[f"file:{claim.key}"] = str(claim.document_id or "")
    return plain


def _currency(request: DeskRequest, case: Any) -> str:
    typed = text(request, "currency").strip().upper()
    if typed:
        return typed
    orders = list(orders_of(case.customer)[:1]) if case.customer else []
    return orders[0].currency if orders else str(edition_at(request.at).rules.currency)


def _told(request: DeskRequest, case: Any) -> Assessment:
    """Return the form as the verb takes it; raises Invalid naming every amount that cannot be read."""
    given = _given(request, case)
    currency = str(given.get("currency") or _currency(request, case))
    problems: dict[str, list[str]] = {}
    sums = {name: _minor(given.get(name), currency, name, problems) for name in AMOUNTS}
    rules = edition_at(request.at).rules.remedies
    harms = [
        HarmTold(one.key, minor, _key(given.get(f"file:{one.key}")))
        for one in rules.harms
        if (minor := _minor(given.get(f"harm:{one.key}"), currency, f"harm:{one.key}", problems))
    ]
    items = [
        ItemTold(name.removeprefix("qty:"), _whole(value, name, problems))
        for name, value in given.items()
        if name.startswith("qty:") and str(value).strip() not in {"", "0"}
    ]
    if problems:
        raise Invalid(problems)
    return Assessment(
        cause=str(given.get("cause", "")),
        currency=currency,
        fault=_fault(given.get("fault")),
        days=_whole(given.get("days") or 0, "days", problems),
        order_ref=str(given.get("order_ref", "")),
        items=tuple(items),
        goods_minor=sums["goods_minor"] or 0,
        delivery_fee_minor=sums["delivery_fee_minor"] or 0,
        charge_minor=sums["charge_minor"] or 0,
        harms=tuple(harms),
        sought_kind=str(given.get("sought_kind", "")),
        sought_minor=sums["sought_minor"],
    )


def _minor(typed: Any, currency: str, field: str, problems: dict[str, list[str]]) -> int | None:
    said = str(typed or "").strip()
    if not said:
        return None
    try:
        return parse(said, currency, field=field, is_zero_allowed=True).minor
    except Invalid as invalid:
        problems.update(invalid.fields)
        return None


def _whole(typed: Any, field: str, problems: dict[str, list[str]]) -> int:
    said = str(typed).strip()
    if said.isascii() and said.isdigit() and len(said) < 7:
        return int(said)
    problems[field] = [_("Write a whole number.")]
    return 0


def _fault(typed: Any) -> Fault:
    try:
        return Fault(str(typed or "ours"))
    except ValueError as error:
        raise Invalid.one("fault", _("Choose one of the list.")) from error


def _key(typed: Any) -> UUID | None:
    try:
        return UUID(str(typed)) if typed else None
    except ValueError:
        return None


def _form(request: DeskRequest, case: Any, package: Any, errors: dict[str, list[str]]) -> forms.Form:
    given = _given(request, case)
    rules = edition_at(request.at).rules.remedies
    orders = list(orders_of(case.customer)) if case.customer else []
    form = forms.Form(initial=dict(given))
    form.fields["cause"] = _select(_("What went wrong"), [("", "")] + [(one.key, one.name) for one in rules.causes])
    form.fields["fault"] = _select(_("Whose fault it was"), _faults())
    form.fields["days"] = forms.IntegerField(label=_("For how many days"), required=False, min_value=0)
    form.fields["order_ref"] = _select(
        _("Order"), [("", _("none"))] + [(one.reference, one.reference) for one in orders], is_required=False
    )
    form.fields["currency"] = forms.CharField(label=_("Currency"), max_length=3)
    for item in _items(orders, str(given.get("order_ref", ""))):
        label = _("Pieces of %(name)s, of %(count)d at %(price)s") % {
            "name": item.name, "count": item.quantity, "price": written(item.unit_minor, str(given.get("currency")))
        }  # fmt: skip
        form.fields[f"qty:{item.item_ref}"] = forms.IntegerField(
            label=label, required=False, min_value=0, max_value=item.quantity
        )
    form.fields["goods_minor"] = _amount(_("Worth of the goods, where no order names them"))
    form.fields["delivery_fee_minor"] = _amount(_("Delivery fee"))
    form.fields["charge_minor"] = _amount(_("The charge in question"))
    files = _files(case)
    for harm in rules.harms:
        form.fields[f"harm:{harm.key}"] = _amount(_("Harm: %(name)s") % {"name": harm.name})
        if harm.needs_document and files:
            form.fields[f"file:{harm.key}"] = _select(
                _("Document for: %(name)s") % {"name": harm.name}, [("", _("none")), *files], is_required=False
            )
    kinds = [(kind.value, words.kind_name(kind.value)) for kind in LineKind]
    form.fields["sought_kind"] = _select(_("What the customer asked for"), [("", _("nothing named")), *kinds],
                                         is_required=False)  # fmt: skip
    form.fields["sought_minor"] = _amount(_("How much they asked for"))
    return with_errors(form, errors)


def with_errors(form: forms.Form, errors: Mapping[str, Sequence[str]]) -> forms.Form:
    """Return the same form, holding what was typed, with the sentences of a refusal at its fields."""
    if not errors:
        return form
    bound = forms.Form(data=dict(form.initial))
    bound.fields = form.fields
    for one in bound.fields.values():
        one.required = False
    bound.full_clean()
    for name, said in errors.items():
        field = name.replace("harms.", "harm:")
        for sentence in said:
            bound.add_error(field if field in bound.fields else None, sentence)
    return bound


def _select(label: str, choices: Sequence[Choice], *, is_required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=is_required)


def _amount(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.TextInput({"inputmode": "decimal"}))


def _faults() -> list[Choice]:
    return [
        ("ours", _("ours")), ("shared", _("shared")), ("carrier", _("the carrier’s")), ("nobody", _("nobody’s")),
        ("the_customers", _("the customer’s")),
    ]  # fmt: skip


def _items(orders: Sequence[Any], reference: str) -> list[Any]:
    found = next((one for one in orders if one.reference == reference), None)
    return sorted(found.items.all(), key=lambda item: item.position) if found else []


def _files(case: Any) -> list[Choice]:
    return [
        (str(file.pk), file.name)
        for said in messages_of(case)
        for file in said.attachments.all()
        if file.removed_at is None
    ]
