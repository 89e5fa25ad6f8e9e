"""Logins from outside (OpenID Connect): tied to issuer and subject, connected by hand, everything verified."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import jwt
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from recourse.kit.ids import digest, random_token, same
from recourse.timeline.policy import canonical
from recourse.web.sign_in.home import absolute

T = TypeVar("T")
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
REQUIRED = ["iss", "sub", "aud", "exp", "iat"]
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
CLOCK_SKEW = 60
LONGEST_SUBJECT = 255


class OutsideLogins(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The adapter for logins from outside."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody gets an account by a login from outside."""
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """Find nobody: an address never leads to an account, verified or not."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Return the issuers that the settings name; none stands in the database."""
        said = settings.SOCIALACCOUNT_PROVIDERS.get(Company.id, {}).get("APPS", [])
        apps = [SocialApp(provider=Company.id, **app) for app in said]
        return [app for app in apps if provider in (None, app.provider_id)]

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> "Company":
        """Return the company's issuer."""
        return Company(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def list_providers(self, request: HttpRequest) -> list["Company"]:
        """Return every issuer that people may use."""
        return [Company(request, app=app) for app in self.list_apps(request)]

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        """Return to the page where logins from outside are connected."""
        return reverse("socialaccount_connections")


class Issuer(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Speaks with the issuer, and believes nothing that it has not verified."""

    nonce: str | None = None

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return the issuer's own description, if it is the issuer that the operator named."""
        if not hasattr(self, "_checked"):
            config = _believed(lambda: super(Issuer, self).openid_config)
            named = self.get_provider().issuer
            if not isinstance(config, dict) or config.get("issuer") != named:
                raise OAuth2Error("the description is not that of the issuer")
            scheme = urlsplit(named).scheme
            if any(urlsplit(str(config.get(name, ""))).scheme != scheme for name in ENDPOINTS):
                raise OAuth2Error("an address of the issuer is missing or not safe")
            self._checked: dict[str, Any] = config
        return self._checked

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return the address to come back to, on the site that the operator named."""
        return absolute(reverse("openid_connect_callback", kwargs={"provider_id": self.provider_id}))

    def get_access_token_data(self, request: HttpRequest, app: SocialApp, client: Any, **more: Any) -> Any:
        """Trade the code for tokens."""
        return _believed(lambda: super(Issuer, self).get_access_token_data(request, app, client, **more))

    def parse_token(self, data: Any) -> Any:
        """Read the tokens."""
        return _believed(lambda: super(Issuer, self).parse_token(data))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **more: Any) -> SocialLogin:
        """Return the login of a verified ID token; nothing else from outside is asked or kept."""
        claims = _believed(lambda: self.verified(more["response"]["id_token"], app.client_id))
        return self.get_provider().sociallogin_from_response(request, claims)

    def verified(self, id_token: str, client_id: str) -> dict[str, Any]:
        """Return the claims of an ID token: right signature, issuer, audience, time and nonce (OIDC Core §3.1.3.7)."""
        claims: dict[str, Any] = jwt.decode(
            id_token,
            key=self._key(id_token),
            algorithms=ALGORITHMS,
            audience=client_id,
            issuer=self.openid_config["issuer"],
            leeway=CLOCK_SKEW,
            options={"require": REQUIRED},
        )
        subject, party, nonce = claims["sub"], claims.get("azp"), claims.get("nonce")
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise OAuth2Error("no subject")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and party != client_id:
            raise OAuth2Error("meant for another party")
        if party is not None and party != client_id:
            raise OAuth2Error("given to another party")
        if not self.nonce or not isinstance(nonce, str) or not same(nonce, self.nonce):
            raise OAuth2Error("an answer to another question")
        return claims

    def _key(self, id_token: str) -> jwt.PyJWK:
        """Return the issuer's key that a token names; the only one where it names none."""
        with self.get_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        name = jwt.get_unverified_header(id_token).get("kid")
        fitting = [key for key in keys if key.public_key_use in (None, "sig") and name in (None, key.key_id)]
        if len(fitting) != 1:
            raise OAuth2Error("no such key")
        return fitting[0]

    def get_session(self) -> Any:
        """Return a session for asking the issuer."""
        return OutsideLogins(self.request).get_requests_session()


class Company(OpenIDConnectProvider):  # type: ignore[misc]
    """The company's issuer."""

    oauth2_adapter_class = Issuer

    @property
    def issuer(self) -> str:
        """Return the issuer that the operator named, to the letter."""
        return str(self.app.settings["server_url"])

    @property
    def server_url(self) -> str:
        """Return where the issuer describes itself (OIDC Discovery §4)."""
        return f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return what an account is tied to: issuer and subject together, and nothing that may change."""
        return digest(canonical([data["iss"], data["sub"]]))

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what is kept: no name, no address."""
        return {"iss": data["iss"], "sub": data["sub"]}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Take over nothing from outside."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Believe no address from outside."""
        return []

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, Any]:
        """Take no parameters from the browser."""
        return dict(self.get_auth_params())

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Take no scopes from the browser."""
        return list(self.get_scope())

    def redirect(self, request: HttpRequest, process: str, next_url: str | None = None, **more: Any) -> HttpResponse:
        """Send the browser to the issuer, with a nonce that its answer must repeat."""
        nonce = random_token(24)
        more["auth_params"] = {**self.get_auth_params(), "nonce": nonce}
        wanted = "connect" if process == "connect" else "login"
        answer: HttpResponse = super().redirect(request, wanted, next_url=next_url, nonce=nonce, **more)
        return answer


def _believed(ask: Callable[[], T]) -> T:
    """Turn whatever a wrong or hostile answer breaks into one refusal."""
    try:
        return ask()
    except (jwt.PyJWTError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise OAuth2Error("the issuer answered what cannot be believed") from error
