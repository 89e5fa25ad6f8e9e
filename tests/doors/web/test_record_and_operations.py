"""Record, health and webhooks, through the door."""

import html
import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recourse.cases.actions import restrict
from recourse.kit.time import now
from recourse.timeline.actions import seal, sign_checkpoint
from recourse.timeline.models import Delivery, Entry, Webhook
from recourse.timeline.policy import DeliveryState, WebhookState
from tests.cast import Cast
from tests.doors.web.signing import client_of
from tests.rooms.timeline.test_verify import as_superuser

PAGES = ["/record/", "/setup/", "/setup/health/", "/setup/webhooks/"]


def words(answer: Any) -> str:
    """Return what a page says, without its marks."""
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def proved(cast: Cast) -> Entry:
    """Return the first entry of a case, sealed under a checkpoint."""
    case = cast.open()
    seal()
    sign_checkpoint(key=Ed25519PrivateKey.generate(), at=now())
    found: Entry = Entry.objects.filter(thread_id=case.thread_id).earliest("position")
    return found


@pytest.mark.parametrize("page", PAGES)
def test_an_administrator_sees_each_page_in_few_queries(cast: Cast, page: str) -> None:
    client = client_of(cast.staff["max"])
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    assert len(queries) <= 16, [query["sql"][:100] for query in queries]


@pytest.mark.parametrize("page", PAGES)
def test_nobody_signed_out_and_no_agent_sees_one(cast: Cast, client: Any, page: str) -> None:
    assert client.get(page).status_code == 302
    if page != "/setup/":
        assert client_of(cast.staff["ada"]).get(page).status_code == 403


def test_the_record_is_searched_by_event_case_and_day(cast: Cast, proved: Entry) -> None:
    client = client_of(cast.staff["aud"])
    shown = words(client.get("/record/", {"event": "case.opened"}))
    assert str(proved.position) in shown
    day = proved.recorded_at.date().isoformat()
    assert str(proved.position) in words(client.get("/record/", {"day": day}))
    assert client.get("/record/", {"day": "tomorrow"}).status_code == 422
    assert client.get("/record/", {"cursor": "bogus"}).status_code == 422
    assert client.get("/record/", {"case": "RC-999999"}).status_code == 404


def test_an_entry_is_shown_with_its_proof_and_a_changed_one_without(cast: Cast, proved: Entry) -> None:
    client = client_of(cast.staff["aud"])
    assert "stands, unchanged" in words(client.get(f"/record/{proved.position}/"))
    as_superuser(f"UPDATE timeline_entry SET actor_id = 'staff:x' WHERE position = {proved.position}")
    assert "does not agree" in words(client.get(f"/record/{proved.position}/"))
    connection.set_rollback(True)


def test_a_restricted_case_leaves_no_trace_on_the_record_of_who_may_not_know_of_it(cast: Cast, proved: Entry) -> None:
    case = cast.open()
    restrict(case.ref, reader_ids=[cast.staff["rosa"].pk], by=cast.by("rosa"), at=now())
    first = Entry.objects.filter(thread_id=case.thread_id).earliest("position")
    auditor, finance = client_of(cast.staff["aud"]), client_of(cast.staff["fin"])
    assert auditor.get(f"/record/{first.position}/").status_code == 200
    assert finance.get(f"/record/{first.position}/").status_code == 404
    assert finance.get("/record/999999999/").status_code == 404
    assert f"/record/{first.position}/" not in finance.get("/record/").content.decode()
    assert finance.get("/record/", {"case": case.ref}).status_code == 404


def test_a_stuck_delivery_is_seen_retried_and_dropped_by_operators_alone(cast: Cast, proved: Entry) -> None:
    stuck = Delivery.objects.create(
        entry=proved, reaction="kettle.whistle", state=DeliveryState.STUCK, error="no water"
    )
    client, address = client_of(cast.staff["max"]), f"/setup/health/deliveries/{stuck.pk}/"
    assert "no water" in words(client.get("/setup/health/"))
    assert client_of(cast.staff["lea"]).post(address, {"act": "retry"}).status_code == 403
    assert client.get(address).status_code == 405
    assert client.post(address, {"act": "retry"}).status_code == 303
    stuck.refresh_from_db()
    assert stuck.state == DeliveryState.WAITING
    assert client.post(address, {"act": "drop"}).status_code == 409
    assert client.post(address, {"act": "explode"}).status_code == 409


def test_a_webhook_is_added_with_a_secret_shown_once_and_to_the_open_internet_alone(cast: Cast) -> None:
    client = client_of(cast.staff["max"])
    refused = client.post("/setup/webhooks/", {"url": "http://169.254.169.254/", "events": ["*"]})
    assert refused.status_code == 422
    assert "open internet" in words(refused)
    made = client.post("/setup/webhooks/", {"url": "https://93.184.216.34/hook", "events": ["case.opened"]})
    held = Webhook.objects.get()
    assert "whsec_" in words(made)
    assert made["Cache-Control"] == "no-store"
    assert "whsec_" not in words(client.get(f"/setup/webhooks/{held.pk}/"))
    rotated = client.post(f"/setup/webhooks/{held.pk}/", {"act": "rotate", "seen": held.version})
    assert "whsec_" in words(rotated)
    assert rotated["Cache-Control"] == "no-store"


def test_a_webhook_is_paused_resumed_edited_and_removed_and_a_stale_page_is_told(cast: Cast) -> None:
    client = client_of(cast.staff["max"])
    client.post("/setup/webhooks/", {"url": "https://93.184.216.34/hook", "events": ["*"]})
    held = Webhook.objects.get()
    address = f"/setup/webhooks/{held.pk}/"
    for act, state in (("pause", WebhookState.PAUSED), ("resume", WebhookState.ACTIVE)):
        assert client.post(address, {"act": act, "seen": held.version}).status_code == 303
        held.refresh_from_db()
        assert held.state == state
    assert client.post(address, {"act": "pause", "seen": 1}).status_code == 409
    edited = {"act": "edit", "seen": held.version, "url": held.url, "events": ["case.opened"]}
    assert client.post(address, edited).status_code == 303
    held.refresh_from_db()
    assert held.events == ["case.opened"]
    assert client.post(address, {"act": "remove", "seen": held.version}).status_code == 303
    assert client.get(address).status_code == 404
