"""Reading a handbook: TOML or stored JSON to rules, and every mistake with the path of its field."""

import datetime as dt
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

from pydantic import ValidationError

from recourse.handbook.policy.readable import IDENTITIES
from recourse.handbook.policy.rules import BROKEN, Path, Rules
from recourse.handbook.policy.sentences import SENTENCES

TEXT_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that cannot be taken: where, its code, and a sentence with its facts filled in."""

    path: str
    code: str
    sentence: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


class Mistakes(Exception):
    """All that is wrong with a handbook that was read."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(f"{one.path}: {one.sentence}" for one in mistakes))
        self.mistakes = tuple(mistakes)


def read_toml(text: str) -> Rules:
    """Return the rules written in TOML, or raise Mistakes."""
    if len(text) > TEXT_LIMIT:
        raise _unreadable("toml.long", limit=TEXT_LIMIT)
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _unreadable("toml.syntax", problem=str(error) or type(error).__name__) from error
    return read_tree(tree)


def read_tree(tree: Mapping[str, Any]) -> Rules:
    """Return the rules in a tree of plain values, or raise Mistakes."""
    try:
        return read_json(json.dumps(tree, default=_plain))
    except (ValueError, TypeError) as error:
        raise _unreadable("toml.syntax", problem=str(error)[:200]) from error


def _unreadable(code: str, **facts: str | int) -> Mistakes:
    return Mistakes([Mistake("", code, SENTENCES[code].format(**facts), facts)])


def _plain(value: object) -> str:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a handbook")


def read_json(text: str) -> Rules:
    """Return the rules in canonical or other JSON, or raise Mistakes."""
    try:
        return Rules.model_validate_json(text)
    except ValidationError as error:
        raise Mistakes(_mistakes(error, _tree(text))) from error


def _tree(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _mistakes(error: ValidationError, tree: object) -> list[Mistake]:
    found: list[Mistake] = []
    for one in error.errors(include_url=False, include_input=False):
        context = one.get("ctx", {})
        if one["type"] == BROKEN:
            for path, problem in context["broken"]:
                found.append(Mistake(written(path, tree), problem.type, problem.message(), _facts(problem.context)))
        else:
            found.append(Mistake(written(one["loc"], tree), one["type"], one["msg"], _facts(context)))
    return found


def _facts(context: Mapping[str, Any] | None) -> dict[str, str | int]:
    return {name: value for name, value in (context or {}).items() if isinstance(value, str | int)}


def written(path: Path, tree: object) -> str:
    """Return a path as differences write it, `clocks.allowances[tier_2,high].resolution`.

    An entry that has no name of its own is counted from 0.
    """
    parts: list[str] = []
    place: Any = tree
    for part in path:
        is_inside = isinstance(place, list) and isinstance(part, int) and part < len(place)
        place = place[part] if is_inside else place.get(part) if isinstance(place, dict) else None
        parts.append(f"[{_key(place, part)}]" if isinstance(part, int) else f".{part}")
    return "".join(parts).lstrip(".")


def _key(item: object, index: int) -> str:
    if isinstance(item, dict):
        for names in IDENTITIES:
            values = [item.get(name) for name in names]
            if all(isinstance(value, str | int) for value in values):
                return ",".join(str(value) for value in values)
    return str(index)


@lru_cache(maxsize=1)
def default_rules() -> Rules:
    """Return the rules that a new company starts from."""
    return read_toml(default_text())


def default_text() -> str:
    """Return the TOML of the rules that a new company starts from, with its comments."""
    return (resources.files("recourse.handbook") / "defaults.toml").read_text(encoding="utf-8")
