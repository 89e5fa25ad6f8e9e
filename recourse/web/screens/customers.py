"""Customers: found by name, identity, reference or order; one person's page with everything that may be done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.cases.queries.lists import list_cases
from recourse.customers import actions, queries
from recourse.customers.policy import ConsentKind, ContactChannel, IdentityKind, NewIdentity
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.people.policy import Permission
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.parts import Breadcrumb, Button, Menu, Moment, Step, Toast

FOUND_LIMIT = 50
CASES_SHOWN = 20


@dataclass(frozen=True)
class ListPage:
    """Who was found."""

    asked: str
    rows: Sequence[Any]
    is_more: bool


@dataclass(frozen=True)
class CustomerPage:
    """One person."""

    customer: Any
    crumbs: Breadcrumb
    profile: Any
    orders: Sequence[Any]
    cases: Sequence[Any]
    same_name: Sequence[Any]
    consents: Sequence[tuple[str, Any, Moment]]
    buttons: Sequence[Button]
    menu: Menu
    may_edit: bool
    merged_into: str


@dataclass(frozen=True)
class ActPage:
    """A verb's form."""

    customer: Any
    label: str
    form: forms.Form
    seen: int
    stale: str


@screen(*GET, needs=Permission.CUSTOMER_READ)
def customers(request: DeskRequest) -> HttpResponse:
    """Find people."""
    asked = request.GET.get("q", "")[:200]
    rows = list(queries.search_customers(asked, viewer=request.actor)[: FOUND_LIMIT + 1]) if asked.strip() else []
    return show(request, "customers/list.html", ListPage(asked, rows[:FOUND_LIMIT], len(rows) > FOUND_LIMIT))


@screen(*GET, needs=Permission.CUSTOMER_READ)
def customer(request: DeskRequest, ref: str) -> HttpResponse:
    """Show one person; the page of a merged record points on."""
    found = queries.customer_by_ref(ref, viewer=request.actor, is_followed=False)
    profile = queries.profile_of(found, viewer=request.actor)
    may_edit = request.actor.can(Permission.CUSTOMER_EDIT) and found.merged_into is None
    consents = [(kind.value, one, Moment(one.at, request.at)) for kind, one in profile.consents.items()]
    page = CustomerPage(
        customer=found,
        crumbs=Breadcrumb([Step(_("Customers"), reverse("customers")), Step(found.ref)]),
        profile=profile,
        orders=list(queries.orders_of(found)[:50]),
        cases=list_cases(found.ref, viewer=request.actor, at=request.at, size=CASES_SHOWN).rows,
        same_name=list(queries.duplicates_of(found, viewer=request.actor)[:10]),
        consents=consents,
        buttons=[_button(found, name) for name in ("note", "identity", "profile")] if may_edit else [],
        menu=Menu(_("More"), _menu(request, found), title=_("This person")),
        may_edit=may_edit,
        merged_into=found.merged_into.ref if found.merged_into else "",
    )
    return show(request, "customers/page.html", page)


def _button(found: Any, name: str) -> Button:
    act = ACTS[name]
    return Button(str(act.label), href=reverse("customer-act", args=[found.ref, name]), icon=act.icon, is_verb=True)


def _menu(request: DeskRequest, found: Any) -> list[Button]:
    rest = [name for name in ACTS if name not in {"note", "identity", "profile"}]
    shown = [name for name in rest if request.actor.can(ACTS[name].permission)]
    is_merged = found.merged_into is not None
    return [_button(found, name) for name in shown if (name == "unmerge") == is_merged]


class NoteForm(forms.Form):
    """A care note."""

    text = forms.CharField(
        label=gettext_lazy("What should staff know to treat this person well?"),
        widget=forms.Textarea({"rows": 3}), max_length=5000,
    )  # fmt: skip


class IdentityForm(forms.Form):
    """Something that a person is known by."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[(one.value, one.value) for one in IdentityKind])
    value = forms.CharField(label=gettext_lazy("Address, number or key"), max_length=254)


class ProfileForm(forms.Form):
    """Name and how somebody likes to be reached."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    language = forms.CharField(label=gettext_lazy("Language"), max_length=12)
    time_zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=64)
    preferred_channel = forms.ChoiceField(
        label=gettext_lazy("Likes to be reached by"), choices=[(one.value, one.value) for one in ContactChannel]
    )
    contact_hours = forms.CharField(label=gettext_lazy("At what hours"), max_length=120, required=False)


class ConsentForm(forms.Form):
    """What somebody agreed to or took back."""

    kind = forms.ChoiceField(label=gettext_lazy("To what"), choices=[(one.value, one.value) for one in ConsentKind])
    is_given = forms.BooleanField(label=gettext_lazy("Agreed (empty: taken back)"), required=False)
    how = forms.CharField(label=gettext_lazy("How it was said, such as “by phone”"), max_length=120)


class CareForm(forms.Form):
    """Whether somebody needs particular care."""

    is_vulnerable = forms.BooleanField(label=gettext_lazy("Needs particular care"), required=False)
    note = forms.CharField(label=gettext_lazy("Why, for the record"), required=False, max_length=5000)


class MergeForm(forms.Form):
    """The record that stays."""

    into = forms.CharField(label=gettext_lazy("Into which record, such as CU-1042"), max_length=40)
    note = forms.CharField(label=gettext_lazy("How you know that it is the same person"), max_length=5000)


class UnmergeForm(forms.Form):
    """Why two records are taken apart again."""

    note = forms.CharField(label=gettext_lazy("Why"), max_length=5000)


@dataclass(frozen=True)
class Act:
    """One verb of a customer: its form, its right and the call."""

    label: Any
    icon: str
    permission: Permission
    form: type[forms.Form]
    call: Callable[[DeskRequest, Any, dict[str, Any], int | None], Any]


def _note(request: DeskRequest, found: Any, said: dict[str, Any], seen: int | None) -> None:
    actions.add_care_note(found.pk, text=said["text"], by=request.actor, at=request.at, seen=seen)


def _identity(request: DeskRequest, found: Any, said: dict[str, Any], seen: int | None) -> None:
    new = NewIdentity(kind=IdentityKind(said["kind"]), value=said["value"])
    actions.add_identity(found.pk, new, by=request.actor, at=request.at, seen=seen)


def _profile(request: DeskRequest, found: Any, said: dict[str, Any], seen: int | None) -> None:
    actions.edit_profile(found.pk, changes=said, by=request.actor, at=request.at, seen=seen)


def _consent(request: DeskRequest, found: Any, said: dict[str, Any], seen: int | None) -> None:
    actions.set_consent(
        found.pk, ConsentKind(said["kind"]), is_given=said["is_given"], how=said["how"], by=request.actor, at=request.at
    )


def _care(request: DeskRequest, found: Any, said: dict[str, Any], seen: int | None) -> None:
    actions.flag_vulnerable(
        found.pk, is_vulnerable=said["is_vulnerable"], note=said["note"], by=request.actor, at=request.at, seen=seen
    )


def _merge(request: DeskRequest, found: Any, said: dict[str, Any], seen: int | None) -> None:
    try:
        into = queries.customer_by_ref(said["into"], viewer=request.actor)
    except NotVisible as absent:
        raise Invalid.one("into", _("There is no such customer.")) from absent
    actions.merge(found.pk, into=into.pk, note=said["note"], by=request.actor, at=request.at, seen=seen)


def _unmerge(request: DeskRequest, found: Any, said: dict[str, Any], seen: int | None) -> None:
    actions.unmerge(found.pk, note=said["note"], by=request.actor, at=request.at)


P = Permission
ACTS: dict[str, Act] = {
    "note": Act(gettext_lazy("Add a care note"), "sticky-note", P.CUSTOMER_EDIT, NoteForm, _note),
    "identity": Act(gettext_lazy("Add an identity"), "plus", P.CUSTOMER_EDIT, IdentityForm, _identity),
    "profile": Act(gettext_lazy("Edit"), "pencil", P.CUSTOMER_EDIT, ProfileForm, _profile),
    "consent": Act(gettext_lazy("Consent"), "check", P.CUSTOMER_EDIT, ConsentForm, _consent),
    "care": Act(gettext_lazy("Particular care"), "handshake", P.CUSTOMER_EDIT, CareForm, _care),
    "merge": Act(gettext_lazy("Merge into another record"), "merge", P.CUSTOMER_MERGE, MergeForm, _merge),
    "unmerge": Act(gettext_lazy("Undo the merge"), "undo-2", P.CUSTOMER_MERGE, UnmergeForm, _unmerge),
}


@screen(*GET, *POST, needs=Permission.CUSTOMER_READ)
def act(request: DeskRequest, ref: str, name: str) -> HttpResponse:
    """Ask what a verb needs, and do it."""
    found = queries.customer_by_ref(ref, viewer=request.actor, is_followed=False)
    if name not in ACTS:
        raise NotVisible
    known = ACTS[name]
    request.actor.require(known.permission)
    form = known.form(request.POST if request.method == "POST" else None, initial=vars(found))
    stale = ""
    if form.is_bound and form.is_valid():
        try:
            known.call(request, found, form.cleaned_data, whole_number(request, "seen"))
        except Invalid as invalid:
            for field, sentences in invalid.fields.items():
                form.add_error(field if field in form.fields else None, "; ".join(sentences))
        except Stale as error:
            stale = error.sentence
        else:
            toasts.say(request, Toast(_("Done: %(what)s.") % {"what": str(known.label).lower()}))
            return done(request, "customer", ref)
    page = ActPage(found, str(known.label), form, found.version, stale)
    return show(request, "customers/act.html", page, status=409 if stale else 422 if form.errors else 200)


IDENTITY_ACTS = {
    "verify": actions.verify_identity,
    "prefer": actions.prefer_identity,
    "remove": actions.remove_identity,
}


@screen(*POST, needs=Permission.CUSTOMER_EDIT)
def identity_act(request: DeskRequest, ref: str, identity_id: UUID) -> HttpResponse:
    """Verify, prefer or remove an identity."""
    name = text(request, "act")
    if name not in IDENTITY_ACTS:
        raise Refused("identity.unknown_act", _("There is nothing of that name to do with an identity."))
    IDENTITY_ACTS[name](identity_id, by=request.actor, at=request.at)
    return done(request, "customer", ref)


@screen(*POST, needs=Permission.CUSTOMER_EDIT)
def end_note(request: DeskRequest, ref: str, note_id: UUID) -> HttpResponse:
    """End a care note."""
    actions.end_care_note(note_id, by=request.actor, at=request.at)
    return done(request, "customer", ref)
