"""Who asks and when: read once for each request, then handed to verbs and questions as `by=`, `viewer=` and `at=`."""

import datetime as dt
from typing import cast

from django.http import HttpRequest

from recourse.kit.actor import Actor
from recourse.kit.time import now
from recourse.people import queries


def at(request: HttpRequest) -> dt.datetime:
    """Return the instant of the request; the clock is read at the first call alone."""
    if not hasattr(request, "_read_at"):
        request._read_at = now()  # type: ignore[attr-defined]
    return cast(dt.datetime, request._read_at)  # type: ignore[attr-defined]


def standing(request: HttpRequest) -> queries.Standing | None:
    """Return rights, roles and protection of who asks, as they are now; None before sign-in."""
    if not hasattr(request, "_standing"):
        user = getattr(request, "user", None)
        found = queries.standing(user.pk) if user is not None and user.is_authenticated else None
        request._standing = found  # type: ignore[attr-defined]
    return cast(queries.Standing | None, request._standing)  # type: ignore[attr-defined]


def viewer(request: HttpRequest) -> Actor | None:
    """Return the member of staff who asks, with the rights held now; None before sign-in."""
    found = standing(request)
    return found.actor if found else None
