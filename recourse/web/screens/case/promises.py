"""Promises: made on a case, kept, moved or broken; the list of those that are due."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.cases.queries.find import case_by_ref
from recourse.clocks import actions, queries
from recourse.kit.errors import Invalid, Refused
from recourse.people.policy import Permission
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, text, whole_number
from recourse.web.parts import Due, Toast

AHEAD = dt.timedelta(days=14)


class PromiseForm(forms.Form):
    """What is promised, to whom, by when."""

    what = forms.CharField(label=gettext_lazy("What"), widget=forms.Textarea({"rows": 2}), max_length=2000)
    to_whom = forms.CharField(label=gettext_lazy("To whom, if not the customer"), required=False, max_length=200)
    due_at = forms.DateTimeField(
        label=gettext_lazy("By when, in your time zone"), widget=forms.DateTimeInput({"type": "datetime-local"})
    )


class MoveForm(forms.Form):
    """Why a promise changes, and its new date where it is moved."""

    why = forms.CharField(label=gettext_lazy("Why"), widget=forms.Textarea({"rows": 2}), max_length=2000)
    due_at = forms.DateTimeField(
        label=gettext_lazy("New date, to move it"), required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )  # fmt: skip


@dataclass(frozen=True)
class MakePage:
    """The form of a new promise."""

    case: Any
    form: PromiseForm


@dataclass(frozen=True)
class OnePage:
    """One promise and what may become of it."""

    promise: Any
    case: Any
    due: Due
    form: MoveForm
    seen: int


@dataclass(frozen=True)
class DueRow:
    """One promise in the list."""

    promise: Any
    due: Due


@dataclass(frozen=True)
class DuePage:
    """The promises that are due."""

    rows: Sequence[DueRow]
    is_mine: bool


def zone_of(request: DeskRequest) -> ZoneInfo:
    """Return the viewer's time zone."""
    return ZoneInfo(getattr(request.user, "time_zone", "UTC"))


def local(request: DeskRequest, moment: dt.datetime) -> dt.datetime:
    """Read a form's wall time in the viewer's zone."""
    return moment.replace(tzinfo=zone_of(request)).astimezone(dt.UTC)


@screen(*GET, *POST, needs=Permission.PROMISE_MAKE)
def make(request: DeskRequest, ref: str) -> HttpResponse:
    """Promise something on a case."""
    case = case_by_ref(ref, viewer=request.actor)
    form = PromiseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.make_promise(
                case.ref, what=form.cleaned_data["what"], to_whom=form.cleaned_data["to_whom"],
                due_at=local(request, form.cleaned_data["due_at"]), by=request.actor, at=request.at,
            )  # fmt: skip
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            toasts.say(request, Toast(_("Promised. Its clock runs.")))
            return done(request, "case", ref)
    return show(request, "case/promise_make.html", MakePage(case, form), status=422 if form.errors else 200)


def add_errors(form: forms.Form, invalid: Invalid) -> None:
    """Put what a verb says of its fields on the form."""
    for field, sentences in invalid.fields.items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)


@screen(*GET)
def one(request: DeskRequest, promise_id: UUID) -> HttpResponse:
    """Show one promise."""
    return show(request, "case/promise.html", _page(request, promise_id, MoveForm()))


def _page(request: DeskRequest, promise_id: UUID, form: MoveForm) -> OnePage:
    found = queries.promise(promise_id, viewer=request.actor)
    state = "running" if found.is_open and found.due_at >= request.at else "breached" if found.is_open else "met"
    return OnePage(found, found.case, Due(found.due_at, request.at, state), form, found.version)


ACTS: dict[str, Callable[..., Any]] = {
    "break": actions.break_promise,
    "withdraw": actions.withdraw_promise,
}


@screen(*POST, needs=Permission.PROMISE_SETTLE)
def act(request: DeskRequest, promise_id: UUID) -> HttpResponse:
    """Keep, move, break or withdraw a promise."""
    name, seen = text(request, "act"), whole_number(request, "seen")
    ref = queries.promise(promise_id, viewer=request.actor).case.ref
    if name == "keep":
        actions.keep_promise(promise_id, by=request.actor, at=request.at, seen=seen)
        return done(request, "case", ref)
    form = MoveForm(request.POST)
    if name not in {"move", *ACTS}:
        raise Refused("promise.unknown_act", _("There is nothing of that name to do with a promise."))
    if name == "move" and not request.POST.get("due_at"):
        form.add_error("due_at", _("Moving it needs the new date."))
    if form.is_valid():
        try:
            _do(request, promise_id, name, form, seen)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            return done(request, "case", ref)
    return show(request, "case/promise.html", _page(request, promise_id, form), status=422)


def _do(request: DeskRequest, promise_id: UUID, name: str, form: MoveForm, seen: int | None) -> None:
    why = form.cleaned_data["why"]
    if name == "move":
        due_at = local(request, form.cleaned_data["due_at"])
        actions.move_promise(promise_id, due_at=due_at, why=why, by=request.actor, at=request.at, seen=seen)
    else:
        ACTS[name](promise_id, why=why, by=request.actor, at=request.at, seen=seen)


@screen(*GET, needs=Permission.CASE_READ)
def due(request: DeskRequest) -> HttpResponse:
    """List the promises that fall due within two weeks, one's own or everybody's."""
    is_mine = request.GET.get("whose", "mine") != "all"
    given_by = request.actor.staff_id if is_mine else None
    found = queries.promises_due(request.actor, until=request.at + AHEAD, given_by=given_by)
    rows = [
        DueRow(one, Due(one.due_at, request.at, "breached" if one.due_at < request.at else "running")) for one in found
    ]
    return show(request, "case/promises.html", DuePage(rows, is_mine))
