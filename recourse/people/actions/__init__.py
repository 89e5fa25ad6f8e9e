"""Verbs on the people who work here."""

from recourse.people.actions.absence import add_absence, cancel_absence, delegate, end_delegation
from recourse.people.actions.keys import NewKey, edit_key, make_key, revoke_key, use_key
from recourse.people.actions.links import fault_sentence, issue_link, set_password, use_link
from recourse.people.actions.notices import mail_notice, mail_reset_link
from recourse.people.actions.roles import edit_role, grant_role, make_role, revoke_role, sync_roles
from recourse.people.actions.sign_in import (
    answer_reset,
    end_session,
    end_sessions,
    forgive_guesses,
    note_outside_login,
    note_second_factor,
    note_sign_in,
    request_reset,
    spend_code,
    take_guess,
    tidy,
)
from recourse.people.actions.skills import grant_skill, lapse_skills, make_skill, revoke_skill
from recourse.people.actions.staff import deactivate, edit_staff, hire, reactivate
from recourse.people.actions.teams import (
    edit_team,
    join_team,
    lead_team,
    leave_team,
    make_department,
    make_team,
    rename_department,
    retire_team,
)

__all__ = [
    "NewKey",
    "add_absence",
    "answer_reset",
    "cancel_absence",
    "deactivate",
    "delegate",
    "edit_key",
    "edit_role",
    "edit_staff",
    "edit_team",
    "end_delegation",
    "end_session",
    "end_sessions",
    "fault_sentence",
    "forgive_guesses",
    "grant_role",
    "grant_skill",
    "hire",
    "issue_link",
    "join_team",
    "lapse_skills",
    "lead_team",
    "leave_team",
    "mail_notice",
    "mail_reset_link",
    "make_department",
    "make_key",
    "make_role",
    "make_skill",
    "make_team",
    "note_outside_login",
    "note_second_factor",
    "note_sign_in",
    "reactivate",
    "rename_department",
    "request_reset",
    "retire_team",
    "revoke_key",
    "revoke_role",
    "revoke_skill",
    "set_password",
    "spend_code",
    "sync_roles",
    "take_guess",
    "tidy",
    "use_key",
    "use_link",
]
