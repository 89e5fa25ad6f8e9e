"""The demo's money: orders of its customers, and remedies in every state, played through the verbs alone."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from recourse.approvals import actions as approvals
from recourse.approvals.queries.find import approvals_of
from recourse.cases import actions as cases
from recourse.cases.policy import Channel
from recourse.conversations import actions as conversations
from recourse.conversations.actions import Upload
from recourse.conversations.policy.words import DraftKind
from recourse.conversations.queries import entrance
from recourse.customers.actions import upsert_order
from recourse.customers.policy import ItemFacts, OrderFacts, PaymentFacts, PaymentKind
from recourse.handbook.policy.kinds import LineKind
from recourse.intake import actions as intake
from recourse.ledger import actions as ledger
from recourse.ledger.queries.lists import by_hand
from recourse.ops.demo.company import BY, Company
from recourse.ops.demo.stories import CUSTOMERS
from recourse.remedies import actions as remedies
from recourse.remedies.actions import Answer, Assessment, HarmTold, ItemTold, NewLine
from recourse.remedies.policy import Part, Verdict
from recourse.remedies.queries import package_of
from recourse.remedies.queries.payments import payments_left

SORRY = "We are sorry. You did everything right, and we did not."


@dataclass(frozen=True, slots=True)
class Sold:
    """An order: who bought which piece for how much, paid in how many payments."""

    customer: str
    reference: str
    item: str
    minor: int
    payments: tuple[int, ...]
    currency: str = "GBP"


@dataclass(slots=True)
class Played:
    """A case with its order while its remedy is played."""

    company: Company
    sold: Sold
    case: Any
    at: dt.datetime
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def by(self) -> dict[str, Any]:
        """Return the resolver and the instant; each act comes half an hour after the one before."""
        self.at += dt.timedelta(minutes=30)
        return {"by": self.company.by("gwen"), "at": self.at}

    def assess(self, cause: str = "damaged", **more: Any) -> None:
        """Say what went wrong with the piece."""
        plain: dict[str, Any] = {"cause": cause, "currency": self.sold.currency, "order_ref": self.sold.reference}
        if cause == "damaged":
            plain["items"] = (ItemTold(self.sold.item),)
        remedies.assess(self.case.ref, Assessment(**{**plain, **more}), **self.by)

    def refund(self, minor: int, *, rule: str = "faulty_goods", place: int = 0) -> int:
        """Put in a refund of what is owed, against a payment of the order."""
        package = package_of(self.case)
        assert package is not None
        assert package.order_id is not None
        payment = payments_left(package.order_id)[place].payment_id
        return self.add(NewLine(kind=LineKind.REFUND, part=Part.ENTITLEMENT, rule=rule, amount_minor=minor,
                                payment_id=payment))  # fmt: skip

    def goodwill(self, minor: int, words: str = "") -> int:
        """Put in a voucher as goodwill."""
        return self.add(NewLine(kind=LineKind.GOODWILL, part=Part.GOODWILL, amount_minor=minor, words=words))

    def add(self, told: NewLine) -> int:
        """Put a line in."""
        return remedies.add_line(self.case.ref, told, **self.by).number

    def propose(self, *numbers: int) -> None:
        """Ask for approval."""
        for number in numbers:
            remedies.propose(self.case.ref, number, **self.by)

    def decide(self, verdict: str, note: str = "") -> None:
        """Let the lead decide what waits."""
        for one in approvals_of(self.case):
            if one.state == "asked":
                approvals.decide(one.pk, verdict=verdict, terms_hash=one.terms_hash, note=note,
                                 by=self.company.by("liam"), at=self.by["at"])  # fmt: skip

    def offer(self, *numbers: int) -> None:
        """Offer lines."""
        remedies.offer(self.case.ref, list(numbers), **self.by)

    def answer(self, number: int, verdict: str = "accept", **said: Any) -> None:
        """Answer as the customer, through their link."""
        if "token" not in self.kept:
            self.kept["token"] = conversations.issue_pass(case_ref=self.case.ref, **self.by).token
        at = self.by["at"]
        through = entrance(self.kept["token"], at=at)
        told = Answer(verdict=Verdict(verdict), **said)
        remedies.answer(number, told, pass_id=through.pass_id, by=through.by, at=at)

    def execute(self, *numbers: int) -> None:
        """Carry lines out."""
        for number in numbers:
            remedies.execute(self.case.ref, number, **self.by)

    def pay(self) -> None:
        """Let two people of finance pay by hand what waits."""
        rows = by_hand(viewer=self.company.by("quinn"), size=200).rows
        waiting = [one for one in rows if one.case_id == self.case.pk]
        for number, attempt in enumerate(waiting):
            at = self.by["at"]
            reference = f"BACS {self.case.number}-{number}"
            ledger.confirm_payment(attempt.pk, reference=reference, by=self.company.by("quinn"), at=at)
            ledger.check_payment(attempt.pk, by=self.company.by("zoe"), at=at)


def _settled(one: Played) -> None:
    one.assess(sought_kind="refund", sought_minor=one.sold.minor)
    numbers = [one.refund(one.sold.minor), one.goodwill(one.sold.minor // 10)]
    numbers.append(one.add(NewLine(kind=LineKind.MONITORING, part=Part.BESIDE, watch_days=60)))
    one.propose(*numbers)
    one.offer(*numbers[:2])
    one.answer(numbers[0])
    one.answer(numbers[1])
    one.execute(numbers[2])
    one.pay()
    cases.resolve(one.case.pk, reason="solved", **one.by)


def _waits_for_lead(one: Played) -> None:
    one.assess(sought_kind="refund", sought_minor=one.sold.minor)
    one.propose(one.refund(one.sold.minor))


def _refused_goodwill(one: Played) -> None:
    one.assess("late", days=9, delivery_fee_minor=1_495, harms=(HarmTold("time_at_home", 4_000),))
    package = NewLine(kind=LineKind.STORE_CREDIT, part=Part.ENTITLEMENT, rule="late_delivery", amount_minor=1_495)
    number = one.add(package)
    one.propose(number, one.goodwill(4_900, "He waited three Saturdays."))
    one.decide("refuse", "The band ends far below; the waiting is made good as harm instead.")
    one.execute(number)


def _half_answered(one: Played) -> None:
    one.assess(sought_kind="refund", sought_minor=one.sold.minor + 5_000)
    first, second = one.sold.payments
    numbers = [one.refund(first), one.refund(second, place=1), one.goodwill(1_500), one.goodwill(900)]
    one.propose(*numbers)
    one.offer(*numbers)
    one.answer(numbers[0])
    one.answer(numbers[2], "counter", wanted_minor=5_000, words="I had to hire a drill for the weekend.")
    one.answer(numbers[3], "decline")


def _ran_out(one: Played) -> None:
    one.assess()
    numbers = [one.refund(one.sold.minor), one.goodwill(900)]
    one.propose(*numbers)
    one.offer(*numbers)


def _made_good(one: Played) -> None:
    one.assess()
    again = NewLine(kind=LineKind.REPLACEMENT, part=Part.ENTITLEMENT, rule="faulty_goods", item_ref=one.sold.item)
    number = one.add(again)
    one.propose(number)
    one.execute(number)
    remedies.report_failed(one.case.ref, number, note="The last one of this colour is sold.", **one.by)
    package = package_of(one.case)
    assert package is not None
    assert package.order_id is not None
    refund = NewLine(kind=LineKind.REFUND, part=Part.ENTITLEMENT, rule="faulty_goods", amount_minor=one.sold.minor,
                     payment_id=payments_left(package.order_id)[0].payment_id)  # fmt: skip
    other = remedies.replace_line(one.case.ref, number, refund, **one.by).number
    one.propose(other)
    one.execute(other)
    one.pay()


def _failed(one: Played) -> None:
    one.assess()
    again = NewLine(kind=LineKind.REPLACEMENT, part=Part.ENTITLEMENT, rule="faulty_goods", item_ref=one.sold.item)
    number = one.add(again)
    one.propose(number)
    one.execute(number)
    remedies.report_failed(one.case.ref, number, note="The carrier lost the second one too.", **one.by)


def _drafted(one: Played) -> None:
    one.assess(sought_kind="replacement")
    one.refund(one.sold.minor)
    apology = one.add(NewLine(kind=LineKind.APOLOGY, part=Part.BESIDE, words=SORRY))
    goodwill = one.goodwill(800)
    remedies.withdraw_line(one.case.ref, goodwill, note="The customer asked for no money.", **one.by)
    one.propose(apology)


def _loss_before_legal(one: Played) -> None:
    upload = [Upload("carpet-estimate.txt", b"New carpet, laid: 640.00")]
    file = conversations.attach(case_ref=one.case.ref, kind=DraftKind.NOTE, uploads=upload, **one.by)[0]
    one.assess(harms=(HarmTold("spoiled_goods", 64_000, file.pk),))
    owed = one.refund(one.sold.minor)
    loss = NewLine(kind=LineKind.CONSEQUENTIAL_LOSS, part=Part.WHOLE, rule="spoiled_goods", amount_minor=64_000,
                   document_id=file.pk)  # fmt: skip
    one.propose(owed, one.add(loss))


Scene = tuple[Sold, int, str, str, Callable[[Played], None]]
SCENES: tuple[Scene, ...] = (
    (Sold("ruth", "LK-70101", "LAMP-4", 12_900, (12_900,)), 20, "The lamp came with a cracked foot",
     "The foot of the lamp is cracked right through. I would like my money back.", _settled),
    (Sold("carlos", "LK-70102", "SOFA-2", 64_900, (64_900,)), 2, "The sofa has a torn back",
     "The back is torn from one side to the other. I want the price back.", _waits_for_lead),
    (Sold("sean", "LK-70103", "SHELF-9", 8_900, (8_900,)), 6, "Nine days late, three Saturdays at home",
     "It was promised for the second and came on the eleventh. I waited at home three times.", _refused_goodwill),
    (Sold("ingrid", "LK-70104", "DRILL-1", 18_900, (9_500, 9_400)), 3, "The drill does not turn",
     "It hums and does not turn. I paid it in two parts.", _half_answered),
    (Sold("yuki", "LK-70105", "KETTLE-3", 5_900, (5_900,)), 17, "The kettle leaks",
     "Water runs out below the handle.", _ran_out),
    (Sold("bea", "LK-70106", "RUG-7", 21_900, (21_900,)), 9, "The rug came in pieces",
     "The seam is open, it is two rugs now. Please send another one.", _made_good),
    (Sold("lena", "LK-70107", "VASE-5", 4_900, (4_900,)), 4, "The vase arrived broken, again",
     "This is the second one that came broken.", _failed),
    (Sold("omar", "LK-70108", "CLOCK-6", 7_900, (7_900,)), 1, "The clock stands still",
     "I would rather have one that works than money.", _drafted),
    (Sold("helen", "LK-70109", "WASHER-8", 38_900, (38_900,)), 1, "The washing machine flooded the hall",
     "It leaked on the first evening and the carpet in the hall is ruined.", _loss_before_legal),
)  # fmt: skip


def play_money(company: Company, *, until: dt.datetime) -> int:
    """Play every scene so many days before `until` and return how many there were."""
    for sold, days_ago, subject, words, scene in sorted(SCENES, key=lambda one: -one[1]):
        at = until - dt.timedelta(days=days_ago, hours=8)
        name, email, phone = CUSTOMERS[sold.customer]
        given = {"subject": subject, "words": words, "name": name, "email": email, "phone": phone,
                 "order_refs": [sold.reference]}  # fmt: skip
        case = intake.submit(given=given, channel=Channel.WEB, by=BY, at=at).case
        assert case.customer_id is not None
        upsert_order(case.customer_id, _order(sold, at), by=BY, at=at)
        cases.describe(case.pk, changes={"family": "product", "product": sold.item}, by=BY, at=at)
        cases.take(case.pk, by=company.by("gwen"), at=at)
        scene(Played(company, sold, case, at))
    remedies.lapse_due(at=until)
    remedies.end_watches(at=until)
    return len(SCENES)


def _order(sold: Sold, at: dt.datetime) -> OrderFacts:
    """Return an order as the shop tells it."""
    return OrderFacts(
        reference=sold.reference,
        source_state="delivered",
        currency=sold.currency,
        total_minor=sum(sold.payments),
        placed_at=at - dt.timedelta(days=6),
        items=(ItemFacts(product_ref=sold.item, item_ref=sold.item, name=sold.item.title(), unit_minor=sold.minor),),
        payments=tuple(
            PaymentFacts(kind=PaymentKind.CHARGE, method="credit_card", method_ref=f"card_{sold.reference}_{n}",
                         amount_minor=minor, at=at - dt.timedelta(days=6))
            for n, minor in enumerate(sold.payments, start=1)
        ),
    )  # fmt: skip
