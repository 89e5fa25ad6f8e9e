"""Addresses of signing in. Sign-up, e-mail changes and resets by key are not among them."""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as outside
from django.urls import URLPattern, path

from recourse.web.sign_in import views as ours


def _route(audience: str, route: str, view: Callable[..., Any], name: str) -> URLPattern:
    """Return a route whose view says who may ask for it: `public`, or `staff` signed in."""
    view.audience = audience  # type: ignore[attr-defined]
    return path(f"accounts/{route}", view, name=name)


urlpatterns = [
    _route("public", "login/", account.login, "account_login"),
    _route("public", "logout/", account.logout, "account_logout"),
    _route("public", "link/<str:token>/", ours.link, "account_link"),
    _route("public", "reset/", ours.reset, "account_reset_password"),
    _route("public", "reset/done/", ours.reset_done, "account_reset_password_done"),
    _route("staff", "reauthenticate/", account.reauthenticate, "account_reauthenticate"),
    _route("staff", "password/", account.password_change, "account_change_password"),
    _route("staff", "password/first/", account.password_set, "account_set_password"),
    _route("public", "second-factor/", factors.authenticate, "mfa_authenticate"),
    _route("staff", "second-factor/again/", factors.reauthenticate, "mfa_reauthenticate"),
    _route("staff", "app/add/", totp.activate_totp, "mfa_activate_totp"),
    _route("staff", "app/remove/", totp.deactivate_totp, "mfa_deactivate_totp"),
    _route("staff", "codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    _route("staff", "codes/new/", codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    _route("public", "passkey/", passkeys.login_webauthn, "mfa_login_webauthn"),
    _route("staff", "passkey/add/", passkeys.add_webauthn, "mfa_add_webauthn"),
    _route("staff", "passkey/again/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    _route("staff", "passkey/<int:pk>/", passkeys.edit_webauthn, "mfa_edit_webauthn"),
    _route("staff", "passkey/<int:pk>/remove/", ours.RemovePasskey.as_view(), "mfa_remove_webauthn"),
    _route("public", "outside/cancelled/", outside.login_cancelled, "socialaccount_login_cancelled"),
    _route("public", "outside/<slug:provider_id>/", ours.outside_login, "openid_connect_login"),
    _route("public", "outside/<slug:provider_id>/back/", ours.outside_callback, "openid_connect_callback"),
    _route("staff", "outside/", outside.connections, "socialaccount_connections"),
]
