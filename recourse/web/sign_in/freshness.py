"""When a session last proved a second factor: read from what the sign-in keeps, for acts that ask for it again."""

import datetime as dt

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

FACTORS = frozenset({"totp", "webauthn"})


def factor_given_at(request: HttpRequest) -> dt.datetime | None:
    """Return when the second factor was last given in this session, by app or passkey; a recovery code is none."""
    given = [
        float(record["at"])
        for record in get_authentication_records(request, request.user)
        if record.get("method") == "mfa" and record.get("type") in FACTORS
    ]
    return dt.datetime.fromtimestamp(max(given), dt.UTC) if given else None


def give_again(next_path: str) -> str:
    """Return the address where the second factor is given again, and from where one comes back."""
    return f"{reverse('mfa_reauthenticate')}?{urlencode({'next': next_path})}"
