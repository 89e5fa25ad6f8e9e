"""Reads the product's own source for the architecture tests."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "recourse"
ROOMS_FROM_TOP = (
    ("routing", "intake"),
    ("escalations", "remedies"),
    ("conversations", "clocks", "ledger"),
    ("cases",),
    ("customers",),
    ("handbook",),
    ("people",),
    ("search", "answers"),
    ("timeline",),
)
ROOMS = tuple(room for line in ROOMS_FROM_TOP for room in line)
HEIGHT = {room: -height for height, line in enumerate(ROOMS_FROM_TOP) for room in line}
DOORS = ("web", "api", "ops")


def files(*parts: str) -> list[Path]:
    """Return the Python files below folders of the house, migrations left out."""
    found = [path for part in parts for path in (HOUSE / part).rglob("*.py") if "migrations" not in path.parts]
    return sorted(found)


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text("utf8"), str(path))


def is_ours(cls: type) -> bool:
    """Tell whether a class is the product's, not made up by a test."""
    return cls.__module__.startswith("recourse.")


def place(path: Path, node: ast.AST) -> str:
    """Return where something stands, for a failing test to say."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def imports(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Yield every imported module with its statement."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node, node.module
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"


def is_actions(path: Path) -> bool:
    """Tell whether a file may write: the verbs of a room."""
    return path.name == "actions.py" or "actions" in path.parts
