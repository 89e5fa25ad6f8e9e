"""The public form: anybody may write to the front line. It knows of no other team and gives away nothing."""

import datetime as dt
import json
from dataclasses import dataclass

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.cases.policy import Channel
from recourse.conversations import actions as conversations
from recourse.conversations.actions import Upload
from recourse.intake import actions as intake
from recourse.kit.actor import system
from recourse.kit.errors import Invalid
from recourse.web.door import GET, POST, DeskRequest, done, public, show

BY = system("web form")
BEGAN_SALT = "recourse.contact.began"
QUICKEST = dt.timedelta(seconds=2)
SLOWEST = dt.timedelta(hours=24)


class ContactForm(forms.Form):
    """What a visitor writes; the room checks it once more, as it does for every door."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=200, required=False)
    email = forms.CharField(
        label=gettext_lazy("Your mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    order_refs = forms.CharField(
        label=gettext_lazy("Order number"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("If it is about an order. Several with spaces between."),
    )
    subject = forms.CharField(label=gettext_lazy("What is it about?"), max_length=300)
    words = forms.CharField(
        label=gettext_lazy("What happened?"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Never write card numbers or passwords; we do not need them."),
    )
    remedy_sought = forms.CharField(
        label=gettext_lazy("What would put it right for you?"), max_length=300, required=False
    )


@dataclass(frozen=True)
class ContactPage:
    """The form, the signed moment at which it was opened, and what is wrong with what was sent."""

    form: ContactForm
    began: str


@dataclass(frozen=True)
class ThanksPage:
    """That a person will look at it."""

    sentence: str


@public(*GET, *POST)
def contact(request: DeskRequest) -> HttpResponse:
    """Show the form; take what was written, open a case and go to its page."""
    if request.method != "POST":
        return _form(request, ContactForm())
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    if why := _odd(request):
        return _set_aside(request, form, why)
    try:
        taken = intake.submit(
            given={name: value for name, value in form.cleaned_data.items() if value},
            channel=Channel.WEB,
            by=BY,
            at=request.at,
            sender=network_address(request),
            uploads=uploads(request),
        )
    except Invalid as error:
        for field, said in error.fields.items():
            form.add_error(field if field in form.fields else None, list(said))
        return _form(request, form, status=422)
    issued = conversations.issue_pass(case_ref=taken.case.ref, by=BY, at=request.at)
    return done(request, "my-case", issued.token)


def _form(request: DeskRequest, form: ContactForm, *, status: int = 200) -> HttpResponse:
    return private(show(request, "contact/form.html", ContactPage(form, began(request.at)), status=status))


def began(at: dt.datetime) -> str:
    """Return the signed moment at which a form was opened."""
    return signing.dumps(at.isoformat(), salt=BEGAN_SALT)


def _odd(request: DeskRequest) -> str:
    """Tell what looks like a machine: a field that people do not see, a form sent too fast, too late, or unopened."""
    if request.POST.get("website"):
        return "website"
    try:
        opened = dt.datetime.fromisoformat(signing.loads(request.POST.get("began", ""), salt=BEGAN_SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return "began"
    return "" if QUICKEST <= request.at - opened <= SLOWEST else "began"


def _set_aside(request: DeskRequest, form: ContactForm, why: str) -> HttpResponse:
    """Keep it for a person to look at; whoever sent it learns nothing from the answer."""
    raw = json.dumps({name: value for name, value in form.cleaned_data.items() if value}).encode()
    reasons = {why: ["This looks as if a machine had filled in the form."]}
    sender = network_address(request)
    intake.quarantine(raw=raw, channel=Channel.WEB, reasons=reasons, by=BY, at=request.at, sender=sender)
    page = ThanksPage(_("Thank you. A person will look at your message."))
    return private(show(request, "contact/thanks.html", page))


def network_address(request: HttpRequest) -> str:
    """Return the address that the request came from, as the server saw it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def uploads(request: HttpRequest) -> list[Upload]:
    """Return the files that came with a form."""
    return [Upload(file.name or "", file.read()) for file in request.FILES.getlist("files")]


def private(response: HttpResponse) -> HttpResponse:
    """Keep a customer's page out of caches, search engines and the addresses that links give away."""
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
