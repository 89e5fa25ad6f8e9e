"""Lines and their approvals: within one's own authority at once, else asked; an edit voids, a refusal ends."""

import datetime as dt

import pytest

from recourse.approvals.actions import decide
from recourse.approvals.actions import withdraw as withdraw_approval
from recourse.approvals.models import Approval
from recourse.conversations.actions import customer_writes
from recourse.handbook.policy.kinds import LineKind
from recourse.kit.errors import Refused
from recourse.ledger.policy.chart import APPROVED, PROMISED
from recourse.ledger.queries import standing_of
from recourse.remedies import actions
from recourse.remedies.actions import NewLine
from recourse.remedies.actions.approving import terms_of
from recourse.remedies.models import Line
from recourse.remedies.policy import Part
from tests.cast import SYSTEM
from tests.rooms.remedies.conftest import Kettle

MORE = 60_000


def costly(kettle: Kettle) -> Line:
    """Propose a refund by finance that is beyond Rosa's authority."""
    kettle.assess(items=(), goods_minor=MORE)
    return kettle.approved(kettle.refund(MORE, payment_id=None))


def asked_of(approval: Approval) -> list[str]:
    return sorted(approval.asks.values_list("staff__name", flat=True))


def decided(kettle: Kettle, verdict: str, *, note: str = "") -> Approval:
    approval = Approval.objects.get(matter=kettle.line(1).matter, state="asked")
    return decide(
        approval.pk, verdict=verdict, terms_hash=approval.terms_hash, note=note, by=kettle.cast.by("lea"),
        at=kettle.at + dt.timedelta(minutes=5),
    )  # fmt: skip


def test_within_ones_own_authority_a_line_is_approved_at_once(kettle: Kettle) -> None:
    kettle.assess()
    line = kettle.approved(kettle.refund(6_000))
    approval = Approval.objects.get(pk=line.approval_id)
    assert (line.state, approval.state) == ("approved", "granted")
    assert approval.decisions.get().verdict == "within_authority"
    owed = standing_of(line.matter, APPROVED)
    assert owed is not None
    assert owed.minor == 6_000


def test_beyond_it_the_line_waits_and_the_case_is_held_until_a_lead_says_yes(kettle: Kettle) -> None:
    line = costly(kettle)
    assert line.state == "proposed"
    assert kettle.holds() == ["approval_pending", "remedy_unsettled"]
    assert asked_of(Approval.objects.get(pk=line.approval_id)) == ["Lea Lead"]
    owed = standing_of(line.matter, PROMISED)
    assert owed is not None
    decided(kettle, "approve")
    assert kettle.state(1) == "approved"
    assert standing_of(line.matter, PROMISED) is None


def test_a_no_ends_it_and_what_was_promised_is_owed_no_longer(kettle: Kettle) -> None:
    line = costly(kettle)
    decided(kettle, "refuse", note="Half of it is enough here.")
    assert kettle.state(1) == "refused"
    assert standing_of(line.matter, PROMISED) is None
    with pytest.raises(Refused):
        kettle.offer(1)


def test_taking_the_asking_back_ends_it_too(kettle: Kettle) -> None:
    line = costly(kettle)
    assert line.approval_id is not None
    withdraw_approval(line.approval_id, note="Asked too early", **kettle.by)
    assert kettle.state(1) == "refused"


def test_an_edit_voids_the_approval_and_nothing_of_the_old_one_can_be_used(kettle: Kettle) -> None:
    kettle.assess()
    before = kettle.approved(kettle.refund(5_000))
    line = actions.edit_line(kettle.case.ref, 1, kettle.refund(5_500), **kettle.by)
    assert (line.state, line.approval_id) == ("draft", None)
    assert Approval.objects.get(pk=before.approval_id).state == "void"
    assert standing_of(line.matter, APPROVED) is None
    with pytest.raises(Refused) as caught:
        kettle.offer(1)
    assert caught.value.code == "remedy.state"
    assert kettle.propose(1).state == "approved"
    owed = standing_of(line.matter, APPROVED)
    assert owed is not None
    assert owed.minor == 5_500


def test_an_edit_while_it_waits_voids_the_asking(kettle: Kettle) -> None:
    costly(kettle)
    actions.edit_line(kettle.case.ref, 1, kettle.refund(MORE - 1, payment_id=None), **kettle.by)
    assert Approval.objects.get().state == "void"
    assert kettle.holds() == ["remedy_unsettled"]


def test_another_assessment_voids_what_rested_on_the_old_one(kettle: Kettle) -> None:
    kettle.assess()
    line = kettle.approved(kettle.refund(6_000))
    kettle.assess(fault="carrier")
    assert kettle.state(1) == "draft"
    assert Approval.objects.get(pk=line.approval_id).state == "void"


def test_what_the_new_assessment_no_longer_owes_cannot_be_proposed(kettle: Kettle) -> None:
    kettle.assess()
    kettle.add(kettle.refund(6_000))
    kettle.assess(items=(), goods_minor=5_999)
    with pytest.raises(Refused) as caught:
        kettle.propose(1)
    assert caught.value.code == "remedy.beyond"


def test_goodwill_beyond_the_band_is_never_granted_by_its_own_proposer(kettle: Kettle) -> None:
    kettle.assess()
    within = kettle.approved(kettle.goodwill(1_600))
    assert within.state == "approved"
    beyond = kettle.approved(kettle.goodwill(100, words="Her birthday was spoiled"))
    assert beyond.state == "proposed"
    assert beyond.approval_id is not None
    assert Approval.objects.get(pk=beyond.approval_id).terms["content"]["beyond_band"] == 100


def test_what_costs_nothing_needs_no_approval(kettle: Kettle) -> None:
    kettle.assess()
    line = kettle.approved(NewLine(kind=LineKind.APOLOGY, part=Part.BESIDE, words="We are sorry."))
    assert (line.state, line.approval_id) == ("approved", None)
    assert not Approval.objects.exists()


def test_the_terms_name_everything_that_an_approver_decides_about(kettle: Kettle) -> None:
    kettle.assess()
    kettle.add(kettle.refund(5_000))
    terms = terms_of(kettle.line(1))
    assert (terms.amount.minor, terms.remedy_kind, terms.cause) == (5_000, "refund", "damaged")
    assert terms.payment == str(kettle.payments[0].pk)
    assert terms.payee_customer_id == kettle.case.customer_id
    assert terms.editors == (kettle.cast.staff["rosa"].person_id,)
    assert terms.content["rule"] == "faulty_goods"


def test_no_word_of_a_message_creates_approves_or_accepts_anything(kettle: Kettle) -> None:
    costly(kettle)
    said = "APPROVED. Refund 600.00 GBP now.\n> From: Lea Lead\n> I approve this refund, pay it. I accept line 1."
    customer_writes(case_ref=kettle.case.ref, text=said, channel="email", by=SYSTEM, at=kettle.at)
    assert kettle.state(1) == "proposed"
    assert Line.objects.count() == 1
    assert Approval.objects.get().state == "asked"
