"""API keys over JSON. A key cannot make another: that needs a person signed in."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.shapes import Body, Cursor, Instant, PageOf, ShortLine, Size, StaffBrief, acting, told, viewer
from recourse.kit.paging import page
from recourse.people import actions, queries
from recourse.people.policy import Permission

router = Router()


class KeyOut(Schema):
    """A key without its text, which nobody keeps."""

    id: UUID
    name: str
    prefix: str
    owner: StaffBrief
    scopes: list[str]
    made_at: dt.datetime
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    last_used_at: dt.datetime | None


class KeyChange(Body):
    """Name and scopes of a key."""

    name: ShortLine
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=100)]


class KeyIn(KeyChange):
    """A key to be made, for a year at most."""

    expires_at: Instant
    owner_id: UUID


class NewKeyOut(Schema):
    """A key with its text, shown only now."""

    key: KeyOut
    token: str


@router.get("/keys", response=answers(PageOf[KeyOut]), operation_id="list_keys")
def listed(request: HttpRequest, owner_id: UUID | None = None, cursor: Cursor = None, size: Size = 50) -> Any:
    """Return API keys, the newest first: your own, or anybody's for who may make keys."""
    found = queries.keys(viewer=viewer(request), owner_id=owner_id)
    return page(found, order=["-made_at", "id"], cursor=cursor, size=size)


@router.post("/keys", response=answers(NewKeyOut, 201), operation_id="make_key")
def make(request: HttpRequest, body: KeyIn) -> Any:
    """Make an API key; refused to a caller who is one."""
    return actions.make_key(**told(body), **acting(request))


@router.get("/keys/{key_id}", response=answers(KeyOut), operation_id="get_key")
def one(request: HttpRequest, key_id: UUID) -> Any:
    """Return one key."""
    return queries.key_one(key_id, viewer=viewer(request))


@router.put("/keys/{key_id}", response=answers(KeyOut), operation_id="edit_key")
def edit(request: HttpRequest, key_id: UUID, body: KeyChange) -> Any:
    """Change the name or the scopes of a living key; refused to a caller who is one."""
    return actions.edit_key(key_id=key_id, **told(body), **acting(request))


@router.delete("/keys/{key_id}", response=answers(KeyOut), operation_id="revoke_key")
def revoke(request: HttpRequest, key_id: UUID) -> Any:
    """End a key at once."""
    return actions.revoke_key(key_id=key_id, **acting(request))
