"""Every refusal of the JSON door as problem details (RFC 9457)."""

import json
from typing import Any

from django.http import HttpResponse
from ninja import Schema
from pydantic import Field

from recourse.kit.errors import Invalid, NotVisible, RecourseError, Refused, Stale, Throttled

TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid",
    429: "Too many requests",
    500: "Our fault",
}


class Problem(Schema):
    """Why a call was not done."""

    type: str = Field("about:blank", description="Always about:blank; `code` tells the kinds apart.")
    title: str
    status: int
    code: str = Field(description="A stable code, such as escalation.evidence_missing.")
    detail: str = Field(description="A sentence for a person.")
    fields: dict[str, list[str]] | None = Field(None, description="Field name → sentences, for 422.")
    current: int | str | None = Field(None, description="The version now, where yours was stale (409).")


def problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """Return a problem as a response."""
    body = {"type": "about:blank", "title": TITLES[status], "status": status, "code": code, "detail": detail, **more}
    return HttpResponse(json.dumps(body), status=status, content_type="application/problem+json")


def problem_for(error: RecourseError) -> HttpResponse:
    """Return the response for an error of a room."""
    match error:
        case Refused():
            return problem(403 if error.is_permission else 409, error.code, error.sentence)
        case Stale():
            return problem(409, "stale", error.sentence, current=error.current)
        case Invalid():
            return problem(422, "invalid", "Some fields cannot be taken.", fields=error.fields)
        case Throttled():
            response = problem(429, "throttled", error.sentence)
            response["Retry-After"] = str(error.retry_after)
            return response
        case NotVisible():
            return problem(404, "absent", "There is nothing here, or nothing that you may see.")
    raise error
