"""Addresses of Set-up → People."""

from django.urls import path

from recourse.web.screens.people import away, keys, roles, staff, teams

PEOPLE = "setup/people/"

urlpatterns = [
    path(PEOPLE, staff.staff, name="people"),
    path(f"{PEOPLE}new/", staff.hire, name="people_hire"),
    path(f"{PEOPLE}<uuid:staff_id>/", staff.one, name="people_one"),
    path(f"{PEOPLE}<uuid:staff_id>/edit/", staff.edit, name="people_edit"),
    path(f"{PEOPLE}<uuid:staff_id>/close/", staff.close, name="people_close"),
    path(f"{PEOPLE}<uuid:staff_id>/role/", staff.role, name="people_role"),
    path(f"{PEOPLE}<uuid:staff_id>/skill/", staff.skill, name="people_skill"),
    path(f"{PEOPLE}<uuid:staff_id>/link/", staff.link, name="people_link"),
    path(f"{PEOPLE}<uuid:staff_id>/sessions/", staff.end_sessions, name="people_sessions"),
    path(f"{PEOPLE}<uuid:staff_id>/key/", keys.new_key, name="people_key_new"),
    path(f"{PEOPLE}roles/", roles.roles, name="people_roles"),
    path(f"{PEOPLE}roles/new/", roles.new_role, name="people_role_new"),
    path(f"{PEOPLE}roles/<uuid:role_id>/", roles.edit_role, name="people_role_edit"),
    path(f"{PEOPLE}teams/", teams.teams, name="people_teams"),
    path(f"{PEOPLE}teams/new/", teams.new_team, name="people_team_new"),
    path(f"{PEOPLE}teams/<slug:slug>/", teams.team, name="people_team"),
    path(f"{PEOPLE}teams/<slug:slug>/edit/", teams.edit_team, name="people_team_edit"),
    path(f"{PEOPLE}teams/<slug:slug>/retire/", teams.retire_team, name="people_team_retire"),
    path(f"{PEOPLE}teams/<slug:slug>/members/", teams.member, name="people_member"),
    path(f"{PEOPLE}departments/", teams.departments, name="people_departments"),
    path(f"{PEOPLE}skills/", teams.skills, name="people_skills"),
    path(f"{PEOPLE}away/", away.away, name="people_away"),
    path(f"{PEOPLE}away/<uuid:absence_id>/cancel/", away.cancel, name="people_away_cancel"),
    path(f"{PEOPLE}delegation/", away.delegations, name="people_delegations"),
    path(f"{PEOPLE}delegation/<uuid:delegation_id>/end/", away.end_delegation, name="people_delegation_end"),
    path(f"{PEOPLE}keys/", keys.keys, name="people_keys"),
    path(f"{PEOPLE}keys/<uuid:key_id>/", keys.edit_key, name="people_key_edit"),
    path(f"{PEOPLE}keys/<uuid:key_id>/revoke/", keys.revoke_key, name="people_key_revoke"),
]
