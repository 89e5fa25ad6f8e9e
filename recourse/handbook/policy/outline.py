"""A handbook as tables that people read, alone or beside the edition before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from recourse.handbook.policy.differences import Change, diff
from recourse.handbook.policy.readable import IDENTITIES, Say, called, identity, in_words, label
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.shape import Length, Money, Shape
from recourse.handbook.policy.words import PLAIN

GENERAL = "general"
LONG = 60
CONDITIONS = frozenset({"condition", "applies_when"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: the path under which it is edited, its words, and its earlier words where they differ."""

    path: str
    text: str
    old: str | None = None
    is_code: bool = False

    @property
    def is_changed(self) -> bool:
        """Tell whether the earlier edition says something else."""
        return self.old is not None

    @property
    def is_long(self) -> bool:
        """Tell whether the words want a wide column."""
        return len(self.text) > LONG


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a list, or one rule: its name, its values, and whether it is `added` or `removed`.

    `path` is that of a whole entry, empty for a rule that cannot be taken away.
    """

    head: Cell
    cells: tuple[Cell, ...]
    path: str = ""
    state: str = ""

    @property
    def is_changed(self) -> bool:
        """Tell whether anything in it differs from the earlier edition."""
        return bool(self.state) or any(cell.is_changed for cell in (self.head, *self.cells))


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; `columns` names the values after the row's head."""

    path: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def changed(self) -> int:
        """Return how many rows differ from the earlier edition."""
        return sum(row.is_changed for row in self.rows)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the handbook."""

    key: str
    title: str
    tables: tuple[Table, ...]
    changes: tuple[Change, ...] = ()


def outline(rules: Rules, before: Rules | None = None, say: Say = str) -> tuple[Section, ...]:
    """Return the whole handbook as tables; beside an earlier one, what differs carries the earlier words."""
    changes = diff(before, rules, say) if before is not None else ()
    return tuple(_sections(rules, before, changes, say))


def section_keys() -> tuple[str, ...]:
    """Return the keys of the sections, in order."""
    return (GENERAL, *(name for name, field in Rules.model_fields.items() if name not in _general()))


def _general() -> tuple[str, ...]:
    return ("currency", "families", "regimes")


def _sections(rules: Rules, before: Rules | None, changes: Sequence[Change], say: Say) -> Iterator[Section]:
    general = [table for name in ("families", "regimes") for table in _list(rules, before, name, name, say)]
    scalars = _scalar_table(rules, before, "", say(PLAIN["generally"]), ("currency",), say)
    own = tuple(change for change in changes if change.path.split(".")[0].split("[")[0] in _general())
    yield Section(GENERAL, say(PLAIN["generally"]), (scalars, *general), own)
    for name in section_keys()[1:]:
        part = getattr(rules, name)
        earlier = getattr(before, name) if before is not None else None
        title = label(name, say)
        is_part = isinstance(part, Shape)
        tables = _tables(part, earlier, name, title, say) if is_part else _list(rules, before, name, name, say)
        own = tuple(change for change in changes if change.path.split(".")[0].split("[")[0] == name)
        yield Section(name, title, tuple(tables), own)


def _tables(part: Shape, before: Any, path: str, title: str, say: Say) -> Iterator[Table]:
    """Yield the plain values of a part, then its lists and parts."""
    scalars, lists, parts = _sorted(part)
    if scalars:
        yield _scalar_table(part, before, path, title, scalars, say)
    for name in lists:
        yield from _list(part, before, name, f"{path}.{name}", say)
    for name in parts:
        earlier = getattr(before, name, None)
        yield from _tables(getattr(part, name), earlier, f"{path}.{name}", label(name, say), say)


def _sorted(part: Shape) -> tuple[list[str], list[str], list[str]]:
    """Sort the fields of a shape: plain values, lists of entries, parts."""
    scalars, lists, parts = [], [], []
    for name in type(part).model_fields:
        value = getattr(part, name)
        if is_entries(type(part), name):
            lists.append(name)
        elif isinstance(value, Shape) and not isinstance(value, Length | Money):
            parts.append(name)
        else:
            scalars.append(name)
    return scalars, lists, parts


def is_entries(shape: type[Shape], name: str) -> bool:
    """Tell whether a field is a list of entries that have names of their own."""
    return entry_shape(shape, name) is not None


def entry_shape(shape: type[Shape], name: str) -> type[Shape] | None:
    """Return the shape of the entries of a list field, or None where its entries have no names."""
    stack: list[Any] = [shape.model_fields[name].annotation]
    while stack:
        kind = stack.pop()
        if isinstance(kind, type) and issubclass(kind, Shape):
            is_listed = kind is not Length and shape.model_fields[name].annotation is not kind
            return kind if is_listed and _has_identity(kind) else None
        stack.extend(getattr(kind, "__args__", ()))
    return None


def _scalar_table(part: Shape, before: Any, path: str, title: str, names: Sequence[str], say: Say) -> Table:
    rows = []
    for name in names:
        inside = f"{path}.{name}" if path else name
        rows.append(Row(Cell("", label(name, say)), (_cell(part, before, name, inside, say),)))
    return Table(path or GENERAL, title, (say(PLAIN["value"]),), tuple(rows))


def _cell(item: Shape, before: Any, name: str, path: str, say: Say) -> Cell:
    value = getattr(item, name)
    earlier = getattr(before, name) if before is not None else value
    old = _words(name, earlier, say) if earlier != value else None
    return Cell(path, _words(name, value, say), old, is_code=name in CONDITIONS and value != "true")


def _words(name: str, value: Any, say: Say) -> str:
    return say(PLAIN["always"]) if name in CONDITIONS and value == "true" else in_words(value, say)


def _list(owner: Shape, before: Any, name: str, path: str, say: Say) -> Iterator[Table]:
    """Yield the table of a list's entries, then the tables inside each entry."""
    items: tuple[Shape, ...] = getattr(owner, name)
    earlier = {identity(item): item for item in getattr(before, name, ())} if before is not None else None
    shape = entry_shape(type(owner), name)
    if shape is None:
        return
    shown = (field for field in shape.model_fields if field not in _named_by(shape))
    columns = [field for field in shown if not is_entries(shape, field)]
    rows = [_row(item, earlier, path, columns, say) for item in items]
    here = {identity(item) for item in items}
    gone = [item for key, item in (earlier or {}).items() if key not in here]
    rows += [_removed(item, columns, say) for item in gone]
    titles = tuple(label(column, say) for column in columns)
    yield Table(path, label(name, say), titles, tuple(rows))
    for item in items:
        yield from _inside(item, earlier, path, say)


def _row(item: Shape, earlier: Any, path: str, columns: Sequence[str], say: Say) -> Row:
    inside = f"{path}[{_key(item)}]"
    before = earlier.get(identity(item)) if earlier is not None else None
    cells = tuple(_cell(item, before, column, f"{inside}.{column}", say) for column in columns)
    words, was = called(item, say), called(before, say) if before is not None else ""
    head = Cell(_name_path(item, inside), words, was if before is not None and was != words else None)
    return Row(head, cells, inside, "added" if earlier is not None and before is None else "")


def _name_path(item: Shape, path: str) -> str:
    return f"{path}.name" if "name" in _named_by(type(item)) else ""


def _removed(item: Shape, columns: Sequence[str], say: Say) -> Row:
    cells = tuple(Cell("", "", in_words(getattr(item, column), say)) for column in columns)
    return Row(Cell("", called(item, say)), cells, "", "removed")


def _inside(item: Shape, earlier: Any, path: str, say: Say) -> Iterator[Table]:
    before = earlier.get(identity(item)) if earlier is not None else None
    for name in type(item).model_fields:
        if is_entries(type(item), name) and (getattr(item, name) or getattr(before, name, ())):
            for table in _list(item, before, name, f"{path}[{_key(item)}].{name}", say):
                yield Table(table.path, f"{called(item, say)}: {table.title}", table.columns, table.rows)


def _key(item: Shape) -> str:
    return ",".join(str(part) for part in identity(item) or ())


def _has_identity(shape: type[Shape]) -> bool:
    return bool(_named_by(shape))


def _named_by(shape: type[Shape]) -> frozenset[str]:
    """Return the fields that make up the head of a row, and so need no column."""
    for names in IDENTITIES:
        if all(name in shape.model_fields for name in names):
            own = {"name"} & set(shape.model_fields) if "tier" not in shape.model_fields else set()
            return frozenset({*names, *own})
    return frozenset()
