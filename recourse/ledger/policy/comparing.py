"""Compares a provider's list with ours: every difference is found, none is invented. Pure.

Payments are matched by our reference, never by day: the provider's list is read with a margin round the days compared,
so that no cut of a day makes a difference.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from recourse.kit.money import Money
from recourse.ledger.policy.attempts import EXECUTED, LEASE, Heard
from recourse.ledger.policy.words import AttemptState, BreakKind

MARGIN = dt.timedelta(days=1)
S = AttemptState
_HAS_PAID = {Heard.PENDING, Heard.SUCCEEDED}


@dataclass(frozen=True, slots=True)
class Ours:
    """One of our attempts, as it stands."""

    key: str
    amount: Money
    state: AttemptState
    provider_ref: str = ""
    executed_at: dt.datetime | None = None
    sent_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Theirs:
    """One payment of theirs."""

    provider_ref: str
    reference: str
    amount: Money
    heard: Heard
    at: dt.datetime
    status: str = ""
    code: str = ""
    charge_ref: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: of what kind, about whom, what both sides say; `is_heard` where hearing it mends it."""

    kind: BreakKind
    subject: str
    ours: Ours | None = None
    theirs: Theirs | None = None
    is_heard: bool = False


def differences(
    ours: Sequence[Ours], theirs: Sequence[Theirs], *, from_at: dt.datetime, until_at: dt.datetime, at: dt.datetime
) -> list[Difference]:
    """Return what differs about payments that either side made from `from_at` up to `until_at`.

    `ours` are all that bear a key which they name and all that we paid in that time; `theirs` reaches a day further on
    both sides.
    """
    known = {one.key: one for one in ours}
    by_key: dict[str, list[Theirs]] = defaultdict(list)
    found: list[Difference] = []
    for one in sorted(theirs, key=lambda one: (one.at, one.provider_ref)):
        if one.reference in known:
            by_key[one.reference].append(one)
        elif _is_within(one, from_at, until_at) and one.heard is not Heard.FAILED:
            found.append(Difference(BreakKind.EXTRA, one.provider_ref, theirs=one))
    for key, rows in by_key.items():
        found.extend(_about(known[key], rows, from_at, until_at, at))
    for mine in ours:
        is_paid = mine.state in EXECUTED and mine.executed_at is not None
        if is_paid and mine.key not in by_key and mine.executed_at and from_at <= mine.executed_at < until_at:
            found.append(Difference(BreakKind.MISSING, mine.key, ours=mine))
    return found


def _is_within(one: Theirs, from_at: dt.datetime, until_at: dt.datetime) -> bool:
    return from_at <= one.at < until_at


def _about(
    ours: Ours, rows: Sequence[Theirs], from_at: dt.datetime, until_at: dt.datetime, at: dt.datetime
) -> list[Difference]:
    """Return the differences about one attempt; of several payments under its key the one it knows is its own."""
    own = next((row for row in rows if row.provider_ref == ours.provider_ref), rows[0])
    others = [row for row in rows if row is not own and row.heard is not Heard.FAILED]
    found = [
        Difference(BreakKind.TWICE, row.provider_ref, ours, row) for row in others if _is_within(row, from_at, until_at)
    ]
    if not _is_within(own, from_at, until_at):
        return found
    if own.amount.currency != ours.amount.currency:
        return [*found, Difference(BreakKind.CURRENCY, ours.key, ours, own)]
    if own.amount != ours.amount:
        return [*found, Difference(BreakKind.AMOUNT, ours.key, ours, own)]
    status = _status(ours, own, at)
    return [*found, status] if status else found


def _status(ours: Ours, own: Theirs, at: dt.datetime) -> Difference | None:
    has_paid = own.heard in _HAS_PAID
    if ours.state in (S.REFUSED, S.FAILED, S.WITHDRAWN):
        return Difference(BreakKind.STATUS, ours.key, ours, own) if has_paid else None
    if ours.state is S.SENDING and ours.sent_at is not None and at - ours.sent_at < LEASE:
        return None
    wanted = {Heard.PENDING: S.PENDING, Heard.SUCCEEDED: S.SUCCEEDED, Heard.FAILED: S.FAILED}.get(own.heard)
    if wanted is None or wanted is ours.state:
        return None
    is_heard = not (wanted is S.PENDING and ours.state is S.SUCCEEDED)
    return Difference(BreakKind.STATUS, ours.key, ours, own, is_heard=is_heard)
