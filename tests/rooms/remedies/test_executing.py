"""Carrying out, settling, failing: each line by itself, nothing settled that is not, everything that failed visible."""

import datetime as dt

import pytest

from recourse.approvals.queries.left import authority_left
from recourse.cases.actions import close, merge, resolve, unmerge
from recourse.conversations.queries import messages_of
from recourse.handbook.policy.kinds import LineKind
from recourse.kit.errors import Refused
from recourse.kit.money import Money
from recourse.ledger.actions import approve, plan_refund, promise
from recourse.ledger.models import Attempt
from recourse.remedies import actions
from recourse.remedies.actions import NewLine
from recourse.remedies.models import Line, Watch
from recourse.remedies.policy import Part
from recourse.timeline.models import Entry
from tests.cast import SYSTEM
from tests.rooms.remedies.conftest import LATER, Kettle

REPLACEMENT = NewLine(kind=LineKind.REPLACEMENT, part=Part.ENTITLEMENT, rule="faulty_goods", item_ref="K-1")
SORRY = NewLine(kind=LineKind.APOLOGY, part=Part.BESIDE, words="We are sorry that it came broken.")
WATCHED = NewLine(kind=LineKind.MONITORING, part=Part.BESIDE, watch_days=30)


def execute(kettle: Kettle, number: int) -> Line:
    return actions.execute(kettle.case.ref, number, **kettle.by)


def paid(kettle: Kettle) -> None:
    """Let what is owed be paid and arrive."""
    kettle.assess()
    kettle.approved(kettle.refund(8_000, payment_id=None))
    execute(kettle, 1)
    kettle.arrives(1)


def test_what_is_owed_is_carried_out_without_asking_the_customer(kettle: Kettle) -> None:
    kettle.assess()
    kettle.approved(kettle.refund(5_000))
    line = execute(kettle, 1)
    assert (line.state, line.executed_at) == ("executing", kettle.at)
    assert Attempt.objects.get().approval_ref == f"approval:{line.approval_id}"


def test_what_needs_a_yes_is_not_carried_out_before(kettle: Kettle) -> None:
    kettle.assess()
    kettle.approved(kettle.goodwill(1_000))
    with pytest.raises(Refused) as caught:
        execute(kettle, 1)
    assert caught.value.code == "remedy.needs_acceptance"


def test_a_case_says_resolved_only_once_every_line_is_settled(kettle: Kettle) -> None:
    kettle.assess()
    kettle.approved(kettle.refund(5_000))
    kettle.approved(kettle.refund(3_000, 1))
    execute(kettle, 1)
    execute(kettle, 2)
    kettle.arrives(1)
    with pytest.raises(Refused) as caught:
        resolve(kettle.case.pk, reason="withdrawn", **kettle.by)
    assert caught.value.code == "case.held"
    kettle.arrives(2)
    assert kettle.holds() == []
    resolve(kettle.case.pk, reason="withdrawn", **kettle.by)


def test_settled_is_heard_once(kettle: Kettle) -> None:
    paid(kettle)
    actions.note_settled(matter=kettle.line(1).matter, by=SYSTEM, at=kettle.at)
    assert Entry.objects.filter(thread=kettle.case.thread, event="remedy.settled").count() == 1


def test_other_matters_are_nobodys_line(kettle: Kettle) -> None:
    actions.note_settled(matter="voucher:1", by=SYSTEM, at=kettle.at)
    actions.note_failed(matter=f"remedy_line:{kettle.case.pk}", fault="reversed", by=SYSTEM, at=kettle.at)


def test_a_payment_that_has_too_little_left_fails_the_line_in_the_open(kettle: Kettle) -> None:
    kettle.assess()
    kettle.approved(kettle.refund(6_000))
    other = {"by": SYSTEM, "at": kettle.at}
    promise("other:1", amount=Money(1_000, "GBP"), kind="refund", case_id=kettle.case.pk, **other)
    approve("other:1", approval_ref="approval:other", **other)
    plan_refund(
        "other:1", payment_id=kettle.payments[0].pk, amount=Money(1_000, "GBP"), approval_ref="approval:other", **other
    )
    line = execute(kettle, 1)
    assert (line.state, line.fault) == ("failed", "no_room")
    assert kettle.holds() == ["remedy_unsettled"]


def test_an_approval_that_is_too_old_fails_the_line_and_pays_nothing(kettle: Kettle) -> None:
    kettle.assess()
    kettle.approved(kettle.refund(6_000))
    kettle.at = LATER + dt.timedelta(days=31)
    assert execute(kettle, 1).state == "failed"
    assert not Attempt.objects.exists()


def test_a_failed_line_is_made_good_by_another(kettle: Kettle) -> None:
    kettle.assess()
    kettle.approved(kettle.refund(6_000))
    execute(kettle, 1)
    actions.note_failed(matter=kettle.line(1).matter, fault="provider_refused", by=SYSTEM, at=kettle.at)
    assert kettle.state(1) == "failed"
    with pytest.raises(Refused):
        kettle.offer(1)
    other = actions.replace_line(kettle.case.ref, 1, kettle.refund(6_000, payment_id=None), **kettle.by)
    assert (kettle.state(1), other.number, other.replaces_id) == ("replaced", 2, kettle.line(1).pk)
    assert kettle.propose(2).state == "approved"


def test_money_that_comes_back_days_later_reopens_the_case_and_fails_the_line_once(kettle: Kettle) -> None:
    paid(kettle)
    resolve(kettle.case.pk, reason="withdrawn", **kettle.by)
    close(kettle.case.pk, **kettle.by)
    later = kettle.at + dt.timedelta(days=4)
    for _again in range(3):
        actions.note_failed(matter=kettle.line(1).matter, fault="reversed", by=SYSTEM, at=later)
    kettle.case.refresh_from_db()
    assert (kettle.case.stage, kettle.case.reopened_times) == ("working", 1)
    assert (kettle.state(1), kettle.line(1).fault) == ("failed", "reversed")
    assert kettle.holds() == ["remedy_unsettled"]
    assert Entry.objects.filter(thread=kettle.case.thread, event="remedy.failed").count() == 1
    with pytest.raises(Refused):
        resolve(kettle.case.pk, reason="withdrawn", **kettle.by)


def test_what_came_back_counts_against_nobodys_limits_any_more(kettle: Kettle) -> None:
    paid(kettle)
    left = authority_left(kettle.cast.by("rosa"), at=kettle.at, case=kettle.case)
    assert (left.case_used, left.day_used) == (8_000, 8_000)
    actions.note_failed(matter=kettle.line(1).matter, fault="reversed", by=SYSTEM, at=kettle.at)
    left = authority_left(kettle.cast.by("rosa"), at=kettle.at, case=kettle.case)
    assert (left.case_used, left.customer_used, left.day_used) == (0, 0, 0)


def test_a_person_confirms_what_people_do_with_a_reference(kettle: Kettle) -> None:
    kettle.assess()
    kettle.approved(REPLACEMENT)
    execute(kettle, 1)
    assert kettle.state(1) == "executing"
    with pytest.raises(Refused):
        actions.confirm_done(kettle.case.ref, 1, reference="T-1", by=kettle.cast.by("ada"), at=kettle.at)
    line = actions.confirm_done(kettle.case.ref, 1, reference="T-77", **kettle.by)
    assert (line.state, line.reference) == ("settled", "T-77")
    assert kettle.holds() == []


def test_what_people_could_not_do_fails_with_their_words(kettle: Kettle) -> None:
    kettle.assess()
    kettle.approved(REPLACEMENT)
    execute(kettle, 1)
    actions.report_failed(kettle.case.ref, 1, note="Out of stock for good", **kettle.by)
    assert (kettle.state(1), kettle.line(1).fault) == ("failed", "not_done")


def test_nobody_settles_money_by_hand_here(kettle: Kettle) -> None:
    kettle.assess()
    kettle.approved(kettle.refund(5_000))
    execute(kettle, 1)
    with pytest.raises(Refused) as caught:
        actions.confirm_done(kettle.case.ref, 1, reference="paid", **kettle.by)
    assert caught.value.code == "remedy.not_by_hand"


def test_an_apology_is_said_to_the_customer(kettle: Kettle) -> None:
    kettle.assess()
    kettle.approved(SORRY)
    assert execute(kettle, 1).state == "settled"
    assert [said.text for said in messages_of(kettle.case)][-1] == SORRY.words


def watched(kettle: Kettle) -> Watch:
    """Settle everything, with a watch, and resolve the case."""
    paid(kettle)
    kettle.approved(WATCHED)
    execute(kettle, 2)
    resolve(kettle.case.pk, reason="withdrawn", **kettle.by)
    return Watch.objects.get()


def again(kettle: Kettle, **given: object) -> None:
    at = kettle.at + dt.timedelta(days=3)
    kettle.cast.open("It broke again", at=at, **{"family": "product", "product": "kettle", **given})  # type: ignore[arg-type]


def test_the_same_trouble_within_the_watch_takes_the_case_up_again(kettle: Kettle) -> None:
    found = watched(kettle)
    assert found.until_at == kettle.at + dt.timedelta(days=30)
    again(kettle)
    found.refresh_from_db()
    kettle.case.refresh_from_db()
    assert (found.state, kettle.case.stage) == ("recurred", "working")
    assert found.recurred is not None
    assert kettle.case.links_in.get().source == found.recurred


@pytest.mark.parametrize("given", [{"family": "billing"}, {"product": "lamp"}, {"customer": "omar"}, {"family": ""}])
def test_other_trouble_or_another_customer_does_not(kettle: Kettle, given: dict) -> None:
    found = watched(kettle)
    if "customer" in given:
        given = {"customer": kettle.cast.omar}
    again(kettle, **given)
    found.refresh_from_db()
    assert found.state == "watching"


def test_a_watch_ends_quietly_on_its_day(kettle: Kettle) -> None:
    found = watched(kettle)
    assert actions.end_watches(at=found.until_at - dt.timedelta(seconds=1)) == 0
    assert actions.end_watches(at=found.until_at) == 1
    kettle.at = found.until_at
    again(kettle)
    found.refresh_from_db()
    assert found.state == "quiet"


def test_a_remedy_goes_with_its_case_into_a_merge_and_comes_back(kettle: Kettle) -> None:
    kettle.assess()
    kettle.approved(kettle.refund(5_000))
    kept = kettle.cast.open("The same kettle", family="product")
    merge(kettle.case.pk, into=kept.pk, by=SYSTEM, at=kettle.at)
    assert Line.objects.get().package.case_id == kept.pk
    assert [hold.reason for hold in kept.holds.filter(lifted_at__isnull=True)] == ["remedy_unsettled"]
    unmerge(kettle.case.pk, by=SYSTEM, at=kettle.at)
    assert Line.objects.get().package.case_id == kettle.case.pk
    assert not kept.holds.filter(lifted_at__isnull=True).exists()


def test_two_remedies_or_two_customers_are_not_merged(kettle: Kettle) -> None:
    kettle.assess()
    kettle.add(kettle.refund(5_000))
    other = kettle.cast.open("Omar's kettle", customer=kettle.cast.omar)
    with pytest.raises(Refused) as caught:
        merge(kettle.case.pk, into=other.pk, is_across_customers=True, by=SYSTEM, at=kettle.at)
    assert caught.value.code == "remedy.other_customer"
    mine = kettle.cast.open("The cups")
    actions.assess(mine.ref, kettle.told(), **kettle.by)
    with pytest.raises(Refused) as caught:
        merge(kettle.case.pk, into=mine.pk, by=SYSTEM, at=kettle.at)
    assert caught.value.code == "remedy.two_packages"
