"""Addresses of My account. `mfa_index` and `mfa_list_webauthn` are where allauth leads after a change of protection."""

from django.urls import path

from recourse.web.screens import account

urlpatterns = [
    path("me/", account.profile, name="profile"),
    path("me/security/", account.security, name="mfa_index"),
    path("me/security/passkeys/", account.passkeys, name="mfa_list_webauthn"),
    path("me/security/sessions/", account.end_sessions, name="my_sessions"),
    path("me/away/", account.away, name="my_away"),
    path("me/keys/", account.keys, name="my_keys"),
]
