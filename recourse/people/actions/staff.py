"""Verbs on accounts: hire, edit, close, open again."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.kit.ids import uuid7
from recourse.kit.text import clean_text
from recourse.kit.transactions import verb
from recourse.people.actions.book import (
    administrators_kept,
    clean_address,
    clean_language,
    clean_limit,
    clean_name,
    clean_zone,
    is_same_person,
    not_oneself,
    staff_locked,
    unchanged,
    unique,
    working,
)  # fmt: skip
from recourse.people.actions.ending import end_delegations, end_every_session, end_keys, spend_links
from recourse.people.actions.roles import give
from recourse.people.events import StaffDeactivated, StaffEdited, StaffHired, StaffReactivated
from recourse.people.models import Department, Role, Staff
from recourse.people.policy import Permission
from recourse.people.queries import department_named
from recourse.people.queries.words import findable
from recourse.timeline.actions import open_thread, record

NOTE_LIMIT = 2_000
OWN_FIELDS = frozenset({"time_zone", "language"})
FIELDS = OWN_FIELDS | {"name", "email", "department", "work_in_progress_limit"}


@verb
def hire(
    *,
    email: str,
    name: str,
    by: Actor,
    at: dt.datetime,
    roles: Sequence[str] = (),
    time_zone: str = "UTC",
    department: str | None = None,
    same_person_as: UUID | None = None,
) -> Staff:
    """Give somebody an account with roles (by name) and a department (by short name); no password yet.

    `same_person_as` is another account of the same human. Raises Invalid naming the field.
    """
    by.require(Permission.STAFF_EDIT)
    wanted = _roles(roles)
    staff = Staff(
        email=clean_address(email),
        name=clean_name(name),
        time_zone=clean_zone(time_zone),
        department=_department(department),
        person_id=_person(same_person_as),
        thread=open_thread("staff"),
        joined_at=at,
    )
    staff.set_unusable_password()
    if wanted:
        not_oneself(by, staff, _("Nobody gives themself a role, not by another account either."))
    with unique("email", _("Somebody has this address already.")):
        staff.save(force_insert=True)
    event = StaffHired(staff=str(staff.pk), department=staff.department.slug if staff.department else None)
    record(event, thread=staff.thread, by=by, at=at)
    for role in wanted:
        give(staff, role, by=by, at=at)
    return staff


def _roles(names: Sequence[str]) -> list[Role]:
    wanted = [findable(name) for name in names]
    known = {role.name: role for role in Role.objects.filter(name__in=wanted)}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Invalid.one("roles", _("There is no role “%(role)s”.") % {"role": unknown[0][:80]})
    return list(known.values())


def _department(slug: str | None) -> Department | None:
    if not slug:
        return None
    found = department_named(slug)
    if found is None:
        raise Invalid.one("department", _("There is no such department."))
    return found


def _person(other_account: UUID | None) -> UUID:
    if other_account is None:
        return uuid7()
    found = Staff.objects.filter(pk=other_account).first()
    if found is None:
        raise NotVisible
    return found.person_id


@verb
def edit_staff(
    *, staff_id: UUID, changes: Mapping[str, Any], by: Actor, at: dt.datetime, seen: int | None = None
) -> Staff:
    """Change fields of an account: name, email, time_zone, language, department (short name), work_in_progress_limit.

    Everybody may change their own time zone and language; the rest needs `staff:edit`. Open links die with the address.
    """
    staff = staff_locked(staff_id)
    is_own = by.staff_id == staff.pk and set(changes) <= OWN_FIELDS
    if not is_own:
        by.require(Permission.STAFF_EDIT)
    unchanged(staff, seen)
    new = {field: _clean(field, value) for field, value in changes.items()}
    changed = [field for field, value in new.items() if getattr(staff, field) != value]
    if not changed:
        return staff
    for field in changed:
        setattr(staff, field, new[field])
    staff.version += 1
    with unique("email", _("Somebody has this address already.")):
        staff.save(update_fields=[*changed, "version"])
    if "email" in changed:
        spend_links(staff, at=at)
    record(StaffEdited(staff=str(staff.pk), fields=sorted(changed)), thread=staff.thread, by=by, at=at)
    return staff


def _clean(field: str, value: Any) -> Any:
    cleaners: dict[str, Callable[[Any], Any]] = {
        "name": clean_name, "email": clean_address, "time_zone": clean_zone, "language": clean_language,
        "department": _department, "work_in_progress_limit": clean_limit,
    }  # fmt: skip
    if field not in FIELDS:
        raise Invalid.one(field, _("This field cannot be changed."))
    return cleaners[field](value)


@verb
def deactivate(*, staff_id: UUID, by: Actor, at: dt.datetime, note: str = "") -> Staff:
    """Close an account: sessions, keys, links and delegations end at once; what they did stays on the record.

    Refused for the last who can run the accounts. `note` is the reason, kept privately.
    """
    by.require(Permission.STAFF_EDIT)
    reason = clean_text(note, field="note", limit=NOTE_LIMIT)
    with administrators_kept():
        staff = staff_locked(staff_id)
        if not staff.is_active:
            raise Refused("staff.gone", _("This account is closed already."))
        staff.is_active, staff.left_at, staff.version = False, at, staff.version + 1
        staff.save(update_fields=["is_active", "left_at", "version"])
    end_every_session(staff)
    spend_links(staff, at=at)
    ended_keys = end_keys(staff, by=by, at=at)
    ended_delegations = end_delegations(staff, by=by, at=at)
    event = StaffDeactivated(staff=str(staff.pk), keys=ended_keys, delegations=ended_delegations)
    record(event, thread=staff.thread, by=by, at=at, note=reason)
    return staff


@verb
def reactivate(*, staff_id: UUID, by: Actor, at: dt.datetime) -> Staff:
    """Open a closed account again, with the roles it had; nothing that ended comes back. Not by the person."""
    by.require(Permission.STAFF_EDIT)
    staff = staff_locked(staff_id)
    if staff.is_active:
        raise Refused("staff.active", _("This account is open already."))
    if is_same_person(by, staff):
        raise Refused("staff.oneself", _("Somebody else must open your account again."), is_permission=True)
    staff.is_active, staff.left_at, staff.version = True, None, staff.version + 1
    staff.save(update_fields=["is_active", "left_at", "version"])
    record(StaffReactivated(staff=str(staff.pk)), thread=staff.thread, by=by, at=at)
    return working(staff)
