"""The remedy builder and the offer on “my case”: what they show, what they do without scripts, in how many questions."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from recourse.conversations.actions import issue_pass
from recourse.kit.time import now
from recourse.remedies import actions
from recourse.remedies.models import Acceptance, Letter, Line, Package
from tests.cast import SYSTEM, Cast, make_cast
from tests.doors.web.browser import LIGHTS, Light, context_in, overflow, sign_in, violations, visit
from tests.doors.web.signing import client_of
from tests.rooms.remedies.conftest import Kettle, order_of

HOUR = dt.timedelta(hours=1)
FORM = {
    "cause": "damaged", "fault": "ours", "days": "3", "order_ref": "#K1", "currency": "GBP", "qty:K-1": "1",
    "sought_kind": "refund", "sought_minor": "80.00", "harm:calls": "12.50", "act": "save",
}  # fmt: skip


def kettle_of(cast: Cast) -> Kettle:
    order = order_of(cast.jane)
    case = cast.open("The kettle came broken", family="product", product="kettle", order_refs=["#K1"], at=now() - HOUR)
    return Kettle(cast, case, order, at=now())


@pytest.fixture
def kettle(cast: Cast) -> Kettle:
    """A case that nobody has assessed yet."""
    return kettle_of(cast)


@pytest.fixture
def ready(kettle: Kettle) -> Kettle:
    """Two refunds of what is owed and a voucher, approved."""
    kettle.assess()
    kettle.approved(kettle.refund(5_000))
    kettle.approved(kettle.refund(3_000, 1))
    kettle.approved(kettle.goodwill(1_000))
    return kettle


def at(kettle: Kettle, place: str = "") -> str:
    return f"/cases/{kettle.case.ref}/remedy/{place}"


def body(response: Any) -> str:
    return str(response.content.decode())


def test_before_anything_was_assessed_the_page_says_what_comes_first(kettle: Kettle) -> None:
    said = body(client_of(kettle.cast.staff["rosa"]).get(at(kettle)))
    assert "Nothing was assessed yet" in said
    assert at(kettle, "assessment/") in said
    assert at(kettle, "assessment/") not in body(client_of(kettle.cast.staff["ada"]).get(at(kettle)))


def test_what_follows_is_shown_before_anything_is_written(kettle: Kettle) -> None:
    client = client_of(kettle.cast.staff["rosa"])
    said = body(client.post(at(kettle, "assessment/what-follows/"), FORM))
    assert "Money back or a replacement for faulty goods" in said
    assert "80.00" in said
    assert "18.50" in said  # a fifth of the loss of 92.50
    assert not Package.objects.exists()
    assert "18.50" in body(client.post(at(kettle, "assessment/"), {**FORM, "act": "check"}))
    assert not Package.objects.exists()


def test_an_assessment_is_written_and_nothing_typed_is_lost_where_it_is_not(kettle: Kettle) -> None:
    client = client_of(kettle.cast.staff["rosa"])
    wrong = client.post(at(kettle, "assessment/"), {**FORM, "harm:calls": "twelve", "cause": "late"})
    assert wrong.status_code == 422
    assert "Write an amount in plain digits" in body(wrong)
    assert 'value="twelve"' in body(wrong)
    assert client.post(at(kettle, "assessment/"), FORM).status_code == 303
    assert kettle.package.loss_minor == 9_250
    stale = client.post(at(kettle, "assessment/"), {**FORM, "seen": "1", "days": "4"})
    assert stale.status_code == 409


def test_a_line_is_put_in_proposed_offered_and_taken_back_through_the_screens(kettle: Kettle) -> None:
    client = client_of(kettle.cast.staff["rosa"])
    kettle.assess()
    form = {"kind": "refund", "part": "entitlement", "rule": "faulty_goods", "amount": "80.00"}
    assert "Payment, with what is left of it" in body(client.get(at(kettle, "lines/new/?kind=refund&part=entitlement")))
    too_much = client.post(at(kettle, "lines/new/"), {**form, "amount": "80.01"})
    assert too_much.status_code == 409
    assert "0.01 GBP more than this step allows" in body(too_much)
    assert client.post(at(kettle, "lines/new/"), form).status_code == 303
    assert client.post(at(kettle, "lines/1/propose/"), {"seen": "1"}).status_code == 303
    assert kettle.state(1) == "approved"
    letter = client.get(at(kettle, "offer/"))
    assert "You need not accept this offer." in body(letter)
    bare = client.post(at(kettle, "offer/"), {"line": "1", "letter": "Take it.", "act": "send"})
    assert bare.status_code == 422
    assert "The customer may say no" in body(bare)
    assert client.post(at(kettle, "offer/"), {"line": "1", "letter": "", "act": "send"}).status_code == 303
    assert kettle.state(1) == "offered"
    assert client.post(at(kettle, "offers/1/recall/"), {"note": ""}).status_code == 303
    assert kettle.state(1) == "approved"


def test_the_check_of_a_letter_says_what_is_missing_while_it_is_written(ready: Kettle) -> None:
    client = client_of(ready.cast.staff["rosa"])
    said = body(client.post(at(ready, "letter/check/final/"), {"letter": "We are done."}))
    assert "missing" in said
    assert "This is our final response to your complaint." in said
    sent = client.post(at(ready, "letter/"), {"letter": "This is our final response to your complaint.", "act": "send"})
    assert sent.status_code == 303
    assert Letter.objects.get().letter == "final_letter"


def test_a_failed_line_stands_out_and_offers_its_way_out(ready: Kettle) -> None:
    client = client_of(ready.cast.staff["rosa"])
    client.post(at(ready, "lines/1/execute/"))
    actions.note_failed(matter=ready.line(1).matter, fault="provider_refused", by=SYSTEM, at=now())
    said = body(client.get(at(ready)))
    assert "is-failed" in said
    assert "the payment provider refused it" in said
    assert at(ready, "lines/1/replace/") in said
    form = {"kind": "refund", "part": "entitlement", "rule": "faulty_goods", "amount": "50.00", "execution": "finance"}
    assert client.post(at(ready, "lines/1/replace/"), form).status_code == 303
    assert ready.state(1) == "replaced"
    assert Line.objects.filter(package=ready.package).count() == 4


def test_what_the_customer_cannot_do_on_the_desk_a_colleague_reads_alone(ready: Kettle) -> None:
    said = body(client_of(ready.cast.staff["ada"]).get(at(ready)))
    assert "Resolvers, leads and customer-experience specialists compose remedies." in said
    assert "Ask for approval" not in said


def test_the_page_asks_no_more_for_more_lines(ready: Kettle) -> None:
    client = client_of(ready.cast.staff["rosa"])
    with CaptureQueriesContext(connection) as few:
        client.get(at(ready))
    for minor in (100, 200, 300):
        ready.approved(ready.goodwill(minor))
    with CaptureQueriesContext(connection) as more:
        client.get(at(ready))
    assert len(more) <= len(few)
    assert len(few) <= 60


def link(kettle: Kettle) -> str:
    return f"/my/{issue_pass(case_ref=kettle.case.ref, **kettle.by).token}/"


def test_the_customer_answers_line_by_line_without_scripts(ready: Kettle) -> None:
    ready.offer(1, 2, 3)
    address, client = link(ready), Client()
    said = body(client.get(address))
    assert "We pay 50.00 GBP back the way you paid." in said
    assert "You can answer until" in said
    client.post(f"{address}offer/1/", {"answer": "accept"})
    client.post(f"{address}offer/2/", {"answer": "decline"})
    client.post(f"{address}offer/3/", {"answer": "counter", "wanted": "20.00", "words": "I borrowed one."})
    assert list(Acceptance.objects.order_by("at", "id").values_list("verdict", "wanted_minor")) == [
        ("accept", None), ("decline", None), ("counter", 2_000),
    ]  # fmt: skip
    after = body(client.get(address))
    assert "accepted; we are on it" in after
    assert "20.00 GBP: I borrowed one." in after
    assert "You can answer until" not in after


def test_nothing_of_the_desk_stands_on_the_customers_page(ready: Kettle) -> None:
    ready.offer(1, 2, 3)
    said = body(Client().get(link(ready)))
    for word in ("entitlement", "band", "approval", "Like cases", "faulty_goods"):
        assert word not in said


def test_an_answer_that_cannot_be_taken_keeps_nothing(ready: Kettle) -> None:
    ready.offer(1, 2, 3)
    address, client = link(ready), Client()
    for form in ({"answer": "perhaps"}, {"answer": "counter"}, {"answer": "counter", "wanted": "-5"}):
        assert client.post(f"{address}offer/3/", form).status_code == 303
    assert client.post(f"{address}offer/9/", {"answer": "accept"}).status_code == 404
    assert client.post("/my/forged/offer/1/", {"answer": "accept"}).status_code == 404
    assert not Acceptance.objects.exists()


@pytest.fixture
def shown(transactional_db: None) -> Kettle:
    """A remedy in the middle of its life, in the database that a browser sees."""
    kettle = kettle_of(make_cast())
    kettle.assess()
    kettle.approved(kettle.refund(5_000))
    kettle.approved(kettle.refund(3_000, 1))
    kettle.approved(kettle.goodwill(1_000))
    kettle.offer(1, 2, 3)
    kettle.answer(1)
    kettle.answer(3, "counter", wanted_minor=2_000, words="I had to borrow one.")
    kettle.add(kettle.goodwill(500))
    return kettle


@pytest.mark.browser
@pytest.mark.parametrize("light", LIGHTS, ids=str)
def test_the_screens_look_right_in_every_light(
    live_server: LiveServer, browser: Browser, shown: Kettle, light: Light
) -> None:
    context = context_in(browser, light, site=live_server.url)
    sign_in(context, shown.cast.staff["rosa"], site=live_server.url)
    places = ("", "assessment/", "lines/new/?kind=goodwill&part=goodwill", "letter/")
    for address in (*(at(shown, place) for place in places), link(shown)):
        seen = visit(context, f"{live_server.url}{address}", light=light)
        assert violations(seen.page) == [], address
        assert overflow(seen.page) == 0, address
        assert seen.complaints == [], address
    context.close()


@pytest.mark.browser
def test_the_remedy_opens_by_its_key_and_reckons_while_one_types(
    live_server: LiveServer, browser: Browser, shown: Kettle
) -> None:
    context = context_in(browser, LIGHTS[0], site=live_server.url)
    sign_in(context, shown.cast.staff["rosa"], site=live_server.url)
    page = visit(context, f"{live_server.url}/cases/{shown.case.ref}/").page
    page.keyboard.press("o")
    page.wait_for_url("**/remedy/")
    page = visit(context, f"{live_server.url}{at(shown, 'assessment/')}").page
    page.fill("[name='harm:calls']", "10.00")
    page.wait_for_selector("#would-follow :text('10.00')")
    context.close()


def test_the_case_page_asks_for_the_remedys_panel_which_names_each_line(ready: Kettle) -> None:
    client = client_of(ready.cast.staff["ada"])
    assert f"/cases/{ready.case.ref}/panel/remedy/" in body(client.get(f"/cases/{ready.case.ref}/"))
    said = body(client.get(f"/cases/{ready.case.ref}/panel/remedy/"))
    assert "1. refund" in said
    assert "approved" in said
