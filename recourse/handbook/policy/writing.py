"""Writing a handbook as TOML that people can edit; reading it back gives the same rules."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

from recourse.handbook.policy.rules import Rules

INLINE_LIMIT = 110


def write_toml(rules: Rules) -> str:
    """Return rules as TOML, in the order of the shapes, unset fields left out."""
    return "\n".join(_table(rules.model_dump(mode="python", exclude_none=True), ())).strip() + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of a table: plain values first, as TOML asks, then tables inside it."""
    for key, value in table.items():
        if not _stands_alone(value):
            yield f"{key} = {_value(value)}"
    for key, value in table.items():
        inside = (*path, key)
        if isinstance(value, Mapping) and _stands_alone(value):
            yield from ("", f"[{'.'.join(inside)}]", *_table(value, inside))
        elif _stands_alone(value):
            for row in value:
                yield from ("", f"[[{'.'.join(inside)}]]", *_table(row, inside))


def _stands_alone(value: object) -> bool:
    """Tell whether a value gets a header of its own: a table, or a list of tables, too large for one line."""
    if isinstance(value, Mapping):
        is_nested = any(isinstance(part, Mapping | tuple) for part in value.values())
        return is_nested or len(_value(value)) > INLINE_LIMIT
    if not isinstance(value, tuple) or not value or not isinstance(value[0], Mapping):
        return False
    return any(_stands_alone(part) for part in value)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(part)}" for key, part in value.items()) + " }"
    if isinstance(value, tuple):
        return _list([_value(part) for part in value])
    return _text(str(value))


def _list(parts: list[str]) -> str:
    line = f"[{', '.join(parts)}]"
    if len(line) <= INLINE_LIMIT:
        return line
    return "[\n" + "".join(f"  {part},\n" for part in parts) + "]"


def _text(value: str) -> str:
    """Quote a text. JSON's escapes are TOML's, but for the delete character, which no text here can hold."""
    return json.dumps(value, ensure_ascii=False)
