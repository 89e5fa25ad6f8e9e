"""The plainest body and address that the description of an operation allows, naming things that there are."""

from typing import Any

from recourse.api.v1 import api

SCHEMA = api.get_openapi_schema()
KINDS = SCHEMA["components"]["schemas"]
EXACT = {
    "severity": "high", "impact": "one", "tier": "tier_2", "direction": "inbound", "why": "by_hand", "act": "take",
    "url": "https://93.184.215.14/hook", "email": "new@desk.example", "raw": '{"words": "It broke"}', "country": "GB",
    "text": "Words enough for anybody", "words": "It broke", "first_year": 2026, "last_year": 2027,
    "calendar": "london", "path": "routing.horizon", "old": 0, "new": 0, "since": "2026-03-01T00:00:00Z",
    "until": "2026-03-02T00:00:00Z", "from_at": "2027-03-01T00:00:00Z", "until_at": "2027-03-02T00:00:00Z",
    "due_at": "2027-03-02T00:00:00Z", "expires_at": "2026-12-31T00:00:00Z", "began_at": "2026-03-01T00:00:00Z",
    "from_on": "2026-03-01", "until_on": "2026-03-02", "verdict": "accepted", "currency": "GBP", "cause": "late",
    "terms_hash": "0" * 64, "q": "parcel", "note": "A note that is long enough to learn from, all told.",
}  # fmt: skip


WHOLE = {
    "decide_approval": {"verdict": "approve", "terms_hash": "0" * 64},
    "review_break_glass": {"verdict": "justified", "note": "Seen."},
    "open_case": {"words": "It broke"},
    "edit_staff": {"name": "Somebody Else"},
    "edit_team": {"name": "Other"},
}


def body(operation: dict[str, Any], values: dict[str, list[Any]]) -> Any:
    """Return a body with the required fields alone; None where there is none."""
    if operation["operationId"] in WHOLE:
        return WHOLE[operation["operationId"]]
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return None
    return example(content["application/json"]["schema"], "", values)


def query(operation: dict[str, Any], values: dict[str, list[Any]]) -> dict[str, Any]:
    """Return what must stand in the query."""
    return {
        parameter["name"]: example(parameter["schema"], parameter["name"], values)
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query" and parameter.get("required")
    }


def example(schema: dict[str, Any], name: str, values: dict[str, list[Any]]) -> Any:
    """Return a value that a schema allows."""
    if "$ref" in schema:
        schema = KINDS[schema["$ref"].rsplit("/", 1)[-1]]
    if name in EXACT:
        return EXACT[name]
    if "anyOf" in schema:
        return example(schema["anyOf"][0], name, values)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        required = schema.get("required", [])
        return {field: example(schema["properties"][field], field, values) for field in required}
    if kind == "array":
        return [example(schema["items"], "case" if name == "cases" else name, values)]
    if values.get(name):
        return int(values[name][0]) if kind == "integer" else values[name][0]
    plain = {"integer": schema.get("minimum", 1), "boolean": True, "number": 1.0}
    return plain.get(kind, "x" * max(schema.get("minLength", 1), 1))
