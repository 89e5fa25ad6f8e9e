"""Set-up → Templates: texts to begin from, with fields of the white list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.conversations import actions, queries
from recourse.conversations.policy.templates import Field
from recourse.kit.errors import Invalid, Stale
from recourse.people.policy import Permission
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, screen, show, whole_number
from recourse.web.parts import Breadcrumb, EmptyState, Step, Tabs, Toast
from recourse.web.screens.intake import tabs


class TemplateForm(forms.Form):
    """A template's name and words."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    body = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 14}))


@dataclass(frozen=True)
class TemplatesPage:
    """The templates on offer."""

    tabs: Tabs
    rows: Sequence[Any]
    empty: EmptyState


@dataclass(frozen=True)
class TemplatePage:
    """One template to be written or changed, and the fields that it may name."""

    title: str
    crumbs: Breadcrumb
    form: TemplateForm
    seen: int
    fields: Sequence[str]
    template: Any
    stale: str


@screen(*GET, needs=Permission.TEMPLATE_EDIT)
def templates(request: DeskRequest) -> HttpResponse:
    """List the templates on offer."""
    page = TemplatesPage(
        tabs=tabs(request, "templates"),
        rows=queries.templates(),
        empty=EmptyState(
            _("No templates yet"),
            _("A template is a text to begin from. It is shown filled in, and changed, before it is sent."),
        ),
    )
    return show(request, "templates/list.html", page)


@screen(*GET, *POST, needs=Permission.TEMPLATE_EDIT)
def new(request: DeskRequest) -> HttpResponse:
    """Write a new template."""
    form = TemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.make_template(**form.cleaned_data, by=request.actor, at=request.at)
        except Invalid as error:
            _say(form, error)
        else:
            toasts.say(request, Toast(_("The template is on offer.")))
            return done(request, "templates")
    status = 422 if request.method == "POST" else 200
    return show(request, "templates/one.html", _page(_("New template"), form, None), status=status)


@screen(*GET, *POST, needs=Permission.TEMPLATE_EDIT)
def one(request: DeskRequest, template_id: UUID) -> HttpResponse:
    """Change a template; where somebody else did so meanwhile, both texts are shown."""
    template = queries.template(template_id)
    form = TemplateForm(request.POST or None, initial={"name": template.name, "body": template.body})
    status, stale = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                seen = whole_number(request, "seen") or 0
                kept = {**form.cleaned_data, "by": request.actor, "at": request.at}
                actions.edit_template(template_id=template_id, seen=seen, **kept)
            except Invalid as error:
                _say(form, error)
            except Stale as error:
                status, stale = 409, error.sentence
            else:
                toasts.say(request, Toast(_("The template was changed; earlier words are kept.")))
                return done(request, "templates")
    page = _page(template.name, form, template, stale)
    return show(request, "templates/one.html", page, status=status)


@screen(*POST, needs=Permission.TEMPLATE_EDIT)
def retire(request: DeskRequest, template_id: UUID) -> HttpResponse:
    """Offer a template no more."""
    actions.retire_template(template_id=template_id, by=request.actor, at=request.at)
    toasts.say(request, Toast(_("The template is offered no more.")))
    return done(request, "templates")


def _say(form: TemplateForm, error: Invalid) -> None:
    for field, said in error.fields.items():
        form.add_error(field if field in form.fields else None, list(said))


def _page(title: str, form: TemplateForm, template: Any, stale: str = "") -> TemplatePage:
    return TemplatePage(
        title=title,
        crumbs=Breadcrumb([Step(_("Templates"), reverse("templates")), Step(title)]),
        form=form,
        seen=template.version if template else 0,
        fields=[f"{{{field.value}}}" for field in Field],
        template=template,
        stale=stale,
    )
