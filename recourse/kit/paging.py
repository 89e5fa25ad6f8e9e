"""Key-set paging: a page begins after a key, never after a count, so that page 10,000 costs what page 1 costs."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from recourse.kit.errors import Invalid

T = TypeVar("T", bound=Model)
PAGE_SIZE = 50
PAGE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows and the cursors of the pages around them; a cursor is opaque to the caller."""

    rows: Sequence[T]
    next_cursor: str | None
    previous_cursor: str | None = None


def page(rows: QuerySet[T], *, order: Sequence[str], cursor: str | None = None, size: int = PAGE_SIZE) -> Page[T]:
    """Return one page in `order`: field names, `-` for descending, not null, the last one unique.

    A cursor that we did not make raises Invalid.
    """
    size = max(1, min(size, PAGE_LIMIT))
    if cursor is None:
        return _forward(rows, order, None, size)
    direction, values = _decode(cursor, order, rows)
    if direction == "before":
        return _backward(rows, order, values, size)
    return _forward(rows, order, values, size)


def _forward(rows: QuerySet[T], order: Sequence[str], after: Sequence[Any] | None, size: int) -> Page[T]:
    chosen = rows if after is None else rows.filter(_beyond(order, after))
    found = list(chosen.order_by(*order)[: size + 1])
    shown = found[:size]
    return Page(
        rows=shown,
        next_cursor=_encode("after", shown[-1], order) if len(found) > size else None,
        previous_cursor=_encode("before", shown[0], order) if after is not None and shown else None,
    )


def _backward(rows: QuerySet[T], order: Sequence[str], before: Sequence[Any], size: int) -> Page[T]:
    reverse = [name[1:] if name.startswith("-") else f"-{name}" for name in order]
    found = list(rows.filter(_beyond(reverse, before)).order_by(*reverse)[: size + 1])
    shown = found[:size][::-1]
    return Page(
        rows=shown,
        next_cursor=_encode("after", shown[-1], order) if shown else None,
        previous_cursor=_encode("before", shown[0], order) if len(found) > size else None,
    )


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Build (a > x) or (a = x and (b > y or …)), led by a plain bound on the first column for the index."""
    beyond = Q()
    for name, value in reversed(list(zip(order, values, strict=True))):
        field = name.lstrip("-")
        step = Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        beyond = step | (Q(**{field: value}) & beyond) if beyond else step
    first = order[0]
    bound = Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": values[0]})
    return bound & beyond


def _encode(direction: str, row: Model, order: Sequence[str]) -> str:
    values = [_plain(_value(row, name.lstrip("-"))) for name in order]
    return base64.urlsafe_b64encode(json.dumps([direction, *values]).encode()).decode().rstrip("=")


def _value(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _decode(cursor: str, order: Sequence[str], rows: QuerySet[T]) -> tuple[str, list[Any]]:
    try:
        decoded = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        direction, *values = decoded
        if direction not in {"after", "before"} or len(values) != len(order):
            raise ValueError
        if any(isinstance(value, str) and not _storable(value) for value in values):
            raise ValueError
        fields = [_field(rows, name.lstrip("-")) for name in order]
        return direction, [field.to_python(value) for field, value in zip(fields, values, strict=True)]
    except Exception as error:  # any malformed cursor, however it is malformed
        is_malformed = isinstance(error, (ValueError, TypeError, KeyError, binascii.Error))
        if is_malformed or "ValidationError" in type(error).__name__:
            told = _("This page address is not one of ours; start from the first page.")
            raise Invalid.one("cursor", told) from error
        raise


def _storable(text: str) -> bool:
    """Tell whether a database can hold a text: no NUL, no half of a character."""
    return "\0" not in text and text.encode("utf8", "ignore").decode() == text


def _field(rows: QuerySet[T], path: str) -> Any:
    model: Any = rows.model
    *through, last = path.split("__")
    for name in through:
        model = model._meta.get_field(name).related_model
    return model._meta.get_field(last)
