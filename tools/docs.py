"""Writes docs/generated from the code, so that reference pages cannot go stale; a test compares them."""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "generated"


def events() -> str:
    """Return the catalogue of events of every room."""
    for events_file in sorted((ROOT / "recourse").glob("*/events*")):
        importlib.import_module(f"recourse.{events_file.parent.name}.events")
    from recourse.timeline.events import catalogue  # noqa: PLC0415

    lines = ["# Events", "", "Every event that the record and webhooks know.", ""]
    ours = {name: cls for name, cls in catalogue().items() if cls.__module__.startswith("recourse.")}
    for name, cls in ours.items():
        first = (cls.__doc__ or "").strip().splitlines()[0]
        sample = cls(**cls.sample)
        lines += [f"## `{name}`", "", first, "", f"- Version {cls.version}, shown to: {cls.audience.value}."]
        if cls.note_holds:
            lines.append(f"- Private note beside it: {cls.note_holds}.")
        lines += [f"- Reads: “{sample.sentence()}”.", "", "```json", sample.payload(), "```", ""]
    return "\n".join(lines)


def roles() -> str:
    """Return which role holds which right."""
    from recourse.people.policy import ROLES, Permission  # noqa: PLC0415

    names = list(ROLES)
    lines = ["# Roles and rights", "", "The built-in roles. An administrator may make others.", ""]
    lines += ["| Right | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for permission in Permission:
        marks = ("✓" if permission in ROLES[name] else "" for name in names)
        lines.append(f"| `{permission.value}` | " + " | ".join(marks) + " |")
    return "\n".join([*lines, ""])


def moves() -> str:
    """Return the move table of a case."""
    from recourse.cases.policy import MOVES  # noqa: PLC0415

    lines = ["# The life of a case", "", "| Move | From | To | Right | Event |", "|---|---|---|---|---|"]
    for move in MOVES:
        sources = ", ".join(stage.value for stage in move.from_stages)
        lines.append(f"| {move.name} | {sources} | {move.to_stage.value} | `{move.permission}` | `{move.event}` |")
    return "\n".join([*lines, ""])


def api() -> str:
    """Return the reference of the JSON API."""
    from recourse.api.v1 import api as door  # noqa: PLC0415

    schema: dict[str, Any] = door.get_openapi_schema()
    lines = ["# JSON API v1", "", f"OpenAPI {schema['openapi']} at `/api/v1/openapi.json`.", ""]
    for path, operations in sorted(schema["paths"].items()):
        for method, operation in operations.items():
            lines += _operation(method, path, operation)
    return "\n".join(lines)


def _operation(method: str, path: str, operation: dict[str, Any]) -> list[str]:
    lines = [f"## `{method.upper()} {path}`", "", operation.get("description") or operation.get("summary", ""), ""]
    for parameter in operation.get("parameters", []):
        kind = parameter["schema"].get("type", "value")
        lines.append(f"- `{parameter['name']}` ({parameter['in']}, {kind}) {parameter.get('description', '')}".rstrip())
    body = operation.get("requestBody", {}).get("content", {})
    for kind, content in body.items():
        lines.append(f"- body: {_type(content['schema'])} as `{kind}`")
    lines.append("- answers: " + ", ".join(str(status) for status in operation["responses"]))
    return [*lines, ""]


def _type(schema: dict[str, Any]) -> str:
    return f"`{schema['$ref'].rsplit('/', 1)[-1]}`" if "$ref" in schema else schema.get("title", "object")


PAGES = {"events.md": events, "roles.md": roles, "moves.md": moves, "api.md": api}


def start() -> None:
    """Start Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recourse.config.settings")
    django.setup()


def main() -> None:
    """Write every page."""
    start()
    OUT.mkdir(parents=True, exist_ok=True)
    for name, write in PAGES.items():
        (OUT / name).write_text(write(), "utf8")
        sys.stdout.write(f"docs/generated/{name}\n")


if __name__ == "__main__":
    main()
