"""A fake OpenID Connect issuer in memory: it answers what the desk asks, rightly or as a test wants it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import ec, rsa

URL = "https://id.company.example"
CLIENT = "desk-client"
KEYS = {"one": rsa.generate_private_key(65537, 2048), "two": rsa.generate_private_key(65537, 2048)}
CURVE = ec.generate_private_key(ec.SECP256R1())


def public(name: str, **more: Any) -> dict[str, Any]:
    """Return a key as the issuer publishes it."""
    shown: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEYS[name].public_key()))
    return {**shown, "kid": name, "alg": "RS256", "use": "sig", **more}


@dataclass
class Issuer:
    """What it says of itself, its keys, and the claims of the next token; `asked` is what it was asked."""

    description: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=lambda: [public("one")])
    claims: dict[str, Any] = field(default_factory=dict)
    signed_with: Any = None
    algorithm: str = "RS256"
    header: dict[str, Any] = field(default_factory=lambda: {"kid": "one"})
    answer: Callable[[dict[str, Any]], Any] | None = None
    is_down: bool = False
    nonce: str = ""
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    def token(self) -> str:
        """Return an ID token."""
        instant = int(time.time())
        claims = {"iss": URL, "sub": "s-1", "aud": CLIENT, "iat": instant, "exp": instant + 300, "nonce": self.nonce}
        claims = {name: value for name, value in {**claims, **self.claims}.items() if value is not ...}
        return jwt.encode(claims, self.signed_with or KEYS["one"], algorithm=self.algorithm, headers=self.header)

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        """Answer one request of the desk."""
        if self.is_down:
            raise requests.ConnectionError("down")
        path, body = urlsplit(str(request.url)).path, parse_qs(str(request.body or ""))
        self.asked.append((str(request.url), body))
        said = {
            "/.well-known/openid-configuration": {
                "issuer": URL,
                "authorization_endpoint": f"{URL}/authorize",
                "token_endpoint": f"{URL}/token",
                "jwks_uri": f"{URL}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                **self.description,
            },
            "/keys": {"keys": self.keys},
        }
        if path == "/token":
            good = {"access_token": "a", "token_type": "Bearer", "id_token": self.token()}
            return _response(self.answer(good) if self.answer else good)
        return _response(said.get(path, {}))


def _response(said: Any) -> requests.Response:
    response = requests.Response()
    response.status_code = 200
    response.headers["content-type"] = "application/json"
    response._content = said if isinstance(said, bytes) else json.dumps(said).encode()
    return response
