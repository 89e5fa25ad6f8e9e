"""Verbs around signing in: what is noted, how guessing is slowed, how sessions end."""

import datetime as dt
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor, system
from recourse.kit.errors import NotVisible, Throttled
from recourse.kit.ids import digest
from recourse.kit.text import clean_line
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.people.actions.book import people_thread, staff_locked
from recourse.people.actions.ending import end_every_session, end_listed_sessions
from recourse.people.actions.links import make_link
from recourse.people.events import (
    GuessingSlowed,
    OutsideLoginConnected,
    OutsideLoginDisconnected,
    ResetRequested,
    SecondFactorAdded,
    SecondFactorRemoved,
    SessionEnded,
    SessionStarted,
)  # fmt: skip
from recourse.people.models import GuessCount, SpentCode, Staff
from recourse.people.policy import FORGOTTEN_AFTER, LinkPurpose, Permission, account_key, guess_delay
from recourse.people.queries import actor_for, by_address
from recourse.timeline.actions import record

CODE_LASTS = dt.timedelta(minutes=5)


def take_guess(*, address: str, at: dt.datetime) -> None:
    """Count one guess at an account before it is looked at, so that many at once cannot slip by.

    The same for an address that nobody has. Raises Throttled while the account waits.
    """
    account = digest(account_key(address))
    with transaction.atomic():
        GuessCount.objects.get_or_create(account=account, defaults={"last_at": at})
        count = GuessCount.objects.select_for_update().get(account=account)
        waits_until = count.waits_until if count.waits_until and count.waits_until > at else None
        if waits_until is None:
            _count(count, address, at)
    if waits_until is not None:
        wait = int((waits_until - at).total_seconds()) + 1
        raise Throttled(_("Too many attempts. Wait a little, then try again."), retry_after=wait)


def _count(count: GuessCount, address: str, at: dt.datetime) -> None:
    is_fresh = at - count.last_at > FORGOTTEN_AFTER
    count.failures = 1 if is_fresh else count.failures + 1
    delay = guess_delay(count.failures)
    count.waits_until, count.last_at = (at + delay if delay else None), at
    count.save(update_fields=["failures", "waits_until", "last_at"])
    staff = by_address(address) if delay else None
    if staff is not None and count.waits_until:
        event = GuessingSlowed(staff=str(staff.pk), failures=count.failures, waits_until=iso(count.waits_until))
        record(event, thread=staff.thread, by=system("people"), at=at)


def forgive_guesses(*, address: str) -> None:
    """Forget the wrong guesses of an account after a right one."""
    GuessCount.objects.filter(account=digest(account_key(address))).update(failures=0, waits_until=None)


def spend_code(*, staff_id: UUID, code: str, at: dt.datetime) -> bool:
    """Mark a code of an authenticator app as used and tell whether it was fresh; a code counts once in five minutes."""
    SpentCode.objects.filter(staff_id=staff_id, at__lt=at - CODE_LASTS).delete()
    try:
        with transaction.atomic():
            SpentCode.objects.create(staff_id=staff_id, digest=digest(f"{staff_id}:{code}"), at=at)
    except IntegrityError:
        return False
    return True


@verb
def note_sign_in(*, staff_id: UUID, method: str, at: dt.datetime) -> None:
    """Record that a session began."""
    staff = staff_locked(staff_id)
    record(SessionStarted(staff=str(staff.pk), method=method), thread=staff.thread, by=actor_for(staff), at=at)


@verb
def note_second_factor(*, staff_id: UUID, factor: str, is_added: bool, at: dt.datetime) -> None:
    """Record that somebody added or removed a second factor of their own."""
    staff = staff_locked(staff_id)
    event = (SecondFactorAdded if is_added else SecondFactorRemoved)(staff=str(staff.pk), factor=factor)
    record(event, thread=staff.thread, by=actor_for(staff), at=at)


@verb
def note_outside_login(*, staff_id: UUID, provider: str, is_connected: bool, at: dt.datetime) -> None:
    """Record that somebody connected or disconnected a login from outside."""
    staff = staff_locked(staff_id)
    cls = OutsideLoginConnected if is_connected else OutsideLoginDisconnected
    record(cls(staff=str(staff.pk), provider=provider[:60]), thread=staff.thread, by=actor_for(staff), at=at)


@verb
def end_session(*, staff_id: UUID, session_id: int, by: Actor, at: dt.datetime) -> None:
    """End one listed session: one's own, or anybody's for who edits staff. Raises NotVisible."""
    staff = _may_end(staff_id, by)
    row = UserSession.objects.filter(pk=session_id, user_id=staff.pk).first()
    if row is None:
        raise NotVisible
    row.end()
    record(SessionEnded(staff=str(staff.pk), count=1), thread=staff.thread, by=by, at=at)


@verb
def end_sessions(*, staff_id: UUID, by: Actor, at: dt.datetime, except_key: str | None = None) -> int:
    """End the sessions of an account, all or all but one, and return how many were listed."""
    staff = _may_end(staff_id, by)
    if except_key is None:
        ended = end_every_session(staff)
    else:
        ended = end_listed_sessions(staff, except_key=except_key)
    record(SessionEnded(staff=str(staff.pk), count=ended), thread=staff.thread, by=by, at=at)
    return ended


def _may_end(staff_id: UUID, by: Actor) -> Staff:
    if by.staff_id != staff_id:
        by.require(Permission.STAFF_EDIT)
    return staff_locked(staff_id)


def request_reset(*, address: str, at: dt.datetime) -> None:
    """Note that somebody asks for a new password by an address; the same work whether anybody has it.

    The link is made and mailed after the commit. Raises Throttled when asked too often for one address.
    """
    take_guess(address=f"reset {account_key(address)}", at=at)
    with transaction.atomic():
        event = ResetRequested(account=digest(account_key(address)))
        record(
            event,
            thread=people_thread(),
            by=system("people"),
            at=at,
            note=clean_line(address, field="email", limit=100_000)[:254],
        )


@verb
def answer_reset(*, address: str, at: dt.datetime) -> tuple[str, str] | None:
    """Make the link for a request and return (address, link); None where nobody has the address or may not sign in."""
    staff = by_address(address)
    if staff is None or not staff.is_active:
        return None
    staff = staff_locked(staff.pk)
    return staff.email, make_link(staff, LinkPurpose.RESET, by=system("people"), at=at)


@verb
def tidy(*, at: dt.datetime) -> None:
    """Forget counts, spent codes and sessions that no longer matter; run daily."""
    GuessCount.objects.filter(last_at__lt=at - FORGOTTEN_AFTER).delete()
    SpentCode.objects.filter(at__lt=at - CODE_LASTS).delete()
    Session.objects.filter(expire_date__lt=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
