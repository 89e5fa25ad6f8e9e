"""Reports of a provider may come twice, late, early, in any order, forged or replayed: the ledger ends the same (A9, A10)."""

import itertools
import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction

from recourse.kit.errors import NotVisible, Refused
from recourse.ledger import actions
from recourse.ledger.models import Attempt, Balance, MoneyTask, PaymentRoom, Posting, ProviderEvent
from recourse.ledger.policy import AttemptState, Heard
from recourse.ledger.policy.attempts import after
from recourse.ledger.queries import check_ledger
from recourse.timeline.models import Entry
from tests.cast import AT, Cast
from tests.equipment.provider import FakePsp, signed
from tests.rooms.ledger.build import Story, charge, eur, plan, tell_story
from tests.rooms.ledger.paying import DAY, MINUTE, clean, hear_all, planned, state, work

pytestmark = pytest.mark.django_db
P, OK, NO, GONE, UNK, REF = (
    Heard.PENDING, Heard.SUCCEEDED, Heard.FAILED, Heard.ABSENT, Heard.UNKNOWN, Heard.REFUSED,
)  # fmt: skip
SCRIPTS: list[tuple[Heard, ...]] = [
    (OK, OK, OK, OK, OK, OK), (P, OK, OK, OK, OK, OK), (P, P, OK, P, OK, UNK), (P, OK, NO, UNK, P, OK),
    (OK, NO, OK, NO, P, UNK), (P, NO, P, NO, UNK, GONE), (P, P, P, OK, OK, NO), (UNK, GONE, P, OK, OK, P),
    (OK, UNK, GONE, OK, P, P), (NO, P, OK, UNK, OK, GONE),
]  # fmt: skip


def report(attempt: Attempt, status: str, number: int = 1, **given: Any) -> bytes:
    """Return a report as the provider would send it."""
    told = {
        "id": "re_1", "charge": attempt.room.charge_ref, "amount": attempt.amount_minor, "currency": "eur",  # type: ignore[union-attr]
        "status": status, "metadata": {"reference": attempt.key}, "created": int(AT.timestamp()), **given,
    }  # fmt: skip
    return json.dumps({"id": f"evt_{number}", "type": "refund.updated", "data": {"object": told}}).encode()


def keep(body: bytes, at: Any = AT, headers: dict[str, str] | None = None) -> bool:
    return actions.keep_report("card", body=body, headers=signed(body, at) if headers is None else headers, at=at)


def ends(attempt: Attempt) -> tuple[Any, ...]:
    """Return all in which a story ended."""
    attempt.refresh_from_db()
    room = PaymentRoom.objects.get(pk=attempt.room_id)
    sums: dict[str, int] = {}
    for row in Balance.objects.all():
        sums[row.account_id] = sums.get(row.account_id, 0) + row.minor
    standing = tuple(sorted((code, minor) for code, minor in sums.items() if minor))
    return (attempt.state, room.refunding_minor, room.refunded_minor, standing)


def test_every_order_of_what_can_be_heard_ends_in_the_same_state() -> None:
    tried = 0
    for script in SCRIPTS:
        found = set()
        for order in itertools.permutations(script):
            for times in (1, 2, 3):
                state = AttemptState.SENDING
                for heard in order:
                    for _again in range(times):
                        state = after(state, heard)
                found.add(state)
                tried += 1
        assert len(found) == 1, (script, found)
    assert tried == 21_600


@pytest.mark.parametrize(
    "statuses", [("pending", "succeeded"), ("succeeded", "failed"), ("pending", "succeeded", "failed")]
)
def test_every_order_and_repetition_of_reports_leaves_the_same_ledger(
    psp: FakePsp, story: Story, statuses: Sequence[str], settings: Any
) -> None:
    attempt = planned(psp, story)
    found = set()
    for order in itertools.permutations(range(len(statuses))):
        for times in (1, 3):
            for is_before_reply in (True, False):
                with transaction.atomic():
                    if not is_before_reply:
                        work(psp)
                    for number in order:
                        for _again in range(times):
                            body = report(attempt, statuses[number], number, id=attempt_ref(psp, is_before_reply))
                            keep(body)
                        actions.take_reports(at=AT)
                    found.add(ends(attempt))
                    failures = Entry.objects.filter(event="refund.failed").count()
                    assert failures == (1 if "failed" in statuses else 0)
                    assert check_ledger(at=AT) == []
                    transaction.set_rollback(True)
                (settings.DATA_DIR / "last_payment").unlink(missing_ok=True)
                psp.tell("wipe")
                psp.tell("charge", id=story.payment.method_ref, amount=10_000, currency="eur")
    assert len(found) == 1, found


def attempt_ref(psp: FakePsp, is_before_reply: bool) -> str:
    return "re_1" if is_before_reply else str(psp.effects()[0]["id"])


def test_a_report_that_overtakes_our_own_reply_posts_once(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story)
    psp.tell("faults", faults=["drop_reply"])
    psp.tell("now", now=AT.timestamp())
    actions.send_due(at=AT)
    for _again in range(3):
        hear_all(psp)
    assert state(attempt) == "succeeded"
    work(psp, AT + MINUTE)
    assert Posting.objects.filter(stage="executed").count() == 1
    assert ProviderEvent.objects.count() == 1
    clean(psp, AT + DAY)


def test_a_failure_days_later_reverses_once_gives_the_room_back_and_is_told_once(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story)
    work(psp)
    hear_all(psp)
    later = AT + 4 * DAY
    psp.tell("now", now=later.timestamp())
    psp.tell("change", refund=attempt_ref(psp, False), status="failed", reason="lost_or_stolen_card")
    for _again in range(3):
        hear_all(psp, later)
    work(psp, later)
    assert (state(attempt), attempt.code) == ("failed", "lost_or_stolen_card")
    assert Entry.objects.filter(thread=story.case.thread_id, event="refund.failed").count() == 1
    assert Posting.objects.filter(reverses__isnull=False).count() == 2
    assert PaymentRoom.objects.get().left_minor == 10_000
    assert MoneyTask.objects.get(done_at__isnull=True).kind == "failed"
    clean(psp, later)
    again = plan(attempt.matter, story.payment.pk, eur(4_000), at=later)
    work(psp, later)
    assert state(again) == "succeeded"
    clean(psp, later)


@pytest.mark.parametrize("case", range(25))
def test_late_failures_of_many_kinds_reverse_once(psp: FakePsp, cast: Cast, case: int) -> None:
    minor, days, times = 1_000 + 137 * case, 1 + case % 9, 1 + case % 3
    story = tell_story(cast, charge(20_000))
    attempt = planned(psp, story, minor)
    if case % 2:
        psp.tell("reset", now=AT.timestamp(), outcome="pending")
    work(psp)
    if case % 3 == 0:
        hear_all(psp)
    later = AT + days * DAY
    psp.tell("now", now=later.timestamp())
    psp.tell("change", refund=attempt_ref(psp, False), status="failed", reason="expired_or_canceled_card")
    if case % 5 == 0:
        work(psp, later)
    for _again in range(times):
        hear_all(psp, later)
    assert state(attempt) == "failed"
    assert Entry.objects.filter(event="refund.failed").count() == 1
    clean(psp, later)


def test_forged_old_and_senseless_reports_are_not_kept(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story)
    body = report(attempt, "succeeded")
    good = signed(body, AT)["stripe-signature"]
    stamp = good.split(",")[0]
    forged = [
        {}, {"stripe-signature": ""}, {"stripe-signature": stamp}, {"stripe-signature": good[:-1] + ("1" if good.endswith("0") else "0")},
        {"stripe-signature": good.replace("v1=", "v0=")}, {"stripe-signature": f"{stamp},{good}"},
        {"stripe-signature": "t=x,v1=" + good.split("v1=")[1]}, signed(body, AT, "whsec_other_tenant"),
        signed(body + b" ", AT), signed(body, AT - 6 * MINUTE), signed(body, AT + 6 * MINUTE),
        {"stripe-signature": f"t=９,v1={good.split('v1=')[1]}"},
    ]  # fmt: skip
    for headers in forged:
        with pytest.raises(Refused) as refused:
            keep(body, headers=headers)
        assert refused.value.code == "report.forged"
    for nonsense in (b"{", b"[]", b'{"id": 1}', b'{"id":"e","type":"refund.x","data":{}}', b"[" * 100_000):
        with pytest.raises(Refused):
            keep(nonsense)
    with pytest.raises(NotVisible):
        actions.keep_report("other", body=body, headers=signed(body, AT), at=AT)
    assert not ProviderEvent.objects.exists()
    assert keep(body, headers=signed(body, AT - 4 * MINUTE)) is True
    assert keep(body) is False


def test_a_report_of_an_unknown_kind_or_payment_is_kept_and_passed_over(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story)
    keep(json.dumps({"id": "e1", "type": "payout.paid", "data": {"object": {"id": "po_1"}}}).encode())
    keep(report(attempt, "succeeded", 2, metadata={"reference": "not ours"}, id="re_9"))
    actions.take_reports(at=AT)
    assert set(ProviderEvent.objects.values_list("outcome", flat=True)) == {"passed_over", "unmatched"}
    assert state(attempt) == "planned"


def test_a_report_that_cannot_be_read_is_put_before_a_person_and_holds_up_no_other(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story)
    keep(report(attempt, "succeeded", 1, amount="a lot"))
    keep(report(attempt, "succeeded", 2))
    for _turn in range(9):
        actions.take_reports(at=AT)
    assert state(attempt) == "succeeded"
    assert MoneyTask.objects.get().kind == "unexplained"
    assert ProviderEvent.objects.filter(taken_at__isnull=True).count() == 0
