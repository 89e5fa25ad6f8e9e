"""What holds for the people who work here: rights and roles, teams, absence, delegation, keys, passwords, sign-in."""

from recourse.people.policy.keys import KEY_LASTS_AT_MOST, KEY_USE_NOTED_EVERY, allowed_scopes, key_prefix, key_token
from recourse.people.policy.passwords import (
    LONG,
    LONGEST,
    PasswordFault,
    Surroundings,
    is_long_alone,
    least_length,
    normal,
    password_faults,
)
from recourse.people.policy.rights import ROLES, Permission
from recourse.people.policy.sign_in import (
    FORGOTTEN_AFTER,
    LINK_LASTS,
    LINK_PATH,
    SECOND_FACTORS,
    LinkPurpose,
    SecondFactor,
    SignInMethod,
    account_key,
    guess_delay,
)
from recourse.people.policy.teams import (
    DELEGATION_LASTS_AT_MOST,
    LEVELS,
    AbsenceKind,
    Period,
    TeamKind,
    makes_a_chain,
    overlaps,
)

__all__ = [
    "DELEGATION_LASTS_AT_MOST",
    "FORGOTTEN_AFTER",
    "KEY_LASTS_AT_MOST",
    "KEY_USE_NOTED_EVERY",
    "LEVELS",
    "LINK_LASTS",
    "LINK_PATH",
    "LONG",
    "LONGEST",
    "ROLES",
    "SECOND_FACTORS",
    "AbsenceKind",
    "LinkPurpose",
    "PasswordFault",
    "Period",
    "Permission",
    "SecondFactor",
    "SignInMethod",
    "Surroundings",
    "TeamKind",
    "account_key",
    "allowed_scopes",
    "guess_delay",
    "is_long_alone",
    "key_prefix",
    "key_token",
    "least_length",
    "makes_a_chain",
    "normal",
    "overlaps",
    "password_faults",
]
