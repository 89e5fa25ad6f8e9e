"""Signing in with a password, by links, and out again; where redirects may lead; that answers tell nothing."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from recourse.kit.time import now
from recourse.people import actions
from recourse.people.models import GuessCount, Staff
from recourse.timeline.models import Entry
from recourse.web.sign_in.home import is_home
from tests.doors.web.signing import client_of
from tests.rooms.people.conftest import GOOD, SYSTEM, Desk, desk, told

__all__ = ["desk"]

LOGIN = "/accounts/login/"
UNTRUE = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "/\\/evil.example",
    "https://evil.example", "http://evil.example/", "HTTPS://EVIL.example", "https:evil.example", "https:/evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x", "evil.example",
    "/x\r\nSet-Cookie: a=b", "/x\nLocation: //evil.example", "/x\r", "/\t/evil.example", "\t//evil.example", " //evil.example",
    "/\x00", "//evil.example\\@127.0.0.1", "http://127.0.0.1:8000/", "http://localhost/", "//127.0.0.1", "http://testserver/",
    "/%09/evil.example\x01", "//google.com/%2f..", "///\\;@evil.example", "/\u2028/evil", "／／evil.example", "?next=//evil",
    "http:///evil.example", "/\x7f", "https://desk.example@evil.example", "//[::1]/", "ftp://evil.example",
]  # fmt: skip
TRUE = ["/", "/me/", "/cases/RC-1/?tab=1#x", "/search/?q=a%20b", "/setup/people/?q=//x", "/%0d%0aSet-Cookie:a=b"]


def give_password(staff: Staff, password: str = GOOD) -> Staff:
    """Set a password."""
    return actions.set_password(staff_id=staff.pk, password=password, by=SYSTEM, at=now())


def sign_in(client: Client, address: str, password: str = GOOD, **more: str) -> Any:
    """Post the form of the sign-in."""
    return client.post(LOGIN, {"login": address, "password": password, **more})


def is_in(client: Client) -> bool:
    """Tell whether somebody is signed in."""
    return "_auth_user_id" in client.session


def test_a_password_signs_in_whatever_the_case_of_the_address_and_it_is_recorded(desk: Desk, client: Client) -> None:
    give_password(desk.ada)
    answer = sign_in(client, " ADA@Desk.example ")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client)
    assert told(desk.ada)[-1] == "session.started"
    assert UserSession.objects.get().user_id == desk.ada.pk
    assert client.session.get_expiry_age() <= 12 * 3600


def test_signing_out_needs_a_post(desk: Desk) -> None:
    client = client_of(desk.ada)
    assert client.get("/accounts/logout/").status_code == 200
    assert is_in(client)
    assert client.post("/accounts/logout/")["Location"] == LOGIN
    assert not is_in(client)


@pytest.mark.parametrize("page", [LOGIN, "/accounts/reset/", "/accounts/reset/done/", "/accounts/link/x:y/"])
def test_pages_of_sign_in_keep_the_strict_policy_and_are_never_cached(client: Client, db: None, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code in {200, 410}
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    body = answer.content.decode()
    assert "style=" not in body
    assert " onclick" not in body
    if page != "/accounts/reset/done/":
        assert "no-store" in answer["Cache-Control"]


def test_nobody_can_sign_up_change_an_address_or_confirm_one() -> None:
    for name in (
        "account_signup",
        "account_email",
        "socialaccount_signup",
        "account_confirm_email",
        "mfa_signup_webauthn",
    ):
        with pytest.raises(NoReverseMatch):
            reverse(name)


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/email/", "/accounts/3rdparty/signup/", "/accounts/"])
def test_the_addresses_of_sign_up_do_not_exist(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, {"email": "eve@evil.example", "password1": GOOD}).status_code == 404
    assert not Staff.objects.exists()


def test_every_address_of_sign_in_says_who_may_ask_for_it() -> None:
    found = [
        pattern
        for pattern in get_resolver("recourse.web.urls.sign_in").url_patterns
        if not hasattr(pattern.callback, "audience")
    ]
    assert not found


def _wrong(desk: Desk, client: Client, address: str) -> str:
    answer = sign_in(client, address, "not the right password")
    assert answer.status_code == 200
    assert not is_in(client)
    text: str = answer.content.decode().replace(address, "ADDRESS")
    return text[text.index("<form") : text.index("signin-or")].replace(
        client.cookies["csrftoken"].value if "csrftoken" in client.cookies else "-", ""
    )


def test_wrong_unknown_closed_and_never_set_are_answered_alike(desk: Desk) -> None:
    give_password(desk.ada)
    give_password(desk.otto)
    actions.deactivate(staff_id=desk.otto.pk, by=SYSTEM, at=now())
    addresses = ["ada@desk.example", "nobody@desk.example", "otto@desk.example", "ben@desk.example"]
    answers = {_without_tokens(_wrong(desk, Client(), address)) for address in addresses}
    assert len(answers) == 1
    right_but_closed = sign_in(Client(), "otto@desk.example", GOOD)
    assert right_but_closed.status_code == 200
    assert "do not belong together" in right_but_closed.content.decode()


def _without_tokens(text: str) -> str:
    return "".join(part.partition('"')[2] for part in text.split('name="csrfmiddlewaretoken" value="'))


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def test_the_time_of_an_answer_does_not_tell_who_exists(desk: Desk) -> None:
    """Medians over alternating tries; a missing hash would show as several times the time, not as a third."""
    give_password(desk.ada)
    client = Client()

    def attempt(address: str) -> float:
        GuessCount.objects.all().delete()
        return _seconds(lambda: sign_in(client, address, "not the right password"))

    attempt("ada@desk.example")
    times: dict[str, list[float]] = {"ada@desk.example": [], "nobody@desk.example": [], "ben@desk.example": []}
    for _again in range(9):
        for address, measured in times.items():
            measured.append(attempt(address))
    medians = [statistics.median(measured) for measured in times.values()]
    assert max(medians) < 1.6 * min(medians), medians


def test_guessing_is_slowed_by_account_and_a_right_password_does_not_help_meanwhile(desk: Desk) -> None:
    give_password(desk.ada)
    spellings = ["ada@desk.example", "ADA@desk.example", "Ada@Desk.Example", "ada@DESK.example", "aDA@desk.example"]
    for address in spellings:
        sign_in(Client(), address, "not the right password")
    client = Client()
    answer = sign_in(client, "ada@desk.example", GOOD)
    assert "Too many attempts" in answer.content.decode()
    assert not is_in(client)
    assert not is_in(_signed_in_elsewhere(desk))


def _signed_in_elsewhere(desk: Desk) -> Client:
    other = Client(REMOTE_ADDR="198.51.100.7")
    sign_in(other, "ada@desk.example", GOOD)
    return other


def test_a_right_password_forgives_the_wrong_ones_before(desk: Desk) -> None:
    give_password(desk.ada)
    for _again in range(4):
        sign_in(Client(), "ada@desk.example", "not the right password")
    assert is_in(_signed_in_elsewhere(desk))
    for _again in range(4):
        sign_in(Client(), "ada@desk.example", "not the right password")
    assert is_in(_signed_in_elsewhere(desk))


@pytest.mark.parametrize("untrue", UNTRUE)
def test_a_redirect_stays_at_home(desk: Desk, untrue: str) -> None:
    assert not is_home(untrue)
    client = client_of(desk.ada)
    for path in (LOGIN, "/accounts/logout/"):
        answer = client.get(path, {"next": untrue}) if path == LOGIN else client.post(path, {"next": untrue})
        assert answer.status_code in {200, 302}
        assert answer.get("Location", "/").startswith("/")
        assert not answer.get("Location", "/").startswith("//")
        assert "evil" not in answer.get("Location", "")
    assert client_of(desk.ada).post("/look/", {"theme": "dark", "next": untrue})["Location"] == "/"


@pytest.mark.parametrize("true", TRUE)
def test_a_path_of_ours_is_followed(desk: Desk, true: str) -> None:
    assert is_home(true)
    give_password(desk.ada)
    assert sign_in(Client(), "ada@desk.example", next=true)["Location"] == true


def test_a_redirect_after_the_password_stays_at_home_too(desk: Desk) -> None:
    give_password(desk.ada)
    for untrue in ("//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"):
        assert sign_in(Client(), "ada@desk.example", next=untrue)["Location"] == "/"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1:8000@evil.example", "127.0.0.1\r\nX: y", "[::1]evil", "LOCALHOST.evil.example"]
)
def test_a_forged_host_is_turned_away(client: Client, db: None, host: str) -> None:
    assert client.get(LOGIN, headers={"host": host}).status_code == 400


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Forwarded-Server", "X-Original-Host"])
def test_the_host_of_a_link_is_the_operators_whatever_the_request_says(desk: Desk, settings: Any, header: str) -> None:
    settings.SITE_URL = "https://desk.company.example"
    client = client_of(desk.ida, is_fresh=True)
    answer = client.post(f"/setup/people/{desk.ben.pk}/link/", headers={"host": "localhost", header: "evil.example"})
    body = answer.content.decode()
    assert "https://desk.company.example/accounts/link/" in body
    assert "evil.example" not in body


def _link(desk: Desk) -> str:
    link = actions.issue_link(staff_id=desk.ben.pk, by=desk.by("ida"), at=now())
    return link.removeprefix(django_settings.SITE_URL)


def test_a_link_sets_the_first_password_and_leads_to_the_sign_in(desk: Desk, client: Client) -> None:
    link = _link(desk)
    for _again in range(2):
        page = client.get(link)
        assert page.status_code == 200
    assert "ben@desk.example" in page.content.decode()
    answer = client.post(link, {"password": GOOD})
    assert answer["Location"] == LOGIN
    assert not is_in(client)
    assert is_in_after(client)
    for dead in (client.get(link), client.post(link, {"password": "another river of stones"})):
        assert dead.status_code == 410
    assert Staff.objects.get(pk=desk.ben.pk).check_password(GOOD)


def is_in_after(client: Client) -> bool:
    """Sign Ben in and tell whether it worked."""
    sign_in(client, "ben@desk.example")
    return is_in(client)


@pytest.mark.parametrize("password", ["", "short", "passwordpassword", "x" * 1001, "bendesk-ben-desk"])
def test_a_password_that_breaks_the_rule_is_refused_and_the_link_lives_on(
    desk: Desk, client: Client, password: str
) -> None:
    link = _link(desk)
    answer = client.post(link, {"password": password})
    assert answer.status_code == 422
    assert "password" in answer.context["form"].errors
    assert client.get(link).status_code == 200


def test_spaces_at_the_ends_belong_to_a_password(desk: Desk, client: Client) -> None:
    client.post(_link(desk), {"password": f" {GOOD} "})
    assert Staff.objects.get(pk=desk.ben.pk).check_password(f" {GOOD} ")


def test_a_link_needs_the_token_against_forgery(desk: Desk) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(_link(desk), {"password": GOOD}).status_code == 403
    assert client.post(LOGIN, {"login": "ben@desk.example", "password": GOOD}).status_code == 403


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(desk: Desk) -> None:
    give_password(desk.ada)
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, "ada@desk.example")
    posted = {"oldpassword": GOOD, "password1": "another river of stones", "password2": "another river of stones"}
    assert here.post("/accounts/password/", {**posted, "oldpassword": "wrong"}).status_code == 200
    assert there.get("/me/").status_code == 200
    assert here.post("/accounts/password/", posted)["Location"] == "/me/"
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302
    assert told(desk.ada)[-1] == "password.set"


@pytest.mark.parametrize("password", ["short", "passwordpassword", "adadesk-ada-desk"])
def test_the_rule_holds_when_a_password_is_changed(desk: Desk, password: str) -> None:
    give_password(desk.ada)
    client = client_of(Staff.objects.get(pk=desk.ada.pk))
    answer = client.post("/accounts/password/", {"oldpassword": GOOD, "password1": password, "password2": password})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert Staff.objects.get(pk=desk.ada.pk).check_password(GOOD)


def test_wrong_old_passwords_are_counted_too(desk: Desk) -> None:
    give_password(desk.ada)
    client = client_of(Staff.objects.get(pk=desk.ada.pk))
    for _again in range(5):
        client.post("/accounts/reauthenticate/", {"password": "not the right password"})
    assert not is_in(_signed_in_elsewhere(desk))


def test_sessions_are_listed_and_one_or_all_others_are_ended(desk: Desk) -> None:
    give_password(desk.ada)
    here, there, elsewhere = Client(), Client(), Client()
    for client in (here, there, elsewhere):
        sign_in(client, "ada@desk.example")
    shown = here.get("/me/security/").context["page"].sessions
    assert [is_here for _row, is_here in shown].count(True) == 1
    assert len(shown) == 3
    other = UserSession.objects.get(session_key=there.session.session_key)
    here.post("/me/security/sessions/", {"session": other.pk})
    assert there.get("/me/").status_code == 302
    assert elsewhere.get("/me/").status_code == 200
    here.post("/me/security/sessions/")
    assert elsewhere.get("/me/").status_code == 302
    assert here.get("/me/").status_code == 200
    assert told(desk.ada).count("session.ended") == 2
    assert here.post("/me/security/sessions/", {"session": "x"}).status_code == 422


def test_nobody_ends_the_session_of_another(desk: Desk) -> None:
    give_password(desk.ada)
    theirs = Client()
    sign_in(theirs, "ada@desk.example")
    session = UserSession.objects.get()
    assert client_of(desk.ben).post("/me/security/sessions/", {"session": session.pk}).status_code == 404
    assert theirs.get("/me/").status_code == 200


def test_without_mail_the_page_for_a_forgotten_password_says_whom_to_ask(client: Client, db: None) -> None:
    assert "Ask an administrator" in client.get("/accounts/reset/").content.decode()
    assert client.post("/accounts/reset/", {"email": "ada@desk.example"}).status_code == 200
    assert not Entry.objects.filter(event="reset.requested").exists()


def test_with_mail_everybody_who_asks_gets_the_same_answer(desk: Desk, settings: Any) -> None:
    settings.HAS_EMAIL = True
    for address in ("ada@desk.example", "nobody@desk.example", "not an address"):
        answer = Client().post("/accounts/reset/", {"email": address})
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/reset/done/")
    assert Entry.objects.filter(event="reset.requested").count() == 3
    assert not mail.outbox
    for _again in range(5):
        answer = Client().post("/accounts/reset/", {"email": "ada@desk.example"})
    assert answer.status_code == 429


def test_somebody_whose_account_closes_is_out_on_the_next_click(desk: Desk) -> None:
    client = client_of(desk.ben)
    assert client.get("/me/").status_code == 200
    actions.deactivate(staff_id=desk.ben.pk, by=SYSTEM, at=now())
    assert client.get("/me/").status_code == 302


def test_secrets_never_reach_the_record(desk: Desk, client: Client) -> None:
    link = _link(desk)
    client.post(link, {"password": GOOD})
    sign_in(client, "ben@desk.example", GOOD)
    told_all = " ".join(Entry.objects.values_list("payload", flat=True))
    assert GOOD not in told_all
    assert link.split("/")[3].partition(":")[0] not in told_all
