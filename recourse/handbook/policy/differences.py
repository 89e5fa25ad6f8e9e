"""The difference between two editions, as rows that a manager can read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import Any

from recourse.handbook.policy.readable import Say, called, identity, in_words, label
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.shape import Length, Money, Shape
from recourse.handbook.policy.words import PLAIN


class ChangeKind(StrEnum):
    """What happened to a value or an entry."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a difference: `where` leads from the part of the handbook to the entry."""

    kind: ChangeKind
    path: str
    where: tuple[str, ...]
    what: str
    old: str
    new: str

    def __str__(self) -> str:
        place = ", ".join(self.where[1:]) or self.where[0]
        if self.kind is ChangeKind.CHANGED:
            return f"{place}: {self.what} {self.old} → {self.new}"
        return f"{place}: {self.new or self.old}"


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    where: tuple[str, ...]

    def at(self, field: str, say: Say, *, is_heading: bool) -> "_Place":
        path = f"{self.path}.{field}" if self.path else field
        return _Place(path, (*self.where, label(field, say)) if is_heading else self.where)

    def entry(self, item: Shape, say: Say) -> "_Place":
        key = ",".join(str(part) for part in identity(item) or ())
        return _Place(f"{self.path}[{key}]", (*self.where, called(item, say)))


def diff(old: Rules, new: Rules, say: Say = str) -> tuple[Change, ...]:
    """Return every difference between two handbooks, in the order of the newer one; none if they are equal.

    `say` translates our own words, never the company's.
    """
    return tuple(_shapes(old, new, _Place("", ()), say))


def _shapes(old: Shape, new: Shape, place: _Place, say: Say) -> Iterator[Change]:
    for field in type(new).model_fields:
        before, after = getattr(old, field), getattr(new, field)
        if before == after:
            continue
        if _is_part(before) and _is_part(after):
            yield from _shapes(before, after, place.at(field, say, is_heading=True), say)
        elif _is_list(before, after):
            heading = place.at(field, say, is_heading=not _is_step_down(place, field))
            yield from _lists(before, after, heading, say)
        else:
            inside = place.at(field, say, is_heading=False)
            where = inside.where or (label(field, say),)
            texts = in_words(before, say), in_words(after, say)
            yield Change(ChangeKind.CHANGED, inside.path, where, label(field, say), *texts)


def _is_step_down(place: _Place, field: str) -> bool:
    """Tell whether a list's heading says nothing that its entries do not, as tier and severity do."""
    return bool(place.where) and field in {"allowances", "matrix", "kinds"}


def _is_part(value: object) -> bool:
    return isinstance(value, Shape) and not isinstance(value, Length | Money)


def _is_list(before: Any, after: Any) -> bool:
    both = (*before, *after) if isinstance(before, tuple) and isinstance(after, tuple) else ()
    return bool(both) and all(identity(item) is not None for item in both)


def _lists(old: Sequence[Shape], new: Sequence[Shape], place: _Place, say: Say) -> Iterator[Change]:
    before = {identity(item): item for item in old}
    after = {identity(item): item for item in new}
    for key, item in after.items():
        inside = place.entry(item, say)
        if key not in before:
            yield Change(ChangeKind.ADDED, inside.path, inside.where, say(PLAIN["added"]), "", _summary(item, say))
        elif before[key] != item:
            yield from _shapes(before[key], item, inside, say)
    for key, item in before.items():
        if key not in after:
            inside = place.entry(item, say)
            yield Change(
                ChangeKind.REMOVED,
                inside.path,
                inside.where,
                say(PLAIN["removed"]),
                "",
                say(PLAIN["removed"]),
            )
    yield from _moves(
        [key for key in before if key in after], [key for key in after if key in before], after, place, say
    )


def _moves(
    old: Sequence[object], new: Sequence[object], items: dict[Any, Shape], place: _Place, say: Say
) -> Iterator[Change]:
    """Yield the first entry that stands elsewhere; one row says that the order changed."""
    for before, after in zip_longest(old, new):
        if before != after:
            inside = place.entry(items[after], say)
            moved = say(PLAIN["moved"])
            yield Change(ChangeKind.MOVED, inside.path, inside.where, moved, "", moved)
            return


def _summary(item: Shape, say: Say) -> str:
    return f"{say(PLAIN['added'])}: {in_words(item, say)}"
