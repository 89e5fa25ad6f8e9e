"""Finance works with money on the screen: how it stands, two persons by hand, differences, exports, providers' reports."""

import datetime as dt
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recourse.kit.time import now
from recourse.ledger import actions
from recourse.ledger.models import Attempt, ProviderEvent
from recourse.people.models import Staff
from tests.cast import SYSTEM, Cast
from tests.doors.api.calls import Caller, key_for
from tests.doors.web import signing
from tests.equipment.provider import signed
from tests.rooms.ledger.build import Story, eur, tell_story
from tests.rooms.ledger.test_by_hand import finance

pytestmark = pytest.mark.django_db
SETTINGS = {"card": {"url": "http://127.0.0.1:9", "secret": "s", "report_secrets": ("whsec_fake",)}}


def client_of(cast: Cast, nick: str) -> Client:
    return signing.client_of(cast.staff[nick])


@pytest.fixture
def story(cast: Cast) -> Story:
    return tell_story(cast)


def test_money_stands_by_state_and_one_line_leads_to_its_case(story: Story) -> None:
    story.refund(4_000, at=now())
    client = client_of(story.cast, "fin")
    page = client.get("/money/").content.decode()
    assert "approved, not paid" in page
    assert "40.00" in page
    lines = client.get("/money/waiting/approved/").content.decode()
    assert f"/cases/{story.case.ref}/" in lines
    for place in ("payments", "postings", "budgets", "vouchers", "costs", "differences", "payments/by-hand"):
        assert client.get(f"/money/{place}/").status_code == 200, place
    assert client.get("/money/waiting/settled/").status_code == 404
    assert client.get("/money/payments/?state=teapot").status_code == 422


def test_a_case_that_finance_may_not_see_is_not_named(cast: Cast) -> None:
    story = tell_story(cast)
    story.refund(4_000, at=now())
    type(story.case).objects.filter(pk=story.case.pk).update(is_restricted=True)
    client = client_of(cast, "fin")
    for place in ("waiting/approved", "payments", "payments/by-hand", "postings"):
        page = client.get(f"/money/{place}/").content.decode()
        assert "40.00" in page
        assert story.case.ref not in page
    token = key_for(cast, "fin").token
    for place in ("postings", "payments", "lines?stage=approved"):
        answer = Caller(token).get(f"/money/{place}")
        assert answer.status_code == 200
        assert story.case.ref not in answer.content.decode()


def test_two_persons_pay_and_check_on_the_screen(story: Story) -> None:
    attempt = story.refund(4_000, at=now())
    first, second = client_of(story.cast, "fin"), signing.client_of(_staff(finance(story.cast)))
    place = f"/money/payments/{attempt.pk}/"
    assert "I paid this" in first.get(place).content.decode()
    empty = first.post(place, {"act": "confirm", "reference": "", "seen": 1})
    assert empty.status_code == 422
    assert first.post(place, {"act": "confirm", "reference": "SEPA-9", "seen": 9}).status_code == 409
    assert first.post(place, {"act": "confirm", "reference": "SEPA-9", "seen": 1}).status_code == 303
    refused = first.post(place, {"act": "check", "seen": 2})
    assert refused.status_code == 409
    assert "somebody else must check" in refused.content.decode()
    assert second.post(place, {"act": "check", "seen": 2}).status_code == 303
    attempt.refresh_from_db()
    assert attempt.state == "succeeded"
    assert first.post(place, {"act": "teapot"}).status_code == 404


def _staff(actor: Any) -> Any:
    return Staff.objects.get(pk=actor.staff_id)


def test_twice_pressed_pays_once(story: Story) -> None:
    attempt = story.refund(4_000, at=now())
    client = client_of(story.cast, "fin")
    place = f"/money/payments/{attempt.pk}/"
    answers = [client.post(place, {"act": "confirm", "reference": "SEPA-9", "seen": 1}).status_code for _n in range(20)]
    assert answers[0] == 303
    assert set(answers[1:]) == {409}
    assert Attempt.objects.filter(state="paid").count() == 1


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [("csv", "text/csv", b'"posting"'), ("xlsx", "application/vnd", b"PK"), ("beancount", "text/plain", b"option")],
)
def test_finance_takes_the_books_away(story: Story, form: str, kind: str, begins: bytes) -> None:
    today = dt.date.today()
    story.refund(4_000, at=now())
    asked = f"/money/export/{form}/?from_on={today - dt.timedelta(days=2)}&until_on={today + dt.timedelta(days=2)}"
    answer = client_of(story.cast, "fin").get(asked)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    assert (answer.status_code, answer["Content-Type"].startswith(kind)) == (200, True)
    assert "attachment" in answer["Content-Disposition"]
    assert content.startswith(begins)
    assert client_of(story.cast, "lea").get(asked).status_code == 403
    assert client_of(story.cast, "aud").get(f"/money/export/{form}/?from_on=x").status_code == 422


def test_the_lists_ask_the_same_few_questions_however_long_they_are(story: Story) -> None:
    client = client_of(story.cast, "fin")
    places = ("/money/", "/money/waiting/approved/", "/money/payments/", "/money/postings/", "/money/payments/by-hand/")
    client.get("/money/")

    def asked(place: str) -> int:
        with CaptureQueriesContext(connection) as met:
            assert client.get(place).status_code == 200
        return len(met)

    story.refund(100, at=now())
    before = {place: asked(place) for place in places}
    for _line in range(8):
        tell_story(story.cast).refund(100, at=now())
    assert {place: asked(place) for place in places} == before
    assert max(before.values()) <= 25


def test_a_report_is_kept_once_it_bears_a_signature_that_holds_now(story: Story, settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = SETTINGS
    body = json.dumps({"id": "evt_1", "type": "refund.updated", "data": {"object": {"id": "re_1"}}}).encode()
    client = Client(enforce_csrf_checks=True)

    def send(content: bytes, at: dt.datetime, provider: str = "card", **given: Any) -> int:
        head = {"Stripe-Signature": signed(content, at)["stripe-signature"], **given}
        place = f"/hooks/payments/{provider}/"
        return client.post(place, content, content_type="application/json", headers=head).status_code

    at = now()
    assert send(body, at) == 200
    assert send(body, at) == 200
    assert send(body, at - dt.timedelta(minutes=6)) == 400
    assert send(body, at, "other") == 400
    assert send(b"x" * 10_000_000, at) == 413
    assert client.get("/hooks/payments/card/").status_code == 405
    assert client.post("/hooks/payments/card/", body, content_type="application/json").status_code == 400
    assert ProviderEvent.objects.count() == 1


def test_finance_stops_all_payments_and_compares_before_they_go_out_again(story: Story, settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = SETTINGS
    client = client_of(story.cast, "fin")
    assert client.post("/money/stop/", {"act": "hold", "why": "Doubts"}).status_code == 303
    assert "Doubts" in client.get("/money/").content.decode()
    refused = client.post("/money/stop/", {"act": "free"})
    assert refused.status_code == 409
    assert client.post("/money/differences/", {"provider": "card"}).status_code == 303
    assert client.post("/money/differences/", {"provider": "teapot"}).status_code == 404
    for nick in ("lea", "ada"):
        assert client_of(story.cast, nick).post("/money/stop/", {"act": "hold", "why": "x"}).status_code == 403


def test_a_voucher_is_spent_on_the_screen(story: Story) -> None:
    at = now()
    matter = story.approved(2_000, kind="credit", at=at)
    voucher = actions.issue_voucher(
        matter, amount=eur(2_000), approval_ref="a", customer_id=story.cast.jane.pk, by=SYSTEM, at=at
    )
    code = actions.code_of(voucher)
    client = client_of(story.cast, "fin")
    assert code not in client.get("/money/vouchers/").content.decode()
    assert client.post("/money/vouchers/", {"code": "AAAAA", "spent_on": "W1"}).status_code == 422
    assert client.post("/money/vouchers/", {"code": code, "spent_on": "W1"}).status_code == 303
    assert client.post("/money/vouchers/", {"code": code, "spent_on": "W2"}).status_code == 422
