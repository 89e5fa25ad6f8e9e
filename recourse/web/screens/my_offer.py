"""The offer on “my case”: each line with what may be answered, and what was; without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from recourse.conversations import queries
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.kit.money import parse, written
from recourse.remedies.actions import Answer, answer
from recourse.remedies.policy import Verdict
from recourse.remedies.queries import Offered, offered_to_customer
from recourse.web import toasts
from recourse.web.door import POST, DeskRequest, done, public, text
from recourse.web.parts import Chip, Moment, Toast


@dataclass(frozen=True)
class OfferRow:
    """One line of the offer as its customer reads it."""

    number: int
    shown: str
    state: Chip
    can_answer: bool
    until: str
    currency: str
    answered: Moment | None
    kept: str


def rows(through: queries.Entrance, *, at: Any) -> Sequence[OfferRow]:
    """Return what was offered on a case."""
    return [_row(one, at) for one in offered_to_customer(through, at=at)]


def _row(one: Offered, at: Any) -> OfferRow:
    names = {
        "open": (_("waits for your answer"), "accent"), "accepted": (_("accepted; we are on it"), "ok"),
        "done": (_("done"), "ok"), "declined": (_("declined"), "neutral"),
        "countered": (_("you asked for something else"), "accent"),
        "failed": (_("did not work yet; we are on it"), "warn"), "over": (_("no longer open"), "neutral"),
    }  # fmt: skip
    return OfferRow(
        number=one.number,
        shown=one.shown,
        state=Chip(*names[one.state]),
        can_answer=one.can_answer,
        until=date_format(timezone.localtime(one.expires_at), "l, j F Y, H:i"),
        currency=one.currency,
        answered=Moment(one.answered_at, at) if one.answered_at else None,
        kept=_kept(one),
    )


def _kept(one: Offered) -> str:
    """Return what the customer wrote with their answer."""
    said = []
    if one.wanted_minor is not None:
        said.append(f"{written(one.wanted_minor, one.currency)} {one.currency}")
    if one.words:
        said.append(one.words)
    return ": ".join(said)


@public(*POST)
def respond(request: DeskRequest, token: str, number: int) -> HttpResponse:
    """Keep the answer to one line: accepted, declined, or something else asked for."""
    through = queries.entrance(token, at=request.at)
    line = next((one for one in offered_to_customer(through, at=request.at) if one.number == number), None)
    if line is None:
        raise NotVisible
    try:
        told = _told(request, line)
        answer(number, told, pass_id=through.pass_id, by=through.by, at=request.at)
    except (Invalid, Refused) as error:
        toasts.say(request, Toast(str(error).partition(": ")[2] or str(error), tone="bad"))
    else:
        toasts.say(request, Toast(_("Your answer is kept. Thank you.")))
    return done(request, "my-case", token)


def _told(request: DeskRequest, line: Offered) -> Answer:
    try:
        verdict = Verdict(text(request, "answer"))
    except ValueError as error:
        raise Invalid.one("answer", _("Accept it, decline it, or say what you would rather have.")) from error
    typed = text(request, "wanted").strip()
    wanted = parse(typed, line.currency, field="wanted").minor if typed and verdict is Verdict.COUNTER else None
    return Answer(verdict=verdict, wanted_minor=wanted, words=text(request, "words"))
