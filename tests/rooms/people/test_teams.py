"""Teams, departments and skills."""

import datetime as dt

import pytest

from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.people import actions
from recourse.people.models import Membership, SkillGrant, Team
from recourse.people.queries import actor_for, departments, leads_of, memberships, skills_of, team_named, teams
from tests.rooms.people.conftest import AT, DAY, SYSTEM, Desk, told, told_of_people


def test_a_team_is_made_edited_and_retired(desk: Desk) -> None:
    by = desk.by("ida")
    legal = actions.make_department(name="Legal & Compliance", by=by, at=AT)
    team = actions.make_team(name="Privacy Cases", kind="advanced", is_walled=True, by=by, at=AT)
    assert (team.slug, team.is_walled) == ("privacy-cases", True)
    changed = actions.edit_team(
        team=team.slug, changes={"name": "Privacy", "department": legal.slug, "is_walled": False}, by=by, at=AT, seen=1
    )
    assert (changed.name, changed.department, changed.is_walled, changed.slug) == ("Privacy", legal, False, team.slug)
    with pytest.raises(Stale):
        actions.edit_team(team=team.slug, changes={"name": "X"}, by=by, at=AT, seen=1)
    actions.retire_team(team=team.slug, by=by, at=AT)
    assert not Team.objects.get(slug=team.slug).is_active
    assert team not in teams()
    assert team in teams(has_retired=True)
    assert told_of_people()[-4:] == ["department.made", "team.made", "team.edited", "team.retired"]


def test_two_teams_of_one_name_and_a_team_in_any_script_get_short_names_of_their_own(desk: Desk) -> None:
    slugs = {
        actions.make_team(name=name, kind="advanced", by=SYSTEM, at=AT).slug for name in ("Care", "Care", "客服", "🎉")
    }
    assert len(slugs) == 4
    assert all(slug.isascii() for slug in slugs)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("kind", {"kind": "secret"}),
        ("name", {"name": " "}),
        ("department", {"department": "no"}),
        ("slug", {"slug": "x"}),
        ("is_active", {"is_active": False}),
    ],
)
def test_a_wrong_change_of_a_team_is_refused_by_field(desk: Desk, field: str, changes: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        actions.edit_team(team=desk.care.slug, changes=changes, by=desk.by("ida"), at=AT)
    assert set(refused.value.fields) == {field}


def test_a_team_that_has_people_cannot_be_retired(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        actions.retire_team(team=desk.care.slug, by=desk.by("ida"), at=AT)
    assert refused.value.code == "team.has_members"


def test_a_retired_team_takes_nobody_and_is_not_retired_twice(desk: Desk) -> None:
    team = actions.make_team(name="Old", kind="advanced", by=SYSTEM, at=AT)
    actions.retire_team(team=team.slug, by=SYSTEM, at=AT)
    with pytest.raises(Refused):
        actions.join_team(team=team.slug, staff_id=desk.ben.pk, by=SYSTEM, at=AT)
    with pytest.raises(Refused):
        actions.retire_team(team=team.slug, by=SYSTEM, at=AT)


def test_joining_and_leaving_change_what_one_sees_at_once(desk: Desk) -> None:
    by = desk.by("ida")
    actions.join_team(team=desk.care.slug, staff_id=desk.ben.pk, by=by, at=AT)
    actions.join_team(team=desk.care.slug, staff_id=desk.ben.pk, by=by, at=AT)
    assert actor_for(desk.ben).team_ids == {desk.care.pk}
    actions.leave_team(team=desk.care.slug, staff_id=desk.ben.pk, by=by, at=AT)
    assert actor_for(desk.ben).team_ids == frozenset()
    assert told(desk.ben)[-2:] == ["team.joined", "team.left"]
    with pytest.raises(Refused) as refused:
        actions.leave_team(team=desk.care.slug, staff_id=desk.ben.pk, by=by, at=AT)
    assert refused.value.code == "team.not_member"


def test_the_lead_of_a_team_runs_that_team_alone(desk: Desk) -> None:
    lea = desk.by("lea")
    other = actions.make_team(name="Other", kind="advanced", by=SYSTEM, at=AT)
    actions.join_team(team=desk.care.slug, staff_id=desk.ben.pk, by=lea, at=AT)
    actions.leave_team(team=desk.care.slug, staff_id=desk.ben.pk, by=lea, at=AT)
    with pytest.raises(Refused) as refused:
        actions.join_team(team=other.slug, staff_id=desk.ben.pk, by=lea, at=AT)
    assert refused.value.code == "team.not_lead"
    actions.join_team(team=other.slug, staff_id=desk.lea.pk, by=SYSTEM, at=AT)  # a member, not its lead
    with pytest.raises(Refused):
        actions.join_team(team=other.slug, staff_id=desk.ben.pk, by=desk.by("lea"), at=AT)


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_others_change_no_team(desk: Desk, who: str) -> None:
    by = desk.by(who)
    verbs = [
        lambda: actions.join_team(team=desk.care.slug, staff_id=desk.ben.pk, by=by, at=AT),
        lambda: actions.leave_team(team=desk.care.slug, staff_id=desk.lea.pk, by=by, at=AT),
        lambda: actions.lead_team(team=desk.care.slug, staff_id=desk.ada.pk, is_lead=True, by=by, at=AT),
        lambda: actions.make_team(name="X", kind="advanced", by=by, at=AT),
        lambda: actions.edit_team(team=desk.care.slug, changes={"is_walled": True}, by=by, at=AT),
        lambda: actions.retire_team(team=desk.care.slug, by=by, at=AT),
        lambda: actions.make_department(name="X", by=by, at=AT),
        lambda: actions.rename_department(department="x", name="X", by=by, at=AT),
        lambda: actions.make_skill(name="X", by=by, at=AT),
    ]
    for verb in verbs:
        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.is_permission


def test_nobody_lets_themself_behind_a_wall(desk: Desk) -> None:
    walled = actions.make_team(name="Privacy", kind="advanced", is_walled=True, by=SYSTEM, at=AT)
    with pytest.raises(Refused) as refused:
        actions.join_team(team=walled.slug, staff_id=desk.ida.pk, by=desk.by("ida"), at=AT)
    assert refused.value.code == "staff.oneself"
    assert desk.by("ida").team_ids == frozenset()


def test_leads_are_named_by_administrators_and_never_by_themselves(desk: Desk) -> None:
    actions.lead_team(team=desk.care.slug, staff_id=desk.ada.pk, is_lead=True, by=desk.by("ida"), at=AT)
    assert set(leads_of(desk.care.pk)) == {desk.ada, desk.lea}
    actions.lead_team(team=desk.care.slug, staff_id=desk.ada.pk, is_lead=False, by=desk.by("ida"), at=AT)
    assert set(leads_of(desk.care.pk)) == {desk.lea}
    assert told(desk.ada)[-2:] == ["team.lead_changed", "team.lead_changed"]
    with pytest.raises(Refused):
        actions.join_team(team=desk.care.slug, staff_id=desk.ben.pk, is_lead=True, by=desk.by("lea"), at=AT)
    actions.join_team(team=desk.care.slug, staff_id=desk.ida.pk, by=desk.by("otto"), at=AT)
    with pytest.raises(Refused) as refused:
        actions.lead_team(team=desk.care.slug, staff_id=desk.ida.pk, is_lead=True, by=desk.by("ida"), at=AT)
    assert refused.value.code == "staff.oneself"


def test_members_and_those_who_may_see_staff_see_who_is_in_a_team(desk: Desk) -> None:
    assert [row.staff.name for row in memberships(desk.care.pk, viewer=desk.by("ada"))] == ["Lea", "Ada"]
    actions.deactivate(staff_id=desk.ada.pk, by=SYSTEM, at=AT)
    assert [row.staff.name for row in memberships(desk.care.pk, viewer=desk.by("ben"))] == ["Lea"]
    assert Membership.objects.filter(team=desk.care).count() == 2
    with pytest.raises(NotVisible):
        team_named("nowhere")


def test_a_department_is_renamed_and_keeps_its_short_name(desk: Desk) -> None:
    legal = actions.make_department(name="Legal", by=desk.by("ida"), at=AT)
    actions.rename_department(department=legal.slug, name="Law", by=desk.by("ida"), at=AT)
    assert [(row.slug, row.name) for row in departments()] == [("legal", "Law")]
    assert told_of_people()[-1] == "department.renamed"


def test_a_skill_is_granted_changed_and_taken_back(desk: Desk) -> None:
    by, billing = desk.by("ida"), actions.make_skill(name="Billing", by=desk.by("ida"), at=AT)
    actions.grant_skill(staff_id=desk.ada.pk, skill=billing.slug, level=2, by=by, at=AT)
    actions.grant_skill(staff_id=desk.ada.pk, skill=billing.slug, level=2, by=by, at=AT)
    actions.grant_skill(staff_id=desk.ada.pk, skill=billing.slug, level=5, until_on=AT.date(), by=by, at=AT)
    assert skills_of(desk.ada.pk, at=AT) == {"billing": 5}
    assert skills_of(desk.ada.pk, at=AT + DAY) == {}
    actions.revoke_skill(staff_id=desk.ada.pk, skill=billing.slug, by=by, at=AT)
    assert told(desk.ada)[-3:] == ["skill.granted", "skill.granted", "skill.revoked"]
    with pytest.raises(Refused):
        actions.revoke_skill(staff_id=desk.ada.pk, skill=billing.slug, by=by, at=AT)


def test_leads_judge_the_skills_of_their_teams_and_nobody_their_own(desk: Desk) -> None:
    billing = actions.make_skill(name="Billing", by=SYSTEM, at=AT)
    actions.grant_skill(staff_id=desk.ada.pk, skill=billing.slug, by=desk.by("lea"), at=AT)
    for staff, by in ((desk.ben, "lea"), (desk.lea, "lea"), (desk.ada, "ada"), (desk.ida, "ida")):
        with pytest.raises(Refused) as refused:
            actions.grant_skill(staff_id=staff.pk, skill=billing.slug, by=desk.by(by), at=AT)
        assert refused.value.is_permission


@pytest.mark.parametrize(
    ("field", "given"),
    [("level", {"level": 0}), ("level", {"level": 6}), ("until_on", {"until_on": dt.date(2026, 3, 1)})],
)
def test_a_wrong_grant_is_refused_by_field(desk: Desk, field: str, given: dict[str, object]) -> None:
    billing = actions.make_skill(name="Billing", by=SYSTEM, at=AT)
    with pytest.raises(Invalid) as refused:
        actions.grant_skill(staff_id=desk.ada.pk, skill=billing.slug, by=SYSTEM, at=AT, **given)  # type: ignore[arg-type]
    assert set(refused.value.fields) == {field}


def test_a_skill_lapses_after_its_last_day_once(desk: Desk) -> None:
    billing = actions.make_skill(name="Billing", by=SYSTEM, at=AT)
    actions.grant_skill(staff_id=desk.ada.pk, skill=billing.slug, until_on=AT.date(), by=SYSTEM, at=AT)
    actions.grant_skill(staff_id=desk.ben.pk, skill=billing.slug, by=SYSTEM, at=AT)
    assert actions.lapse_skills(by=SYSTEM, at=AT) == 0
    assert actions.lapse_skills(by=SYSTEM, at=AT + DAY) == 1
    assert actions.lapse_skills(by=SYSTEM, at=AT + DAY) == 0
    assert told(desk.ada)[-1] == "skill.lapsed"
    assert SkillGrant.objects.get().staff == desk.ben


def test_two_skills_of_one_name_are_refused(desk: Desk) -> None:
    actions.make_skill(name="Billing", by=SYSTEM, at=AT)
    with pytest.raises(Invalid):
        actions.make_skill(name="BILLING", by=SYSTEM, at=AT)
    with pytest.raises(NotVisible):
        actions.grant_skill(staff_id=desk.ada.pk, skill="flying", by=SYSTEM, at=AT)
