"""Verbs on API keys: make, edit, revoke, use."""

import base64
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.kit.ids import digest, random_bytes, random_token
from recourse.kit.models import locked
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.people.actions.book import clean_name, in_person, staff_locked, working
from recourse.people.actions.ending import end_key
from recourse.people.events import KeyEdited, KeyMade
from recourse.people.models import ApiKey, Staff
from recourse.people.policy import KEY_LASTS_AT_MOST, KEY_USE_NOTED_EVERY, Permission, key_token
from recourse.people.queries import actor_for, living_key
from recourse.timeline.actions import record


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made, with its text: shown once, kept nowhere."""

    key: ApiKey
    token: str


@verb
def make_key(
    *, name: str, scopes: Iterable[str], expires_at: dt.datetime, owner_id: UUID, by: Actor, at: dt.datetime
) -> NewKey:
    """Make an API key that acts as its owner, within `scopes` that the owner has, for a year at most.

    Needs `key:make` and a person, not a key. The returned text is the only copy.
    """
    by.require(Permission.KEY_MAKE)
    in_person(by)
    owner = working(staff_locked(owner_id))
    if not at < expires_at <= at + KEY_LASTS_AT_MOST:
        raise Invalid.one("expires_at", _("A key must end within a year from now."))
    prefix = base64.b32encode(random_bytes(8)).decode().lower()[:10]
    token = key_token(prefix, random_token(32))
    key = ApiKey.objects.create(
        name=clean_name(name),
        prefix=prefix,
        digest=digest(token),
        owner=owner,
        scopes=_scopes(scopes, owner),
        made_at=at,
        expires_at=expires_at,
    )
    event = KeyMade(owner=str(owner.pk), prefix=prefix, scopes=key.scopes, expires_at=iso(expires_at))
    record(event, thread=owner.thread, by=by, at=at)
    return NewKey(key, token)


def _scopes(scopes: Iterable[str], owner: Staff) -> list[str]:
    wanted = set(scopes)
    if not wanted:
        raise Invalid.one("scopes", _("Choose at least one right."))
    missing = sorted(wanted - actor_for(owner).permissions)
    if missing:
        raise Invalid.one("scopes", _("Its owner does not have: %(rights)s.") % {"rights": ", ".join(missing)[:300]})
    return sorted(str(scope) for scope in wanted)


@verb
def edit_key(*, key_id: UUID, name: str, scopes: Iterable[str], by: Actor, at: dt.datetime) -> ApiKey:
    """Change the name or the scopes of a living key; its text and its end stay."""
    by.require(Permission.KEY_MAKE)
    in_person(by)
    key, owner = _key(key_id)
    if key.revoked_at is not None or key.expires_at <= at:
        raise Refused("key.over", _("This key has ended. Make a new one."))
    key.name, key.scopes = clean_name(name), _scopes(scopes, owner)
    key.save(update_fields=["name", "scopes"])
    record(KeyEdited(owner=str(owner.pk), prefix=key.prefix, scopes=key.scopes), thread=owner.thread, by=by, at=at)
    return key


@verb
def revoke_key(*, key_id: UUID, by: Actor, at: dt.datetime) -> ApiKey:
    """End a key at once: by its owner (the key itself too), or who may make keys."""
    key, owner = _key(key_id)
    if by.staff_id != owner.pk:
        by.require(Permission.KEY_MAKE)
    if key.revoked_at is not None:
        raise Refused("key.over", _("This key has ended already."))
    end_key(key, owner, by=by, at=at)
    return key


def _key(key_id: UUID) -> tuple[ApiKey, Staff]:
    key: ApiKey | None = locked(ApiKey.objects.filter(pk=key_id)).first()
    if key is None:
        raise NotVisible
    return key, staff_locked(key.owner_id)


def use_key(*, token: str, at: dt.datetime) -> Actor | None:
    """Return the actor of a living key and note that it was used, at most once a minute; None for any other text."""
    key = living_key(token, at=at)
    if key is None:
        return None
    stale = at - KEY_USE_NOTED_EVERY
    if key.last_used_at is None or key.last_used_at <= stale:
        was_stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=stale)
        ApiKey.objects.filter(was_stale, pk=key.id).update(last_used_at=at)
    return key.actor
