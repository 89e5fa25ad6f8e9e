"""Assessing a case and composing its package, in the order of fairness."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest

from recourse.cases.actions import resolve, restrict
from recourse.conversations.actions import Upload, attach
from recourse.conversations.policy.words import DraftKind
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.remedies import Execution
from recourse.kit.actor import system
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.remedies import actions
from recourse.remedies.actions import HarmTold, ItemTold, NewLine
from recourse.remedies.models import Line, Package
from recourse.remedies.policy import Part
from recourse.timeline.models import Entry
from tests.cast import SYSTEM
from tests.rooms.remedies.conftest import Kettle, order_of


def code_of(caught: pytest.ExceptionInfo[Refused]) -> str:
    return caught.value.code


def file_on(kettle: Kettle) -> object:
    upload = [Upload("bill.txt", b"The bill")]
    return attach(case_ref=kettle.case.ref, kind=DraftKind.NOTE, uploads=upload, **kettle.by)[0].pk


def test_an_assessment_reckons_what_is_owed_from_the_order_and_holds_the_case(kettle: Kettle) -> None:
    package = kettle.assess()
    assert (package.goods_minor, package.entitled_minor, package.loss_minor, package.goodwill_minor) == (
        8_000, 8_000, 8_000, 1_600,
    )  # fmt: skip
    assert package.edition == kettle.cast.edition.number
    assert kettle.holds() == ["remedy_unsettled"]
    entry = Entry.objects.get(thread=kettle.case.thread, event="remedy.assessed")
    assert entry.edition == package.edition
    assert "Arrived damaged or faulty" in entry.payload


def test_a_case_cannot_be_resolved_while_what_is_owed_is_not_given(kettle: Kettle) -> None:
    kettle.assess()
    with pytest.raises(Refused) as caught:
        resolve(kettle.case.pk, reason="withdrawn", **kettle.by)
    assert code_of(caught) == "case.held"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cause": "unheard_of"}, "cause"),
        ({"currency": "EUR"}, "currency"),
        ({"order_ref": "#NONE"}, "order_ref"),
        ({"items": (ItemTold("K-1", 2),)}, "items"),
        ({"items": (ItemTold("X-9"),)}, "items"),
        ({"order_ref": ""}, "order_ref"),
        ({"days": -1}, "days"),
        ({"goods_minor": -1}, "goods_minor"),
        ({"sought_kind": "a yacht"}, "sought_kind"),
        ({"harms": (HarmTold("unheard_of", 100),)}, "harms.unheard_of"),
        ({"harms": (HarmTold("calls", 0),)}, "harms.calls"),
        ({"harms": (HarmTold("calls", 1), HarmTold("calls", 2))}, "harms.calls"),
        ({"harms": (HarmTold("return_postage", 450, uuid4()),)}, "harms.return_postage"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_its_field(kettle: Kettle, changes: dict, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        kettle.assess(**changes)
    assert list(caught.value.fields) == [field]
    assert not Package.objects.exists()


def test_another_customers_order_is_nobodys_business_here(kettle: Kettle) -> None:
    order_of(kettle.cast.omar, "#K2")
    with pytest.raises(Invalid) as caught:
        kettle.assess(order_ref="#K2")
    assert list(caught.value.fields) == ["order_ref"]


def test_harm_counts_with_a_file_of_the_case(kettle: Kettle) -> None:
    kettle.assess(harms=(HarmTold("return_postage", 450, file_on(kettle)), HarmTold("calls", 9_000)))
    assert dict(kettle.package.harms.values_list("key", "counted_minor")) == {"return_postage": 450, "calls": 3_000}


def test_only_staff_with_the_right_compose_and_no_mail_or_machine_ever_does(kettle: Kettle) -> None:
    for by in (system("mail"), kettle.cast.customer_of(kettle.case), kettle.cast.by("ada"), kettle.cast.by("fin")):
        with pytest.raises(Refused) as caught:
            actions.assess(kettle.case.ref, kettle.told(), by=by, at=kettle.at)
        assert caught.value.is_permission
    kettle.assess()
    for by in (system("bot"), kettle.cast.customer_of(kettle.case), kettle.cast.by("ada")):
        with pytest.raises(Refused):
            actions.add_line(kettle.case.ref, kettle.refund(), by=by, at=kettle.at)
    assert not Line.objects.exists()


def test_a_hidden_case_has_no_remedy_for_a_stranger(kettle: Kettle) -> None:
    kettle.assess()
    restrict(kettle.case.pk, reader_ids=[kettle.cast.staff["rosa"].pk], by=SYSTEM, at=kettle.at)
    with pytest.raises(NotVisible):
        actions.add_line(kettle.case.ref, kettle.refund(), by=kettle.cast.by("rik"), at=kettle.at)


def test_a_line_is_written_with_everything_and_told_on_the_record(kettle: Kettle) -> None:
    kettle.assess()
    line = kettle.add(kettle.refund(5_000))
    assert (line.number, line.state, line.execution, line.currency) == (1, "draft", "provider", "GBP")
    assert not line.needs_acceptance
    assert line.person_ids == [str(kettle.cast.staff["rosa"].person_id)]
    entry = Entry.objects.get(thread=kettle.case.thread, event="remedy.line_added")
    assert '"amount_minor":5000' in entry.payload


def test_lines_never_give_more_than_is_owed_but_as_goodwill(kettle: Kettle) -> None:
    kettle.assess()
    kettle.add(kettle.refund(6_000))
    with pytest.raises(Refused) as caught:
        kettle.add(kettle.refund(2_001, 1))
    assert code_of(caught) == "remedy.beyond"
    kettle.add(kettle.refund(2_000, 1))


def test_goodwill_beyond_its_band_needs_words(kettle: Kettle) -> None:
    kettle.assess()
    assert kettle.add(kettle.goodwill(1_600)).excess_minor == 0
    with pytest.raises(Invalid) as caught:
        kettle.add(kettle.goodwill(1))
    assert list(caught.value.fields) == ["words"]
    assert kettle.add(kettle.goodwill(250, words="Her birthday was spoiled")).excess_minor == 250


def test_the_goodwill_kind_and_the_goodwill_step_belong_together(kettle: Kettle) -> None:
    kettle.assess()
    for told in (
        kettle.refund(part=Part.GOODWILL, rule=""),
        kettle.refund(part=Part.BESIDE, rule=""),
        replace(kettle.goodwill(), part=Part.ENTITLEMENT, rule="faulty_goods"),
    ):
        with pytest.raises(Invalid) as caught:
            kettle.add(told)
        assert list(caught.value.fields) == ["part"]


def test_what_is_owed_is_met_by_its_own_kinds_and_rules_alone(kettle: Kettle) -> None:
    kettle.assess()
    for told in (kettle.refund(rule="charged_twice"), kettle.refund(kind=LineKind.STORE_CREDIT, payment_id=None)):
        with pytest.raises(Invalid) as caught:
            kettle.add(told)
        assert list(caught.value.fields) == ["rule"]


@pytest.mark.parametrize("minor", [6_001, 10_000])
def test_a_refund_never_exceeds_what_is_left_of_its_payment(kettle: Kettle, minor: int) -> None:
    kettle.assess(items=(), goods_minor=10_000)
    with pytest.raises(Refused) as caught:
        kettle.add(kettle.refund(minor))
    assert code_of(caught) == "payment.exceeded"
    kettle.add(kettle.refund(6_000))
    with pytest.raises(Refused):
        kettle.add(kettle.refund(1))


def test_a_refund_goes_back_to_the_customers_own_payments(kettle: Kettle) -> None:
    kettle.assess()
    other = order_of(kettle.cast.omar, "#K2").payments.get(position=1)
    with pytest.raises(Invalid) as caught:
        kettle.add(kettle.refund(payment_id=other.pk))
    assert list(caught.value.fields) == ["payment_id"]


def test_without_a_payment_a_refund_is_paid_by_finance(kettle: Kettle) -> None:
    kettle.assess()
    assert kettle.add(kettle.refund(payment_id=None)).execution == Execution.FINANCE
    with pytest.raises(Invalid):
        kettle.add(kettle.refund(execution=Execution.VOUCHER))


def test_a_refund_is_shared_over_several_payments_by_what_each_has_left(kettle: Kettle) -> None:
    kettle.assess()
    found = actions.add_refunds(
        kettle.case.ref, part=Part.ENTITLEMENT, rule="faulty_goods", amount_minor=8_000, **kettle.by
    )
    assert [(line.amount_minor, line.payment_id) for line in found] == [
        (4_800, kettle.payments[0].pk), (3_200, kettle.payments[1].pk),
    ]  # fmt: skip
    with pytest.raises(Refused):
        actions.add_refunds(kettle.case.ref, part=Part.ENTITLEMENT, rule="x", amount_minor=10_001, **kettle.by)


def test_consequential_loss_needs_its_document_its_kind_and_stays_within_its_cap(kettle: Kettle) -> None:
    document = file_on(kettle)
    kettle.assess(harms=(HarmTold("spoiled_goods", 150_000, document),))
    loss = NewLine(
        kind=LineKind.CONSEQUENTIAL_LOSS, part=Part.WHOLE, rule="spoiled_goods", amount_minor=100_000,
        document_id=document,  # type: ignore[arg-type]
    )  # fmt: skip
    with pytest.raises(Invalid) as caught:
        kettle.add(replace(loss, document_id=None))
    assert list(caught.value.fields) == ["document_id"]
    with pytest.raises(Invalid) as caught:
        kettle.add(replace(loss, kind=LineKind.REFUND, payment_id=None))
    assert list(caught.value.fields) == ["kind"]
    with pytest.raises(Invalid) as caught:
        kettle.add(replace(loss, amount_minor=200_001))
    assert list(caught.value.fields) == ["amount_minor"]
    with pytest.raises(Refused):
        kettle.add(replace(loss, amount_minor=100_001))
    assert kettle.add(loss).amount_minor == 100_000


def test_a_replacement_names_an_item_of_the_order(kettle: Kettle) -> None:
    kettle.assess()
    again = NewLine(kind=LineKind.REPLACEMENT, part=Part.ENTITLEMENT, rule="faulty_goods", item_ref="K-1")
    for told in (replace(again, item_ref=""), replace(again, item_ref="X"), replace(again, quantity=2)):
        with pytest.raises(Invalid) as caught:
            kettle.add(told)
        assert list(caught.value.fields) == ["item_ref"]
    line = kettle.add(again)
    assert (line.quantity, line.execution, line.amount_minor) == (1, "fulfilment", 0)


def test_an_apology_says_it_in_words_and_monitoring_has_a_length(kettle: Kettle) -> None:
    kettle.assess()
    with pytest.raises(Invalid):
        kettle.add(NewLine(kind=LineKind.APOLOGY, part=Part.BESIDE))
    assert kettle.add(NewLine(kind=LineKind.APOLOGY, part=Part.BESIDE, words="We are sorry.")).number == 1
    assert kettle.add(NewLine(kind=LineKind.MONITORING, part=Part.BESIDE)).watch_days == 30


def test_a_card_number_in_the_words_is_never_kept(kettle: Kettle) -> None:
    kettle.assess()
    line = kettle.add(kettle.goodwill(2_000, words="She paid with 4111 1111 1111 1111"))
    assert "4111" not in line.words


def test_a_line_can_be_changed_and_taken_out(kettle: Kettle) -> None:
    kettle.assess()
    kettle.add(kettle.refund(4_000))
    changed = actions.edit_line(kettle.case.ref, 1, kettle.refund(5_000), seen=1, **kettle.by)
    assert (changed.amount_minor, changed.version) == (5_000, 2)
    same = actions.edit_line(kettle.case.ref, 1, kettle.refund(5_000), **kettle.by)
    assert same.version == 2
    with pytest.raises(Stale):
        actions.edit_line(kettle.case.ref, 1, kettle.refund(6_000), seen=1, **kettle.by)
    actions.withdraw_line(kettle.case.ref, 1, note="A mistake", **kettle.by)
    assert kettle.state(1) == "withdrawn"
    with pytest.raises(Refused) as caught:
        actions.edit_line(kettle.case.ref, 1, kettle.refund(6_000), **kettle.by)
    assert code_of(caught) == "remedy.state"


def test_nothing_is_composed_on_a_settled_case(kettle: Kettle) -> None:
    resolve(kettle.case.pk, reason="withdrawn", **kettle.by)
    with pytest.raises(Refused) as caught:
        kettle.assess()
    assert code_of(caught) == "remedy.case_over"


def test_who_wrote_a_line_is_kept_whatever_was_changed(kettle: Kettle) -> None:
    kettle.assess()
    kettle.add(kettle.refund(4_000))
    lead = kettle.cast.by("lea")
    actions.edit_line(kettle.case.ref, 1, kettle.refund(4_500), by=lead, at=kettle.at + dt.timedelta(minutes=1))
    persons = {str(kettle.cast.staff[nick].person_id) for nick in ("rosa", "lea")}
    assert set(kettle.line(1).person_ids) == persons
