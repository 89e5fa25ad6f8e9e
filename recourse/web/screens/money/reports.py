"""The door for providers: signed reports are kept, everything else is refused without a word of why."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from recourse.kit.errors import NotVisible, Refused
from recourse.ledger import actions
from recourse.web.door import POST, public

SIZE_LIMIT = 256 * 1024


@csrf_exempt
@public(*POST)
def report(request: HttpRequest, provider: str) -> HttpResponse:
    """Keep a report: 200 once kept, again too; 400 where it bears no signature that holds now; 413 where too large."""
    told: Any = request
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not (length.isascii() and length.isdigit()) or int(length) > SIZE_LIMIT:
        return HttpResponse(status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        actions.keep_report(provider, body=request.body, headers=headers, at=told.at)
    except (Refused, NotVisible):
        return HttpResponse(status=400)
    return HttpResponse(status=200)
