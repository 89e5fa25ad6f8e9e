"""What ends with an account or a password: sessions, keys, links, delegations. Called inside a verb’s transaction."""

import datetime as dt

from allauth.usersessions.models import UserSession
from django.db.models import F, Q

from recourse.kit.actor import Actor
from recourse.people.events import DelegationEnded, KeyRevoked
from recourse.people.models import ApiKey, Delegation, Link, Staff
from recourse.timeline.actions import record


def end_every_session(staff: Staff) -> int:
    """End all sessions of an account and return how many were listed; those that nobody listed die by the epoch."""
    Staff.objects.filter(pk=staff.pk).update(session_epoch=F("session_epoch") + 1)
    staff.refresh_from_db(fields=["session_epoch"])
    return end_listed_sessions(staff)


def end_listed_sessions(staff: Staff, *, except_key: str | None = None) -> int:
    """End the listed sessions of an account but one, and return how many."""
    found = [row for row in UserSession.objects.filter(user_id=staff.pk) if row.session_key != except_key]
    for row in found:
        row.end()
    return len(found)


def spend_links(staff: Staff, *, at: dt.datetime) -> None:
    """Kill the open links of an account."""
    Link.objects.filter(staff=staff, spent_at__isnull=True).update(digest=None, spent_at=at)


def end_keys(staff: Staff, *, by: Actor, at: dt.datetime) -> int:
    """Revoke the living keys of an account and return how many."""
    found = list(ApiKey.objects.filter(owner=staff, revoked_at__isnull=True))
    for key in found:
        end_key(key, staff, by=by, at=at)
    return len(found)


def end_key(key: ApiKey, owner: Staff, *, by: Actor, at: dt.datetime) -> None:
    """Revoke one key."""
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    record(KeyRevoked(owner=str(owner.pk), prefix=key.prefix), thread=owner.thread, by=by, at=at)


def end_delegations(staff: Staff, *, by: Actor, at: dt.datetime) -> int:
    """End what an account gave and received, and return how many."""
    standing = Delegation.objects.filter(Q(giver=staff) | Q(receiver=staff), ended_at__isnull=True, until_at__gt=at)
    found = list(standing.select_related("giver__thread"))
    for delegation in found:
        end_one_delegation(delegation, by=by, at=at)
    return len(found)


def end_one_delegation(delegation: Delegation, *, by: Actor, at: dt.datetime) -> None:
    """End one delegation."""
    delegation.ended_at = at
    delegation.save(update_fields=["ended_at"])
    event = DelegationEnded(giver=str(delegation.giver_id), receiver=str(delegation.receiver_id))
    record(event, thread=delegation.giver.thread, by=by, at=at)
