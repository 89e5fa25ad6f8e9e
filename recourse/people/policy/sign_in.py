"""Signing in: links of one use, second factors, and how guessing is slowed."""

import datetime as dt
from enum import StrEnum

LINK_PATH = "/accounts/link/"


class LinkPurpose(StrEnum):
    """What a link of one use is for."""

    FIRST_PASSWORD = "first_password"  # noqa: S105
    RESET = "reset"


class SecondFactor(StrEnum):
    """What a person proves beside the password."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODES = "recovery_codes"


class SignInMethod(StrEnum):
    """How a session began."""

    PASSWORD = "password"  # noqa: S105
    PASSKEY = "passkey"
    OUTSIDE = "outside"


SECOND_FACTORS = ("totp", "webauthn")
LINK_LASTS = {LinkPurpose.FIRST_PASSWORD: dt.timedelta(days=7), LinkPurpose.RESET: dt.timedelta(days=1)}
FREE_GUESSES = 5
FIRST_DELAY = dt.timedelta(seconds=30)
LONGEST_DELAY = dt.timedelta(minutes=15)
FORGOTTEN_AFTER = dt.timedelta(hours=24)


def account_key(address: str) -> str:
    """Return the one spelling of an address under which guesses are counted."""
    return address.encode("utf8", "replace").decode().strip().lower()


def guess_delay(failures: int) -> dt.timedelta:
    """Return how long no further guess is taken after `failures` in a row: none below 5, then 30 s doubling to 15 min.

    So one account sees about a hundred guesses a day (NIST SP 800-63B-4 §3.2.2 allows a hundred in a row).
    """
    if failures < FREE_GUESSES:
        return dt.timedelta(0)
    return min(FIRST_DELAY * (1 << min(failures - FREE_GUESSES, 10)), LONGEST_DELAY)
