"""What every operation may answer besides success, added to the description that the framework makes."""

from typing import Any

from recourse.api.problems import TITLES, Problem

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
CHANGING = frozenset({"post", "put", "patch", "delete"})
ALWAYS = (400, 401, 403, 404, 409, 422, 429)
WITH_BODY = (413, 415)
RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}
BEARER = {"WWW-Authenticate": {"description": "Always Bearer.", "schema": {"type": "string"}}}
REPLAYED = {
    "Idempotent-Replay": {
        "description": "`true` where this answers a request that was done before under the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
HEADERS: dict[int, dict[str, Any]] = {401: BEARER, 429: RETRY}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "1 to 200 visible ASCII characters; kept for 90 days. The same request under it is done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[\\x21-\\x7e]+$"},
}


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the description with problem answers, idempotency keys and no answer that never comes."""
    components = schema["components"].setdefault("schemas", {})
    components["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            _complete_operation(method, operation)
    return schema


def _complete_operation(method: str, operation: dict[str, Any]) -> None:
    found = operation["responses"]
    refusals = (*ALWAYS, *(WITH_BODY if "requestBody" in operation else ()))
    for status in refusals:
        answer: dict[str, Any] = {"description": TITLES[status], "content": PROBLEM}
        if status in HEADERS:
            answer["headers"] = HEADERS[status]
        found[str(status)] = answer
    if method in CHANGING:
        operation.setdefault("parameters", []).append(KEY)
        for status, answer in found.items():
            if str(status).startswith("2"):
                answer["headers"] = REPLAYED
    operation["responses"] = {str(status): found[status] for status in sorted(found, key=str)}


def query_names(schema: dict[str, Any]) -> dict[tuple[str, str], frozenset[str]]:
    """Return the names that may stand in the query of each (method, path) of the description."""
    return {
        (method.upper(), path): frozenset(
            parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"
        )
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    }
