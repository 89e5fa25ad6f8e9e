"""Splitting found: parts of one payment put together again over sliding windows, and runs just under the limit.

A heuristic with measured rates (tests/rooms/approvals/test_splitting.py), not a proof.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from recourse.handbook.policy.authority import Authority, SplitKey

NEAR = "near"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One line as the search for splitting looks at it; `minor` in the company's currency."""

    at: dt.datetime
    minor: int
    kind: str
    case: UUID
    proposer: UUID
    customer: str = ""
    payee: str = ""
    payment: str = ""
    approver: UUID | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """Why parts look split: by what they hang together, how many, over how many days, making which sum."""

    kind: str
    count: int
    days: int
    sum: int


def _value(part: Part, key: SplitKey) -> object:
    """Return what a part has in common with others; None or an empty text has nothing in common with anything."""
    if key is SplitKey.APPROVER:
        return (part.approver or part.proposer, part.payee) if part.payee else None
    return getattr(part, key.value)


def flags(new: Part, earlier: Iterable[Part], authority: Authority, *, limit: int) -> tuple[Flag, ...]:
    """Return why a line within `limit` looks like part of a larger one; a line above its limit splits nothing.

    Parts with the same payee, customer, case, payment or decider of a payee within a window count as one line where
    they are of one kind or against one payment; different kinds of remedy are summed by the limits for case and
    customer. So do the lines of one proposer just under the limit, whoever is paid, once there
    are too many of them.
    """
    if new.minor > limit or new.minor == 0:
        return ()
    known = [part for part in earlier if part.at <= new.at and part.minor > 0]
    least = limit * authority.splitting.near_percent / 100
    found = []
    for window in authority.splitting.windows:
        value = _value(new, window.key)
        if value:
            near = [part for part in _since(known, new.at, window.days) if _value(part, window.key) == value]
            alike = [part for part in near if window.key is SplitKey.PAYMENT or part.kind == new.kind]
            found.append(_flag(window.key.value, window.days, [*alike, new]))
    kept = [flag for flag in found if flag.count > 1 and flag.sum > limit]
    return (*kept, *_run(new, known, authority, limit, least))


def _since(parts: Sequence[Part], at: dt.datetime, days: int) -> list[Part]:
    return [part for part in parts if at - part.at < dt.timedelta(days=days)]


def _flag(kind: str, days: int, parts: Sequence[Part]) -> Flag:
    return Flag(kind, len(parts), days, sum(part.minor for part in parts))


def _run(new: Part, known: Sequence[Part], authority: Authority, limit: int, least: float) -> list[Flag]:
    rules = authority.splitting
    own = [part for part in _since(known, new.at, rules.near_days) if part.proposer == new.proposer]
    run = [part for part in (*own, new) if least <= part.minor <= limit]
    is_run = new.minor >= least and len(run) >= rules.near_count
    return [_flag(NEAR, rules.near_days, run)] if is_run else []


def line_with_parts(minor: int, found: Sequence[Flag]) -> int:
    """Return what the line counts as: itself, or the largest sum that its parts make."""
    return max((minor, *(flag.sum for flag in found)))
