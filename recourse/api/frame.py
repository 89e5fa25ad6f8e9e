"""Round every call of the JSON door: refuses what cannot be read, and lets no answer be other than JSON."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from recourse.api.openapi import query_names
from recourse.api.problems import TITLES, problem, problem_for
from recourse.api.v1 import api
from recourse.kit.errors import NotVisible

PREFIX = "/api/"
JSON = "application/json"
FORM = "multipart/form-data"
UPLOAD_LIMIT = 64 * 1024 * 1024
BODIED = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SENTENCES = {
    400: "This call cannot be read.",
    405: "This address does not take that method.",
    413: "The body is too large.",
}


class Frame:
    """Answers for the JSON door where no operation can."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        return _as_problem(refused(request) or self.get_response(request))

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse a query that names what the operation does not know."""
        match = request.resolver_match
        if match is None or not request.GET or not request.path_info.startswith(PREFIX):
            return None
        place = "/" + match.route.replace("<", "{").replace(">", "}")
        known = _known_names().get((request.method or "", place))
        strange = sorted(set(request.GET) - known) if known is not None else []
        if not strange:
            return None
        fields = {name[:60]: ["There is no such parameter here."] for name in strange[:20]}
        return problem(422, "invalid", "Some fields cannot be taken.", fields=fields)


@cache
def _known_names() -> dict[tuple[str, str], frozenset[str]]:
    return query_names(api.get_openapi_schema())


def refused(request: HttpRequest) -> HttpResponse | None:
    """Return the refusal of a call that cannot be read at all, or None."""
    if "\x00" in request.path_info or any("\x00" in value for values in request.GET.lists() for value in values[1]):
        return problem(400, "malformed", "The address has a NUL character.")
    if request.method not in BODIED:
        return None
    size = _size(request)
    if not size:
        return None
    kind = (request.content_type or "").lower()
    if kind not in {JSON, FORM}:
        return problem(415, "media_type", f"Send {JSON}, or {FORM} for files.")
    limit = UPLOAD_LIMIT if kind == FORM else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if size > limit:
        return problem(413, "too_large", f"At most {limit} bytes; this has {size}.")
    return None


def _size(request: HttpRequest) -> int:
    told = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(told) if told.isascii() and told.isdigit() else 0


def _as_problem(response: HttpResponse) -> HttpResponse:
    status = response.status_code
    if status < 400 or response.get("Content-Type", "").startswith("application/problem+json"):
        return response
    if status == 404:
        return problem_for(NotVisible())
    known = status if status in TITLES else 500
    answer = problem(known, f"http.{known}", SENTENCES.get(known, "This did not work, and it is our fault."))
    if "Allow" in response:
        answer["Allow"] = ", ".join(sorted(part.strip() for part in response["Allow"].split(",")))
    return answer
