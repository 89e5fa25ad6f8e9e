"""What the verbs of this room share: rows under a lock, who acts on whom, fields checked, where it is recorded."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor, ActorKind
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.kit.ids import random_token
from recourse.kit.models import locked
from recourse.kit.text import clean_line, fold
from recourse.people.models import Role, RoleGrant, Staff, Team
from recourse.people.policy import Permission
from recourse.people.queries.words import findable
from recourse.timeline.actions import open_thread
from recourse.timeline.models import Thread

NAME_LIMIT = 120


def staff_locked(staff_id: UUID) -> Staff:
    """Return an account held until the transaction ends. Raises NotVisible."""
    found: Staff | None = locked(Staff.objects.filter(pk=staff_id).select_related("thread")).first()
    if found is None:
        raise NotVisible
    return found


def working(staff: Staff) -> Staff:
    """Refuse what makes no sense for an account that is closed."""
    if not staff.is_active:
        raise Refused("staff.gone", _("This account is closed. Open it again first."))
    return staff


def team_locked(slug: str) -> Team:
    """Return a team held until the transaction ends. Raises NotVisible."""
    found: Team | None = locked(Team.objects.filter(slug=findable(slug))).first()
    if found is None:
        raise NotVisible
    return found


def unchanged(row: Any, seen: int | None) -> None:
    """Raise Stale where somebody changed the row since it was read."""
    if seen is not None and row.version != seen:
        raise Stale(_("Somebody else changed this meanwhile. Look at it again, then decide."), current=row.version)


def is_same_person(by: Actor, staff: Staff) -> bool:
    """Tell whether the actor is the human behind an account, by this account or another of theirs."""
    if by.staff_id is None:
        return False
    return by.staff_id == staff.pk or Staff.objects.filter(pk=by.staff_id, person_id=staff.person_id).exists()


def not_oneself(by: Actor, staff: Staff, sentence: str) -> None:
    """Refuse what nobody may do for themself, with either of their accounts."""
    if is_same_person(by, staff):
        raise Refused("staff.oneself", sentence, is_permission=True)


def in_person(by: Actor) -> None:
    """Refuse what a program may not do, whatever its scopes."""
    if by.kind is ActorKind.API_KEY:
        raise Refused("key.not_by_key", _("This needs a person who is signed in, not an API key."), is_permission=True)


@contextmanager
def administrators_kept() -> Iterator[None]:
    """Refuse a change after which nobody could edit staff any more; such changes wait for each other."""
    list(locked(Role.objects.order_by("pk")))
    had_any = _has_administrator()
    yield
    if had_any and not _has_administrator():
        raise Refused(
            "staff.last_administrator",
            _("After this nobody could run the accounts. Give somebody else the role of administrator first."),
        )


def _has_administrator() -> bool:
    roles = [role.pk for role in Role.objects.all() if Permission.STAFF_EDIT in role.permissions]
    return RoleGrant.objects.filter(role__in=roles, staff__is_active=True).exists()


def people_thread() -> Thread:
    """Return the thread of what concerns no one account: roles, teams, departments, skills."""
    return Thread.objects.filter(kind="people").order_by("pk").first() or open_thread("people")


def clean_name(value: str, *, field: str = "name", limit: int = NAME_LIMIT) -> str:
    """Return a name of one line that is not empty."""
    return clean_line(value, field=field, limit=limit, is_required=True)


def clean_address(value: str) -> str:
    """Return an e-mail address in lower case. Raises Invalid(email) for one that is malformed or not ASCII."""
    address = value.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid.one("email", _("This is not an e-mail address.")) from error
    if not address.isascii():
        raise Invalid.one("email", _("Write the domain in its ASCII form (xn--…)."))
    if len(address) > 254:
        raise Invalid.one("email", _("An e-mail address has at most 254 characters."))
    return address


def clean_zone(value: str) -> str:
    """Return an IANA time zone. Raises Invalid(time_zone)."""
    if value not in available_timezones():
        raise Invalid.one("time_zone", _("There is no such time zone. Use a name such as Europe/Berlin."))
    return value


def clean_language(value: str) -> str:
    """Return a language that the desk speaks. Raises Invalid(language)."""
    if value not in dict(settings.LANGUAGES):
        raise Invalid.one("language", _("The desk does not speak this language."))
    return value


def clean_limit(value: int | None) -> int | None:
    """Return a limit for work in progress. Raises Invalid(work_in_progress_limit) outside 1 to 500."""
    if value is not None and not 1 <= value <= 500:
        raise Invalid.one("work_in_progress_limit", _("Between 1 and 500, or nothing."))
    return value


def clean_period(from_at: dt.datetime, until_at: dt.datetime) -> None:
    """Refuse a period that ends before it begins, or instants without a zone."""
    if from_at.tzinfo is None or until_at.tzinfo is None:
        raise Invalid.one("from_at", _("An instant needs a time zone."))
    if from_at >= until_at:
        raise Invalid.one("until_at", _("The end must come after the beginning."))


def short_name(name: str, taken: Any) -> str:
    """Return an unused short name for addresses, made from a name; `taken` are the rows that have one."""
    base = slugify(fold(name))[:40].strip("-") or "x"
    slug = base
    while taken.filter(slug=slug).exists():
        slug = f"{base}-{random_token(3).lower().strip('-_') or '2'}"
    return slug


@contextmanager
def unique(field: str, sentence: str) -> Iterator[None]:
    """Turn the database's refusal of a second equal row into one that names the field."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Invalid.one(field, sentence) from error
