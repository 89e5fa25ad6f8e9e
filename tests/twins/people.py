"""People without their guards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jwt

from tests.twins import Twin, several, swap

_ROOM = "tests/rooms/people/"
_DOOR = "tests/doors/web/"
_ACTIONS = "recourse.people.actions"


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _nobody_is_oneself(*_said: Any) -> None:
    return None


TWINS = [
    Twin(
        guard="accounts are run with the right alone",
        patch=swap("recourse.kit.actor:Actor.require", lambda self, permission: None),
        test=f"{_ROOM}test_staff.py::test_only_administrators_run_the_accounts",
    ),
    Twin(
        guard="roles are given with the right alone",
        patch=swap("recourse.kit.actor:Actor.require", lambda self, permission: None),
        test=f"{_ROOM}test_roles.py::test_without_the_right_nobody_touches_roles",
    ),
    Twin(
        guard="keys are made with the right alone",
        patch=swap("recourse.kit.actor:Actor.require", lambda self, permission: None),
        test=f"{_ROOM}test_keys.py::test_keys_are_made_and_changed_only_with_the_right",
    ),
    Twin(
        guard="links are issued with the right alone",
        patch=swap("recourse.kit.actor:Actor.require", lambda self, permission: None),
        test=f"{_ROOM}test_links.py::test_only_administrators_issue_links",
    ),
    Twin(
        guard="nobody gives themself a role",
        patch=swap(f"{_ACTIONS}.roles:not_oneself", _nobody_is_oneself),
        test=f"{_ROOM}test_roles.py::test_nobody_gives_themself_a_role",
    ),
    Twin(
        guard="a second account of the actor is the actor",
        patch=swap(f"{_ACTIONS}.book:is_same_person", lambda by, staff: by.staff_id == staff.pk),
        test=f"{_ROOM}test_roles.py::test_nobody_gives_their_other_account_a_role_when_it_exists_or_when_it_is_made",
    ),
    Twin(
        guard="nobody adds rights to a role they hold",
        patch=swap(f"{_ACTIONS}.roles:_not_ones_own", lambda role, added, by: None),
        test=f"{_ROOM}test_roles.py::test_nobody_adds_rights_to_a_role_they_hold_by_either_account",
    ),
    Twin(
        guard="one who can run the accounts remains",
        patch=several(
            swap(f"{_ACTIONS}.staff:administrators_kept", _nothing),
            swap(f"{_ACTIONS}.roles:administrators_kept", _nothing),
        ),
        test=f"{_ROOM}test_staff.py::test_the_last_who_can_run_the_accounts_stays",
    ),
    Twin(
        guard="nobody lets themself behind a wall",
        patch=swap(f"{_ACTIONS}.teams:not_oneself", _nobody_is_oneself),
        test=f"{_ROOM}test_teams.py::test_nobody_lets_themself_behind_a_wall",
    ),
    Twin(
        guard="a lead runs their own team alone",
        patch=swap(f"{_ACTIONS}.teams:_may_run", lambda team, by: None),
        test=f"{_ROOM}test_teams.py::test_the_lead_of_a_team_runs_that_team_alone",
    ),
    Twin(
        guard="nobody judges their own skills, and leads those of their teams",
        patch=swap(f"{_ACTIONS}.skills:_may_judge", lambda staff, by: None),
        test=f"{_ROOM}test_teams.py::test_leads_judge_the_skills_of_their_teams_and_nobody_their_own",
    ),
    Twin(
        guard="others note no absence",
        patch=swap(f"{_ACTIONS}.absence:_may_note", lambda staff, by: None),
        test=f"{_ROOM}test_absence.py::test_nobody_else_does",
    ),
    Twin(
        guard="a delegation is never passed on",
        patch=swap(f"{_ACTIONS}.absence:makes_a_chain", lambda new, standing: False),
        test=f"{_ROOM}test_absence.py::test_a_delegation_is_never_passed_on_while_it_stands",
    ),
    Twin(
        guard="no administrator makes themself a delegate",
        patch=swap(f"{_ACTIONS}.absence:not_oneself", _nobody_is_oneself),
        test=f"{_ROOM}test_absence.py::test_no_administrator_makes_themself_somebodys_delegate",
    ),
    Twin(
        guard="a key does what its owner may at that moment",
        patch=swap("recourse.people.queries.standing:allowed_scopes", lambda scopes, held: frozenset(scopes)),
        test=f"{_ROOM}test_keys.py::test_a_key_loses_what_its_owner_loses_at_once",
    ),
    Twin(
        guard="a key's text is compared, not its prefix alone",
        patch=swap("recourse.people.queries.standing:same", lambda one, other: True),
        test=f"{_ROOM}test_keys.py::test_one_look_up_by_an_index_for_every_text_right_or_wrong",
    ),
    Twin(
        guard="a key makes no keys, links or passwords",
        patch=several(
            swap(f"{_ACTIONS}.keys:in_person", lambda by: None), swap(f"{_ACTIONS}.links:in_person", lambda by: None)
        ),
        test=f"{_ROOM}test_keys.py::test_a_key_makes_no_keys_no_links_and_no_passwords_whatever_its_scopes",
    ),
    Twin(
        guard="the scopes of a key lie within its owner's rights",
        patch=swap(f"{_ACTIONS}.keys:_scopes", lambda scopes, owner: sorted(scopes)),
        test=f"{_ROOM}test_keys.py::test_a_wrong_key_is_refused_by_field",
    ),
    Twin(
        guard="a closed account loses its sessions",
        patch=swap(f"{_ACTIONS}.staff:end_every_session", lambda staff: 0),
        test=f"{_ROOM}test_staff.py::test_closing_an_account_ends_everything_at_once",
    ),
    Twin(
        guard="a closed account loses its keys",
        patch=swap(f"{_ACTIONS}.staff:end_keys", lambda staff, by, at: 0),
        test=f"{_ROOM}test_staff.py::test_an_account_opened_again_has_its_roles_but_none_of_its_old_sessions_or_keys",
    ),
    Twin(
        guard="a link dies with the next",
        patch=swap(f"{_ACTIONS}.links:spend_links", lambda staff, at: None),
        test=f"{_ROOM}test_links.py::test_a_newer_link_a_closed_account_and_a_password_set_meanwhile_kill_a_link",
    ),
    Twin(
        guard="a reset ends API keys",
        patch=swap(f"{_ACTIONS}.links:end_keys", lambda staff, by, at: 0),
        test=f"{_ROOM}test_links.py::test_a_reset_ends_keys_and_a_change_ends_them_on_request",
    ),
    Twin(
        guard="a password keeps the rule",
        patch=swap(f"{_ACTIONS}.links:faults_of", lambda password, staff_id: ()),
        test=f"{_ROOM}test_links.py::test_a_password_keeps_the_rule_whichever_way_it_comes",
    ),
    Twin(
        guard="guesses are counted by account, not by spelling",
        patch=swap(f"{_ACTIONS}.sign_in:account_key", lambda address: address),
        test=f"{_ROOM}test_links.py::test_a_hundred_guesses_in_any_spelling_count_against_one_account",
    ),
    Twin(
        guard="guesses at the sign-in are counted",
        patch=swap(f"{_ACTIONS}:take_guess", lambda address, at: None),
        test=f"{_DOOR}test_sign_in.py::test_guessing_is_slowed_by_account_and_a_right_password_does_not_help_meanwhile",
    ),
    Twin(
        guard="a code counts once",
        patch=swap(f"{_ACTIONS}:spend_code", lambda staff_id, code, at: True),
        test=f"{_ROOM}test_links.py::test_a_code_counts_once_in_five_minutes_and_for_one_account",
    ),
    Twin(
        guard="redirects stay at home",
        patch=swap("recourse.web.sign_in.accounts:is_home", bool),
        test=f"{_DOOR}test_sign_in.py::test_a_redirect_after_the_password_stays_at_home_too",
    ),
    Twin(
        guard="an address never leads to an account",
        patch=swap("recourse.web.sign_in.outside:Company.extract_uid", lambda self, data: str(data.get("email"))),
        test=f"{_DOOR}test_sign_in_outside.py::test_the_same_address_under_another_subject_is_somebody_else",
    ),
    Twin(
        guard="the answer repeats the nonce",
        patch=swap("recourse.web.sign_in.outside:same", lambda one, other: True),
        test=f"{_DOOR}test_sign_in_outside.py::test_the_answer_of_one_question_does_not_answer_another",
    ),
    Twin(
        guard="the signature of a token is verified with the named key",
        patch=swap("recourse.web.sign_in.outside:Issuer.verified", lambda self, token, client: _unverified(token)),
        test=f"{_DOOR}test_sign_in_outside.py::test_a_token_with_a_wrong_signature_signs_nobody_in",
    ),
    Twin(
        guard="a passkey must be an object before it is believed",
        patch=swap(
            "recourse.web.sign_in.forms:CarefulPasskey.clean_credential", lambda self: self.cleaned_data["credential"]
        ),
        test=f"{_DOOR}test_second_factors.py::test_a_malformed_passkey_is_a_wrong_one_never_a_crash",
    ),
    Twin(
        guard="a needed second factor stays",
        patch=swap("recourse.web.sign_in.second_factors:needs_second_factor", lambda staff_id, without, roles: False),
        test=f"{_DOOR}test_second_factors.py::test_the_last_passkey_beside_a_short_password_stays",
    ),
    Twin(
        guard="a role that asks for a second factor is held back without one",
        patch=swap(
            "recourse.web.sign_in.presence:SignedIn.process_view", lambda self, request, view, args, kwargs: None
        ),
        test=f"{_DOOR}test_second_factors.py::test_an_administrator_without_one_is_led_to_adding_it_and_reaches_nothing_else",
    ),
]


def _unverified(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims
