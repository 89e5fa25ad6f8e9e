"""The living style page: every part in every state, and every layout, for administrators and for the tests."""

from dataclasses import dataclass, replace

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from recourse.kit.errors import NotVisible
from recourse.people.policy import Permission
from recourse.web import parts
from recourse.web.door import GET, DeskRequest, screen, show
from recourse.web.middleware import ErrorPage
from recourse.web.screens.samples import ADA, MARA, Samples

LAYOUTS = ("list", "case", "form", "report", "customer", "signin", "error")
STATUSES = (403, 404, 409, 422, 429, 500)


class SampleForm(forms.Form):
    """A form with a field of every kind."""

    subject = forms.CharField(
        label=_("Subject"), help_text=_("One line, as the customer would say it."), max_length=120
    )
    severity = forms.ChoiceField(label=_("Severity"), choices=[("", "–"), ("low", _("Low")), ("high", _("High"))])
    text = forms.CharField(label=_("What happened"), widget=forms.Textarea(attrs={"rows": 4}), required=False)
    channel = forms.ChoiceField(
        label=_("How the customer reached us"),
        widget=forms.RadioSelect,
        choices=[("phone", _("Phone")), ("web", _("Web"))],
    )
    is_restricted = forms.BooleanField(
        label=_("Restrict readers"), help_text=_("Only people named may see the case."), required=False
    )


@dataclass(frozen=True, slots=True)
class StylePage:
    """What the style page and the layouts draw."""

    layouts: tuple[str, ...]
    see: Samples
    form: SampleForm
    wrong: SampleForm
    crumbs: parts.Breadcrumb
    tabs: parts.Tabs
    pager: parts.Pager
    empty: parts.EmptyState
    small_empty: parts.EmptyState
    progress: tuple[parts.Progress, ...]
    diff: parts.Diff
    attachments: tuple[parts.Attachment, ...]
    undo: parts.Toast
    customer: parts.Person
    said_to_customer: tuple[parts.Message, ...]
    owner: parts.Person


def _page(request: DeskRequest) -> StylePage:
    return StylePage(
        layouts=LAYOUTS,
        see=Samples(request.at),
        form=SampleForm(prefix="fine", initial={"subject": "Charged twice", "channel": "web"}),
        wrong=SampleForm({"bad-text": "…"}, prefix="bad"),
        crumbs=parts.Breadcrumb([parts.Step(str(_("Set-up")), "/"), parts.Step(str(_("Style")))]),
        tabs=parts.Tabs(
            str(_("Views")),
            [
                parts.Tab(str(_("Mine")), "#ways", True, 7),
                parts.Tab(str(_("Late")), "#ways", count=2),
                parts.Tab(str(_("All")), "#ways"),
            ],
        ),
        pager=parts.Pager(str(_("50 cases, by nearest due time")), "#ways", "#ways"),
        empty=parts.EmptyState(
            str(_("No promises are due")),
            str(_("A promise is what somebody told a customer would happen by a day. Those due this week stand here.")),
            parts.Button(str(_("See all promises")), href="#empty"),
            "handshake",
        ),
        small_empty=parts.EmptyState(str(_("No earlier cases")), str(_("This is their first contact.")), is_small=True),
        progress=(
            parts.Progress(str(_("Importing orders")), 640, 1000, str(_("You may leave; it goes on."))),
            parts.Progress(str(_("Counting")), 12),
        ),
        diff=parts.Diff("2 h", "4 h", str(_("First response"))),
        attachments=(
            parts.Attachment("statement-march.pdf", "212 KB", "#message"),
            parts.Attachment(
                "invoice.html", "9 KB", held_reason=str(_("held: looks like a page, is called a picture"))
            ),
        ),
        undo=parts.Toast(str(_("Reply sent to Ada Ferreira")), undo_href="#undo"),
        customer=ADA,
        said_to_customer=tuple(
            replace(message, is_for_customer=True, state="sent") for message in Samples(request.at).messages()[:3:2]
        ),
        owner=MARA,
    )


@screen(*GET, needs=Permission.SYSTEM_OPERATE)
def style(request: DeskRequest) -> HttpResponse:
    """Show every part in every state."""
    return show(request, "style/parts.html", _page(request))


@screen(*GET, needs=Permission.SYSTEM_OPERATE)
def layout(request: DeskRequest, name: str) -> HttpResponse:
    """Show one layout, filled with the sample case."""
    if name not in LAYOUTS:
        raise NotVisible
    if name == "error":
        said = request.GET.get("status", "")
        status = int(said) if said in {str(known) for known in STATUSES} else 404
        failure = parts.failure(status)
        return show(
            request, "errors/page.html", ErrorPage(status, failure.what, tuple(failure.why), {}, ""), status=status
        )
    return show(request, f"style/{name}.html", _page(request))
