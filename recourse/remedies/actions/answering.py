"""The customer's answer to one line of an offer, through the signed link alone: accept, decline, or ask otherwise."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.kit.actor import Actor, ActorKind
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.kit.money import LIMIT
from recourse.kit.transactions import verb
from recourse.remedies.actions.approving import take_back
from recourse.remedies.actions.executing import begin
from recourse.remedies.actions.keeping import DESK, about, ask, clean_words, load_line, save, settle_package
from recourse.remedies.actions.offering import end_where_answered
from recourse.remedies.events import LineAnswered
from recourse.remedies.models import Acceptance, Line, OfferLine
from recourse.remedies.policy import Answer, OfferState, Verdict
from recourse.timeline.actions.record import record


@verb
def answer(number: int, told: Answer, *, pass_id: UUID, by: Actor, at: dt.datetime) -> Acceptance:
    """Keep a customer's answer to a line with the words that they had before them; accepted, it is carried out.

    The same answer again is the first one. Nobody but the holder of the case's link answers. Raises NotVisible,
    Refused (offer.over, remedy.state), Invalid.
    """
    if by.kind is not ActorKind.CUSTOMER or by.case_id is None:
        raise Refused("remedy.customer_only", _("Only the customer answers, on their own page."), is_permission=True)
    line = load_line(by.case_id, number, by=by)
    row = _offered(line)
    kept = Acceptance.objects.filter(offer_line=row).first()
    if kept is not None:
        return _same(kept, told)
    if row.offer.state != OfferState.OPEN or row.offer.expires_at <= at:
        raise Refused("offer.over", _("This offer is over. Write to us, and we look at it again."))
    ask(told.verdict.value, line, by)
    found = _write(line, row, told, pass_id=pass_id, by=by, at=at)
    if told.verdict is Verdict.ACCEPT:
        begin(line, by=DESK, at=at)
    elif told.verdict is Verdict.DECLINE:
        take_back(line, why="declined", by=by, at=at)
        line.save(update_fields=["approval_id"])
    end_where_answered(row.offer, at=at)
    settle_package(line.package, at=at)
    return found


def _offered(line: Line) -> OfferLine:
    """Return a line as it was offered last."""
    rows = OfferLine.objects.filter(line=line, is_recalled=False).select_related("offer")
    found = rows.order_by("-offer__number").first()
    if found is None:
        raise NotVisible
    return found


def _same(kept: Acceptance, told: Answer) -> Acceptance:
    if kept.verdict != told.verdict:
        raise Refused("offer.answered", _("You have answered this already."))
    return kept


def _write(line: Line, row: OfferLine, told: Answer, *, pass_id: UUID, by: Actor, at: dt.datetime) -> Acceptance:
    words = clean_words(told.words)
    wanted = told.wanted_minor if told.verdict is Verdict.COUNTER else None
    if told.verdict is Verdict.COUNTER and wanted is None and not words:
        raise Invalid.one("words", _("Say what you would rather have."))
    if wanted is not None and not 0 <= wanted <= LIMIT:
        raise Invalid.one("wanted", _("This is not an amount that we can take."))
    customer_id = line.package.case.customer_id
    if customer_id is None:
        raise NotVisible
    found = Acceptance.objects.create(
        offer_line=row,
        verdict=told.verdict,
        shown=row.shown,
        wanted_minor=wanted,
        words=words,
        pass_id=pass_id,
        customer_id=customer_id,
        at=at,
    )
    line.answered_at = at
    save(line, told.verdict.value, "answered_at")
    event = LineAnswered(**about(line), verdict=told.verdict.value, wanted_minor=wanted)
    record(event, thread=line.package.case.thread, by=by, at=at, edition=line.edition, note=words)
    return found
