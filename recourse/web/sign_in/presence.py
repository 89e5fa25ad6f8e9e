"""Everything for somebody signed in: their zone, their language, and the second factor that their role asks for."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from recourse.web.viewer import standing

OPEN_PREFIXES = ("mfa_", "account_")
OPEN_ROUTES = frozenset({"look"})


class SignedIn:
    """Shows times and words as the person set them, and leads those who need a second factor to adding one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        zone = ZoneInfo(request.user.time_zone)
        with timezone.override(zone), translation.override(request.user.language):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Hold back every page of the desk until the second factor is there."""
        name = (request.resolver_match and request.resolver_match.url_name) or ""
        is_open = name.startswith(OPEN_PREFIXES) or name in OPEN_ROUTES or getattr(view, "audience", "") == "public"
        if is_open or not settings.SECOND_FACTOR_FOR or not request.user.is_authenticated:
            return None
        held = standing(request)
        if held is None or held.has_second_factor or not held.roles & settings.SECOND_FACTOR_FOR:
            return None
        messages.warning(request, _("Your role needs a second factor. Add one to go on."))
        return HttpResponseRedirect(reverse("mfa_index"))
