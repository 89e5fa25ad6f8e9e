"""What the holder of a case's link sees of its remedy: lines as they were offered, and what became of each."""

import datetime as dt
from dataclasses import dataclass

from recourse.conversations.queries import Entrance
from recourse.remedies.models import OfferLine
from recourse.remedies.policy import OfferState, State


@dataclass(frozen=True, slots=True)
class Offered:
    """One line as its customer reads it. `state` is one of open, accepted, declined, countered, done, failed, over."""

    number: int
    offer: int
    shown: str
    state: str
    can_answer: bool
    expires_at: dt.datetime
    currency: str
    answered_at: dt.datetime | None = None
    wanted_minor: int | None = None
    words: str = ""
    settled_at: dt.datetime | None = None


_STATES = {
    State.OFFERED: "open",
    State.ACCEPTED: "accepted",
    State.EXECUTING: "accepted",
    State.SETTLED: "done",
    State.DECLINED: "declined",
    State.COUNTERED: "countered",
    State.FAILED: "failed",
    State.REPLACED: "failed",
}


def offered_to_customer(through: Entrance, *, at: dt.datetime) -> list[Offered]:
    """Return the lines that were offered on a case, each as it was offered last; nothing of another customer's case."""
    if through.case.customer_id != through.addressed.customer_id:
        return []
    rows = OfferLine.objects.filter(offer__package__case=through.case, is_recalled=False)
    rows = rows.select_related("offer", "line", "answer").order_by("line__number", "-offer__number")
    newest: dict[int, OfferLine] = {}
    for row in rows:
        newest.setdefault(row.line.number, row)
    return [_offered(row, at) for row in newest.values()]


def _offered(row: OfferLine, at: dt.datetime) -> Offered:
    answer = getattr(row, "answer", None)
    is_open = row.offer.state == OfferState.OPEN and row.offer.expires_at > at
    can_answer = is_open and answer is None and row.line.state == State.OFFERED
    state = _STATES.get(State(row.line.state), "over")
    if answer is not None and state == "over":
        state = {"accept": "accepted", "decline": "declined", "counter": "countered"}[answer.verdict]
    return Offered(
        number=row.line.number,
        offer=row.offer.number,
        shown=row.shown,
        state=state if can_answer or state != "open" else "over",
        can_answer=can_answer,
        expires_at=row.offer.expires_at,
        currency=row.line.currency,
        answered_at=answer.at if answer else None,
        wanted_minor=answer.wanted_minor if answer else None,
        words=answer.words if answer else "",
        settled_at=row.line.settled_at,
    )
