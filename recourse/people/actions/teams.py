"""Verbs on teams and departments."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.kit.models import locked
from recourse.kit.transactions import verb
from recourse.people.actions.book import (
    clean_name,
    not_oneself,
    people_thread,
    short_name,
    staff_locked,
    team_locked,
    unchanged,
    working,
)  # fmt: skip
from recourse.people.events import (
    DepartmentMade,
    DepartmentRenamed,
    TeamEdited,
    TeamJoined,
    TeamLeadChanged,
    TeamLeft,
    TeamMade,
    TeamRetired,
)  # fmt: skip
from recourse.people.models import Department, Membership, Staff, Team
from recourse.people.policy import Permission, TeamKind
from recourse.people.queries import department_named
from recourse.people.queries.words import findable
from recourse.timeline.actions import record

TEAM_FIELDS = ("name", "kind", "department", "is_walled")


@verb
def make_team(
    *, name: str, kind: str, by: Actor, at: dt.datetime, department: str | None = None, is_walled: bool = False
) -> Team:
    """Make a team; `kind` is front_line, advanced or department. Its short name is made from the name and stays."""
    by.require(Permission.STAFF_EDIT)
    team = Team(
        name=clean_name(name), kind=_kind(kind), department=_department(department), is_walled=is_walled,
    )  # fmt: skip
    team.slug = short_name(team.name, Team.objects)
    team.save(force_insert=True)
    record(TeamMade(team=team.slug, kind=team.kind, is_walled=is_walled), thread=people_thread(), by=by, at=at)
    return team


@verb
def edit_team(*, team: str, changes: Mapping[str, Any], by: Actor, at: dt.datetime, seen: int | None = None) -> Team:
    """Change name, kind, department (short name or nothing) or is_walled of a team, given by short name."""
    by.require(Permission.STAFF_EDIT)
    row = team_locked(team)
    unchanged(row, seen)
    cleaners: dict[str, Callable[[Any], Any]] = {
        "name": clean_name,
        "kind": _kind,
        "department": _department,
        "is_walled": bool,
    }
    unknown = set(changes) - set(TEAM_FIELDS)
    if unknown:
        raise Invalid.one(sorted(unknown)[0], _("This field cannot be changed."))
    new = {field: cleaners[field](value) for field, value in changes.items()}
    changed = [field for field in TEAM_FIELDS if field in new and getattr(row, field) != new[field]]
    if not changed:
        return row
    for field in changed:
        setattr(row, field, new[field])
    row.version += 1
    row.save(update_fields=[*changed, "version"])
    event = TeamEdited(team=row.slug, fields=changed, is_walled=row.is_walled)
    record(event, thread=people_thread(), by=by, at=at)
    return row


def _kind(value: str) -> str:
    if value not in set(TeamKind):
        raise Invalid.one("kind", _("Choose front_line, advanced or department."))
    return str(TeamKind(value))


def _department(slug: str | None) -> Department | None:
    found = department_named(slug) if slug else None
    if slug and found is None:
        raise Invalid.one("department", _("There is no such department."))
    return found


@verb
def retire_team(*, team: str, by: Actor, at: dt.datetime) -> Team:
    """Close a team to new work. Refused while people belong to it."""
    by.require(Permission.STAFF_EDIT)
    row = team_locked(team)
    if not row.is_active:
        raise Refused("team.retired", _("This team is retired already."))
    left = row.memberships.filter(staff__is_active=True).count()
    if left:
        raise Refused("team.has_members", _("%(count)d people belong to it. Move them first.") % {"count": left})
    row.is_active, row.version = False, row.version + 1
    row.save(update_fields=["is_active", "version"])
    record(TeamRetired(team=row.slug), thread=people_thread(), by=by, at=at)
    return row


@verb
def join_team(*, team: str, staff_id: UUID, by: Actor, at: dt.datetime, is_lead: bool = False) -> Membership:
    """Put somebody into a team. Its leads may too. Nobody lets themself into a walled team. Idempotent."""
    row = team_locked(team)
    _may_run(row, by)
    if not row.is_active:
        raise Refused("team.retired", _("This team is retired."))
    staff = working(staff_locked(staff_id))
    if row.is_walled:
        not_oneself(by, staff, _("Nobody lets themself behind a wall. Ask another administrator."))
    if is_lead:
        _may_name_leads(staff, by)
    membership, is_new = Membership.objects.get_or_create(team=row, staff=staff)
    if is_new:
        record(TeamJoined(staff=str(staff.pk), team=row.slug), thread=staff.thread, by=by, at=at)
    if is_lead and not membership.is_lead:
        _set_lead(membership, True, by=by, at=at)
    return membership


def _may_run(team: Team, by: Actor) -> None:
    """Let administrators and the leads of this team pass."""
    if by.can(Permission.STAFF_EDIT):
        return
    leads = by.staff_id is not None and team.memberships.filter(staff_id=by.staff_id, is_lead=True).exists()
    if not (by.can(Permission.TEAM_LEAD) and leads):
        raise Refused(
            "team.not_lead", _("Only its leads and administrators may change who is in a team."), is_permission=True
        )


@verb
def leave_team(*, team: str, staff_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Take somebody out of a team; its leads may too."""
    membership = _membership(team, staff_id)
    _may_run(membership.team, by)
    thread = membership.staff.thread
    membership.delete()
    record(TeamLeft(staff=str(staff_id), team=team), thread=thread, by=by, at=at)


@verb
def lead_team(*, team: str, staff_id: UUID, is_lead: bool, by: Actor, at: dt.datetime) -> Membership:
    """Make a member the lead of a team, or end it. Only administrators, and never for themself."""
    membership = _membership(team, staff_id)
    _may_name_leads(membership.staff, by)
    if membership.is_lead == is_lead:
        return membership
    _set_lead(membership, is_lead, by=by, at=at)
    return membership


def _may_name_leads(staff: Staff, by: Actor) -> None:
    by.require(Permission.STAFF_EDIT)
    not_oneself(by, staff, _("Nobody makes themself lead. Ask another administrator."))


def _set_lead(membership: Membership, is_lead: bool, *, by: Actor, at: dt.datetime) -> None:
    membership.is_lead = is_lead
    membership.save(update_fields=["is_lead"])
    event = TeamLeadChanged(staff=str(membership.staff_id), team=membership.team.slug, is_lead=is_lead)
    record(event, thread=membership.staff.thread, by=by, at=at)


def _membership(team: str, staff_id: UUID) -> Membership:
    held = Membership.objects.filter(team__slug=findable(team), staff_id=staff_id).select_related(
        "team", "staff__thread"
    )
    found: Membership | None = locked(held).first()
    if found is None:
        raise Refused("team.not_member", _("They do not belong to this team."))
    return found


@verb
def make_department(*, name: str, by: Actor, at: dt.datetime) -> Department:
    """Make a department; its short name is made from the name and stays."""
    by.require(Permission.STAFF_EDIT)
    department = Department(name=clean_name(name))
    department.slug = short_name(department.name, Department.objects)
    department.save(force_insert=True)
    record(DepartmentMade(department=department.slug), thread=people_thread(), by=by, at=at)
    return department


@verb
def rename_department(*, department: str, name: str, by: Actor, at: dt.datetime) -> Department:
    """Give a department, found by its short name, another name."""
    by.require(Permission.STAFF_EDIT)
    row: Department | None = locked(Department.objects.filter(slug=findable(department))).first()
    if row is None:
        raise NotVisible
    row.name = clean_name(name)
    row.save(update_fields=["name"])
    record(DepartmentRenamed(department=row.slug), thread=people_thread(), by=by, at=at)
    return row
