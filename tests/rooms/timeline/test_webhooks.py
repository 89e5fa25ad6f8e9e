"""Receivers outside are told of events: signed, retried, to public addresses only, and never of what is restricted."""

import datetime as dt
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import override_settings
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from recourse.kit.actor import system
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.kit.sealing import UnsealableError, seal, unseal
from recourse.kit.time import now
from recourse.timeline import reactions
from recourse.timeline.actions import (
    add_webhook,
    claim,
    edit_webhook,
    open_thread,
    pause_webhook,
    plug_webhooks,
    prune_attempts,
    record,
    redeliver,
    remove_webhook,
    resume_webhook,
    rotate_secret,
    run_delivery,
    sending,
    try_webhook,
)
from recourse.timeline.models import Delivery, Entry, Thread, Webhook, WebhookAttempt
from recourse.timeline.policy import DeliveryState, WebhookState
from recourse.timeline.queries import attempts, subscribable_events, webhook, webhooks
from tests.rooms.timeline.conftest import AT, boiled, staff, watched, write

pytestmark = pytest.mark.django_db
ADMIN = staff("webhook:edit")
DAY = dt.timedelta(days=1)


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes messages, and answers as it is told to."""

    def do_POST(self) -> None:
        """Write down what came and answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((body, dict(self.headers)))  # type: ignore[attr-defined]
        self.send_response(self.server.answer)  # type: ignore[attr-defined]
        self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Any]:
    """Return a receiver on this machine that the operator trusts."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.taken, server.answer = [], 204  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    with override_settings(OUTBOUND_ALLOW=frozenset({f"127.0.0.1:{server.server_port}"})):
        yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def closed_threads(monkeypatch: pytest.MonkeyPatch) -> set[UUID]:
    """Connect webhooks alone to the outbox; return the set of threads that must not leave."""
    closed: set[UUID] = set()
    for name, empty in (("_subscribers", []), ("_carriers", {})):
        monkeypatch.setattr(reactions, name, empty)
    monkeypatch.setattr(sending, "_outside", [])
    monkeypatch.setattr(sending, "_remembered", {})
    plug_webhooks(is_thread_shareable=lambda kind, key: key not in closed, thread_ref=lambda kind, key: f"{kind}-7")
    return closed


def url(receiver: Any) -> str:
    """Return the receiver's address."""
    return f"http://127.0.0.1:{receiver.server_port}/hook"


def added(receiver: Any, *events: str) -> tuple[Webhook, str]:
    """Subscribe the receiver."""
    found = add_webhook(url=url(receiver), events=events or ["kettle.boiled"], by=ADMIN, at=AT)
    sending.forget_subscriptions()
    return found


def deliver(at: dt.datetime | None = None) -> list[bool]:
    """Run what is due to go out."""
    at = at or now() + dt.timedelta(seconds=1)
    return [run_delivery(delivery=delivery, at=at) for delivery in claim(at=at, limit=50, is_outside=True)]


def test_an_event_reaches_its_receiver_signed_and_without_a_persons_words(receiver: Any, thread: Thread) -> None:
    _webhook, secret = added(receiver)
    (entry,) = write(thread, 1, note="words that stay here", by=staff())
    assert deliver() == [True]
    ((body, headers),) = receiver.taken
    message = Verifier(secret).verify(body, headers)
    assert message == {
        "type": "kettle.boiled",
        "version": 1,
        "position": entry.position,
        "timestamp": "2027-03-01T08:00:00.000000Z",
        "thread": {"kind": "kettle", "id": str(thread.pk), "ref": "kettle-7"},
        "actor_kind": "staff",
        "data": {"degrees": 0},
    }
    assert b"words" not in body
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(body.replace(b"0}", b"9}"), headers)


def test_only_subscribed_events_are_sent(receiver: Any, thread: Thread) -> None:
    added(receiver, "webhook.paused")
    write(thread)
    assert deliver() == []
    added(receiver, "*")
    write(thread)
    assert deliver() == [True]


def test_what_is_for_few_eyes_cannot_be_subscribed_to_and_never_leaves(receiver: Any, thread: Thread) -> None:
    assert "kettle.watched" not in subscribable_events()
    with pytest.raises(Invalid, match="events"):
        added(receiver, "kettle.watched")
    added(receiver, "*")
    with transaction.atomic():
        record(watched(), thread=thread, by=system("test"), at=AT)
    deliver()
    assert [json.loads(body)["type"] for body, _headers in receiver.taken] == ["webhook.added"]


def test_a_thread_that_became_restricted_before_the_sending_stays_inside(
    receiver: Any, thread: Thread, closed_threads: set[UUID]
) -> None:
    added(receiver)
    write(thread)
    closed_threads.add(thread.pk)
    deliver()
    assert receiver.taken == []
    assert Delivery.objects.get().state == DeliveryState.DROPPED


@pytest.mark.parametrize("status", [500, 404, 302, 410])
def test_a_receiver_that_does_not_take_an_event_is_tried_again_and_then_not(
    receiver: Any, thread: Thread, status: int
) -> None:
    held, _secret = added(receiver)
    write(thread)
    receiver.answer = status
    at = now() + dt.timedelta(seconds=1)
    assert deliver(at) == [False]
    assert deliver(at) == []
    receiver.answer = 200
    assert deliver(at + dt.timedelta(seconds=10)) == [True]
    assert len(receiver.taken) == 2
    assert receiver.taken[0][0] == receiver.taken[1][0]
    found = attempts(held.pk, viewer=ADMIN).rows
    assert [(row.outcome, row.status) for row in found] == [("taken", 200), ("refused", status)]
    held.refresh_from_db()
    assert held.failing_since is None


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/", "http://2130706433/", "http://[64:ff9b::a9fe:a9fe]/", "ftp://example.com/", "x"]
)
def test_an_inner_address_is_refused_when_it_is_kept(address: str) -> None:
    with pytest.raises(Invalid, match="url"):
        add_webhook(url=address, events=["*"], by=ADMIN, at=AT)
    assert not Webhook.objects.exists()


def test_an_address_that_leads_inside_is_refused_when_it_is_sent_to(receiver: Any, thread: Thread) -> None:
    held, _secret = added(receiver)
    write(thread)
    with override_settings(OUTBOUND_ALLOW=frozenset()):
        assert deliver() == [False]
    assert receiver.taken == []
    assert attempts(held.pk, viewer=ADMIN).rows[0].outcome == "outbound.address"


def test_a_webhook_that_fails_for_days_is_disabled_and_that_is_on_the_record(receiver: Any, thread: Thread) -> None:
    held, _secret = added(receiver)
    receiver.answer = 500
    write(thread)
    at = now() + dt.timedelta(seconds=1)
    deliver(at)
    write(thread)
    deliver(at + 6 * DAY)
    held.refresh_from_db()
    assert held.state == WebhookState.DISABLED
    assert Entry.objects.filter(event="webhook.disabled").count() == 1
    write(thread)
    deliver(at + 8 * DAY)
    assert len(receiver.taken) == 2
    resume_webhook(webhook_id=held.pk, by=ADMIN, at=at)
    held.refresh_from_db()
    assert (held.state, held.failing_since) == (WebhookState.ACTIVE, None)


def test_after_a_new_secret_both_sign_for_a_day_and_then_the_new_one_alone(receiver: Any, thread: Thread) -> None:
    held, old = added(receiver)
    at = now() + dt.timedelta(seconds=1)
    _webhook, new = rotate_secret(webhook_id=held.pk, by=ADMIN, at=at)
    write(thread)
    deliver(at)
    for secret in (old, new):
        assert Verifier(secret).verify(*receiver.taken[-1])
    held.refresh_from_db()
    entry = Entry.objects.filter(event="kettle.boiled").latest("position")
    assert len(sending._secrets(held, at + 2 * DAY)) == 1
    redeliver(webhook_id=held.pk, position=entry.position, by=ADMIN, at=at)
    deliver(at)
    assert len(receiver.taken) == 2


def test_secrets_are_sealed_at_rest_and_bound_to_their_row(receiver: Any) -> None:
    held, secret = added(receiver)
    assert secret not in held.secret
    assert unseal(held.secret, purpose="webhook secret", row=str(held.pk)) == secret
    for purpose, row in (("other", str(held.pk)), ("webhook secret", "another")):
        with pytest.raises(UnsealableError):
            unseal(held.secret, purpose=purpose, row=row)
    with pytest.raises(UnsealableError):
        unseal(seal("x", purpose="p", row="r")[:-6] + "AAAAAA", purpose="p", row="r")


def test_a_pause_sends_nothing_and_an_edit_holds_at_once(
    receiver: Any, thread: Thread, django_capture_on_commit_callbacks: Any
) -> None:
    held, _secret = added(receiver)
    with django_capture_on_commit_callbacks(execute=True):
        pause_webhook(webhook_id=held.pk, by=ADMIN, at=AT)
    write(thread)
    assert deliver() == []
    with django_capture_on_commit_callbacks(execute=True):
        resume_webhook(webhook_id=held.pk, by=ADMIN, at=AT)
        edit_webhook(webhook_id=held.pk, url=url(receiver), events=["webhook.tested"], by=ADMIN, at=AT)
    write(thread)
    assert deliver() == []


def test_a_test_is_sent_whatever_the_webhook_is_subscribed_to(receiver: Any) -> None:
    held, secret = added(receiver)
    try_webhook(webhook_id=held.pk, by=ADMIN, at=now())
    assert deliver() == [True]
    assert Verifier(secret).verify(*receiver.taken[0])["type"] == "webhook.tested"


def test_an_event_that_was_not_for_a_webhook_cannot_be_sent_to_it_again(receiver: Any, thread: Thread) -> None:
    held, _secret = added(receiver, "webhook.paused")
    entry = write(thread)[0]
    with pytest.raises(NotVisible):
        redeliver(webhook_id=held.pk, position=entry.position, by=ADMIN, at=AT)


def test_a_removed_webhook_is_gone_for_everybody_and_its_secret_destroyed(receiver: Any, thread: Thread) -> None:
    held, _secret = added(receiver)
    write(thread)
    remove_webhook(webhook_id=held.pk, by=ADMIN, at=AT)
    deliver()
    held.refresh_from_db()
    assert (receiver.taken, held.secret, held.state) == ([], "", WebhookState.REMOVED)
    assert webhooks(viewer=ADMIN) == []
    with pytest.raises(NotVisible):
        webhook(held.pk, viewer=ADMIN)
    with pytest.raises(NotVisible):
        pause_webhook(webhook_id=held.pk, by=ADMIN, at=AT)


def test_only_who_may_edit_webhooks_sees_or_changes_them(receiver: Any) -> None:
    held, _secret = added(receiver)
    stranger = staff("system:operate", "case:read")
    for act in (pause_webhook, remove_webhook, try_webhook, rotate_secret):
        with pytest.raises(Refused, match="webhook:edit"):
            act(webhook_id=held.pk, by=stranger, at=AT)
    with pytest.raises(Refused):
        add_webhook(url=url(receiver), events=["*"], by=stranger, at=AT)
    with pytest.raises(Refused):
        webhooks(viewer=stranger)


def test_a_change_of_what_somebody_else_changed_meanwhile_is_stale(receiver: Any) -> None:
    held, _secret = added(receiver)
    pause_webhook(webhook_id=held.pk, by=ADMIN, at=AT, seen=held.version)
    with pytest.raises(Stale):
        resume_webhook(webhook_id=held.pk, by=ADMIN, at=AT, seen=held.version)
    with pytest.raises(Refused, match="state"):
        pause_webhook(webhook_id=held.pk, by=ADMIN, at=AT)


def test_the_record_names_neither_address_nor_secret_of_a_webhook(receiver: Any) -> None:
    held, secret = added(receiver)
    edit_webhook(webhook_id=held.pk, url=f"{url(receiver)}/token-in-path", events=["*"], by=ADMIN, at=AT)
    told = " ".join(Entry.objects.filter(thread=held.thread).values_list("payload", flat=True))
    assert json.loads(Entry.objects.latest("position").payload)["is_url_changed"] is True
    assert "127.0.0.1" not in told
    assert secret not in told


def test_the_log_of_sendings_goes_after_a_month(receiver: Any, thread: Thread) -> None:
    held, _secret = added(receiver)
    entry = write(thread)[0]
    for days in (1, 31):
        WebhookAttempt.objects.create(webhook=held, entry=entry, at=AT - days * DAY, outcome="taken")
    assert prune_attempts(at=AT) == 1
    assert WebhookAttempt.objects.count() == 1


def test_nothing_is_sent_until_the_rooms_above_say_what_may_leave(
    receiver: Any, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(receiver)
    write(thread)
    monkeypatch.setattr(sending, "_outside", [])
    deliver()
    assert receiver.taken == []


def test_a_webhook_of_a_thread_of_its_own_has_its_life_on_the_record(receiver: Any) -> None:
    held, _secret = added(receiver)
    pause_webhook(webhook_id=held.pk, by=ADMIN, at=AT)
    told = list(Entry.objects.filter(thread=held.thread).order_by("number").values_list("event", flat=True))
    assert told == ["webhook.added", "webhook.paused"]
    assert open_thread("kettle").pk != held.thread_id
    assert boiled().name == "kettle.boiled"
