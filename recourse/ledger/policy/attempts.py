"""How an attempt to pay moves: by what the provider says, whatever the order in which it is heard.

What was heard only ever moves an attempt up: planned < sending < unknown < pending < succeeded < failed. So reports
that come twice, late or in any order end alike. A refusal comes before any payment, a failure may come days after.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from recourse.kit.money import Money
from recourse.ledger.policy.words import AttemptState

S = AttemptState
_RANK = {
    S.PLANNED: 0, S.SENDING: 1, S.UNKNOWN: 2, S.PENDING: 3, S.PAID: 3, S.SUCCEEDED: 4, S.REFUSED: 5, S.FAILED: 5,
    S.WITHDRAWN: 5,
}  # fmt: skip
LIVE = (S.PLANNED, S.SENDING, S.UNKNOWN, S.PENDING, S.PAID, S.SUCCEEDED)
IN_FLIGHT = (S.PLANNED, S.SENDING, S.UNKNOWN, S.PENDING, S.PAID)
EXECUTED = (S.PENDING, S.PAID, S.SUCCEEDED)
ENDED = (S.REFUSED, S.FAILED, S.WITHDRAWN)
KEY_LIVES_FOR = dt.timedelta(hours=23)
ASK_A_PERSON_AFTER = dt.timedelta(minutes=30)
LEASE = dt.timedelta(minutes=2)
_LATER = (30, 60, 120, 300, 600, 1_800, 3_600)


class Heard(StrEnum):
    """What a provider can say of a payment."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Told:
    """One word of a provider about a payment; `code` is its reason where it failed or was refused."""

    heard: Heard
    provider_ref: str = ""
    amount: Money | None = None
    code: str = ""


def after(state: AttemptState, heard: Heard) -> AttemptState:
    """Return the state that an attempt has after hearing of it; hearing the same or less changes nothing.

    A refusal answers the asking itself: nothing was made. A failure is of a payment that was made and came back.
    """
    if heard in (Heard.ABSENT, Heard.UNKNOWN):
        return S.UNKNOWN if state is S.SENDING else state
    if heard is Heard.REFUSED:
        return S.REFUSED if _RANK[state] < _RANK[S.PENDING] else state
    if heard is Heard.FAILED:
        return state if state in ENDED else S.FAILED
    target = S.PENDING if heard is Heard.PENDING else S.SUCCEEDED
    return target if _RANK[target] > _RANK[state] else state


def may_send_again(first_sent_at: dt.datetime | None, at: dt.datetime) -> bool:
    """Tell whether the provider still knows our key: it may forget it after 24 hours; we stop an hour before."""
    return first_sent_at is None or at - first_sent_at < KEY_LIVES_FOR


def next_look(looks: int, at: dt.datetime) -> dt.datetime:
    """Return when an unknown payment is looked up again: soon at first, hourly in the end."""
    return at + dt.timedelta(seconds=_LATER[min(looks, len(_LATER) - 1)])
