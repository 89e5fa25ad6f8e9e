"""Questions about keys, sessions, links and passwords."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet

from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible
from recourse.kit.ids import digest
from recourse.people.models import ApiKey, GuessCount, Link, Staff
from recourse.people.policy import SECOND_FACTORS, PasswordFault, Permission, Surroundings, password_faults

SIGNER = Signer(salt="recourse.people.link")


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One living session of an account."""

    id: int
    address: str
    browser: str
    began_at: dt.datetime
    key: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey of an account."""

    id: int
    name: str
    added_at: dt.datetime
    used_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Protection:
    """What protects an account beside its password."""

    has_app: bool
    passkeys: tuple[Passkey, ...]
    codes_left: int
    outside: int

    @property
    def has_second_factor(self) -> bool:
        """Whether more than the password is asked."""
        return self.has_app or bool(self.passkeys)


def protection(staff_id: UUID) -> Protection:
    """Return what protects an account."""
    found = list(Authenticator.objects.filter(user_id=staff_id).order_by("created_at"))
    codes = [row for row in found if row.type == Authenticator.Type.RECOVERY_CODES]
    return Protection(
        has_app=any(row.type == Authenticator.Type.TOTP for row in found),
        passkeys=tuple(
            Passkey(row.pk, str(row.data.get("name", "")), row.created_at, row.last_used_at)
            for row in found
            if row.type == Authenticator.Type.WEBAUTHN
        ),
        codes_left=sum(len(row.wrap().get_unused_codes()) for row in codes),
        outside=SocialAccount.objects.filter(user_id=staff_id).count(),
    )


def keys(*, viewer: Actor, owner_id: UUID | None = None) -> QuerySet[ApiKey]:
    """Return API keys, the newest first: one's own, or anybody's for who may make keys."""
    if owner_id is None or owner_id != viewer.staff_id:
        viewer.require(Permission.KEY_MAKE)
    found = ApiKey.objects.select_related("owner").order_by("-made_at", "id")
    return found.filter(owner_id=owner_id) if owner_id else found


def key_one(key_id: UUID, *, viewer: Actor) -> ApiKey:
    """Return one key that the viewer may see. Raises NotVisible."""
    found = ApiKey.objects.filter(pk=key_id).select_related("owner").first()
    if found is None or (found.owner_id != viewer.staff_id and not viewer.can(Permission.KEY_MAKE)):
        raise NotVisible
    return found


def sessions(staff_id: UUID, *, viewer: Actor, at: dt.datetime) -> list[SessionRow]:
    """Return the living sessions of an account, the newest first: one's own, or anybody's for who edits staff."""
    if staff_id != viewer.staff_id:
        viewer.require(Permission.STAFF_EDIT)
    living = Session.objects.filter(expire_date__gt=at).values("session_key")
    found = UserSession.objects.filter(user_id=staff_id, session_key__in=living).order_by("-created_at")
    return [SessionRow(row.pk, row.ip or "", row.user_agent, row.created_at, row.session_key) for row in found]


def has_second_factor(staff_id: UUID) -> bool:
    """Tell whether an authenticator app or a passkey protects an account."""
    return bool(Authenticator.objects.filter(user_id=staff_id, type__in=SECOND_FACTORS).exists())


def needs_second_factor(staff_id: UUID, *, without: int, roles: frozenset[str]) -> bool:
    """Tell whether an account must keep its second factor `without` (a key): no other is left, and a role among
    `roles` asks for one or the password is too short to stand alone."""
    left = Authenticator.objects.filter(user_id=staff_id, type__in=SECOND_FACTORS).exclude(pk=without)
    if left.exists():
        return False
    staff = Staff.objects.get(pk=staff_id)
    is_weak_alone = staff.has_usable_password() and not staff.is_password_long
    return is_weak_alone or staff.grants.filter(role__name__in=roles).exists()


def link_holder(token: str, *, at: dt.datetime) -> Staff | None:
    """Return whose password a link may set at this moment, or None for a link that is spent, late or not ours."""
    link = open_link(token, at=at)
    return link.staff if link else None


def open_link(token: str, *, at: dt.datetime) -> Link | None:
    """Return the open link of a token. A forged token never reaches the database."""
    if not token.isascii():
        return None
    try:
        secret = SIGNER.unsign(token)
    except BadSignature:
        return None
    found = Link.objects.filter(digest=digest(secret), expires_at__gt=at, staff__is_active=True)
    return found.select_related("staff").first()


def faults_of(password: str, *, staff_id: UUID | None) -> tuple[PasswordFault, ...]:
    """Return why a password is not taken for an account, in its surroundings: company, site, name and address."""
    staff = Staff.objects.filter(pk=staff_id).first() if staff_id else None
    near = [settings.COMPANY, settings.SITE_URL, "recourse", *((staff.name, staff.email) if staff else ())]
    has_factor = staff is not None and has_second_factor(staff.pk)
    return password_faults(password, has_second_factor=has_factor, near=Surroundings.of(near))


def waits_until(account: str, *, at: dt.datetime) -> dt.datetime | None:
    """Return until when no guess is taken for an account (the hash of its address), or None."""
    found = GuessCount.objects.filter(account=account, waits_until__gt=at).first()
    return found.waits_until if found else None
