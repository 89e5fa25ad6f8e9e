"""Offers: never below what is owed, reasons outside of what like cases got, letters, answers line by line, expiry."""

import datetime as dt
from uuid import uuid4

import pytest

from recourse.conversations.queries import conversation_for_customer
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.remedies import LetterKind
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.ledger.models import Attempt, Voucher
from recourse.ledger.policy.chart import APPROVED
from recourse.ledger.queries import standing_of
from recourse.remedies import actions
from recourse.remedies.actions import Answer, NewLine
from recourse.remedies.models import Acceptance, Letter, Package, RemedyOffer
from recourse.remedies.policy import Part, Verdict
from recourse.remedies.queries import offered_to_customer
from recourse.remedies.queries.letters import begun_letter
from recourse.timeline.models import Entry
from tests.rooms.remedies.conftest import Kettle

REPLACEMENT = NewLine(kind=LineKind.REPLACEMENT, part=Part.ENTITLEMENT, rule="faulty_goods", item_ref="K-1")


@pytest.fixture
def ready(kettle: Kettle) -> Kettle:
    """Two refunds of what is owed and a voucher, all approved."""
    kettle.assess()
    kettle.approved(kettle.refund(5_000))
    kettle.approved(kettle.refund(3_000, 1))
    kettle.approved(kettle.goodwill(1_000))
    return kettle


def test_an_offer_stands_until_its_day_and_goes_with_a_letter(ready: Kettle) -> None:
    made = ready.offer(1, 2, 3)
    assert made.expires_at == ready.at + dt.timedelta(days=14)
    assert [ready.state(number) for number in (1, 2, 3)] == ["offered"] * 3
    letter = Letter.objects.get()
    assert letter.blocks == ["your_choice", "rights_unchanged"]
    assert "We pay 50.00 GBP back the way you paid." in letter.text
    said = conversation_for_customer(ready.entrance(), at=ready.at)
    assert said[-1].text == letter.text
    assert ready.package.outcome == "more"
    assert ready.package.given_minor == 9_000


def test_nothing_below_what_is_owed_is_ever_offered(ready: Kettle) -> None:
    for numbers in ([3], [1], [1, 3], [2, 3]):
        with pytest.raises(Refused) as caught:
            ready.offer(*numbers)
        assert caught.value.code == "remedy.below_entitlement"
    assert not RemedyOffer.objects.exists()
    assert not Letter.objects.exists()
    ready.offer(1, 2)


def test_a_replacement_is_enough_of_an_offer(kettle: Kettle) -> None:
    kettle.assess()
    kettle.approved(REPLACEMENT)
    kettle.offer(1)
    assert kettle.state(1) == "offered"


def test_only_approved_lines_are_offered_and_only_by_those_who_may(ready: Kettle) -> None:
    ready.add(ready.goodwill(100))
    with pytest.raises(Refused) as caught:
        ready.offer(1, 2, 4)
    assert caught.value.code == "remedy.state"
    with pytest.raises(NotVisible):
        ready.offer(1, 2, 9)
    with pytest.raises(Refused) as caught:
        actions.offer(ready.case.ref, [1, 2], by=ready.cast.by("ada"), at=ready.at)
    assert caught.value.is_permission


def test_a_letter_without_its_mandatory_texts_does_not_leave(ready: Kettle) -> None:
    with pytest.raises(Invalid) as caught:
        ready.offer(1, 2, letter="Dear Jane, take it or leave it.")
    assert "The customer may say no" in caught.value.fields["letter"][0]
    assert ready.state(1) == "approved"
    lines = [ready.line(1), ready.line(2)]
    text = begun_letter(ready.package, LetterKind.OFFER, lines, at=ready.at)
    ready.offer(1, 2, letter=text.replace("Dear Jane Doe", "Dear Jane"))
    assert Letter.objects.get().text.startswith("Dear Jane,")


def test_a_final_answer_is_checked_the_same(kettle: Kettle) -> None:
    kettle.assess()
    with pytest.raises(Invalid) as caught:
        actions.send_letter(kettle.case.ref, "We are done.", **kettle.by)
    assert list(caught.value.fields) == ["text"]
    text = begun_letter(kettle.package, LetterKind.FINAL, [], at=kettle.at)
    letter = actions.send_letter(kettle.case.ref, text, **kettle.by)
    assert letter.blocks == ["final_decision"]
    assert Entry.objects.filter(thread=kettle.case.thread, event="letter.sent").exists()


def with_peers(kettle: Kettle, share: int) -> None:
    """Ten like cases that got a share of their loss, in percent."""
    for number in range(10):
        case = kettle.cast.open(f"Like {number}", customer=kettle.cast.omar)
        Package.objects.create(
            case=case, edition=1, cause="damaged", currency="GBP", loss_minor=8_000, given_minor=80 * share,
            opened_at=kettle.at, channel="web", product="kettle",
        )  # fmt: skip


def test_outside_of_what_like_cases_got_an_offer_needs_a_reason(ready: Kettle) -> None:
    with_peers(ready, 100)
    with pytest.raises(Invalid) as caught:
        ready.offer(1, 2, 3)
    assert list(caught.value.fields) == ["why"]
    ready.offer(1, 2, 3, why="The kettle was a wedding gift.")
    assert ready.line(3).is_outside_peers
    entry = Entry.objects.get(thread=ready.case.thread, event="remedy.offered")
    assert '"is_outside":true' in entry.payload
    assert "wedding" not in entry.payload
    assert entry.private.note == "The kettle was a wedding gift."


def test_within_it_none_is_needed(ready: Kettle) -> None:
    with_peers(ready, 100)
    ready.offer(1, 2)
    assert not ready.line(1).is_outside_peers


def test_the_customer_answers_each_line_and_the_words_are_kept_with_the_instant(ready: Kettle) -> None:
    ready.offer(1, 2, 3)
    kept = ready.answer(1)
    assert (kept.verdict, kept.at, kept.shown) == ("accept", ready.at, "We pay 50.00 GBP back the way you paid.")
    ready.answer(2, "decline")
    ready.answer(3, "counter", wanted_minor=2_000, words="I had to borrow a kettle.")
    assert [ready.state(number) for number in (1, 2, 3)] == ["executing", "declined", "countered"]
    assert RemedyOffer.objects.get().state == "answered"
    assert standing_of(ready.line(2).matter, APPROVED) is None
    entry = Entry.objects.filter(thread=ready.case.thread, event="remedy.answered").last()
    assert entry is not None
    assert "borrow" not in entry.payload
    assert entry.private.note == "I had to borrow a kettle."


def test_an_accepted_refund_is_written_down_to_be_paid_once(ready: Kettle) -> None:
    ready.offer(1, 2, 3)
    ready.answer(1)
    ready.answer(1)
    attempt = Attempt.objects.get()
    assert (attempt.matter, attempt.amount_minor, attempt.room.payment_id) == (
        ready.line(1).matter, 5_000, ready.payments[0].pk,
    )  # fmt: skip
    assert Acceptance.objects.count() == 1
    ready.answer(3)
    assert Voucher.objects.get().amount_minor == 1_000
    assert ready.state(3) == "settled"


def test_an_answer_is_never_changed(ready: Kettle) -> None:
    ready.offer(1, 2, 3)
    ready.answer(3, "decline")
    with pytest.raises(Refused) as caught:
        ready.answer(3)
    assert caught.value.code == "offer.answered"
    with pytest.raises(Refused) as caught:
        Acceptance.objects.update(verdict="accept")
    assert caught.value.code == "record.append_only"


def test_nobody_but_the_holder_of_the_link_answers(ready: Kettle) -> None:
    ready.offer(1, 2, 3)
    told = Answer(verdict=Verdict.ACCEPT)
    for by in (ready.cast.by("rosa"), ready.cast.by("lea")):
        with pytest.raises(Refused) as caught:
            actions.answer(1, told, pass_id=uuid4(), by=by, at=ready.at)
        assert caught.value.code == "remedy.customer_only"
    other = ready.cast.open("Another", customer=ready.cast.omar)
    with pytest.raises(NotVisible):
        actions.answer(1, told, pass_id=uuid4(), by=ready.cast.customer_of(other), at=ready.at)
    assert ready.state(1) == "offered"


def test_a_counter_says_what(ready: Kettle) -> None:
    ready.offer(1, 2, 3)
    with pytest.raises(Invalid) as caught:
        ready.answer(3, "counter")
    assert list(caught.value.fields) == ["words"]
    with pytest.raises(Invalid):
        ready.answer(3, "counter", wanted_minor=-1)


def test_what_was_not_offered_cannot_be_answered(ready: Kettle) -> None:
    ready.offer(1, 2)
    with pytest.raises(NotVisible):
        ready.answer(3)


def test_after_its_day_an_offer_is_over_whether_the_worker_came_or_not(ready: Kettle) -> None:
    made = ready.offer(1, 2, 3)
    ready.at = made.expires_at
    with pytest.raises(Refused) as caught:
        ready.answer(1)
    assert caught.value.code == "offer.over"
    assert actions.lapse_due(at=ready.at - dt.timedelta(seconds=1)) == 0
    assert actions.lapse_due(at=ready.at) == 1
    assert actions.lapse_due(at=ready.at) == 0
    assert [ready.state(number) for number in (1, 2, 3)] == ["approved", "approved", "lapsed"]
    assert ready.holds() == ["remedy_unsettled"]


def test_an_offer_is_taken_back_and_can_be_made_anew(ready: Kettle) -> None:
    ready.offer(1, 2, 3)
    ready.answer(3)
    actions.recall(ready.case.ref, 1, note="The amounts were swapped", **ready.by)
    assert [ready.state(number) for number in (1, 2, 3)] == ["approved", "approved", "settled"]
    with pytest.raises(NotVisible):
        ready.answer(1)
    with pytest.raises(Refused) as caught:
        actions.recall(ready.case.ref, 1, **ready.by)
    assert caught.value.code == "offer.over"
    assert ready.offer(1, 2).number == 2
    ready.answer(1)


def test_an_offered_line_is_not_changed_under_the_customers_eyes(ready: Kettle) -> None:
    ready.offer(1, 2, 3)
    with pytest.raises(Refused) as caught:
        actions.edit_line(ready.case.ref, 1, ready.refund(4_999), **ready.by)
    assert caught.value.code == "remedy.state"
    with pytest.raises(Refused) as caught:
        ready.assess(days=9)
    assert caught.value.code == "remedy.offer_open"


def test_a_line_taken_out_leaves_the_offer(ready: Kettle) -> None:
    ready.offer(1, 2, 3)
    actions.withdraw_line(ready.case.ref, 3, **ready.by)
    with pytest.raises(NotVisible):
        ready.answer(3)
    ready.answer(1)
    ready.answer(2)
    assert RemedyOffer.objects.get().state == "answered"


def test_the_customer_sees_their_offer_and_nothing_of_how_it_came_about(ready: Kettle) -> None:
    assert offered_to_customer(ready.entrance(), at=ready.at) == []
    ready.offer(1, 2, 3)
    ready.answer(1)
    found = offered_to_customer(ready.entrance(), at=ready.at)
    assert [(one.number, one.state, one.can_answer) for one in found] == [
        (1, "accepted", False), (2, "open", True), (3, "open", True),
    ]  # fmt: skip


def test_a_countered_line_is_written_anew_and_offered_again(ready: Kettle) -> None:
    ready.offer(1, 2, 3)
    ready.answer(3, "counter", wanted_minor=1_500)
    actions.edit_line(ready.case.ref, 3, ready.goodwill(1_500), **ready.by)
    assert ready.propose(3).state == "approved"
    ready.offer(3)
    ready.answer(3)
    assert ready.state(3) == "settled"
    assert Voucher.objects.get().amount_minor == 1_500
