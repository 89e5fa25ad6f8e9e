"""Staff over JSON: who works here, accounts, roles, sessions, who you are."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.shapes import (
    Body,
    Cursor,
    Flag,
    NamedBrief,
    Note,
    PageOf,
    Seen,
    ShortLine,
    Size,
    TimeZone,
    acting,
    at,
    changes,
    told,
    viewer,
)
from recourse.kit.actor import ActorKind
from recourse.people import actions, queries
from recourse.people.policy import Permission

router = Router()
Address = Annotated[str, Field(min_length=3, max_length=254)]
RoleName = Annotated[str, Field(min_length=1, max_length=80)]


class StaffOut(Schema):
    """A member of staff."""

    id: UUID
    version: int
    email: str
    name: str
    is_active: bool
    time_zone: str
    language: str
    department: NamedBrief | None
    work_in_progress_limit: int | None
    joined_at: dt.datetime
    left_at: dt.datetime | None
    roles: list[str]
    teams: list[str]

    @staticmethod
    def resolve_roles(staff: Any) -> list[str]:
        """Return the names of the roles held."""
        return sorted(grant.role.name for grant in staff.grants.all())

    @staticmethod
    def resolve_teams(staff: Any) -> list[str]:
        """Return the short names of the teams."""
        return sorted(membership.team.slug for membership in staff.memberships.all())


class MeOut(Schema):
    """Who calls: the account, and the rights that this key has at this moment."""

    actor: str
    staff: StaffOut
    permissions: list[str]


class HireIn(Body):
    """An account; no password yet. `same_person_as` is another account of the same human."""

    email: Address
    name: ShortLine
    roles: Annotated[list[RoleName], Field(max_length=30)] = []
    time_zone: TimeZone = "UTC"
    department: Annotated[str, Field(max_length=50)] | None = None
    same_person_as: UUID | None = None


class StaffChange(Body):
    """What changes about an account; what is left out stays."""

    name: ShortLine = ""
    email: Address = ""
    time_zone: TimeZone = "UTC"
    language: Annotated[str, Field(max_length=12)] = "en"
    department: Annotated[str, Field(max_length=50)] | None = None
    work_in_progress_limit: Annotated[int, Field(strict=True, ge=1, le=500)] | None = None
    seen: Seen = None


class LeaveIn(Body):
    """Why an account is closed, kept privately."""

    note: Note = ""


class RoleIn(Body):
    """A role by name."""

    role: RoleName


class RoleOut(Schema):
    """A role and what it lets one do."""

    id: UUID
    version: int
    name: str
    is_built_in: bool
    permissions: list[str]


class RoleMakeIn(Body):
    """A role of the company's own."""

    name: RoleName
    permissions: Annotated[list[Permission], Field(max_length=100)]


class RoleChange(RoleMakeIn):
    """What a role becomes."""

    seen: Seen = None


class RightOut(Schema):
    """A right, in words."""

    name: Permission
    sentence: str


class PasswordLinkIn(Body):
    """Whether a lost second factor is taken away too, with password and sessions, at once."""

    drops_second_factor: Flag = False


class PasswordLinkOut(Schema):
    """The address of a link, shown only now."""

    address: str


class SessionOut(Schema):
    """A session that lives."""

    id: int
    address: str
    browser: str
    began_at: dt.datetime


def shown(staff_id: UUID, request: HttpRequest) -> Any:
    """Return an account with roles and teams, to one who has just acted on it."""
    return queries.staff_one(staff_id, viewer=viewer(request))


@router.get("/me", response=answers(MeOut), operation_id="me")
def me(request: HttpRequest) -> Any:
    """Return who you are and what this key may do."""
    actor = viewer(request)
    assert actor.staff_id is not None
    assert actor.kind is ActorKind.API_KEY
    return {
        "actor": actor.id,
        "staff": queries.staff_one(actor.staff_id, viewer=actor),
        "permissions": sorted(actor.permissions),
    }


@router.get("/staff", response=answers(PageOf[StaffOut]), operation_id="list_staff")
def listed(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=200)] = "",
    role: Annotated[str, Query(max_length=80)] = "",
    team: Annotated[str, Query(max_length=50)] = "",
    skill: Annotated[str, Query(max_length=50)] = "",
    has_left: bool = False,
    cursor: Cursor = None,
    size: Size = 50,
) -> Any:
    """Return a page of staff by name."""
    narrow = queries.StaffFilter(words=q, role=role, team=team, skill=skill, has_left=has_left)
    return queries.staff_page(viewer=viewer(request), narrow=narrow, cursor=cursor, size=size)


@router.post("/staff", response=answers(StaffOut, 201), operation_id="hire")
def hire(request: HttpRequest, body: HireIn) -> Any:
    """Give somebody an account."""
    return actions.hire(**told(body), **acting(request))


@router.get("/staff/{staff_id}", response=answers(StaffOut), operation_id="get_staff")
def one(request: HttpRequest, staff_id: UUID) -> Any:
    """Return one account."""
    return queries.staff_one(staff_id, viewer=viewer(request))


@router.patch("/staff/{staff_id}", response=answers(StaffOut), operation_id="edit_staff")
def edit(request: HttpRequest, staff_id: UUID, body: StaffChange) -> Any:
    """Change an account; your own time zone and language you may always change."""
    return actions.edit_staff(staff_id=staff_id, changes=changes(body), seen=body.seen, **acting(request))


@router.post("/staff/{staff_id}/deactivation", response=answers(StaffOut), operation_id="deactivate_staff")
def deactivate(request: HttpRequest, staff_id: UUID, body: LeaveIn) -> Any:
    """Close an account: sessions, keys, links and delegations end at once."""
    return actions.deactivate(staff_id=staff_id, note=body.note, **acting(request))


@router.post("/staff/{staff_id}/reactivation", response=answers(StaffOut), operation_id="reactivate_staff")
def reactivate(request: HttpRequest, staff_id: UUID) -> Any:
    """Open a closed account again, with the roles it had."""
    return actions.reactivate(staff_id=staff_id, **acting(request))


@router.post("/staff/{staff_id}/roles", response=answers(StaffOut), operation_id="grant_role")
def grant(request: HttpRequest, staff_id: UUID, body: RoleIn) -> Any:
    """Give somebody a role; nobody gives themself one."""
    actions.grant_role(staff_id=staff_id, role=body.role, **acting(request))
    return shown(staff_id, request)


@router.post("/staff/{staff_id}/roles/revocation", response=answers(StaffOut), operation_id="revoke_role")
def revoke(request: HttpRequest, staff_id: UUID, body: RoleIn) -> Any:
    """Take a role from somebody."""
    actions.revoke_role(staff_id=staff_id, role=body.role, **acting(request))
    return shown(staff_id, request)


@router.post("/staff/{staff_id}/link", response=answers(PasswordLinkOut, 201), operation_id="issue_link")
def link(request: HttpRequest, staff_id: UUID, body: PasswordLinkIn) -> Any:
    """Make a link by which somebody sets a password; never for yourself, and never by a key."""
    return {"address": actions.issue_link(staff_id=staff_id, **told(body), **acting(request))}


@router.get("/staff/{staff_id}/sessions", response=answers(list[SessionOut]), operation_id="list_sessions")
def sessions(request: HttpRequest, staff_id: UUID) -> Any:
    """Return the living sessions of an account: your own, or anybody's for who edits staff."""
    return queries.sessions(staff_id, viewer=viewer(request), at=at(request))


@router.delete("/staff/{staff_id}/sessions", response=answers(None, 204), operation_id="end_sessions")
def end_sessions(request: HttpRequest, staff_id: UUID) -> Any:
    """End the sessions of an account."""
    actions.end_sessions(staff_id=staff_id, **acting(request))


@router.get("/roles", response=answers(list[RoleOut]), operation_id="list_roles")
def roles(request: HttpRequest) -> Any:
    """Return every role, the built-in ones first."""
    return queries.roles(viewer=viewer(request))


@router.post("/roles", response=answers(RoleOut, 201), operation_id="make_role")
def make_role(request: HttpRequest, body: RoleMakeIn) -> Any:
    """Make a role of the company's own."""
    return actions.make_role(**told(body), **acting(request))


@router.put("/roles/{role_id}", response=answers(RoleOut), operation_id="edit_role")
def edit_role(request: HttpRequest, role_id: UUID, body: RoleChange) -> Any:
    """Change a role of the company's own."""
    return actions.edit_role(role_id=role_id, **told(body), **acting(request))


@router.get("/rights", response=answers(list[RightOut]), operation_id="list_rights")
def rights(request: HttpRequest) -> Any:
    """Return every right there is, in words."""
    return [{"name": right, "sentence": queries.describe(right)} for right in Permission]
