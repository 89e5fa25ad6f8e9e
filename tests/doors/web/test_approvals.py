"""The screens of approval: from the list by keyboard, the page, overrides, links, my authority; without scripts too."""

import time
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from recourse.approvals import actions
from recourse.approvals.models import Approval, Decision
from recourse.approvals.policy import Terms
from recourse.kit.actor import system
from recourse.kit.ids import uuid7
from recourse.kit.money import Money
from recourse.kit.time import now
from tests.cast import Cast, make_cast
from tests.doors.web.browser import LIGHTS, Light, context_in, overflow, sign_in, violations, visit
from tests.doors.web.signing import client_of


def asked(cast: Cast, minor: int = 49_000, nick: str = "ada", note: str = "It broke twice.") -> Approval:
    """Ask for a refund on a new case."""
    case = cast.open("The kettle broke", at=now())
    terms = Terms(
        kind="remedy_line", matter=f"remedy_line:{uuid7()}", case_id=case.pk, amount=Money(minor, "GBP"),
        remedy_kind="refund", severity="medium", payee_customer_id=case.customer_id, content={"order": "#W1"},
    )  # fmt: skip
    return actions.ask_approval(terms, by=cast.by(nick), at=now(), note=note)


def give_factor(client: Client, cast: Cast, nick: str) -> None:
    """Let a session have proved a second factor just now."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
    session["account_authentication_methods_user"] = str(cast.staff[nick].pk)
    session.save()


def frozen(found: Approval, **more: Any) -> dict[str, Any]:
    """Return what a form posts beside what is typed."""
    return {"terms_hash": found.terms_hash, "seen": found.version, **more}


def test_the_list_shows_exact_terms_and_approves_from_there(cast: Cast) -> None:
    found = asked(cast)
    client = client_of(cast.staff["lea"])
    body = client.get("/approvals/").content.decode()
    for said in ("490.00", "The kettle broke", "Ada Front", "It broke twice.", "#W1", "This customer, in the period"):
        assert said in body, said
    response = client.post(f"/approvals/{found.pk}/do/approve/", frozen(found, **{"from": "list"}))
    assert (response.status_code, response["Location"]) == (303, "/approvals/")
    found.refresh_from_db()
    assert found.state == "granted"
    assert "Nobody waits for your yes" in client.get("/approvals/").content.decode()


def test_the_list_asks_few_questions_however_long(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for _number in range(5):
        asked(cast, minor=3_000)
    client = client_of(cast.staff["lea"])
    client.get("/approvals/")
    with django_assert_max_num_queries(12):
        client.get("/approvals/")


def test_the_page_shows_budgets_decisions_and_why_not(cast: Cast, django_assert_max_num_queries: Any) -> None:
    found = asked(cast)
    ada, lea = client_of(cast.staff["ada"]), client_of(cast.staff["lea"])
    body = lea.get(f"/approvals/{found.pk}/").content.decode()
    for said in (
        "What a yes does to the budgets",
        "2,000.00" if "2,000.00" in body else "2000.00",
        "Usual",
        "Team lead",
    ):
        assert said in body, said
    with django_assert_max_num_queries(30):
        lea.get(f"/approvals/{found.pk}/")
    assert "approval:decide" in ada.get(f"/approvals/{found.pk}/").content.decode()
    assert client_of(cast.staff["dan"]).get(f"/approvals/{found.pk}/").status_code == 404


def test_refusing_needs_words_and_asking_back_waits(cast: Cast) -> None:
    found = asked(cast)
    client = client_of(cast.staff["lea"])
    empty = client.post(f"/approvals/{found.pk}/do/refuse/", frozen(found, note=""))
    assert (empty.status_code, "This cannot be empty" in empty.content.decode()) == (422, True)
    client.post(f"/approvals/{found.pk}/do/ask_back/", frozen(found, note="Insured?"))
    assert "waits for an answer" in client.get("/approvals/").content.decode()
    stale = client.post(f"/approvals/{found.pk}/do/refuse/", frozen(found, note="No."))
    assert stale.status_code == 409
    found.refresh_from_db()
    client.post(f"/approvals/{found.pk}/do/refuse/", frozen(found, note="No."))
    body = client_of(cast.staff["ada"]).get("/approvals/list/mine/").content.decode()
    assert "refused" in body


def test_other_terms_than_those_seen_are_not_decided(cast: Cast) -> None:
    found = asked(cast)
    client = client_of(cast.staff["lea"])
    response = client.post(f"/approvals/{found.pk}/do/approve/", frozen(found) | {"terms_hash": "0" * 64})
    assert response.status_code == 409
    assert "not those that you saw" in response.content.decode()


def test_a_high_value_asks_for_the_second_factor_again_and_says_where(cast: Cast) -> None:
    found = asked(cast, minor=150_000)
    client = client_of(cast.staff["fin"])
    response = client.post(f"/approvals/{found.pk}/do/approve/", frozen(found))
    body = response.content.decode()
    assert response.status_code == 403
    assert f"/accounts/second-factor/again/?next=%2Fapprovals%2F{found.pk}%2F" in body
    give_factor(client, cast, "fin")
    assert client.post(f"/approvals/{found.pk}/do/approve/", frozen(found)).status_code == 303
    assert Decision.objects.get().factor_at is not None


def test_an_override_is_seen_and_reviewed_by_another(cast: Cast) -> None:
    found = asked(cast, minor=150_000)
    lea, fin = client_of(cast.staff["lea"]), client_of(cast.staff["fin"])
    give_factor(lea, cast, "lea")
    assert (
        lea.post(f"/approvals/{found.pk}/do/break_glass/", frozen(found, note="The flight leaves.")).status_code == 303
    )
    assert "The flight leaves." in fin.get("/approvals/review/").content.decode()
    empty = fin.post(f"/approvals/{found.pk}/review/", {"verdict": "justified", "note": ""})
    assert empty.status_code == 422
    assert fin.post(f"/approvals/{found.pk}/review/", {"verdict": "justified", "note": "Seen."}).status_code == 303
    assert "No override waits" in fin.get("/approvals/review/").content.decode()
    assert fin.post(f"/approvals/{found.pk}/review/", {"verdict": "justified", "note": "x"}).status_code == 409
    assert lea.get("/approvals/review/").status_code == 403


def test_a_link_decides_without_signing_in_and_looking_does_not(cast: Cast) -> None:
    found = asked(cast)
    address = actions.make_link(found.pk, staff_id=cast.staff["lea"].pk, by=system("approvals"), at=now())
    path = "/decide/" + address.partition("/decide/")[2]
    client = Client()
    for _look in range(3):
        body = client.get(path).content.decode()
    found.refresh_from_db()
    assert (found.state, "490.00" in body, "Lea Lead" in body) == ("asked", True, True)
    assert client.post(path, {"verdict": "refuse", "terms_hash": found.terms_hash, "note": ""}).status_code == 422
    done = client.post(path, {"verdict": "approve", "terms_hash": found.terms_hash, "note": ""})
    assert "on the record" in done.content.decode()
    found.refresh_from_db()
    assert found.state == "granted"
    assert client.get(path).status_code == 404
    assert client.get("/decide/forged/").status_code == 404


def test_a_link_for_a_high_value_asks_to_sign_in(cast: Cast) -> None:
    found = asked(cast, minor=150_000)
    address = actions.make_link(found.pk, staff_id=cast.staff["fin"].pk, by=system("approvals"), at=now())
    path = "/decide/" + address.partition("/decide/")[2]
    response = Client().post(path, {"verdict": "approve", "terms_hash": found.terms_hash, "note": ""})
    assert response.status_code == 403
    assert "sign in" in response.content.decode()


def test_what_looks_split_is_listed_for_who_reads_figures(cast: Cast) -> None:
    asked(cast, minor=2_400)
    found = asked(cast, minor=2_400)
    assert found.is_flagged
    body = client_of(cast.staff["lea"]).get("/approvals/list/split/").content.decode()
    assert "2 parts to the same payee in 30 days make 48.00 GBP." in body
    assert client_of(cast.staff["ada"]).get("/approvals/list/split/").status_code == 403
    assert client_of(cast.staff["ada"]).get("/approvals/list/nothing/").status_code == 404


def test_today_the_side_and_the_case_tell_of_it(cast: Cast) -> None:
    found = asked(cast)
    client = client_of(cast.staff["lea"])
    assert "asked of you to approve" in client.get("/today/").content.decode()
    assert "Approvals" in client.get("/places/").content.decode()
    body = client_of(cast.staff["ada"]).get(f"/cases/{found.case.ref}/").content.decode()
    assert "asked of Lea Lead" in body


def test_my_authority_is_shown_before_i_choose(cast: Cast) -> None:
    found = asked(cast, minor=2_000)
    client = client_of(cast.staff["ada"])
    body = client.get(f"/cases/{found.case.ref}/authority/").content.decode()
    assert "Left on this case" in body
    assert "asks for approval" in body
    assert "What I may decide alone" in client.get("/authority/").content.decode()


@pytest.fixture
def people(live_server: LiveServer, transactional_db: None) -> Cast:
    """The company, for pages in the browser."""
    return make_cast()


@pytest.mark.browser
@pytest.mark.parametrize("light", LIGHTS, ids=str)
def test_the_pages_are_accessible_and_fit(
    browser: Browser, live_server: LiveServer, people: Cast, light: Light
) -> None:
    found = asked(people)
    context = context_in(browser, light, site=live_server.url)
    sign_in(context, people.staff["lea"], site=live_server.url)
    for path in ("/approvals/", f"/approvals/{found.pk}/", "/authority/", "/approvals/list/mine/"):
        seen = visit(context, f"{live_server.url}{path}", light=light)
        assert violations(seen.page) == [], path
        assert overflow(seen.page) == 0, path
        assert seen.complaints == []
    context.close()


@pytest.mark.browser
def test_an_approver_decides_from_the_list_by_keyboard(browser: Browser, live_server: LiveServer, people: Cast) -> None:
    first, second = asked(people, minor=3_000), asked(people, minor=4_000)
    context = context_in(browser, LIGHTS[0], site=live_server.url)
    sign_in(context, people.staff["lea"], site=live_server.url)
    page = visit(context, f"{live_server.url}/approvals/").page
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.wait_for_selector("text=Done: approve")
    page.keyboard.press("j")
    page.keyboard.press("f")
    page.keyboard.type("Not ours to pay.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Nobody waits for your yes")
    context.close()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("granted", "refused")
