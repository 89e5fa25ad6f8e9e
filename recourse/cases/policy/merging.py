"""What a case takes over from one that is merged into it, and how that is undone even when more happened since."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recourse.cases.policy.stages import OPEN, Priority, Stage
from recourse.handbook.policy.shape import IMPACTS, SEVERITIES, TIERS

Value = Any
_SEVERITY = [severity.value for severity in SEVERITIES]
_IMPACT = [impact.value for impact in IMPACTS]
_TIER = [tier.value for tier in TIERS]
_PRIORITY = [priority.value for priority in Priority]


def _first(order: Sequence[str]) -> Callable[[str, str], str]:
    return lambda one, other: min(one, other, key=order.index)


def _last(order: Sequence[str]) -> Callable[[str, str], str]:
    return lambda one, other: max(one, other, key=order.index)


def _union(one: Sequence[str], other: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*one, *other]))


def _latest(one: str | None, other: str | None) -> str | None:
    return max(filter(None, (one, other)), default=None)


COMBINED: Mapping[str, Callable[[Value, Value], Value]] = {
    "received_at": min,
    "severity": _last(_SEVERITY),
    "impact": _last(_IMPACT),
    "priority": _first(_PRIORITY),
    "due_at": min,
    "answered_at": _latest,
    "order_refs": _union,
    "is_restricted": lambda one, other: one or other,
    "family": lambda one, other: one or other,
    "problem": lambda one, other: one or other,
    "product": lambda one, other: one or other,
    "remedy_sought": lambda one, other: one or other,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """One field at one merge: what the kept case had, what the joined case had, what came of it."""

    before: Value
    joined: Value
    after: Value


def take(name: str, kept: Value, joined: Value) -> Taken:
    """Return what a field becomes: the earliest start, the strictest grade, the union; instants as sortable text."""
    return Taken(kept, joined, COMBINED[name](kept, joined))


def undo(name: str, history: Sequence[Taken], index: int, current: Value) -> tuple[list[Taken], Value]:
    """Return the history without one merge, and what the field is then.

    Later merges are worked out again upon what was there without the undone one; a value that somebody set by hand
    between two merges, or after the last, stays as it was set.
    """
    value, expected = history[index].before, history[index].after
    kept = list(history[:index])
    for row in history[index + 1 :]:
        start = value if row.before == expected else row.before
        expected = row.after
        again = take(name, start, row.joined)
        kept.append(again)
        value = again.after
    return kept, value if current == expected else current


@dataclass(frozen=True, slots=True)
class MergeSide:
    """What the rules of merging look at in one case."""

    ref: str
    stage: Stage
    customer: object
    tier: str
    team: object
    team_name: str
    is_walled: bool
    is_restricted: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """Why two cases may not be merged; `permission` is the right that would allow it, where there is one."""

    code: str
    words: Mapping[str, object]
    permission: str = ""


def problem(kept: MergeSide, joined: MergeSide, *, is_across: bool, can: Callable[[str], bool]) -> Problem | None:
    """Return the first reason against merging `joined` into `kept`, beyond the move table; None allows it."""
    if kept.ref == joined.ref:
        return Problem("merge.self", {})
    if kept.stage not in OPEN:
        return Problem("merge.into_closed", {"kept": kept.ref, "stage": kept.stage.value})
    is_same = kept.customer is not None and kept.customer == joined.customer
    if not is_same and not (is_across and can("case:merge_across")):
        return Problem("merge.other_customer", {}, "case:merge_across")
    if joined.is_walled and joined.team != kept.team:
        return Problem("merge.walled", {"joined": joined.ref, "team": joined.team_name})
    if _TIER.index(joined.tier) > _TIER.index(kept.tier):
        return Problem("merge.lower_tier", {"joined": joined.ref, "kept": kept.ref})
    if joined.is_restricted != kept.is_restricted and not can("case:restrict"):
        return Problem("merge.restricted", {}, "case:restrict")
    return None
