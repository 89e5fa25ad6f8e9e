"""Changing one value of a handbook by its path, as forms and programs do; the whole is checked again."""

import re
from collections.abc import Mapping
from typing import Any

from recourse.handbook.policy.readable import identity
from recourse.handbook.policy.reading import Mistake, Mistakes, read_tree
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.sentences import SENTENCES
from recourse.handbook.policy.shape import Shape

Plain = bool | int | str | list[Any] | Mapping[str, Any] | None
_STEP = re.compile(r"([a-z_0-9]+)|\[([^\[\]]+)\]")


Step = tuple[str | None, str | None]


def with_value(rules: Rules, path: str, value: Plain) -> Rules:
    """Return the rules with one value replaced, or raise Mistakes.

    A path is written as differences write it: `clocks.allowances[tier_2,high].first_response`. An entry of a list
    that does not exist yet is added; None takes an optional value, or an entry of a list, away.
    """
    steps = _steps(path)
    tree = rules.model_dump(mode="json")
    owner, place = _walk(rules, tree, steps, path)
    _name, key = steps[-1]
    here = place if key is None else _entry(owner[0], key, path, may_add=value is not None)
    _put(owner[1], here, value)
    return read_tree(tree)


def place_of(rules: Rules, path: str) -> tuple[Shape, str]:
    """Return the shape that holds a named value, and its name; raises Mistakes where the path leads nowhere."""
    steps = _steps(path)
    owner, place = _walk(rules, rules.model_dump(mode="json"), steps, path)
    if not isinstance(owner[0], Shape):
        raise _no_such(path)
    return owner[0], place


def _steps(path: str) -> list[Step]:
    steps: list[Step] = [(found[1], found[2]) for found in _STEP.finditer(path)]
    parts = [f"[{key}]" if name is None else f".{name}" for name, key in steps]
    if not steps or "".join(parts) != f".{path}":
        raise _no_such(path)
    return steps


def _no_such(path: str) -> Mistakes:
    return Mistakes([Mistake(path, "path.unknown", SENTENCES["path.unknown"].format(path=path), {"path": path})])


def _walk(shape: Any, tree: Any, steps: list[Step], path: str) -> tuple[tuple[Any, Any], str]:
    """Walk the shape and its tree side by side up to what the last step names."""
    for name, key in steps[:-1]:
        place: Any = _entry(shape, key, path, may_add=False) if key is not None else _field(shape, name, path)
        shape = shape[place] if key is not None else getattr(shape, place)
        tree = tree[place]
    name, key = steps[-1]
    return (shape, tree), "" if key is not None else _field(shape, name, path)


def _field(shape: Any, name: str | None, path: str) -> str:
    if name is None or not isinstance(shape, Shape) or name not in type(shape).model_fields:
        raise _no_such(path)
    return name


def _entry(shape: Any, key: str, path: str, *, may_add: bool) -> int:
    """Return the place of an entry in a list; one past the end for a new one."""
    if not isinstance(shape, tuple):
        raise _no_such(path)
    for place, item in enumerate(shape):
        if ",".join(str(part) for part in identity(item) or ()) == key:
            return place
    if not may_add:
        raise _no_such(path)
    return len(shape)


def _put(tree: Any, place: Any, value: Plain) -> None:
    if isinstance(place, int) and place == len(tree):
        tree.append(value)
    elif isinstance(place, int) and value is None:
        del tree[place]
    else:
        tree[place] = value
