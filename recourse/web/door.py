"""What every screen shares: who asks, when, and what a form holds. Rules live in the rooms."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid
from recourse.web.sign_in.home import is_home
from recourse.web.viewer import at, viewer

GET = ("GET", "HEAD")
POST = ("POST",)


class DeskRequest(HttpRequest):
    """A request of somebody signed in: who asks (`actor`) and when (`at`), read once."""

    actor: Actor
    at: dt.datetime


View = Callable[..., HttpResponseBase]


def screen(*methods: str, needs: str | None = None) -> Callable[[View], View]:
    """Make a view of the desk: signed in, of these methods, holding `needs`; sets `request.actor` and `request.at`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            desk = cast(DeskRequest, request)
            desk.at = at(request)
            desk.actor = cast(Actor, viewer(request))
            if needs:
                desk.actor.require(needs)
            return view(desk, *args, **kwargs)

        answer.audience = "staff"  # type: ignore[attr-defined]
        return require_http_methods(methods or GET)(answer)

    return decorate


def public(*methods: str) -> Callable[[View], View]:
    """Make a view that anybody may ask for; sets `request.at` and nothing else."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            cast(DeskRequest, request).at = at(request)
            return view(request, *args, **kwargs)

        answer.audience = "public"  # type: ignore[attr-defined]
        return require_http_methods(methods or GET)(answer)

    return decorate


def wants_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of the page and not the whole."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def show(request: HttpRequest, template: str, page: Any, *, status: int = 200) -> HttpResponse:
    """Render a page whose every name stands in one frozen dataclass, `page`."""
    return render(request, template, {"page": page}, status=status)


def done(request: HttpRequest, to: str, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer a verb that has been done: go to a named page of ours (303), with htmx too."""
    response: HttpResponse = redirect(to, *args, **kwargs)
    response.status_code = 303
    if wants_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
    return response


def next_page(request: HttpRequest, default: str) -> str:
    """Return where to go after this, if it is a path of ours; else `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if is_home(wanted) else default


def text(request: HttpRequest, field: str, default: str = "") -> str:
    """Return one field of the posted form as it was typed."""
    return request.POST.get(field, default)


def whole_number(request: HttpRequest, field: str) -> int | None:
    """Return a posted whole number, None where it is left out; anything else raises Invalid."""
    typed = request.POST.get(field, "").strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        raise Invalid.one(field, "This must be a whole number.")
    return int(typed)
