"""The JSON door: who calls, how refusals are told, what every operation declares."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder
from ninja.security import HttpBearer

from recourse import __version__
from recourse.api.callers import ApiRequest, caller, identify
from recourse.api.openapi import complete
from recourse.api.problems import problem, problem_for
from recourse.api.reading import MalformedError, StrictJSON
from recourse.kit.actor import Actor
from recourse.kit.errors import RecourseError, Throttled

__all__ = ["ApiRequest", "answers", "api", "caller"]
PREFIX = "/api/v1/"


class KeyAuth(HttpBearer):
    """`Authorization: Bearer <key>`; the key's scopes never exceed its owner's rights."""

    openapi_description = "An API key made under Set-up → People → API keys."

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the actor of a living key."""
        return identify(request)


class PlainJSON(BaseRenderer):
    """JSON with instants in UTC."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        """Return the text of an answer."""
        return json.dumps(data, cls=NinjaJSONEncoder, ensure_ascii=False)


@cache
def _described(api: NinjaAPI) -> dict[str, Any]:
    return complete(dict(NinjaAPI.get_openapi_schema(api, path_prefix=PREFIX)))


class Door(NinjaAPI):
    """The API, which says of itself what it answers besides success."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """Return the whole description, made once in a process."""
        return _described(self)


api = Door(
    title="Recourse",
    version=__version__,
    description=(
        "Every verb and every question of the desk. Errors are problem details (RFC 9457). Lists are read page by "
        "page with `cursor`. A changing call with an `Idempotency-Key` is done once, however often it is sent."
    ),
    auth=KeyAuth(),
    docs_url=None,
    openapi_url="/openapi.json",
    renderer=PlainJSON(),
    parser=StrictJSON(),
    urls_namespace="api",
)


def answers(success: Any, status: int = 200) -> dict[Any, Any]:
    """Return the declared answer of an operation; `openapi.complete` adds the refusals that may come instead."""
    return {status: success}


@api.exception_handler(RecourseError)
def refuse(request: HttpRequest, error: RecourseError) -> HttpResponse:
    """Answer an error of a room."""
    return problem_for(error)


@api.exception_handler(Throttled)
def throttle(request: HttpRequest, error: Throttled) -> HttpResponse:
    """Answer a caller who is too quick."""
    return problem_for(error)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Answer a caller without a living key."""
    response = problem(401, "key.unknown", "Send a living API key as “Authorization: Bearer …”.")
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer input of the wrong shape, naming each field."""
    fields: dict[str, list[str]] = {}
    for found in error.errors:
        place = [str(part) for part in found["loc"] if part not in {"body", "query", "path", "payload", "header"}]
        fields.setdefault(".".join(place) or "body", []).append(found["msg"])
    return problem(422, "invalid", "Some fields cannot be taken.", fields=fields)


@api.exception_handler(HttpError)
def malformed(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer a body that cannot be read."""
    why = error.__cause__
    said = str(why) if isinstance(why, MalformedError) else "The body cannot be read as JSON in UTF-8."
    return problem(400, "malformed", said)
