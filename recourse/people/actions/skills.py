"""Verbs on skills: name, grant, take back, let lapse."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, Refused
from recourse.kit.models import locked
from recourse.kit.transactions import verb
from recourse.people.actions.book import clean_name, not_oneself, people_thread, short_name, staff_locked, working
from recourse.people.events import SkillGranted, SkillLapsed, SkillMade, SkillRevoked
from recourse.people.models import Skill, SkillGrant, Staff
from recourse.people.policy import LEVELS, Permission
from recourse.people.queries import skill_named
from recourse.timeline.actions import Happening, record, record_many


@verb
def make_skill(*, name: str, by: Actor, at: dt.datetime) -> Skill:
    """Name a skill; its short name is made from the name and stays."""
    by.require(Permission.STAFF_EDIT)
    skill = Skill(name=clean_name(name))
    if Skill.objects.filter(name__iexact=skill.name).exists():
        raise Invalid.one("name", _("There is a skill of this name."))
    skill.slug = short_name(skill.name, Skill.objects)
    skill.save(force_insert=True)
    record(SkillMade(skill=skill.slug), thread=people_thread(), by=by, at=at)
    return skill


@verb
def grant_skill(
    *, staff_id: UUID, skill: str, by: Actor, at: dt.datetime, level: int = 3, until_on: dt.date | None = None
) -> SkillGrant:
    """Grant a skill (short name) at a level from 1 to 5, through a day if it lapses; again to change either.

    Administrators may, and leads for their teams; nobody for themself.
    """
    staff = working(staff_locked(staff_id))
    _may_judge(staff, by)
    if level not in LEVELS:
        raise Invalid.one("level", _("A level from 1 to 5."))
    if until_on is not None and until_on < at.date():
        raise Invalid.one("until_on", _("This day has passed."))
    grant, is_new = SkillGrant.objects.get_or_create(
        staff=staff, skill=skill_named(skill), defaults={"level": level, "until_on": until_on}
    )
    if not is_new and (grant.level, grant.until_on) == (level, until_on):
        return grant
    grant.level, grant.until_on = level, until_on
    grant.save(update_fields=["level", "until_on"])
    event = SkillGranted(
        staff=str(staff.pk), skill=skill, level=level, until_on=until_on.isoformat() if until_on else None
    )
    record(event, thread=staff.thread, by=by, at=at)
    return grant


@verb
def revoke_skill(*, staff_id: UUID, skill: str, by: Actor, at: dt.datetime) -> None:
    """Take a skill back. Refused where they do not have it."""
    staff = staff_locked(staff_id)
    _may_judge(staff, by)
    gone, _each = SkillGrant.objects.filter(staff=staff, skill=skill_named(skill)).delete()
    if not gone:
        raise Refused("skill.not_held", _("They do not have this skill."))
    record(SkillRevoked(staff=str(staff.pk), skill=skill), thread=staff.thread, by=by, at=at)


@verb
def lapse_skills(*, by: Actor, at: dt.datetime) -> int:
    """Take away the skills whose last day has passed, and return how many; run daily."""
    late = SkillGrant.objects.filter(until_on__lt=at.date()).select_related("staff__thread", "skill")
    found = list(locked(late))
    SkillGrant.objects.filter(pk__in=[grant.pk for grant in found]).delete()
    told = [
        Happening(SkillLapsed(staff=str(grant.staff_id), skill=grant.skill.slug), grant.staff.thread, by, at)
        for grant in found
    ]
    if told:
        record_many(told)
    return len(found)


def _may_judge(staff: Staff, by: Actor) -> None:
    not_oneself(by, staff, _("Nobody judges their own skills."))
    shares_team = staff.memberships.filter(team_id__in=by.team_ids).exists()
    if not (by.can(Permission.STAFF_EDIT) or (by.can(Permission.TEAM_LEAD) and shares_team)):
        raise Refused(
            "skill.not_lead", _("Only administrators and the leads of their teams may say this."), is_permission=True
        )
