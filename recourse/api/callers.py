"""Who calls: the holder of a living key, read once a request and counted against the key's limit."""

import datetime as dt
from typing import cast

from django.http import HttpRequest

from recourse.api.limits import api_limiter, stranger_limiter
from recourse.kit.actor import Actor
from recourse.kit.time import now
from recourse.people.actions import use_key


class ApiRequest(HttpRequest):
    """A call by the holder of a key: who (`actor`) and when (`at`), read once."""

    actor: Actor
    at: dt.datetime


def caller(request: HttpRequest) -> ApiRequest:
    """Return the request as one of a known caller."""
    return cast(ApiRequest, request)


def identify(request: HttpRequest) -> Actor | None:
    """Return the actor of the key that was sent, None for no living one; raises Throttled for one who is too quick."""
    call = caller(request)
    if not hasattr(call, "actor"):
        at = now()
        actor = use_key(token=token_of(request), at=at)
        if actor is None:
            stranger_limiter.take(str(request.META.get("REMOTE_ADDR", "")))
            return None
        api_limiter.take(actor.id)
        call.actor, call.at = actor, at
    return call.actor


def token_of(request: HttpRequest) -> str:
    """Return the token of an `Authorization: Bearer` header, empty without one."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
