"""Calls of the JSON door as tests make them: `Caller(key).post("/cases", {...})`."""

import datetime as dt
import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client

from recourse.kit.time import now
from recourse.people.actions import NewKey, make_key
from recourse.people.policy import Permission
from tests.cast import Cast

ROOT = "/api/v1"


class Caller:
    """Somebody with a key, or without one."""

    def __init__(self, token: str = "") -> None:
        self.token = token
        self.client = Client(raise_request_exception=False)

    def send(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> HttpResponse:
        """Send one call; `body` goes as JSON, `raw` as it is."""
        content = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = sent.pop("Content-Type", "application/json")
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        return self.client.generic(  # type: ignore[return-value]
            method, f"{ROOT}{path}", content, content_type=kind if content else "", headers=sent
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        """Ask."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Do."""
        return self.send("POST", path, {} if body is None else body, **headers)


def key_for(cast: Cast, nick: str, scopes: set[str] | None = None, **given: Any) -> NewKey:
    """Make a key of somebody's with all their rights, or with fewer."""
    wanted = scopes if scopes is not None else set(cast.by(nick).permissions)
    given.setdefault("expires_at", now() + dt.timedelta(days=30))
    given.setdefault("at", now())
    return make_key(name=f"{nick}'s key", scopes=sorted(wanted), owner_id=owner(cast, nick), by=cast.by("max"), **given)


def owner(cast: Cast, nick: str) -> UUID:
    """Return the key of somebody of the cast."""
    found: UUID = cast.staff[nick].pk
    return found


def caller(cast: Cast, nick: str, scopes: set[str] | None = None) -> Caller:
    """Return somebody of the cast as a caller."""
    return Caller(key_for(cast, nick, scopes).token)


EVERY_RIGHT = frozenset(right.value for right in Permission)


def said(response: HttpResponse) -> Any:
    """Return the JSON of an answer."""
    return json.loads(response.content)
