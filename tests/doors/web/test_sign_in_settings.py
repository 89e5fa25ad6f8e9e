"""What an operator may choose about signing in, read from the environment."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from recourse.config.mail import outgoing_mail
from recourse.config.sign_in import outside_logins, second_factor_roles, sign_in


@pytest.mark.parametrize(
    ("said", "roles"),
    [
        (None, {"administrator"}),
        ("administrator, team lead ,", {"administrator", "team lead"}),
        ("nobody", set()),
        ("", set()),
    ],
)
def test_who_must_have_a_second_factor(monkeypatch: pytest.MonkeyPatch, said: str | None, roles: set[str]) -> None:
    if said is None:
        monkeypatch.delenv("RECOURSE_SECOND_FACTOR_FOR", raising=False)
    else:
        monkeypatch.setenv("RECOURSE_SECOND_FACTOR_FOR", said)
    assert second_factor_roles() == roles


def test_an_issuer_is_set_up_by_four_words_and_must_be_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outside_logins(is_debug=False) == {}
    monkeypatch.setenv("RECOURSE_OIDC_ISSUER", "https://id.company.example")
    monkeypatch.setenv("RECOURSE_OIDC_CLIENT_ID", "desk")
    (app,) = outside_logins(is_debug=False)["openid_connect"]["APPS"]
    assert app["settings"]["oauth_pkce_enabled"]
    assert app["settings"]["scope"] == ["openid"]
    monkeypatch.setenv("RECOURSE_OIDC_ISSUER", "http://id.company.example")
    with pytest.raises(ImproperlyConfigured):
        outside_logins(is_debug=False)


def test_without_an_address_no_mail_leaves() -> None:
    assert outgoing_mail("") == {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}


def test_mail_goes_out_encrypted_where_a_user_is_named() -> None:
    found = outgoing_mail("smtp://desk%40x:p%2Fw@mail.company.example")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.company.example", 587)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("desk@x", "p/w")
    assert found["EMAIL_USE_TLS"]
    assert not found["EMAIL_USE_SSL"]
    assert outgoing_mail("smtps://mail.company.example")["EMAIL_USE_SSL"]
    assert outgoing_mail("smtp://localhost:2525")["EMAIL_PORT"] == 2525


@pytest.mark.parametrize("url", ["mail.company.example", "http://mail", "smtp://", "ftp://x"])
def test_another_address_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        outgoing_mail(url)


def test_what_is_decided_once_is_safe() -> None:
    decided = sign_in(company="", is_https=True, is_behind_proxy=False)
    assert decided["ACCOUNT_REAUTHENTICATION_REQUIRED"]
    assert not decided["SOCIALACCOUNT_EMAIL_AUTHENTICATION"]
    assert not decided["SOCIALACCOUNT_AUTO_SIGNUP"]
    assert not decided["SOCIALACCOUNT_LOGIN_ON_GET"]
    assert not decided["MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"]
    assert decided["ALLAUTH_TRUSTED_PROXY_COUNT"] == 0
    assert sign_in(company="", is_https=False, is_behind_proxy=True)["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1
