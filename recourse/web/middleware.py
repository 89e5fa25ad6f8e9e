"""Turns what the rooms refuse into one kind of page, and adds the headers that every answer carries."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from recourse.kit.errors import Invalid, NotVisible, RecourseError, Refused, Stale, Throttled
from recourse.web.door import wants_fragment

HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _lead(request: HttpRequest, to: str) -> HttpResponse:
    """Lead the whole page where a fragment would have been led, unless it is there already."""
    page = request.headers.get("X-Page", "")
    if to.partition("?")[0] == page:
        return HttpResponse(status=204)
    target = f"{to.partition('?')[0]}?{urlencode({'next': page})}" if "next=" in to and page.startswith("/") else to
    return HttpResponse(status=204, headers={"HX-Redirect": target})


@dataclass(frozen=True)
class ErrorPage:
    """What an error page says: what happened, why, and what next."""

    status: int
    title: str
    sentences: tuple[str, ...]
    fields: dict[str, list[str]]
    code: str


class Errors:
    """Answers every refusal of a room in HTML. The JSON door answers its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if wants_fragment(request) and 300 <= response.status_code < 400:
            response = _lead(request, response["Location"])
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer an error of ours; leave every other to Django."""
        if isinstance(error, Http404):
            error = NotVisible()
        if not isinstance(error, RecourseError):
            return None
        page = page_for(error)
        template = "errors/fragment.html" if wants_fragment(request) else "errors/page.html"
        response = render(request, template, {"page": page}, status=page.status)
        if isinstance(error, Throttled):
            response["Retry-After"] = str(error.retry_after)
        return response


def page_for(error: RecourseError) -> ErrorPage:
    """Return the page of an error."""
    match error:
        case Refused(is_permission=True):
            return ErrorPage(403, _("You may not do this"), (error.sentence,), {}, error.code)
        case Refused():
            return ErrorPage(409, _("This cannot be done now"), (error.sentence,), {}, error.code)
        case Stale():
            return ErrorPage(409, _("Somebody was faster"), (error.sentence,), {}, "stale")
        case Invalid():
            return ErrorPage(422, _("Something is missing or wrong"), (), error.fields, "invalid")
        case Throttled():
            return ErrorPage(429, _("Too much at once"), (error.sentence,), {}, "throttled")
    return ErrorPage(404, _("Not found"), (_("There is nothing here, or nothing that you may see."),), {}, "absent")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that does not exist exactly like a thing that may not be seen."""
    template = "errors/fragment.html" if wants_fragment(request) else "errors/page.html"
    return render(request, template, {"page": page_for(NotVisible())}, status=404)
