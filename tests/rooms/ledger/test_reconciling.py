"""Every difference between the provider and the ledger is shown within one run, and none is invented (A11)."""

import dataclasses
import datetime as dt
import random
from collections import Counter
from typing import Any

import pytest

from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.kit.money import Money
from recourse.ledger import actions
from recourse.ledger.models import Attempt, Balance, Break, PaymentRoom, Reconciliation
from recourse.ledger.policy import AttemptState, BreakKind, Heard, Verdict
from recourse.ledger.policy.comparing import Ours, Theirs, differences
from recourse.ledger.queries import check_ledger
from tests.cast import AT, SYSTEM
from tests.equipment.counts import many
from tests.equipment.provider import FakePsp
from tests.rooms.ledger.build import Story
from tests.rooms.ledger.paying import DAY, HOUR, clean, planned, state, work

S = AttemptState
FROM, UNTIL = AT, AT + 3 * DAY
SECOND = dt.timedelta(seconds=1)


def world(dice: random.Random, count: int) -> tuple[list[Ours], list[Theirs]]:
    """Return payments on which both sides agree, some of them at the very cut of a day."""
    ours, theirs = [], []
    for number in range(count):
        cut = dice.choice([FROM, UNTIL, AT + DAY, AT + 2 * DAY])
        at = (
            cut + SECOND * dice.choice([-3, -1, 0, 1, 2])
            if dice.random() < 0.3
            else AT + DAY * (4 * dice.random() - 0.5)
        )
        amount = Money(dice.randrange(1, 100_000), dice.choice(["EUR", "JPY", "KWD"]))
        state, heard = dice.choice(
            [(S.SUCCEEDED, Heard.SUCCEEDED), (S.PENDING, Heard.PENDING), (S.FAILED, Heard.FAILED)]
        )
        ours.append(Ours(f"k{number}", amount, state, f"re_{number}", at + dt.timedelta(hours=dice.uniform(0, 10)), at))
        theirs.append(Theirs(f"re_{number}", f"k{number}", amount, heard, at))
    return ours, theirs


def seen(theirs: list[Theirs]) -> list[Theirs]:
    """Return what a list with its margin of a day shows."""
    return [one for one in theirs if FROM - DAY <= one.at < UNTIL + DAY]


def inject(
    dice: random.Random, kind: BreakKind, number: int, ours: list[Ours], theirs: list[Theirs]
) -> tuple[BreakKind, str] | None:
    """Put one difference of a kind in and return what must be found; None where this payment cannot bear it."""
    mine, other = ours[number], theirs[number]
    is_within = FROM <= other.at < UNTIL
    match kind:
        case BreakKind.MISSING if mine.state is not S.FAILED and FROM <= mine.executed_at < UNTIL:  # type: ignore[operator]
            theirs[number] = dataclasses.replace(other, at=AT - 90 * DAY)
            return kind, mine.key
        case BreakKind.EXTRA if is_within and other.heard is not Heard.FAILED:
            theirs.append(dataclasses.replace(other, provider_ref=f"x_{number}", reference=dice.choice(["", "else"])))
            return kind, f"x_{number}"
        case BreakKind.TWICE if is_within and other.heard is not Heard.FAILED:
            theirs.append(dataclasses.replace(other, provider_ref=f"t_{number}"))
            return kind, f"t_{number}"
        case BreakKind.AMOUNT if is_within:
            theirs[number] = dataclasses.replace(other, amount=other.amount + Money(1, other.amount.currency))
            return kind, mine.key
        case BreakKind.CURRENCY if is_within:
            theirs[number] = dataclasses.replace(other, amount=Money(other.amount.minor, "CHF"))
            return kind, mine.key
        case BreakKind.STATUS if is_within:
            changed = {S.SUCCEEDED: Heard.FAILED, S.PENDING: Heard.SUCCEEDED, S.FAILED: Heard.SUCCEEDED}[mine.state]
            theirs[number] = dataclasses.replace(other, heard=changed)
            return kind, mine.key
    return None


def test_two_thousand_sets_of_differences_are_found_whole_and_nothing_besides() -> None:
    injected = 0
    for seed in range(many(2_000, 40_000)):
        dice = random.Random(seed)
        ours, theirs = world(dice, 60)
        expected = Counter()
        for number in dice.sample(range(60), dice.randrange(1, 51)):
            found = inject(dice, dice.choice(list(BreakKind)), number, ours, theirs)
            expected.update([found] if found else [])
        dice.shuffle(theirs)
        met = differences(ours, seen(theirs), from_at=FROM, until_at=UNTIL, at=UNTIL + DAY)
        assert Counter((one.kind, one.subject) for one in met) == expected, seed
        injected += expected.total()
    assert injected > 20_000


def test_where_both_agree_nothing_is_found() -> None:
    for seed in range(300):
        ours, theirs = world(random.Random(seed), 60)
        assert differences(ours, seen(theirs), from_at=FROM, until_at=UNTIL, at=UNTIL + DAY) == []


def test_what_is_being_sent_this_moment_is_no_difference() -> None:
    mine = Ours("k", Money(1, "EUR"), S.SENDING, sent_at=UNTIL - SECOND)
    other = Theirs("re", "k", Money(1, "EUR"), Heard.SUCCEEDED, UNTIL - SECOND)
    assert differences([mine], [other], from_at=FROM, until_at=UNTIL, at=UNTIL) == []
    (found,) = differences([mine], [other], from_at=FROM, until_at=UNTIL, at=UNTIL + DAY)
    assert (found.kind, found.is_heard) == (BreakKind.STATUS, True)


def run(at: dt.datetime = AT + DAY, **given: Any) -> Reconciliation:
    told = {"from_at": at - 2 * DAY, "until_at": at, "by": SYSTEM, "at": at, **given}
    return actions.reconcile("card", **told)


def extra(psp: FakePsp, story: Story, minor: int = 2_500) -> dict[str, Any]:
    return psp.tell(
        "pay", charge=story.payment.method_ref, amount=minor, currency="eur", reference="", status="succeeded"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("page", [1, 100, 10_000])
def test_pages_of_any_size_are_read_to_the_end(psp: FakePsp, story: Story, page: int) -> None:
    for _number in range(7):
        planned(psp, story, 100)
    work(psp, turns=20)
    psp.tell("reset", now=AT.timestamp(), page=page)
    found = run()
    assert (found.theirs, found.ours, found.found, found.error) == (7, 7, 0, "")


@pytest.mark.django_db
def test_a_list_that_breaks_off_is_compared_with_nothing(psp: FakePsp, story: Story) -> None:
    planned(psp, story, 100)
    planned(psp, story, 100)
    work(psp)
    psp.tell("reset", now=AT.timestamp(), page=1, get_faults=["", "500"])
    found = run()
    assert (found.error, found.found) == ("status_500", 0)
    assert not Break.objects.exists()


@pytest.mark.django_db
def test_money_that_nobody_knows_of_stands_in_suspense_until_a_person_explains_it(psp: FakePsp, story: Story) -> None:
    planned(psp, story, 1_000)
    work(psp)
    made = extra(psp, story)
    for hours in (0, 1):
        found = run(AT + DAY + hours * HOUR)
        assert found.found == 1
    one = Break.objects.get()
    assert (one.kind, one.subject, one.theirs_minor) == ("extra", made["id"], 2_500)
    assert _balance("suspense:unexplained") == 2_500
    assert PaymentRoom.objects.get().left_minor == 6_500
    fin = story.cast.by("fin")
    with pytest.raises(Refused):
        actions.resolve_break(one.pk, verdict=Verdict.EXPLAINED, reason="Paid by phone", by=fin, at=AT)
    with pytest.raises(Invalid):
        actions.resolve_break(one.pk, verdict=Verdict.ACCEPTED, reason=" ", by=fin, at=AT)
    with pytest.raises(Stale):
        actions.resolve_break(one.pk, verdict=Verdict.ACCEPTED, reason="x", by=fin, at=AT, seen=9)
    actions.resolve_break(one.pk, verdict=Verdict.ACCEPTED, reason="Paid by phone", by=fin, at=AT, seen=1)
    assert (_balance("suspense:unexplained"), _balance("cost:unexplained")) == (0, 2_500)
    with pytest.raises(NotVisible):
        actions.resolve_break(one.pk, verdict=Verdict.ACCEPTED, reason="again", by=fin, at=AT)
    run(AT + DAY + 2 * HOUR)
    assert Break.objects.count() == 1
    clean(psp, AT + DAY)


@pytest.mark.django_db
def test_money_that_came_back_leaves_suspense_and_makes_room(psp: FakePsp, story: Story) -> None:
    planned(psp, story, 1_000)
    work(psp)
    extra(psp, story)
    run()
    one = Break.objects.get()
    actions.resolve_break(one.pk, verdict=Verdict.RETURNED, reason="Back", by=story.cast.by("fin"), at=AT + DAY)
    assert (_balance("suspense:unexplained"), PaymentRoom.objects.get().left_minor) == (0, 9_000)
    assert check_ledger(at=AT + DAY) == []


@pytest.mark.django_db
def test_a_payment_that_the_provider_does_not_list_is_missing_and_owed_again_once_a_person_says_so(
    psp: FakePsp, story: Story
) -> None:
    attempt = planned(psp, story, 1_000)
    work(psp)
    psp.tell("wipe")
    run()
    one = Break.objects.get()
    assert (one.kind, one.subject) == ("missing", attempt.key)
    actions.resolve_break(one.pk, verdict=Verdict.NOT_PAID, reason="Not there", by=story.cast.by("fin"), at=AT + DAY)
    assert state(attempt) == "failed"
    assert PaymentRoom.objects.get().left_minor == 10_000
    assert check_ledger(at=AT + DAY) == []


@pytest.mark.django_db
def test_what_the_list_knows_better_is_taken_over(psp: FakePsp, story: Story) -> None:
    failed, unknown = planned(psp, story, 1_000), planned(psp, story, 2_000)
    psp.tell("faults", faults=["", "drop_reply"])
    work(psp)
    psp.tell("change", refund=psp.effects()[0]["id"], status="failed", reason="x")
    found = run()
    assert found.found == 2
    assert {state(failed), state(unknown)} == {"failed", "succeeded"}
    assert set(Break.objects.values_list("verdict", flat=True)) == {"taken_over"}
    clean(psp, AT + DAY)


@pytest.mark.django_db
def test_a_payment_that_we_call_refused_and_was_made_is_a_break(psp: FakePsp, story: Story) -> None:
    attempt = planned(psp, story, 1_000)
    psp.tell("faults", faults=["drop_reply"], get_faults=["drop"] * 20)
    work(psp)
    work(psp, AT + HOUR, turns=1)
    actions.judge_attempt(attempt.pk, is_paid=False, note="Not seen", by=story.cast.by("fin"), at=AT + HOUR)
    psp.tell("faults", faults=[], get_faults=[])
    run()
    assert Break.objects.get().kind == "status"
    assert Attempt.objects.get().state == "refused"


@pytest.mark.django_db
def test_days_must_be_days_and_a_provider_must_be_one(psp: FakePsp, story: Story) -> None:
    for from_at, until_at in ((AT, AT), (AT, AT - DAY), (AT, AT + 2 * DAY)):
        with pytest.raises(Refused):
            actions.reconcile("card", from_at=from_at, until_at=until_at, by=SYSTEM, at=AT)
    with pytest.raises(NotVisible):
        actions.reconcile("other", from_at=AT - DAY, until_at=AT, by=SYSTEM, at=AT)
    with pytest.raises(Refused) as refused:
        actions.reconcile("card", from_at=AT - DAY, until_at=AT, by=story.cast.by("lea"), at=AT)
    assert refused.value.code == "permission.missing"
    assert actions.reconcile_daily(at=AT) == 0


def _balance(code: str) -> int:
    return sum(row.minor for row in Balance.objects.filter(account_id=code))
