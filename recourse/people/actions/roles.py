"""Verbs on roles: give, take, make, edit; and keeping the built-in ones as the code has them."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.kit.actor import Actor, system
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.kit.models import locked
from recourse.kit.transactions import verb
from recourse.people.actions.book import (
    administrators_kept,
    clean_name,
    not_oneself,
    people_thread,
    staff_locked,
    unchanged,
    unique,
    working,
)  # fmt: skip
from recourse.people.events import RoleEdited, RoleGranted, RoleMade, RoleRevoked
from recourse.people.models import Role, RoleGrant, Staff
from recourse.people.policy import ROLES, Permission
from recourse.people.queries import role_named
from recourse.timeline.actions import record

ROLE_NAME_LIMIT = 80


@verb
def grant_role(*, staff_id: UUID, role: str, by: Actor, at: dt.datetime) -> RoleGrant:
    """Give somebody a role, by name. Nobody gives themself one. Idempotent: a role that is held stays."""
    by.require(Permission.STAFF_EDIT)
    staff = working(staff_locked(staff_id))
    not_oneself(by, staff, _("Nobody gives themself a role. Ask another administrator."))
    return give(staff, role_named(role), by=by, at=at)


def give(staff: Staff, role: Role, *, by: Actor, at: dt.datetime) -> RoleGrant:
    """Write a grant and record it, inside a verb that has asked who may."""
    grant, is_new = RoleGrant.objects.get_or_create(staff=staff, role=role)
    if is_new:
        record(RoleGranted(staff=str(staff.pk), role=role.name), thread=staff.thread, by=by, at=at)
    return grant


@verb
def revoke_role(*, staff_id: UUID, role: str, by: Actor, at: dt.datetime) -> None:
    """Take a role from somebody. Refused where they do not hold it, and for the last who can run the accounts."""
    by.require(Permission.STAFF_EDIT)
    with administrators_kept():
        staff = staff_locked(staff_id)
        gone, _each = RoleGrant.objects.filter(staff=staff, role=role_named(role)).delete()
        if not gone:
            raise Refused("role.not_held", _("They do not hold this role."))
    record(RoleRevoked(staff=str(staff.pk), role=role), thread=staff.thread, by=by, at=at)


@verb
def make_role(*, name: str, permissions: Iterable[str], by: Actor, at: dt.datetime) -> Role:
    """Make a role of the company's own. Raises Invalid(permissions) for a right that does not exist."""
    by.require(Permission.STAFF_EDIT)
    role = Role(name=_free_name(name), permissions=_known(permissions))
    with unique("name", _("There is a role of this name.")):
        role.save(force_insert=True)
    record(RoleMade(role=str(role.pk), permissions=role.permissions), thread=people_thread(), by=by, at=at)
    return role


@verb
def edit_role(
    *, role_id: UUID, name: str, permissions: Iterable[str], by: Actor, at: dt.datetime, seen: int | None = None
) -> Role:
    """Change a role of the company's own. Built-in roles follow the code; nobody adds rights to a role they hold."""
    by.require(Permission.STAFF_EDIT)
    with administrators_kept():
        role: Role | None = locked(Role.objects.filter(pk=role_id)).first()
        if role is None:
            raise NotVisible
        if role.is_built_in:
            raise Refused("role.built_in", _("Built-in roles cannot be changed. Make one of your own."))
        unchanged(role, seen)
        wanted = set(_known(permissions))
        added, removed = wanted - set(role.permissions), set(role.permissions) - wanted
        _not_ones_own(role, added, by)
        if name != role.name:
            role.name = _free_name(name, but=role)
        role.permissions, role.version = sorted(wanted), role.version + 1
        with unique("name", _("There is a role of this name.")):
            role.save()
    event = RoleEdited(role=str(role.pk), added=sorted(added), removed=sorted(removed))
    record(event, thread=people_thread(), by=by, at=at)
    return role


def _not_ones_own(role: Role, added: set[str], by: Actor) -> None:
    holder = Staff.objects.filter(pk=by.staff_id).first() if by.staff_id else None
    if added and holder and RoleGrant.objects.filter(role=role, staff__person_id=holder.person_id).exists():
        raise Refused(
            "staff.oneself", _("Nobody adds rights to a role they hold. Ask another administrator."), is_permission=True
        )


def _free_name(name: str, but: Role | None = None) -> str:
    cleaned = clean_name(name, limit=ROLE_NAME_LIMIT)
    others = Role.objects.exclude(pk=but.pk) if but else Role.objects.all()
    if others.filter(name__iexact=cleaned).exists():
        raise Invalid.one("name", _("There is a role of this name."))
    return cleaned


def _known(permissions: Iterable[str]) -> list[str]:
    wanted = set(permissions)
    unknown = wanted - set(Permission)
    if unknown:
        raise Invalid.one("permissions", _("There is no right “%(right)s”.") % {"right": sorted(unknown)[0][:80]})
    if not wanted:
        raise Invalid.one("permissions", _("Choose at least one right."))
    return sorted(str(right) for right in wanted)


@verb
def sync_roles(*, at: dt.datetime, by: Actor | None = None) -> list[str]:
    """Make the built-in roles as this version of the code has them, and return the names of those that changed.

    The first time nothing changes for anybody, so nothing is recorded.
    """
    known = {role.name: role for role in locked(Role.objects.order_by("pk"))}
    is_first = not any(role.is_built_in for role in known.values())
    changed = []
    for name, wanted in ROLES.items():
        rights = sorted(str(right) for right in wanted)
        role = known.get(name) or Role(name=name, version=0)
        if role.is_built_in and role.permissions == rights:
            continue
        added, removed = set(rights) - set(role.permissions), set(role.permissions) - set(rights)
        role.permissions, role.is_built_in, role.version = rights, True, role.version + 1
        role.save()
        changed.append(name)
        if not is_first:
            event = RoleEdited(role=str(role.pk), added=sorted(added), removed=sorted(removed))
            record(event, thread=people_thread(), by=by or system("people"), at=at)
    return changed
