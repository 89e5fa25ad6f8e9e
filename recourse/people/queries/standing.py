"""Who somebody is at this moment: the rights and teams behind a session or an API key, looked up afresh each time."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from recourse.kit.actor import Actor, ActorKind
from recourse.kit.ids import digest, same
from recourse.people.models import ApiKey, Staff
from recourse.people.policy import SECOND_FACTORS, allowed_scopes, key_prefix

NOBODY = "0" * 64
NO_PREFIX = "a" * 10


@dataclass(frozen=True, slots=True)
class Standing:
    """An actor with the names of the roles held, and whether a second factor protects the account."""

    actor: Actor
    roles: frozenset[str]
    has_second_factor: bool


@dataclass(frozen=True, slots=True)
class LivingKey:
    """An API key that counts at this moment."""

    id: UUID
    actor: Actor
    last_used_at: dt.datetime | None


def actor_for(staff: Staff) -> Actor:
    """Return the actor for a member of staff, with the rights and teams held now; none of either once they left."""
    return standing(staff.pk).actor


def actor_for_id(staff_id: UUID) -> Actor:
    """Return the actor for the key of a member of staff."""
    return standing(staff_id).actor


def standing(staff_id: UUID) -> Standing:
    """Return what somebody may do now, in one query; somebody unknown or gone has no rights."""
    factor = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=SECOND_FACTORS)
    rows = list(
        Staff.objects.filter(pk=staff_id, is_active=True)
        .annotate(has_second_factor=Exists(factor))
        .values_list("has_second_factor", "grants__role__name", "grants__role__permissions", "memberships__team_id")
    )
    actor = Actor(
        kind=ActorKind.STAFF,
        id=f"staff:{staff_id}",
        staff_id=staff_id,
        permissions=_rights(row[2] for row in rows),
        team_ids=frozenset(row[3] for row in rows if row[3]),
    )
    return Standing(actor, frozenset(row[1] for row in rows if row[1]), bool(rows and rows[0][0]))


def _rights(held: Iterable[list[str] | None]) -> frozenset[str]:
    return frozenset(right for rights in held for right in rights or ())


def actor_for_key(token: str, *, at: dt.datetime) -> Actor | None:
    """Return the actor of a living key, with its scopes as far as its owner still has them; else None."""
    key = living_key(token, at=at)
    return key.actor if key else None


def living_key(token: str, *, at: dt.datetime) -> LivingKey | None:
    """Return the key of a token that is neither ended nor orphaned: one look-up by prefix, hashes compared in
    constant time, the same work for a token that nobody has."""
    prefix_said = key_prefix(token)
    rows: list[Any] = list(
        ApiKey.objects.filter(prefix=prefix_said or NO_PREFIX).values_list(
            "pk", "digest", "scopes", "expires_at", "revoked_at", "last_used_at", "owner_id", "owner__is_active",
            "prefix", "owner__grants__role__permissions", "owner__memberships__team_id",
        )
    )  # fmt: skip
    is_right = same(digest(token if prefix_said else ""), rows[0][1] if rows else NOBODY)
    if not rows or not is_right:
        return None
    pk, _digest, scopes, expires_at, revoked_at, last_used_at, owner_id, is_active, prefix, *_held = rows[0]
    if revoked_at is not None or expires_at <= at or not is_active:
        return None
    actor = Actor(
        kind=ActorKind.API_KEY,
        id=f"api_key:{prefix}",
        staff_id=owner_id,
        permissions=allowed_scopes(scopes, _rights(row[9] for row in rows)),
        team_ids=frozenset(row[10] for row in rows if row[10]),
    )
    return LivingKey(pk, actor, last_used_at)
