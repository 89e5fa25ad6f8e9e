"""Idempotency-Key on every changing call: the verb and its answer are one transaction."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from recourse.answers.actions import begin, keep
from recourse.answers.policy import fingerprint, is_key
from recourse.api.callers import caller, identify, token_of
from recourse.api.problems import problem, problem_for
from recourse.kit.errors import Refused, Throttled
from recourse.kit.ids import digest

PREFIX = "/api/v1/"
KEPT_HEADERS = ("Content-Type", "Location", "ETag")


class Idempotency:
    """Answers a repeated request with what was answered first, to a caller who is still let in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        is_ours = request.path_info.startswith(PREFIX) and request.method in {"POST", "PUT", "PATCH", "DELETE"}
        if key is None or not is_ours:
            return self.get_response(request)
        if not is_key(key):
            return problem(400, "idempotency.key", "Idempotency-Key must be 1 to 200 visible ASCII characters.")
        try:
            if identify(request) is None:
                return self.get_response(request)
            return self._once(request, key)
        except (Refused, Throttled) as refusal:
            return problem_for(refusal)

    def _once(self, request: HttpRequest, key: str) -> HttpResponse:
        scope = digest(token_of(request))
        mark = fingerprint(request.method or "", request.get_full_path(), *_contents(request))
        with transaction.atomic():
            answer, is_new = begin(scope=scope, key=key, fingerprint=mark, at=caller(request).at)
            if not is_new:
                return _again(bytes(answer.body), answer.status, answer.headers)
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
                return response
            headers = {name: response[name] for name in KEPT_HEADERS if name in response}
            keep(answer=answer, status=response.status_code, body=response.content, headers=headers)
        return response


def _contents(request: HttpRequest) -> list[bytes]:
    """Return what was sent; of a form its fields and files, since the mark between its parts differs each time."""
    if request.content_type != "multipart/form-data":
        return [request.body]
    parts = [f"{name}={value}".encode() for name, values in sorted(request.POST.lists()) for value in values]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            parts += [f"{name}:{file.name}".encode(), _content(file)]
    return parts


def _content(file: Any) -> bytes:
    content: bytes = file.read()
    file.seek(0)
    return content


def _again(body: bytes, status: int, headers: dict[str, str]) -> HttpResponse:
    response = HttpResponse(body, status=status)
    for name, value in headers.items():
        response[name] = value
    response["Idempotent-Replay"] = "true"
    return response
