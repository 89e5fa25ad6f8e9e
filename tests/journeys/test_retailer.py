"""Two dozen cases of the imported retailer, each through the API to settlement, with a processor that keeps its own log.

The edition is the retailer's policy for its agents as a handbook; orders, customers and prices are the public file's.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from recourse.api.limits import api_limiter
from recourse.customers.actions import upsert_order
from recourse.customers.models import Order
from recourse.customers.policy import ItemFacts, OrderFacts, PaymentFacts, PaymentKind
from recourse.kit.time import now
from recourse.ledger.actions import send_due
from recourse.ledger.models import Attempt, Voucher
from recourse.ledger.queries.checking import check_ledger
from recourse.people.actions import hire
from recourse.people.queries import actor_for
from recourse.remedies.models import Line
from tests.cast import SYSTEM, Cast
from tests.doors.api.calls import Caller, key_for
from tests.equipment.provider import FakePsp, running
from tests.journeys.retailer import CASES, DATA, Told, retailer_rules
from tests.rooms.clocks.build import publish

pytestmark = [
    pytest.mark.material,
    pytest.mark.skipif(not DATA.exists(), reason="the real material is not beside the repository"),
]


class Shop:
    """The retailer's desk: callers by nick, the processor, and short words for the API."""

    def __init__(self, cast: Cast, psp: FakePsp) -> None:
        self.cast, self.psp = cast, psp
        self.callers: dict[str, Caller] = {}

    def by(self, nick: str) -> Caller:
        """Return somebody with a key."""
        if nick not in self.callers:
            self.callers[nick] = Caller(key_for(self.cast, nick).token)
        return self.callers[nick]

    def do(self, nick: str, path: str, body: Any = None, *, status: tuple[int, ...] = (200, 201)) -> Any:
        """Do something over the API; anything but success is told."""
        response = self.by(nick).post(path, body)
        assert response.status_code in status, (path, response.status_code, response.content[:600])
        return response.json()

    def see(self, nick: str, path: str) -> Any:
        """Ask something over the API."""
        response = self.by(nick).get(path)
        assert response.status_code == 200, (path, response.content[:600])
        return response.json()


@pytest.fixture
def shop(cast: Cast, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Import the retailer under its own handbook."""
    monkeypatch.setattr(api_limiter, "burst", 1e9)
    monkeypatch.setattr(api_limiter, "rate", 1e9)
    settings.DATA_DIR = tmp_path
    with running(tmp_path) as psp:
        for name, value in psp.settings.items():
            setattr(settings, name, value)
        publish(retailer_rules(), number=2, at=now() - dt.timedelta(days=30), cast=cast)
        call_command("import", "retail", str(DATA))
        for nick, name, role in (("flo", "Flo Finance", "finance"), ("lex", "Lex Lead", "team lead")):
            hired = hire(email=f"{nick}@desk.example", name=name, roles=[role], by=SYSTEM, at=now())
            cast.staff[nick], cast.actors[nick] = hired, actor_for(hired)
        yield Shop(cast, psp)


def open_case(shop: Shop, told: Told, order: Order) -> str:
    """Let the customer's complaint come in; charges that the file does not have are told by the shop first."""
    if told.charges:
        facts = OrderFacts(
            reference=order.reference, source=order.source, source_state=order.source_state, currency="USD",
            total_minor=sum(told.charges),
            items=tuple(
                ItemFacts(
                    product_ref=item.product_ref, item_ref=item.item_ref, name=item.name, options=item.options,
                    quantity=item.quantity, unit_minor=item.unit_minor,
                )
                for item in order.items.order_by("position")
            ),
            payments=tuple(
                PaymentFacts(kind=PaymentKind.CHARGE, method="credit_card", method_ref=f"card_{n}", amount_minor=minor)
                for n, minor in enumerate(told.charges)
            ),
        )  # fmt: skip
        upsert_order(order.customer_id, facts, by=SYSTEM, at=now())
    for paid in order.payments.filter(kind="charge", method="credit_card"):
        shop.psp.tell("charge", id=f"{order.reference}/{paid.position}", amount=paid.amount_minor, currency="usd")
    account = order.customer.identities.filter(kind="account").get().value
    words = {"subject": told.name, "words": f"About {order.reference}: {told.name}.", "account": account}
    found = shop.do("ada", "/cases", {**words, "order_refs": [order.reference]})
    return str(found["case"]["ref"] if "case" in found else found["ref"])


def assess(shop: Shop, ref: str, told: Told) -> dict[str, Any]:
    body = {
        "cause": told.cause, "currency": "USD", "order_ref": told.order,
        "items": [{"item_ref": item} for item in told.items], **told.assessed,
    }  # fmt: skip
    found: dict[str, Any] = shop.do("rosa", f"/cases/{ref}/remedy/assessment", body)
    return found


def compose(shop: Shop, ref: str, told: Told, found: dict[str, Any]) -> list[int]:
    """Put the lines in: refunds against the card where one was used, else by finance."""
    cards = [one for one in found["payments"] if one["method"] == "credit_card"]
    numbers = []
    for line in told.lines:
        if "shared" in line:
            body = {"part": "entitlement", "rule": line["rule"], "amount_minor": line["shared"]}
            numbers += [one["number"] for one in shop.do("rosa", f"/cases/{ref}/remedy/refunds", body)]
            continue
        body = {name: value for name, value in line.items() if name != "place"}
        if line["kind"] == "refund" and cards and line["part"] == "entitlement":
            body["payment_id"] = cards[line.get("place", 0)]["payment_id"]
        numbers.append(shop.do("rosa", f"/cases/{ref}/remedy/lines", body)["number"])
    return numbers


def approve(shop: Shop, ref: str, numbers: list[int], told: Told) -> None:
    """Have the lines approved: at once within one's own authority, else by a lead who did not write the rules."""
    states = {shop.do("rosa", f"/cases/{ref}/remedy/lines/{number}/proposal")["state"] for number in numbers}
    assert ("proposed" in states) is told.needs_lead
    for one in shop.see("lex", f"/cases/{ref}/approvals"):
        if one["state"] == "asked":
            shop.do("lex", f"/approvals/{one['id']}/decision",
                    {"verdict": "approve", "terms_hash": one["terms_hash"]})  # fmt: skip


def carry_out(shop: Shop, ref: str, numbers: list[int], told: Told) -> None:
    """Offer what the customer answers, carry out the rest, and answer on the customer's own page."""
    for number in numbers:
        if number not in told.answers:
            shop.do("rosa", f"/cases/{ref}/remedy/lines/{number}/execution")
    asked = [number for number in numbers if number in told.answers]
    if asked:
        shop.do("rosa", f"/cases/{ref}/remedy/offers", {"lines": asked})
        token = shop.do("rosa", f"/cases/{ref}/pass")["token"]
        for number in asked:
            sent = Client().post(f"/my/{token}/offer/{number}/", told.answers[number])
            assert sent.status_code == 303


def pay(shop: Shop, ref: str, told: Told) -> None:
    """Let the worker send what goes out, and finance pay the rest by hand, two of them."""
    if told.fails_first:
        shop.psp.tell("reset", outcome="failed")
    while send_due(at=now()):
        pass
    shop.psp.tell("reset")
    lines = shop.see("rosa", f"/cases/{ref}/remedy")["lines"]
    for line in lines:
        if line["state"] == "failed":
            body = {"kind": "refund", "part": line["part"], "rule": line["rule"], "execution": "finance",
                    "amount_minor": line["amount_minor"]}  # fmt: skip
            number = shop.do("rosa", f"/cases/{ref}/remedy/lines/{line['number']}/replacement", body)["number"]
            shop.do("rosa", f"/cases/{ref}/remedy/lines/{number}/proposal")
            shop.do("rosa", f"/cases/{ref}/remedy/lines/{number}/execution")
    for number, attempt in enumerate(Attempt.objects.filter(provider="manual", state="planned", case__number=ref[3:])):
        shop.do("fin", f"/money/payments/{attempt.pk}/payment", {"reference": f"{ref}-{number}"})
        shop.do("flo", f"/money/payments/{attempt.pk}/check")
    for line in shop.see("rosa", f"/cases/{ref}/remedy")["lines"]:
        if line["execution"] == "fulfilment" and line["state"] == "executing":
            shop.do("rosa", f"/cases/{ref}/remedy/lines/{line['number']}/confirmation", {"reference": f"T-{ref}"})


def finish(shop: Shop, ref: str) -> None:
    shop.do("rosa", f"/cases/{ref}/replies", {"text": "This is settled now.", "can_undo": False}, status=(200, 201))
    shop.do("rosa", f"/cases/{ref}/resolution", {"reason": "solved"})


def test_the_retailers_policy_is_a_handbook() -> None:
    rules = retailer_rules()
    assert rules.currency == "USD"
    assert {one.key for one in rules.remedies.entitlements} >= {"cancellation", "return", "difference", "damage"}
    assert rules.money.provider_for("gift_card") == "manual"


def test_every_case_goes_from_first_contact_to_settlement(shop: Shop) -> None:
    assert len(CASES) >= 20
    for told in CASES:
        order = Order.objects.select_related("customer").get(reference=told.order)
        ref = open_case(shop, told, order)
        found = assess(shop, ref, told)
        numbers = compose(shop, ref, told, found)
        approve(shop, ref, numbers, told)
        carry_out(shop, ref, numbers, told)
        pay(shop, ref, told)
        settled(shop, ref, told)
        finish(shop, ref)
    _agree(shop)


def settled(shop: Shop, ref: str, told: Told) -> None:
    """Check that each line came to its end, and that exactly what was to be paid was paid."""
    found = shop.see("rosa", f"/cases/{ref}/remedy")
    ended = {"settled", "declined", "replaced"}
    assert {line["state"] for line in found["lines"]} <= ended, (told.name, found["lines"])
    assert found["missing"] == {}, told.name
    paid = Attempt.objects.filter(case__number=ref[3:], state="succeeded").order_by("planned_at", "id")
    for way, sums in (("card", told.paid), ("manual", told.by_hand)):
        assert tuple(one.amount_minor for one in paid if one.provider == way) == sums, told.name
    vouchers = Voucher.objects.filter(case__number=ref[3:]).order_by("id")
    assert tuple(one.amount_minor for one in vouchers) == told.vouchers, told.name


def _agree(shop: Shop) -> None:
    """Compare the three that must agree: the processor's own log, the ledger, the approvals."""
    effects = [one for one in shop.psp.effects() if one["status"] == "succeeded"]
    ours = Attempt.objects.filter(provider="card", state="succeeded")
    assert sorted(one["amount"] for one in effects) == sorted(ours.values_list("amount_minor", flat=True))
    assert sum(one["amount"] for one in effects) == sum(sum(told.paid) for told in CASES)
    assert check_ledger(at=now()) == []
    money = Line.objects.filter(state="settled", amount_minor__gt=0)
    assert all(line.approval_id for line in money)
