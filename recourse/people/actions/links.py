"""Verbs on links of one use and on passwords: the only ways by which a password comes to be."""

import datetime as dt
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, Refused
from recourse.kit.ids import digest, random_token
from recourse.kit.models import locked
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.people.actions.book import in_person, not_oneself, staff_locked, working
from recourse.people.actions.ending import end_every_session, end_keys, end_listed_sessions, spend_links
from recourse.people.events import LinkIssued, LinkUsed, PasswordSet, SecondFactorRemoved
from recourse.people.models import Link, Staff
from recourse.people.policy import (
    LINK_LASTS,
    LINK_PATH,
    LONGEST,
    LinkPurpose,
    PasswordFault,
    Permission,
    is_long_alone,
    least_length,
)  # fmt: skip
from recourse.people.queries import SIGNER, actor_for, faults_of, has_second_factor, open_link
from recourse.timeline.actions import record


@verb
def issue_link(*, staff_id: UUID, by: Actor, at: dt.datetime, drops_second_factor: bool = False) -> str:
    """Make a link by which somebody sets a first password (7 days) or a new one (1 day), and return its address.

    Needs `staff:edit`; never for oneself, never by an API key. Older links die. `drops_second_factor` also takes away
    a lost second factor, the old password and every session, at once.
    """
    by.require(Permission.STAFF_EDIT)
    in_person(by)
    staff = working(staff_locked(staff_id))
    not_oneself(by, staff, _("Change your own password under My account."))
    if drops_second_factor:
        _drop_second_factors(staff, by=by, at=at)
    purpose = LinkPurpose.RESET if staff.has_usable_password() or drops_second_factor else LinkPurpose.FIRST_PASSWORD
    return make_link(staff, purpose, by=by, at=at)


def make_link(staff: Staff, purpose: LinkPurpose, *, by: Actor, at: dt.datetime) -> str:
    """Write a link and record it, inside a verb that has asked who may; return its address on SITE_URL."""
    spend_links(staff, at=at)
    secret = random_token(32)
    expires_at = at + LINK_LASTS[purpose]
    Link.objects.create(staff=staff, purpose=purpose, digest=digest(secret), made_at=at, expires_at=expires_at)
    event = LinkIssued(staff=str(staff.pk), purpose=purpose, expires_at=iso(expires_at))
    record(event, thread=staff.thread, by=by, at=at)
    return f"{settings.SITE_URL}{LINK_PATH}{SIGNER.sign(secret)}/"


def _drop_second_factors(staff: Staff, *, by: Actor, at: dt.datetime) -> None:
    found = Authenticator.objects.filter(user_id=staff.pk)
    factors = sorted(set(found.values_list("type", flat=True)))
    found.delete()
    staff.set_unusable_password()
    staff.is_password_long = False
    staff.save(update_fields=["password", "is_password_long"])
    end_every_session(staff)
    for factor in factors:
        record(SecondFactorRemoved(staff=str(staff.pk), factor=factor), thread=staff.thread, by=by, at=at)


@verb
def use_link(*, token: str, password: str, at: dt.datetime) -> Staff:
    """Set a password by a link, once; every session ends, and after a reset every API key too.

    Raises Refused(link.dead) for a link that is spent, late, forged or of a closed account; Invalid(password).
    """
    link = open_link(token, at=at)
    held = locked(Link.objects.filter(pk=link.pk, spent_at__isnull=True)).first() if link else None
    if link is None or held is None:
        raise Refused("link.dead", _("This link was used, has run out, or is not one of ours. Ask for a new one."))
    staff = working(staff_locked(link.staff_id))
    _keep(staff, password)
    by = actor_for(staff)
    spend_links(staff, at=at)
    end_every_session(staff)
    if link.purpose == LinkPurpose.RESET:
        end_keys(staff, by=by, at=at)
    record(LinkUsed(staff=str(staff.pk), purpose=link.purpose), thread=staff.thread, by=by, at=at)
    record(PasswordSet(staff=str(staff.pk), by_link=True), thread=staff.thread, by=by, at=at)
    return staff


@verb
def set_password(
    *,
    staff_id: UUID,
    password: str,
    by: Actor,
    at: dt.datetime,
    session_key: str | None = None,
    ends_keys: bool = False,
) -> Staff:
    """Change one's own password; other sessions end (all but `session_key`), and API keys too if asked.

    The door asks for the old password first. Only oneself, or the system at the console. Raises Invalid(password).
    """
    staff = working(staff_locked(staff_id))
    in_person(by)
    if not by.is_system and by.staff_id != staff.pk:
        raise Refused("staff.not_oneself", _("Nobody sets another person’s password."), is_permission=True)
    _keep(staff, password)
    spend_links(staff, at=at)
    end_listed_sessions(staff, except_key=session_key)
    if ends_keys:
        end_keys(staff, by=by, at=at)
    record(PasswordSet(staff=str(staff.pk), by_link=False), thread=staff.thread, by=by, at=at)
    return staff


def _keep(staff: Staff, password: str) -> None:
    faults = faults_of(password, staff_id=staff.pk)
    if faults:
        has_factor = has_second_factor(staff.pk)
        raise Invalid({"password": [fault_sentence(fault, has_second_factor=has_factor) for fault in faults]})
    staff.set_password(password)
    staff.is_password_long = is_long_alone(password)
    staff.save(update_fields=["password", "is_password_long"])


def fault_sentence(fault: PasswordFault, *, has_second_factor: bool) -> str:
    """Return why a password is not taken, in words."""
    match fault:
        case PasswordFault.TOO_SHORT:
            told = _("At least %(least)d characters. A sentence of a few words is easy to remember.")
            return told % {"least": least_length(has_second_factor=has_second_factor)}
        case PasswordFault.TOO_LONG:
            return _("At most %(most)d characters.") % {"most": LONGEST}
        case PasswordFault.GUESSABLE:
            return _("This is guessed early: it is made of common words, runs, or of names near you.")
