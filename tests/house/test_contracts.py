"""The house rules that a syntax tree can hold."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from tests.house.source import DOORS, HEIGHT, HOUSE, ROOMS, files, imports, is_actions, place, tree

WRITING = {
    "create", "bulk_create", "update", "bulk_update", "delete", "save", "get_or_create", "update_or_create",
}  # fmt: skip
WEB_ONLY = ("django.http", "django.shortcuts", "django.forms", "django.template", "django.views")
DANGEROUS = {"eval", "exec", "mark_safe", "os.system", "compile"}
CLOCK_READING = re.compile(
    r"\b(datetime\.now|dt\.datetime\.now|timezone\.now|datetime\.utcnow|time\.time\(|date\.today)"
)
NAMES_NOT_USED = {
    "util", "utils", "helper", "helpers", "manager", "managers", "handler", "handlers", "processor", "data", "info",
    "misc", "common", "core", "service", "services",
}  # fmt: skip


def test_rooms_know_nothing_of_http() -> None:
    found = [
        f"{place(path, node)} imports {module}"
        for path in files("kit", *ROOMS)
        for node, module in imports(path)
        if module.startswith(WEB_ONLY)
    ]
    assert not found, found


def _writes(path: Path) -> list[str]:
    found = []
    for node in ast.walk(tree(path)):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_call and node.func.attr in WRITING and _is_table_call(node.func):  # type: ignore[attr-defined]
            found.append(f"{place(path, node)} .{node.func.attr}()")  # type: ignore[attr-defined]
    return found


def _is_table_call(func: ast.Attribute) -> bool:
    """Tell whether a call hangs on a queryset: `X.objects…`, a related name, or a queryset-like chain."""
    text = ast.unparse(func.value)
    if func.attr == "update" and not (".objects" in text or ".filter(" in text or ".exclude(" in text):
        return False
    return not text.startswith(("router", "self.client", "hashlib", "cache", "dict", "seen", "context")) and (
        ".objects" in text or ".filter(" in text or ".all(" in text or func.attr in {"save", "bulk_create", "delete"}
    )


def test_only_actions_write() -> None:
    found = [write for path in files(*ROOMS, *DOORS) if not is_actions(path) for write in _writes(path)]
    assert not found, found


def test_doors_touch_no_table() -> None:
    found = [
        f"{place(path, node)} .objects"
        for path in files("web", "api")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
    ]
    assert not found, found


def test_actions_write_only_their_own_tables() -> None:
    owner = {
        model.__name__: model._meta.app_label for room in ROOMS for model in apps.get_app_config(room).get_models()
    }
    found = []
    for room in ROOMS:
        for path in files(room):
            for node in ast.walk(tree(path)):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                    continue
                text = ast.unparse(node.func.value)
                named = re.match(r"([A-Z]\w+)\.objects\b", text)
                if node.func.attr in WRITING and named and owner.get(named[1], room) != room:
                    found.append(f"{place(path, node)} writes {named[1]}")
    assert not found, found


def test_no_import_hides_inside_a_function() -> None:
    found = [
        place(path, inner)
        for path in files(".")
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for inner in ast.walk(node)
        if isinstance(inner, (ast.Import, ast.ImportFrom)) and not (path.name == "apps.py" and node.name == "ready")
    ]
    assert not found, found


def test_every_foreign_key_points_down_the_house() -> None:
    found = []
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            for field in model._meta.get_fields():
                target = getattr(field, "related_model", None)
                if not getattr(field, "concrete", False) or target is None or isinstance(target, str):
                    continue
                other = target._meta.app_label
                if other in HEIGHT and other != room and HEIGHT[other] >= HEIGHT[room]:
                    found.append(f"{model.__name__}.{field.name} points up to {other}")
    assert not found, found


def test_the_clock_is_read_in_one_place() -> None:
    found = [
        f"{path.relative_to(HOUSE)}:{number}"
        for path in files(".")
        if path != HOUSE / "kit" / "time.py"
        for number, line in enumerate(path.read_text("utf8").splitlines(), 1)
        if CLOCK_READING.search(line)
    ]
    assert not found, found


def test_only_doors_and_the_worker_ask_for_now() -> None:
    allowed = {"kit", "web", "api", "ops", "config"}
    found = [
        place(path, node)
        for path in files(".")
        if path.relative_to(HOUSE).parts[0] not in allowed
        for node, module in imports(path)
        if module == "recourse.kit.time.now" and path != HOUSE / "timeline" / "actions" / "record.py"
    ]
    assert not found, found


@pytest.mark.parametrize("path", files("."), ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_file_says_what_it_owns_and_bears_a_meaningful_name(path: Path) -> None:
    if path.name == "__init__.py" and not path.read_text("utf8").strip():
        return
    assert ast.get_docstring(tree(path)), f"{path} has no docstring"
    assert path.stem not in NAMES_NOT_USED


def _draws(path: Path) -> bool:
    """Tell whether a file draws the typed parts from their own templates, which escape what they are given."""
    return path.is_relative_to(HOUSE / "web" / "parts") or path == HOUSE / "web" / "templatetags" / "parts.py"


def test_nothing_dangerous_takes_what_users_give() -> None:
    barred = {"pickle", "marshal", "shelve", "yaml", "xml.etree", "xml.sax", "xml.dom", "subprocess.getoutput"}
    found = [
        f"{place(path, node)} {module}"
        for path in files(".")
        for node, module in imports(path)
        if any(module == bad or module.startswith(f"{bad}.") for bad in barred)
    ]
    calls = [
        f"{place(path, node)} {ast.unparse(node.func)}"
        for path in files(".")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in DANGEROUS
        and not (ast.unparse(node.func) == "mark_safe" and _draws(path))
    ]
    assert not found + calls, found + calls
