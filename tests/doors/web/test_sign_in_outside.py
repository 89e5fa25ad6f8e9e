"""Logins from outside against a fake issuer: only issuer and subject lead to an account, connected by hand."""

import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from recourse.people import actions
from recourse.people.models import Staff
from recourse.timeline.models import Entry
from tests.doors.web.issuer import CLIENT, CURVE, KEYS, URL, Issuer, public
from tests.doors.web.signing import client_of
from tests.doors.web.test_sign_in import give_password, is_in
from tests.rooms.people.conftest import AT, SYSTEM, Desk, desk, told

__all__ = ["desk"]

START, BACK = "/accounts/outside/company/", "/accounts/outside/company/back/"


@pytest.fixture
def issuer(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Issuer:
    """Set the desk up with the fake issuer."""
    fake = Issuer()
    settings.SITE_URL = "https://desk.company.example"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "company",
                    "name": "Company",
                    "client_id": CLIENT,
                    "secret": "desk-secret",
                    "settings": {"server_url": URL, "oauth_pkce_enabled": True, "scope": ["openid"]},
                }
            ]
        }
    }
    monkeypatch.setattr(requests.Session, "send", lambda _session, request, **_more: fake.send(request))
    return fake


def set_out(client: Client, issuer: Issuer, **more: str) -> dict[str, str]:
    """Set out for the issuer and return what the browser takes along."""
    page = client.post(f"{START}?{'&'.join(f'{name}={value}' for name, value in more.items())}")
    assert page.status_code == 200, page.status_code
    href = re.search(r'href="(https://id[^"]+)"', page.content.decode())
    assert href, page.content.decode()
    parts = urlsplit(href[1].replace("&amp;", "&"))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{URL}/authorize"
    said = {name: values[0] for name, values in parse_qs(parts.query).items()}
    issuer.nonce = said["nonce"]
    return said


def come_back(client: Client, said: dict[str, str], **more: str) -> Any:
    """Come back from the issuer."""
    return client.get(BACK, {"code": "c", "state": said["state"], **more})


def through(client: Client, issuer: Issuer, **more: str) -> Any:
    """Go to the issuer and come back."""
    return come_back(client, set_out(client, issuer, **more))


def connect(staff: Staff, issuer: Issuer) -> Client:
    """Connect somebody by hand."""
    client = client_of(staff, is_fresh=True)
    answer = through(client, issuer, process="connect")
    assert answer["Location"] == "/accounts/outside/"
    return client


def test_the_way_out_carries_state_nonce_and_a_challenge_and_comes_back_to_the_operators_site(
    client: Client, db: None, issuer: Issuer
) -> None:
    page = client.post(START, headers={"host": "localhost"})
    assert page.status_code == 200
    assert "form-action 'self'" in page["Content-Security-Policy"]
    said = set_out(client, issuer)
    assert said["redirect_uri"] == f"https://desk.company.example{BACK}"
    assert (said["client_id"], said["response_type"], said["scope"]) == (CLIENT, "code", "openid")
    assert said["code_challenge_method"] == "S256"
    assert len(said["state"]) >= 16
    assert len(said["nonce"]) >= 32


def test_looking_at_the_way_out_leads_nowhere(client: Client, db: None, issuer: Issuer) -> None:
    assert "Sign in with Company?" in client.get(START).content.decode()
    assert not issuer.asked
    assert client.head(START).status_code == 405


def test_the_browser_adds_no_parameters_and_no_scopes(client: Client, db: None, issuer: Issuer) -> None:
    said = set_out(
        client, issuer, auth_params="redirect_uri%3Dhttps://evil.example%26prompt%3Dnone", scope="admin,email"
    )
    assert said["redirect_uri"].startswith("https://desk.company.example/")
    assert "prompt" not in said
    assert said["scope"] == "openid"


def test_a_login_connected_by_hand_signs_in_and_is_recorded(desk: Desk, issuer: Issuer) -> None:
    connect(give_password(desk.ada), issuer)
    assert told(desk.ada)[-1] == "outside_login.connected"
    client = Client()
    answer = through(client, issuer)
    assert answer["Location"] == "/"
    assert client.session["_auth_user_id"] == str(desk.ada.pk)
    assert Entry.objects.latest("position").payload.count('"outside"') == 1
    verifier = issuer.asked[-2][1]
    assert len(verifier["code_verifier"][0]) >= 43


def test_nothing_of_the_person_outside_is_kept_but_issuer_and_subject(desk: Desk, issuer: Issuer) -> None:
    issuer.claims = {"email": "needle@company.example", "name": "Needle"}
    connect(give_password(desk.ada), issuer)
    kept = SocialAccount.objects.get()
    assert kept.extra_data == {"iss": URL, "sub": "s-1"}
    assert "s-1" not in kept.uid
    assert len(kept.uid) == 64


def test_nobody_connects_without_giving_the_password_again(desk: Desk, issuer: Issuer) -> None:
    client = client_of(give_password(desk.ada))
    answer = through(client, issuer, process="connect")
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {}, {"email": "ada@desk.example"}, {"email": "ada@desk.example", "email_verified": True},
        {"email": "ada@desk.example", "email_verified": False}, {"email": "ADA@desk.example", "email_verified": "true"},
        {"email": "ida@desk.example", "email_verified": True, "xms_edov": True},
        {"preferred_username": "ada@desk.example", "upn": "ada@desk.example"},
        {"emails": ["ada@desk.example"]}, {"sub": "ada@desk.example"},
    ],
    ids=str,
)  # fmt: skip
def test_an_address_never_leads_to_an_account_verified_or_not(
    desk: Desk, issuer: Issuer, claims: dict[str, Any]
) -> None:
    give_password(desk.ada)
    before = Staff.objects.count()
    issuer.claims = claims
    client = Client()
    answer = through(client, issuer)
    assert answer.status_code == 200
    assert "belongs to no account" in answer.content.decode()
    assert not is_in(client)
    assert not SocialAccount.objects.exists()
    assert Staff.objects.count() == before


def test_a_changed_address_outside_changes_nothing(desk: Desk, issuer: Issuer) -> None:
    connect(give_password(desk.ada), issuer)
    issuer.claims = {"email": "ida@desk.example", "email_verified": True}
    client = Client()
    through(client, issuer)
    assert client.session["_auth_user_id"] == str(desk.ada.pk)
    assert Staff.objects.get(pk=desk.ada.pk).email == "ada@desk.example"


def test_the_same_address_under_another_subject_is_somebody_else(desk: Desk, issuer: Issuer) -> None:
    issuer.claims = {"email": "ada@desk.example", "email_verified": True}
    connect(give_password(desk.ada), issuer)
    issuer.claims = {**issuer.claims, "sub": "s-2"}
    client = Client()
    assert "belongs to no account" in through(client, issuer).content.decode()
    assert not is_in(client)


def test_the_same_subject_of_another_issuer_is_somebody_else(desk: Desk, issuer: Issuer, settings: Any) -> None:
    connect(give_password(desk.ada), issuer)
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "https://other.example"
    issuer.description = {
        "issuer": "https://other.example", "authorization_endpoint": f"{URL}/authorize",
    }  # fmt: skip
    issuer.claims = {"iss": "https://other.example"}
    client = Client()
    assert "belongs to no account" in through(client, issuer).content.decode()
    assert not is_in(client)


_NOW = int(time.time())
CLAIMS: dict[str, dict[str, Any]] = {
    "another tenant": {"iss": f"{URL}/tenant-2"},
    "issuer with a slash more": {"iss": f"{URL}/"},
    "issuer in capitals": {"iss": URL.upper()},
    "no issuer": {"iss": ...},
    "issuer of another kind": {"iss": [URL]},
    "no subject": {"sub": ...},
    "empty subject": {"sub": ""},
    "subject of another kind": {"sub": 1},
    "subject too long": {"sub": "x" * 256},
    "another audience": {"aud": "other-client"},
    "no audience": {"aud": ...},
    "empty audience": {"aud": []},
    "many audiences without a party": {"aud": [CLIENT, "other-client"]},
    "many audiences for another party": {"aud": [CLIENT, "other-client"], "azp": "other-client"},
    "given to another party": {"azp": "other-client"},
    "expired": {"exp": _NOW - 3600},
    "no end": {"exp": ...},
    "no beginning": {"iat": ...},
    "from the future": {"iat": _NOW + 7200},
    "not yet": {"nbf": _NOW + 7200},
    "no nonce": {"nonce": ...},
    "another nonce": {"nonce": "x" * 32},
    "empty nonce": {"nonce": ""},
    "nonce of another kind": {"nonce": 5},
}


@pytest.mark.parametrize("claims", CLAIMS.values(), ids=CLAIMS)
def test_a_token_with_a_wrong_claim_signs_nobody_in(desk: Desk, issuer: Issuer, claims: dict[str, Any]) -> None:
    connect(give_password(desk.ada), issuer)
    issuer.claims = claims
    client = Client()
    answer = through(client, issuer)
    assert answer.status_code == 401
    assert "could not be believed" in answer.content.decode()
    assert not is_in(client)


SIGNATURES: dict[str, dict[str, Any]] = {
    "no signature": {"algorithm": "none", "signed_with": ""},
    "signed with the client's secret": {"algorithm": "HS256", "signed_with": "desk-secret-" * 4},
    "another key under the same name": {"signed_with": KEYS["two"]},
    "a name that nobody has": {"header": {"kid": "three"}},
    "an unknown key, named": {"signed_with": KEYS["two"], "header": {"kid": "two"}},
    "another algorithm than the key's": {"algorithm": "RS512"},
    "two keys and no name": {"header": {}, "keys": [public("one"), public("two")]},
    "a key for sealing": {"keys": [public("one", use="enc")]},
    "no keys": {"keys": []},
    "keys without sense": {"keys": [{"kid": "one"}]},
    "a curve under the name of a key": {"algorithm": "ES256", "signed_with": CURVE},
}


@pytest.mark.parametrize("said", SIGNATURES.values(), ids=SIGNATURES)
def test_a_token_with_a_wrong_signature_signs_nobody_in(desk: Desk, issuer: Issuer, said: dict[str, Any]) -> None:
    connect(give_password(desk.ada), issuer)
    for name, value in said.items():
        setattr(issuer, name, value)
    client = Client()
    assert through(client, issuer).status_code == 401
    assert not is_in(client)


def test_the_only_key_fits_a_token_that_names_none(desk: Desk, issuer: Issuer) -> None:
    connect(give_password(desk.ada), issuer)
    issuer.header = {}
    client = Client()
    through(client, issuer)
    assert is_in(client)


ANSWERS: dict[str, Any] = {
    "no token": lambda good: {"access_token": "a"},
    "a token of nonsense": lambda good: {**good, "id_token": "a.b.c"},
    "a token of another kind": lambda good: {**good, "id_token": 7},
    "no access": lambda good: {"id_token": good["id_token"]},
    "a list": lambda good: ["access_token"],
    "no JSON": lambda good: b"<html>",
    "nothing": lambda good: b"",
    "a length in words": lambda good: {**good, "expires_in": "soon", "id_token": None},
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_without_sense_is_refused_without_a_crash(desk: Desk, issuer: Issuer, answer: Any) -> None:
    connect(give_password(desk.ada), issuer)
    issuer.answer = answer
    client = Client()
    assert through(client, issuer).status_code == 401
    assert not is_in(client)


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://evil.example"}, {"issuer": f"{URL}/"}, {"issuer": None}, {"token_endpoint": None},
        {"token_endpoint": "http://id.company.example/token"}, {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"}, {"authorization_endpoint": ""},
    ],
    ids=str,
)  # fmt: skip
def test_an_issuer_that_describes_itself_wrongly_is_not_gone_to(
    client: Client, db: None, issuer: Issuer, description: dict[str, Any]
) -> None:
    issuer.description = description
    assert client.post(START).status_code == 401


def test_an_issuer_that_is_down_is_told_plainly(client: Client, db: None, issuer: Issuer) -> None:
    issuer.is_down = True
    assert client.post(START).status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        {}, {"code": "c"}, {"code": "c", "state": ""}, {"code": "c", "state": "forged"}, {"code": "c", "state": "\x00"},
        {"state": "STATE"}, {"error": "server_error", "state": "STATE"}, {"code": "c", "state": "STATE", "iss": "https://evil.example"},
    ],
    ids=str,
)  # fmt: skip
def test_a_way_back_that_was_not_begun_here_leads_nowhere(desk: Desk, issuer: Issuer, query: dict[str, str]) -> None:
    connect(give_password(desk.ada), issuer)
    client = Client()
    said = set_out(client, issuer)
    answer = client.get(BACK, {name: said["state"] if value == "STATE" else value for name, value in query.items()})
    assert answer.status_code == 401
    assert not is_in(client)


def test_a_way_back_works_once_and_in_one_browser(desk: Desk, issuer: Issuer) -> None:
    connect(give_password(desk.ada), issuer)
    mine, other = Client(), Client()
    said = set_out(mine, issuer)
    assert come_back(other, said).status_code == 401
    assert not is_in(other)
    assert come_back(mine, said)["Location"] == "/"
    mine.post("/accounts/logout/")
    assert come_back(mine, said).status_code == 401
    assert not is_in(mine)


def test_the_answer_of_one_question_does_not_answer_another(desk: Desk, issuer: Issuer) -> None:
    connect(give_password(desk.ada), issuer)
    client = Client()
    first = set_out(client, issuer)
    nonce = issuer.nonce
    set_out(client, issuer)
    assert issuer.nonce != nonce
    assert come_back(client, first).status_code == 401
    assert not is_in(client)


def test_cancelling_outside_changes_nothing(client: Client, db: None, issuer: Issuer) -> None:
    said = set_out(client, issuer)
    answer = client.get(BACK, {"error": "access_denied", "state": said["state"]})
    assert answer["Location"] == "/accounts/outside/cancelled/"
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    "untrue", ["//evil.example", "https://evil.example/", "/%5Cevil.example", "javascript:alert(1)"]
)
def test_after_a_login_from_outside_one_stays_at_home(desk: Desk, issuer: Issuer, untrue: str) -> None:
    connect(give_password(desk.ada), issuer)
    location = through(Client(), issuer, next=untrue)["Location"]
    assert "evil" not in location or location.startswith("/%5C")
    assert location.startswith("/")
    assert not location.startswith("//")


def test_a_login_that_belongs_to_somebody_is_not_connected_to_another(desk: Desk, issuer: Issuer) -> None:
    connect(give_password(desk.ada), issuer)
    client = client_of(give_password(desk.ben), is_fresh=True)
    through(client, issuer, process="connect")
    assert SocialAccount.objects.get().user_id == desk.ada.pk


def test_a_closed_account_is_not_entered_from_outside(desk: Desk, issuer: Issuer) -> None:
    connect(give_password(desk.ada), issuer)
    actions.deactivate(staff_id=desk.ada.pk, by=SYSTEM, at=AT)
    client = Client()
    assert through(client, issuer)["Location"] == "/accounts/login/"
    assert not is_in(client)


def test_a_login_is_disconnected_by_its_owner_and_then_opens_nothing(desk: Desk, issuer: Issuer) -> None:
    client = connect(give_password(desk.ada), issuer)
    assert "Company" in client.get("/accounts/outside/").content.decode()
    theirs = SocialAccount.objects.get()
    client_of(give_password(desk.ben), is_fresh=True).post("/accounts/outside/", {"account": theirs.pk})
    assert SocialAccount.objects.exists()
    client.post("/accounts/outside/", {"account": theirs.pk})
    assert not SocialAccount.objects.exists()
    assert told(desk.ada)[-1] == "outside_login.disconnected"
    other = Client()
    through(other, issuer)
    assert not is_in(other)


@pytest.mark.parametrize("name", ["other", "openid_connect", "company2", "COMPANY"])
def test_an_issuer_that_is_not_set_up_is_absent(client: Client, db: None, issuer: Issuer, name: str) -> None:
    for path in (f"/accounts/outside/{name}/", f"/accounts/outside/{name}/back/"):
        assert client.get(path).status_code == 404


def test_without_an_issuer_the_sign_in_offers_none(client: Client, db: None) -> None:
    assert client.get(START).status_code == 404
    assert "outside" not in client.get("/accounts/login/").content.decode()


def test_with_an_issuer_the_sign_in_offers_it_by_a_post(client: Client, db: None, issuer: Issuer) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "Sign in with Company" in page
    assert re.search(r'<form action="/accounts/outside/company/[^"]*" method="post">', page)
