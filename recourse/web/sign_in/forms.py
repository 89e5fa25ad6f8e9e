"""Forms of sign-in that differ from allauth's: codes counted and used once, malformed passkeys refused."""

from typing import Any

from allauth.account.adapter import get_adapter as accounts
from allauth.account.forms import ChangePasswordForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter as second_factors
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from recourse.kit.errors import Invalid, Throttled
from recourse.kit.text import clean_line
from recourse.people import actions
from recourse.web.viewer import at

PASSKEY_NAME_LIMIT = 60


class CountedCode:
    """Counts each guess at a code, and takes a code of an authenticator app once."""

    user: Any
    authenticator: Any

    def clean_code(self) -> str:
        """Check the code."""
        address, moment = f"code {self.user.pk}", at(context.request)
        try:
            actions.take_guess(address=address, at=moment)
        except Throttled as error:
            raise accounts().validation_error("too_many_login_attempts") from error
        code: str = super().clean_code()  # type: ignore[misc]
        digits = "".join(char for char in code if char.isalnum())
        is_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_app and not actions.spend_code(staff_id=self.user.pk, code=digits, at=moment):
            raise second_factors().validation_error("incorrect_code")
        actions.forgive_guesses(address=address)
        return code


class Authenticate(CountedCode, AuthenticateForm):  # type: ignore[misc]
    """The code at sign-in."""


class Reauthenticate(CountedCode, ReauthenticateForm):  # type: ignore[misc]
    """The code asked again before something sensitive."""


class CarefulPasskey:
    """Refuses a malformed credential like a wrong one: what comes from a browser may be anything."""

    def clean_credential(self) -> Any:
        """Check the credential. What is empty to Python would pass unverified, so it must be an object with content."""
        given = self.cleaned_data["credential"]  # type: ignore[attr-defined]
        if not isinstance(given, dict) or not given:
            raise second_factors().validation_error("incorrect_code")
        checked = getattr(super(), "clean_credential", None)
        return _careful(checked) if checked else given

    def clean(self) -> Any:
        """Check the whole."""
        return _careful(super().clean)  # type: ignore[misc]


def _careful(check: Any) -> Any:
    try:
        return check()
    except ValidationError:
        raise
    except Exception as error:  # whatever a parser of binary formats raises on nonsense
        raise second_factors().validation_error("incorrect_code") from error


class NamedPasskey:
    """Keeps the name of a passkey to one short line."""

    def clean_name(self) -> str:
        """Check the name."""
        inherited = getattr(super(), "clean_name", None)
        name = inherited() if inherited else self.cleaned_data["name"]  # type: ignore[attr-defined]
        try:
            return clean_line(name, field="name", limit=PASSKEY_NAME_LIMIT, is_required=True)
        except Invalid as error:
            raise ValidationError(error.fields["name"]) from error


class AddPasskey(NamedPasskey, CarefulPasskey, AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey."""


class EditPasskey(NamedPasskey, EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""


class AuthenticatePasskey(CarefulPasskey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second factor."""


class LoginPasskey(CarefulPasskey, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey alone."""


class ReauthenticatePasskey(CarefulPasskey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey asked again before something sensitive."""


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]
    """A new password, and whether API keys end with the old one."""

    ends_keys = forms.BooleanField(label=_("Revoke my API keys too"), required=False)
