"""Teams over JSON, with departments, skills, absences and delegations."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.shapes import (
    AskedInstant,
    Body,
    Day,
    Flag,
    Instant,
    NamedBrief,
    Seen,
    ShortLine,
    SlugPath,
    StaffBrief,
    acting,
    at,
    changes,
    told,
    viewer,
)
from recourse.people import actions, queries
from recourse.people.policy import AbsenceKind, TeamKind

router = Router()
Short = Annotated[str, Field(max_length=50)]


class TeamOut(Schema):
    """A team; behind its wall only its own see its cases."""

    id: UUID
    version: int
    slug: str
    name: str
    kind: TeamKind
    department: NamedBrief | None
    is_walled: bool
    is_active: bool


class TeamIn(Body):
    """A team to be made."""

    name: ShortLine
    kind: TeamKind
    department: Short | None = None
    is_walled: Flag = False


class TeamChange(Body):
    """What changes about a team; what is left out stays."""

    name: ShortLine = ""
    kind: TeamKind = TeamKind.FRONT_LINE
    department: Short | None = None
    is_walled: Flag = False
    seen: Seen = None


class MemberIn(Body):
    """Somebody who joins."""

    staff_id: UUID
    is_lead: Flag = False


class LeadIn(Body):
    """Whether somebody leads."""

    is_lead: Flag


class MemberOut(Schema):
    """Somebody who belongs to a team."""

    staff: StaffBrief
    is_lead: bool


class NameIn(Body):
    """A name."""

    name: ShortLine


class NamedOut(Schema):
    """A department or a skill."""

    id: UUID
    slug: str
    name: str


class SkillIn(Body):
    """A skill at a level from 1 to 5, through a day if it lapses."""

    level: Annotated[int, Field(strict=True, ge=1, le=5)] = 3
    until_on: Day | None = None


class HeldOut(Schema):
    """A skill that somebody has."""

    skill: str
    level: int


class AbsenceIn(Body):
    """When somebody is away, and why."""

    kind: AbsenceKind
    from_at: Instant
    until_at: Instant


class AwayOut(Schema):
    """When somebody is away; why, for those who may know."""

    id: UUID
    staff_id: UUID
    name: str
    kind: str
    from_at: dt.datetime
    until_at: dt.datetime


class AbsenceOut(Schema):
    """An absence as it was noted."""

    id: UUID
    staff_id: UUID
    kind: AbsenceKind
    from_at: dt.datetime
    until_at: dt.datetime


class DelegateIn(Body):
    """Who acts for whom, and when."""

    giver_id: UUID
    receiver_id: UUID
    from_at: Instant
    until_at: Instant


class DelegationOut(Schema):
    """Who acts for whom, and when."""

    id: UUID
    giver: StaffBrief
    receiver: StaffBrief
    from_at: dt.datetime
    until_at: dt.datetime
    ended_at: dt.datetime | None


@router.get("/teams", response=answers(list[TeamOut]), operation_id="list_teams")
def listed(request: HttpRequest, has_retired: bool = False) -> Any:
    """Return the teams by name."""
    viewer(request).require("staff:read")
    return list(queries.teams(has_retired=has_retired))


@router.post("/teams", response=answers(TeamOut, 201), operation_id="make_team")
def make(request: HttpRequest, body: TeamIn) -> Any:
    """Make a team; its short name is made from the name and stays."""
    return actions.make_team(**told(body), **acting(request))


@router.patch("/teams/{slug}", response=answers(TeamOut), operation_id="edit_team")
def edit(request: HttpRequest, slug: SlugPath, body: TeamChange) -> Any:
    """Change a team."""
    return actions.edit_team(team=slug, changes=changes(body), seen=body.seen, **acting(request))


@router.post("/teams/{slug}/retirement", response=answers(TeamOut), operation_id="retire_team")
def retire(request: HttpRequest, slug: SlugPath) -> Any:
    """Close a team to new work."""
    return actions.retire_team(team=slug, **acting(request))


@router.get("/teams/{slug}/members", response=answers(list[MemberOut]), operation_id="list_members")
def members(request: HttpRequest, slug: SlugPath) -> Any:
    """Return who belongs to a team, leads first."""
    viewer(request).require("staff:read")
    return list(queries.memberships(queries.team_named(slug).pk, viewer=viewer(request)))


@router.post("/teams/{slug}/members", response=answers(MemberOut), operation_id="join_team")
def join(request: HttpRequest, slug: SlugPath, body: MemberIn) -> Any:
    """Put somebody into a team."""
    return actions.join_team(team=slug, **told(body), **acting(request))


@router.put("/teams/{slug}/members/{staff_id}", response=answers(MemberOut), operation_id="lead_team")
def lead(request: HttpRequest, slug: SlugPath, staff_id: UUID, body: LeadIn) -> Any:
    """Make a member the lead of a team, or end it."""
    return actions.lead_team(team=slug, staff_id=staff_id, is_lead=body.is_lead, **acting(request))


@router.delete("/teams/{slug}/members/{staff_id}", response=answers(None, 204), operation_id="leave_team")
def leave(request: HttpRequest, slug: SlugPath, staff_id: UUID) -> Any:
    """Take somebody out of a team."""
    actions.leave_team(team=slug, staff_id=staff_id, **acting(request))


@router.get("/departments", response=answers(list[NamedOut]), operation_id="list_departments")
def departments(request: HttpRequest) -> Any:
    """Return the departments by name."""
    viewer(request).require("staff:read")
    return list(queries.departments())


@router.post("/departments", response=answers(NamedOut, 201), operation_id="make_department")
def make_department(request: HttpRequest, body: NameIn) -> Any:
    """Make a department."""
    return actions.make_department(name=body.name, **acting(request))


@router.patch("/departments/{slug}", response=answers(NamedOut), operation_id="rename_department")
def rename_department(request: HttpRequest, slug: SlugPath, body: NameIn) -> Any:
    """Give a department another name."""
    return actions.rename_department(department=slug, name=body.name, **acting(request))


@router.get("/skills", response=answers(list[NamedOut]), operation_id="list_skills")
def skills(request: HttpRequest) -> Any:
    """Return the skills by name."""
    viewer(request).require("staff:read")
    return list(queries.skills())


@router.post("/skills", response=answers(NamedOut, 201), operation_id="make_skill")
def make_skill(request: HttpRequest, body: NameIn) -> Any:
    """Name a skill."""
    return actions.make_skill(name=body.name, **acting(request))


@router.get("/staff/{staff_id}/skills", response=answers(list[HeldOut]), operation_id="list_held_skills")
def held(request: HttpRequest, staff_id: UUID) -> Any:
    """Return the skills that somebody has today."""
    queries.staff_one(staff_id, viewer=viewer(request))
    found = queries.skills_of(staff_id, at=at(request))
    return [{"skill": skill, "level": level} for skill, level in sorted(found.items())]


@router.put("/staff/{staff_id}/skills/{slug}", response=answers(HeldOut), operation_id="grant_skill")
def grant_skill(request: HttpRequest, staff_id: UUID, slug: SlugPath, body: SkillIn) -> Any:
    """Grant a skill at a level."""
    found = actions.grant_skill(staff_id=staff_id, skill=slug, **told(body), **acting(request))
    return {"skill": slug, "level": found.level}


@router.delete("/staff/{staff_id}/skills/{slug}", response=answers(None, 204), operation_id="revoke_skill")
def revoke_skill(request: HttpRequest, staff_id: UUID, slug: SlugPath) -> Any:
    """Take a skill back."""
    actions.revoke_skill(staff_id=staff_id, skill=slug, **acting(request))


@router.get("/absences", response=answers(list[AwayOut]), operation_id="who_is_away")
def away(request: HttpRequest, from_at: AskedInstant, until_at: AskedInstant) -> Any:
    """Return who is away at some time within a period."""
    return queries.who_is_away(viewer=viewer(request), from_at=from_at, until_at=until_at)


@router.get("/staff/{staff_id}/absences", response=answers(list[AwayOut]), operation_id="list_absences")
def absences(request: HttpRequest, staff_id: UUID) -> Any:
    """Return the absences of one person that have not ended."""
    return queries.absences_of(staff_id, viewer=viewer(request), at=at(request))


@router.post("/staff/{staff_id}/absences", response=answers(AbsenceOut, 201), operation_id="add_absence")
def add_absence(request: HttpRequest, staff_id: UUID, body: AbsenceIn) -> Any:
    """Note that somebody is away."""
    return actions.add_absence(staff_id=staff_id, **told(body), **acting(request))


@router.delete("/absences/{absence_id}", response=answers(None, 204), operation_id="cancel_absence")
def cancel_absence(request: HttpRequest, absence_id: UUID) -> Any:
    """Call off an absence to come, or end one that has begun."""
    actions.cancel_absence(absence_id=absence_id, **acting(request))


@router.get("/delegations", response=answers(list[DelegationOut]), operation_id="list_delegations")
def delegations(request: HttpRequest, staff_id: UUID | None = None) -> Any:
    """Return the delegations that stand or will; of one person, or of all."""
    return list(queries.delegations(viewer=viewer(request), at=at(request), staff_id=staff_id))


@router.post("/delegations", response=answers(DelegationOut, 201), operation_id="delegate")
def delegate(request: HttpRequest, body: DelegateIn) -> Any:
    """Let somebody act for somebody else for a while."""
    return actions.delegate(**told(body), **acting(request))


@router.delete("/delegations/{delegation_id}", response=answers(DelegationOut), operation_id="end_delegation")
def end_delegation(request: HttpRequest, delegation_id: UUID) -> Any:
    """End a delegation before its time."""
    return actions.end_delegation(delegation_id=delegation_id, **acting(request))
