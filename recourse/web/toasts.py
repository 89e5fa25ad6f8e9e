"""Short words on what was just done, carried over a redirect or sent along with a fragment."""

import json

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from recourse.web.parts import Toast


def say(request: HttpRequest, toast: Toast) -> None:
    """Show a toast on the next page that this person sees."""
    told = {"tone": toast.tone, "undo_href": toast.undo_href, "seconds": toast.seconds, "fields": dict(toast.fields)}
    messages.info(request, toast.text, extra_tags=json.dumps(told))


def waiting(request: HttpRequest) -> list[Toast]:
    """Return the toasts not yet shown; reading them takes them away."""
    return [_read(message) for message in messages.get_messages(request)]


def _read(message: Message) -> Toast:
    text = str(message.message)
    try:
        return Toast(text, **json.loads(message.extra_tags))
    except (TypeError, ValueError):  # said by a part that is not ours
        return Toast(text, tone="bad" if message.level >= messages.ERROR else "plain")


def beside(toast: Toast) -> SafeString:
    """Return the toast as a piece to send after a fragment; the page puts it where toasts stand."""
    return render_to_string("shell/toast_beside.html", {"toast": toast})
