"""Authenticator apps, passkeys, recovery codes; who must have one, and who may lose it."""

import json
import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from recourse.kit.time import now
from recourse.people import actions
from recourse.people.models import SpentCode, Staff
from recourse.people.queries import needs_second_factor, protection
from tests.doors.web.signing import client_of
from tests.doors.web.test_sign_in import give_password, is_in, sign_in
from tests.rooms.people.conftest import GOOD, SYSTEM, Desk, desk, told

__all__ = ["desk"]

ASKED = "/accounts/second-factor/"
NONSENSE = [
    "", "null", "[]", "{}", '"x"', "0", "false", "0.0", "{", '{"response": null}', '{"response": {}}', '{"id": "x", "rawId": "x"}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA"}}',
    '{"response": {"userHandle": "../../etc"}}', '{"response": {"userHandle": 5}}', "[" * 200, '{"a":' * 100,
]  # fmt: skip


def code(secret: str, shift: int = 0) -> str:
    """Return the code that an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + shift))


def add_app(client: Client) -> str:
    """Add an authenticator app and return its secret."""
    page = client.get("/accounts/app/add/").content.decode()
    found = re.search(r'<code class="break">([A-Z2-7]+)</code>', page)
    assert found, page
    answer = client.post("/accounts/app/add/", {"code": code(found[1])})
    assert answer.status_code == 302, answer.content.decode()
    return found[1]


def protected(desk: Desk, who: str = "ada") -> tuple[Staff, str]:
    """Give somebody a password and an authenticator app."""
    staff = give_password(getattr(desk, who))
    return staff, add_app(client_of(staff, is_fresh=True))


def test_adding_an_app_asks_for_the_password_first(desk: Desk) -> None:
    staff = give_password(desk.ada)
    answer = client_of(staff).get("/accounts/app/add/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_an_app_is_added_shown_as_a_picture_without_data_addresses_and_recorded(
    desk: Desk, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_of(give_password(desk.ada), is_fresh=True)
    page = client.get("/accounts/app/add/").content.decode()
    assert "<svg" in page
    assert "data:" not in page
    assert "<?xml" not in page
    assert client.post("/accounts/app/add/", {"code": "000000"}).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        add_app(client)
    assert protection(desk.ada.pk).has_app
    assert "second_factor.added" in told(desk.ada)


def test_the_secret_is_sealed_at_rest(desk: Desk) -> None:
    _staff, secret = protected(desk)
    assert secret not in json.dumps(list(Authenticator.objects.values_list("data", flat=True)))


def test_after_the_password_the_code_is_asked_and_counts_once(desk: Desk) -> None:
    staff, secret = protected(desk)
    client = Client()
    answer = sign_in(client, staff.email)
    assert answer["Location"].startswith(ASKED)
    assert not is_in(client)
    assert client.get("/me/").status_code == 302
    assert client.post(ASKED, {"code": "000000"}).status_code == 200
    right = code(secret, 1)
    assert client.post(ASKED, {"code": f" {right[:3]} {right[3:]} "})["Location"] == "/"
    assert is_in(client)
    again = Client()
    sign_in(again, staff.email)
    assert again.post(ASKED, {"code": right}).status_code == 200
    assert not is_in(again)
    assert SpentCode.objects.count() == 1


def test_codes_cannot_be_guessed_at_leisure(desk: Desk) -> None:
    staff, secret = protected(desk)
    client = Client()
    sign_in(client, staff.email)
    for _again in range(5):
        client.post(ASKED, {"code": "000000"})
    answer = client.post(ASKED, {"code": code(secret, 1)})
    assert "Too many attempts" in answer.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("typed", ["", " ", "abc", "0" * 5000, "１２３４５６", "\u202e000000", "000000\r\n", "null"])
def test_any_text_is_a_wrong_code(desk: Desk, typed: str) -> None:
    staff, _secret = protected(desk)
    client = Client()
    sign_in(client, staff.email)
    assert client.post(ASKED, {"code": typed}).status_code == 200
    assert not is_in(client)


def test_recovery_codes_are_shown_once_and_each_works_once(desk: Desk) -> None:
    staff, _secret = protected(desk)
    mine = client_of(staff, is_fresh=True)
    page = mine.get("/accounts/codes/").content.decode()
    codes = re.findall(r"<li><code>(\d{10})</code></li>", page)
    assert len(codes) == 10
    assert codes[0] not in mine.get("/accounts/codes/").content.decode()
    client = Client()
    sign_in(client, staff.email)
    assert client.post(ASKED, {"code": codes[0]})["Location"] == "/"
    other = Client()
    sign_in(other, staff.email)
    assert other.post(ASKED, {"code": codes[0]}).status_code == 200
    assert protection(staff.pk).codes_left == 9
    mine.post("/accounts/codes/new/")
    assert other.post(ASKED, {"code": codes[1]}).status_code == 200
    assert protection(staff.pk).codes_left == 10


def test_no_page_of_the_desk_opens_between_password_and_code(desk: Desk) -> None:
    staff, _secret = protected(desk, "ida")
    client = Client()
    sign_in(client, staff.email)
    for page in ("/me/", "/setup/people/", "/accounts/app/remove/", "/accounts/password/", "/me/security/"):
        assert client.get(page).status_code == 302
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get(ASKED)["Location"] == "/accounts/login/"


def test_eight_characters_are_taken_once_an_app_is_there_and_then_the_app_stays(desk: Desk) -> None:
    staff, _secret = protected(desk)
    client = client_of(staff, is_fresh=True)
    posted = {"oldpassword": GOOD, "password1": "kX9#vL2q", "password2": "kX9#vL2q"}
    assert client.post("/accounts/password/", posted).status_code == 302
    page = client.get("/accounts/app/remove/").content.decode()
    assert "Your account needs one" in page or "your account needs one" in page
    assert client.post("/accounts/app/remove/").status_code == 200
    assert protection(staff.pk).has_app


def test_an_app_is_removed_where_the_password_stands_alone(desk: Desk) -> None:
    staff, _secret = protected(desk)
    client = client_of(staff, is_fresh=True)
    assert client.post("/accounts/app/remove/")["Location"] == "/me/security/"
    assert not protection(staff.pk).has_second_factor
    assert told(desk.ada)[-1] == "second_factor.removed"
    assert sign_in(Client(), staff.email)["Location"] == "/"


def test_a_role_that_asks_for_a_second_factor_keeps_it(desk: Desk, settings: Any) -> None:
    settings.SECOND_FACTOR_FOR = frozenset({"administrator"})
    staff, _secret = protected(desk, "ida")
    client = client_of(staff, is_fresh=True)
    assert client.post("/accounts/app/remove/").status_code == 200
    assert protection(staff.pk).has_app


def test_an_administrator_without_one_is_led_to_adding_it_and_reaches_nothing_else(desk: Desk, settings: Any) -> None:
    settings.SECOND_FACTOR_FOR = frozenset({"administrator"})
    client = client_of(give_password(desk.ida), is_fresh=True)
    for page in ("/setup/people/", "/me/", "/setup/people/new/"):
        assert client.get(page)["Location"] == "/me/security/"
    before = Staff.objects.count()
    assert client.post("/setup/people/new/", {"name": "X", "email": "x@desk.example"})["Location"] == "/me/security/"
    assert Staff.objects.count() == before
    assert client.get("/me/security/").status_code == 200
    add_app(client)
    assert client.get("/setup/people/").status_code == 200
    assert client_of(desk.ada).get("/me/").status_code == 200


def test_a_passkey_page_offers_a_challenge_of_the_operators_host(desk: Desk, settings: Any) -> None:
    settings.SITE_URL = "https://desk.company.example"
    client = client_of(give_password(desk.ada), is_fresh=True)
    answer = client.get("/accounts/passkey/add/")
    found = re.search(r'<script id="js_data" type="application/json">(.+?)</script>', answer.content.decode())
    assert found
    options = json.loads(found[1])["creation_options"]["publicKey"]
    assert options["rp"]["id"] == "desk.company.example"
    assert len(options["challenge"]) >= 40
    assert "mfa/js/webauthn.js" in answer.content.decode()
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", answer.content.decode())
    assert not inline


def test_signing_in_by_passkey_offers_a_challenge_to_anybody(client: Client, db: None) -> None:
    answer = client.get("/accounts/passkey/", headers={"accept": "application/json"})
    options = answer.json()["request_options"]["publicKey"]
    assert options["rpId"] == "127.0.0.1"
    assert options["userVerification"] == "required"
    assert not options.get("allowCredentials")
    assert client.get("/accounts/passkey/")["Location"] == "/accounts/login/"


@pytest.mark.parametrize("credential", NONSENSE)
def test_a_malformed_passkey_is_a_wrong_one_never_a_crash(desk: Desk, credential: str) -> None:
    nobody = Client()
    nobody.get("/accounts/passkey/", headers={"accept": "application/json"})
    assert nobody.post("/accounts/passkey/", {"credential": credential})["Location"] == "/accounts/login/"
    assert not is_in(nobody)
    staff, _secret = protected(desk)
    mine = client_of(staff, is_fresh=True)
    mine.get("/accounts/passkey/add/")
    assert mine.post("/accounts/passkey/add/", {"name": "x", "credential": credential}).status_code == 200
    assert not protection(staff.pk).passkeys
    halfway = Client()
    sign_in(halfway, staff.email)
    halfway.get(ASKED)
    assert halfway.post(ASKED, {"credential": credential}).status_code == 200
    assert not is_in(halfway)
    again = client_of(staff)
    again.get("/accounts/passkey/again/")
    assert again.post("/accounts/passkey/again/", {"credential": credential}).status_code == 302
    assert again.get("/accounts/app/remove/")["Location"].startswith("/accounts/reauthenticate/")


def _passkey(staff: Staff, name: str = "Laptop") -> Authenticator:
    return Authenticator.objects.create(user=staff, type="webauthn", data={"name": name, "credential": {}})


def test_a_passkey_is_renamed_and_removed_by_its_owner_alone(desk: Desk) -> None:
    staff = give_password(desk.ada)
    passkey = _passkey(staff)
    client, other = client_of(staff, is_fresh=True), client_of(give_password(desk.ben), is_fresh=True)
    page = f"/accounts/passkey/{passkey.pk}/"
    assert other.post(page, {"name": "Mine"}).status_code == 404
    assert other.post(f"{page}remove/").status_code == 404
    assert client.post(page, {"name": " Key\tof\r\nAda "}).status_code == 302
    assert [kept.name for kept in protection(staff.pk).passkeys] == ["Key of Ada"]
    for wrong in ("", " ", "x" * 61):
        assert client.post(page, {"name": wrong}).status_code == 200
    assert client.post(f"{page}remove/").status_code == 302
    assert not protection(staff.pk).passkeys
    assert told(desk.ada)[-1] == "second_factor.removed"


def test_the_last_passkey_beside_a_short_password_stays(desk: Desk) -> None:
    staff = give_password(desk.ada)
    passkey = _passkey(staff)
    actions.set_password(staff_id=staff.pk, password="kX9#vL2q", by=SYSTEM, at=now())
    client = client_of(Staff.objects.get(pk=staff.pk), is_fresh=True)
    answer = client.post(f"/accounts/passkey/{passkey.pk}/remove/", follow=True)
    assert "your account needs one" in answer.content.decode()
    assert protection(staff.pk).passkeys
    second = _passkey(staff, "Phone")
    assert client.post(f"/accounts/passkey/{passkey.pk}/remove/").status_code == 302
    assert [kept.id for kept in protection(staff.pk).passkeys] == [second.pk]
    assert needs_second_factor(staff.pk, without=second.pk, roles=frozenset())


def test_an_administrator_takes_a_lost_second_factor_away_with_the_password(desk: Desk) -> None:
    staff, _secret = protected(desk)
    client = client_of(desk.ida, is_fresh=True)
    assert "Their second factor is lost" in client.get(f"/setup/people/{staff.pk}/").content.decode()
    client.post(f"/setup/people/{staff.pk}/link/", {"drops_second_factor": "on"})
    assert not protection(staff.pk).has_second_factor
    assert sign_in(Client(), staff.email).status_code == 200


def test_the_page_of_security_shows_what_protects_me(desk: Desk) -> None:
    staff, _secret = protected(desk)
    _passkey(staff, "Blue key")
    page = client_of(staff).get("/me/security/").content.decode()
    for words in ("Authenticator app", "Blue key", "10 codes are left", "Where I am signed in"):
        assert words in page
