"""How people sign in: allauth's settings, decided once; what a company may choose comes from the environment."""

import os
from typing import Any

from django.core.exceptions import ImproperlyConfigured


def second_factor_roles() -> frozenset[str]:
    """Return the roles whose holders must have a second factor: RECOURSE_SECOND_FACTOR_FOR, role names with commas.

    Administrators unless said otherwise; `nobody` for none.
    """
    said = os.environ.get("RECOURSE_SECOND_FACTOR_FOR", "administrator")
    return frozenset(name.strip() for name in said.split(",") if name.strip()) - {"nobody"}


def outside_logins(*, is_debug: bool) -> dict[str, Any]:
    """Return the company's OpenID Connect issuer, from RECOURSE_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET and _NAME."""
    issuer = os.environ.get("RECOURSE_OIDC_ISSUER", "").strip()
    if not issuer:
        return {}
    if not issuer.startswith("https://") and not is_debug:
        raise ImproperlyConfigured("RECOURSE_OIDC_ISSUER must start with https://")
    app = {
        "provider_id": "company",
        "name": os.environ.get("RECOURSE_OIDC_NAME", "") or "your company account",
        "client_id": os.environ["RECOURSE_OIDC_CLIENT_ID"],
        "secret": os.environ.get("RECOURSE_OIDC_CLIENT_SECRET", ""),
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True, "scope": ["openid"]},
    }
    return {"openid_connect": {"APPS": [app]}}


def sign_in(*, company: str, is_https: bool, is_behind_proxy: bool) -> dict[str, Any]:
    """Return the settings of sign-in."""
    return {
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "AUTH_PASSWORD_VALIDATORS": [{"NAME": "recourse.web.sign_in.passwords.LongAndUnguessable"}],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "/",
        "ACCOUNT_ADAPTER": "recourse.web.sign_in.accounts.Accounts",
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_EMAIL_SUBJECT_PREFIX": "",
        "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "ACCOUNT_SESSION_REMEMBER": True,
        "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
        "ACCOUNT_FORMS": {"change_password": "recourse.web.sign_in.forms.ChangePassword"},
        "ACCOUNT_RATE_LIMITS": {
            "login": "300/m/ip",
            "login_failed": None,
            "reauthenticate": "30/m/user",
            "change_password": "10/m/user",
        },
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1 if is_behind_proxy else 0,
        "MFA_ADAPTER": "recourse.web.sign_in.second_factors.SecondFactors",
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_FORMS": {
            "authenticate": "recourse.web.sign_in.forms.Authenticate",
            "reauthenticate": "recourse.web.sign_in.forms.Reauthenticate",
            "add_webauthn": "recourse.web.sign_in.forms.AddPasskey",
            "edit_webauthn": "recourse.web.sign_in.forms.EditPasskey",
            "authenticate_webauthn": "recourse.web.sign_in.forms.AuthenticatePasskey",
            "login_webauthn": "recourse.web.sign_in.forms.LoginPasskey",
            "reauthenticate_webauthn": "recourse.web.sign_in.forms.ReauthenticatePasskey",
        },
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_ALLOW_UNVERIFIED_EMAIL": True,
        "MFA_RATE_LIMITS": {"webauthn_login": "60/m/ip"},
        "MFA_TOTP_ISSUER": company or "Recourse",
        "MFA_TOTP_TOLERANCE": 1,
        "MFA_RECOVERY_CODES_SHOW_ONCE": True,
        "MFA_RECOVERY_CODE_DIGITS": 10,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not is_https,
        "SOCIALACCOUNT_ADAPTER": "recourse.web.sign_in.outside.OutsideLogins",
        "SOCIALACCOUNT_AUTO_SIGNUP": False,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": False,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT": False,
        "SOCIALACCOUNT_LOGIN_ON_GET": False,
        "SOCIALACCOUNT_STORE_TOKENS": False,
    }
