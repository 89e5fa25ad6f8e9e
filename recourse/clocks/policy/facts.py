"""What happened to a case, as its clocks need to know it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from recourse.clocks.policy.targets import Plan, Target
from recourse.clocks.policy.words import FactKind, Reply

Pause = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Inherited:
    """An open clock of a case that was merged into another, as it stood then."""

    kind: str
    target: Target
    started_at: datetime
    pauses: tuple[Pause, ...] = ()
    breached_at: datetime | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened. `number` orders facts of the same instant.

    `ref` names the message, wait, promise or other case; `key` a statutory clock. `plan` goes with
    `target_changed` and `plan_migrated`, `due_at` with promises, `inherited` with `merged_in`.
    """

    number: int
    kind: FactKind
    at: datetime
    ref: str = ""
    key: str = ""
    reply: Reply = Reply.ANSWER
    plan: Plan | None = None
    due_at: datetime | None = None
    inherited: tuple[Inherited, ...] = ()


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """Facts by the time at which they happened, then by number."""
    return sorted(facts, key=lambda fact: (fact.at, fact.number))
