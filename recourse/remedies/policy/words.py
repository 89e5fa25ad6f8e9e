"""The words of the room: where a line stands, who moves it, how customers answer, what kinds are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from recourse.handbook.policy.kinds import LineKind


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for translation without translating it here."""
    return sentence


class State(StrEnum):
    """Where a line stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    REFUSED = "refused"
    APPROVED = "approved"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    COUNTERED = "countered"
    LAPSED = "lapsed"
    EXECUTING = "executing"
    SETTLED = "settled"
    FAILED = "failed"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


ENDED = (State.SETTLED, State.REFUSED, State.DECLINED, State.LAPSED, State.REPLACED, State.WITHDRAWN)
UNSETTLED = tuple(state for state in State if state not in ENDED)
GIVEN = (State.OFFERED, State.ACCEPTED, State.EXECUTING, State.SETTLED)
COUNTED = (State.DRAFT, State.PROPOSED, State.APPROVED, *GIVEN)
FROZEN = (State.OFFERED, State.ACCEPTED, State.EXECUTING, State.SETTLED, State.FAILED, State.REPLACED)


class Role(StrEnum):
    """Who makes a move: staff, the customer through the signed link, or the desk itself when something happened."""

    STAFF = "staff"
    CUSTOMER = "customer"
    DESK = "desk"


class OfferState(StrEnum):
    """Where an offer stands."""

    OPEN = "open"
    ANSWERED = "answered"
    LAPSED = "lapsed"
    RECALLED = "recalled"


class Verdict(StrEnum):
    """What a customer answers to one line of an offer."""

    ACCEPT = "accept"
    DECLINE = "decline"
    COUNTER = "counter"


class Outcome(StrEnum):
    """How what was given stands to what was asked for."""

    NOT_SAID = "not_said"
    NOTHING = "nothing"
    LESS = "less"
    AS_ASKED = "as_asked"
    MORE = "more"
    OTHERWISE = "otherwise"


class WatchState(StrEnum):
    """Where a watch stands."""

    WATCHING = "watching"
    RECURRED = "recurred"
    QUIET = "quiet"


KIND_NAMES: dict[str, str] = {
    LineKind.REFUND: gettext_noop("refund"),
    LineKind.STORE_CREDIT: gettext_noop("store credit"),
    LineKind.REPLACEMENT: gettext_noop("replacement"),
    LineKind.EXPEDITED_SHIPPING: gettext_noop("expedited shipping"),
    LineKind.SERVICE_RESTORATION: gettext_noop("service restored"),
    LineKind.CONSEQUENTIAL_LOSS: gettext_noop("consequential loss"),
    LineKind.FEE_WAIVER: gettext_noop("fee waived"),
    LineKind.APOLOGY: gettext_noop("apology"),
    LineKind.MONITORING: gettext_noop("monitoring"),
    LineKind.GOODWILL: gettext_noop("goodwill"),
}
STATE_NAMES: dict[str, str] = {
    State.DRAFT: gettext_noop("draft"),
    State.PROPOSED: gettext_noop("waits for approval"),
    State.REFUSED: gettext_noop("not approved"),
    State.APPROVED: gettext_noop("approved"),
    State.OFFERED: gettext_noop("offered"),
    State.ACCEPTED: gettext_noop("accepted"),
    State.DECLINED: gettext_noop("declined"),
    State.COUNTERED: gettext_noop("customer wants otherwise"),
    State.LAPSED: gettext_noop("offer ran out"),
    State.EXECUTING: gettext_noop("under way"),
    State.SETTLED: gettext_noop("settled"),
    State.FAILED: gettext_noop("failed"),
    State.REPLACED: gettext_noop("replaced"),
    State.WITHDRAWN: gettext_noop("taken out"),
}
OUTCOME_NAMES: dict[str, str] = {
    Outcome.NOT_SAID: gettext_noop("nobody noted what the customer asked for"),
    Outcome.NOTHING: gettext_noop("nothing is given yet"),
    Outcome.LESS: gettext_noop("less than asked for"),
    Outcome.AS_ASKED: gettext_noop("as asked for"),
    Outcome.MORE: gettext_noop("more than asked for"),
    Outcome.OTHERWISE: gettext_noop("something else than asked for"),
}
FAULT_NAMES: dict[str, str] = {
    "provider_refused": gettext_noop("the payment provider refused it"),
    "reversed": gettext_noop("the money came back"),
    "no_room": gettext_noop("the payment has not enough left to refund"),
    "not_done": gettext_noop("it could not be done"),
    "no_approval": gettext_noop("its approval no longer holds"),
    "refused": gettext_noop("it was refused"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence by its code, with what stands in its gaps; the doors translate it."""

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
