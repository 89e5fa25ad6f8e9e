"""“My case”: what one customer sees of one case: where it stands, who has it, what comes next, the messages."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from recourse.cases.queries.state import open_wait
from recourse.clocks.queries.standing import clocks_of, promises_of
from recourse.conversations import actions, queries
from recourse.conversations.queries import Entrance, PublicMessage
from recourse.handbook.policy.reasons import WaitsFor
from recourse.handbook.queries import edition_at
from recourse.kit.errors import Invalid, Refused
from recourse.kit.files import make_ticket
from recourse.people.policy import TeamKind
from recourse.web import toasts
from recourse.web.door import GET, POST, DeskRequest, done, public, show, text
from recourse.web.parts import Attachment, Message, MessageKind, Moment, Person, PersonKind, Toast
from recourse.web.screens.contact import private, uploads
from recourse.web.screens.my_offer import OfferRow
from recourse.web.screens.my_offer import rows as offer_rows

HEARD_BY = ("first_response", "next_response", "update_cadence")


@dataclass(frozen=True)
class MyCasePage:
    """Everything on the page of one case that its customer may know."""

    token: str
    ref: str
    subject: str
    standing: str
    who: str
    next_step: str
    next_by: str
    is_late: bool
    offer: Sequence[OfferRow]
    messages: Sequence[Message]
    is_open: bool
    is_over: bool
    typed: str
    errors: dict[str, list[str]]


@public(*GET)
def page(request: DeskRequest, token: str) -> HttpResponse:
    """Show the case that a link opens."""
    return _show(request, token, queries.entrance(token, at=request.at))


@public(*POST)
def write(request: DeskRequest, token: str) -> HttpResponse:
    """Put the customer's words on the case; a case that was settled a short while ago is taken up again."""
    through = queries.entrance(token, at=request.at)
    try:
        actions.customer_writes(
            case_ref=through.addressed.ref,
            text=text(request, "text"),
            channel="web",
            by=through.by,
            at=request.at,
            uploads=uploads(request),
        )
    except Invalid as error:
        return _show(request, token, through, typed=text(request, "text"), errors=error.fields, status=422)
    except Refused as refused:
        said = {"text": [refused.sentence]}
        return _show(request, token, through, typed=text(request, "text"), errors=said, status=409)
    toasts.say(request, Toast(_("Sent. Thank you.")))
    return done(request, "my-case", token)


@public(*GET)
def file(request: DeskRequest, token: str, file_id: UUID) -> HttpResponse:
    """Open a file of the case by a ticket of five minutes."""
    through = queries.entrance(token, at=request.at)
    found = queries.file_for_customer(through, file_id, at=request.at)
    return private(redirect("file", make_ticket(found.pk)))


def _show(
    request: DeskRequest,
    token: str,
    through: Entrance,
    *,
    typed: str = "",
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    zone = ZoneInfo(through.addressed.customer.time_zone if through.addressed.customer else "UTC")
    with timezone.override(zone):
        answer = _page(request, token, through, typed, errors or {})
        return private(show(request, "my/case.html", answer, status=status))


def _page(request: DeskRequest, token: str, through: Entrance, typed: str, errors: dict[str, list[str]]) -> MyCasePage:
    case = through.case
    is_own = case.customer_id == through.addressed.customer_id
    step = next_step(case, at=request.at) if is_own else NextStep("")
    said = queries.conversation_for_customer(through, at=request.at)
    return MyCasePage(
        token=token,
        ref=through.addressed.ref,
        subject=through.addressed.subject,
        standing=standing(case) if is_own else _("We are working on it together with a like case."),
        who=who_has(case),
        next_step=step.what,
        next_by=_day(step.due_at) if step.due_at else "",
        is_late=step.due_at is not None and step.due_at < request.at,
        offer=offer_rows(through, at=request.at),
        messages=[_message(one, token, request.at) for one in said],
        is_open=case.is_open,
        is_over=case.stage == "closed",
        typed=typed,
        errors=errors,
    )


def standing(case: Any) -> str:
    """Say in plain words where a case stands."""
    if case.stage in {"resolved", "closed"}:
        return _("We believe that this is settled. If it is not, write below and we take it up again.")
    if case.is_waiting and _waits_for_customer(case):
        return _("We asked you something and wait for your answer.")
    if case.stage == "new":
        return _("We have your message. Somebody will take it up.")
    return _("We are working on it.")


def _waits_for_customer(case: Any) -> bool:
    running = open_wait(case)
    if running is None:
        return False
    reason = edition_at(running.from_at).rules.reasons.wait_reason(running.reason)
    return reason is not None and reason.waits_for is WaitsFor.CUSTOMER


def who_has(case: Any) -> str:
    """Say who has a case: somebody of the front line by name, the advanced team never by more than a word."""
    if case.contact_owner is not None:
        return _("%(name)s has your case.") % {"name": case.contact_owner.name}
    if case.team.kind == TeamKind.ADVANCED:
        return _("Our resolution team has your case.")
    if case.owner is not None:
        return _("%(name)s has your case.") % {"name": case.owner.name}
    return _("Our customer service has your case; nobody is named yet.")


@dataclass(frozen=True)
class NextStep:
    """What happens next, and by when if that is known."""

    what: str
    due_at: dt.datetime | None = None


def next_step(case: Any, *, at: dt.datetime) -> NextStep:
    """Return what a customer may count on: the nearest promise, else when they will hear from us."""
    if not case.is_open:
        return NextStep("")
    promised = sorted((one for one in promises_of(case) if one.is_open), key=lambda one: one.due_at)
    if promised:
        return NextStep(_("We promised: %(what)s") % {"what": promised[0].what}, promised[0].due_at)
    if case.is_waiting and _waits_for_customer(case):
        return NextStep(_("As soon as you answer, we go on."))
    open_clocks = [clock for clock in clocks_of(case) if clock.is_open and clock.kind in HEARD_BY]
    if heard_by := [clock.due_at for clock in open_clocks if clock.due_at]:
        return NextStep(_("You will hear from us"), min(heard_by))
    return NextStep(_("You will hear from us as soon as there is something to say."))


def _day(at: dt.datetime) -> str:
    local = timezone.localtime(at)
    return f"{date_format(local, 'l, j F, H:i')} {local.tzname()}"


def _message(one: PublicMessage, token: str, at: dt.datetime) -> Message:
    return Message(
        kind=MessageKind.OUTBOUND if one.is_ours else MessageKind.INBOUND,
        who=Person(one.author) if one.is_ours else Person(_("You"), PersonKind.CUSTOMER),
        when=Moment(one.at, at),
        text=one.text,
        id=f"message-{one.number}",
        state_note=_("We removed a card number from this message before it was stored.") if one.masked_cards else "",
        attachments=[Attachment(file.name, _size(file.size), f"/my/{token}/files/{file.id}/") for file in one.files],
        is_for_customer=True,
    )


def _size(size: int) -> str:
    return f"{size / 1024:.0f} kB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"
