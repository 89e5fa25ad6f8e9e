"""Accounts for allauth: nobody signs up, guesses are counted by account, every change is on the record."""

from typing import Any, cast
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.httpkit import get_client_ip
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.kit.errors import Throttled
from recourse.people import actions
from recourse.people.policy import SecondFactor, SignInMethod
from recourse.people.queries import actor_for_id
from recourse.web.sign_in.home import absolute, client_address, is_home
from recourse.web.viewer import at

SECOND_FACTOR_NOTES = {
    "mfa/email/totp_activated": (SecondFactor.TOTP, True),
    "mfa/email/totp_deactivated": (SecondFactor.TOTP, False),
    "mfa/email/webauthn_added": (SecondFactor.PASSKEY, True),
    "mfa/email/webauthn_removed": (SecondFactor.PASSKEY, False),
    "mfa/email/recovery_codes_generated": (SecondFactor.RECOVERY_CODES, True),
}
OUTSIDE_NOTES = {"socialaccount/email/account_connected": True, "socialaccount/email/account_disconnected": False}


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """The account adapter."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("This address and this password do not belong together."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait a little, then try again."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "enter_current_password": gettext_lazy("This is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: administrators hire."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only paths of this desk are redirected to."""
        return is_home(url)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that a request came from."""
        return client_address(request, get_client_ip(request))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Check a password; each guess is counted first, by account. One answer for unknown, closed and wrong."""
        address = str(credentials.get("email", ""))
        try:
            actions.take_guess(address=address, at=at(request))
        except Throttled as error:
            raise self.validation_error("too_many_login_attempts") from error
        user = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()
        if user is not None:
            actions.forgive_guesses(address=address)
        return user

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """Check the password of somebody signed in, counted like any other guess."""
        address = cast(str, getattr(user, "email", ""))
        found = self.authenticate(self.request, email=address, password=password)
        return found is not None and found.pk == user.pk

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Change somebody's own password through the verb, which ends other sessions and records it."""
        actions.set_password(
            staff_id=user.pk,
            password=password,
            by=actor_for_id(user.pk),
            at=at(self.request),
            session_key=self.request.session.session_key,
            ends_keys=self.request.POST.get("ends_keys") == "on",
        )
        user.refresh_from_db()

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **more: Any) -> HttpResponse:
        """Record that a session began."""
        actions.note_sign_in(staff_id=user.pk, method=_method(request, user), at=at(request))
        answer: HttpResponse = super().post_login(request, user, **more)
        return answer

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Send somebody whose account is closed back to the beginning, without saying so."""
        messages.error(request, _("This did not let you in. Ask an administrator if it should."))
        return HttpResponseRedirect(reverse("account_login"))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the page of one's account."""
        return reverse("profile")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return an address on the site that the operator named."""
        return absolute(reverse("account_login"))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: what people are told by mail follows from the record."""

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Put a change of protection on the record, from where people are told."""
        staff_id: UUID = user.pk
        if template_prefix in SECOND_FACTOR_NOTES:
            factor, is_added = SECOND_FACTOR_NOTES[template_prefix]
            actions.note_second_factor(staff_id=staff_id, factor=factor, is_added=is_added, at=at(self.request))
        elif template_prefix in OUTSIDE_NOTES:
            provider = str((context or {})["account"].provider)
            is_connected = OUTSIDE_NOTES[template_prefix]
            actions.note_outside_login(
                staff_id=staff_id, provider=provider, is_connected=is_connected, at=at(self.request)
            )


def _method(request: HttpRequest, user: AbstractBaseUser) -> SignInMethod:
    used = {record.get("method") for record in get_authentication_records(request, user)}
    if "socialaccount" in used:
        return SignInMethod.OUTSIDE
    return SignInMethod.PASSWORD if "password" in used else SignInMethod.PASSKEY
