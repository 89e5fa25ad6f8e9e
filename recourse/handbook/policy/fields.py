"""What a form needs to know of one value: its kind, its choices, whether it may be left out."""

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from recourse.handbook.policy.editing import Plain, place_of
from recourse.handbook.policy.readable import Say, called, identity, label
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.shape import Length, Shape, Unit
from recourse.handbook.policy.words import VALUES

LONG = frozenset({"qualifies", "coaching", "condition", "applies_when", "text"})


class FieldKind(StrEnum):
    """How a value is typed in."""

    TRUTH = "truth"
    NUMBER = "number"
    CHOICE = "choice"
    TEXT = "text"
    LONG_TEXT = "long_text"
    LENGTH = "length"
    LINES = "lines"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Field:
    """One value that can be edited by itself; a `whole` one is edited in the handbook's text.

    `entry` is what people call the entry of a list that it belongs to.
    """

    path: str
    label: str
    kind: FieldKind
    value: Plain
    is_optional: bool
    choices: tuple[tuple[str, str], ...] = ()
    entry: str = ""


def describe(rules: Rules, path: str, say: Say = str) -> Field:
    """Return what a form needs for the value at a path; raises Mistakes where the path leads nowhere."""
    owner, name = place_of(rules, path)
    annotation, is_optional = _bare(type(owner).model_fields[name].annotation)
    kind = _kind(annotation, name)
    value = owner.model_dump(mode="json")[name]
    choices = _choices(rules, annotation, name, say)
    if choices and kind is FieldKind.TEXT:
        kind = FieldKind.CHOICE
    entry = called(owner, say) if identity(owner) else ""
    return Field(path, label(name, say), kind, value, is_optional, choices, entry)


def _bare(annotation: Any) -> tuple[Any, bool]:
    """Take “or None” and annotations off a type."""
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        inner = [part for part in typing.get_args(annotation) if part is not type(None)]
        return _bare(inner[0])[0], True
    return annotation, False


def _kind(annotation: Any, name: str) -> FieldKind:
    if typing.get_origin(annotation) is tuple:
        item, _optional = _bare(typing.get_args(annotation)[0])
        return FieldKind.WHOLE if isinstance(item, type) and issubclass(item, Shape) else FieldKind.LINES
    if annotation is bool:
        return FieldKind.TRUTH
    if annotation is int:
        return FieldKind.NUMBER
    if annotation is Length:
        return FieldKind.LENGTH
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return FieldKind.CHOICE
    if annotation is str:
        return FieldKind.LONG_TEXT if name in LONG else FieldKind.TEXT
    return FieldKind.WHOLE


def _choices(rules: Rules, annotation: Any, name: str, say: Say) -> tuple[tuple[str, str], ...]:
    """Return stored value and words: of an enumeration, or of the list of the handbook that a key points to."""
    if annotation is Length:
        return tuple((unit.value, say(VALUES[unit.value])) for unit in Unit)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return tuple((one.value, say(VALUES[one.value])) for one in annotation)
    if name == "calendar":
        return tuple((calendar.key, calendar.name) for calendar in rules.calendars)
    if name == "starts_clock":
        return tuple((clock.key, clock.name) for clock in rules.clocks.statutory)
    return ()


def typed(field: Field, posted: Mapping[str, str]) -> Plain:
    """Return the value that a form posted as `value` (and `unit`); what is no number stays text, and is refused."""
    text = posted.get("value", "").replace("\r\n", "\n").strip()
    if not text and field.is_optional:
        return None
    if field.kind is FieldKind.TRUTH:
        return text == "yes"
    if field.kind is FieldKind.NUMBER:
        return _number(text)
    if field.kind is FieldKind.LENGTH:
        return {"amount": _number(text), "unit": posted.get("unit", "")}
    if field.kind is FieldKind.LINES:
        return [_number(line.strip()) for line in text.split("\n") if line.strip()]
    return text


def _number(text: str) -> int | str:
    is_whole = text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if is_whole else text
