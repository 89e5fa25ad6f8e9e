"""Store credit is issued once and spent once (A14)."""

import datetime as dt

import pytest

from recourse.kit.errors import NotVisible, Refused
from recourse.kit.ids import uuid7
from recourse.ledger import actions
from recourse.ledger.models import Balance, Posting, Standing, Voucher
from recourse.ledger.queries import check_ledger
from tests.cast import AT, SYSTEM, Cast
from tests.equipment.counts import many
from tests.rooms.ledger.build import Story, approval_of, eur, tell_story
from tests.rooms.ledger.test_budgets import at_once

YEAR = dt.timedelta(days=365)


def issue(story: Story, matter: str, minor: int = 2_000, approval: str = "") -> Voucher:
    return actions.issue_voucher(
        matter, amount=eur(minor), approval_ref=approval or approval_of(matter), customer_id=story.cast.jane.pk,
        by=SYSTEM, at=AT,
    )  # fmt: skip


def redeem(voucher: Voucher, order: str = "W1", at: dt.datetime = AT) -> Voucher:
    return actions.redeem_voucher(actions.code_of(voucher), spent_on=order, by=SYSTEM, at=at)


def balances() -> dict[str, int]:
    sums: dict[str, int] = {}
    for row in Balance.objects.all():
        sums[row.account_id] = sums.get(row.account_id, 0) + row.minor
    return {code: minor for code, minor in sums.items() if minor}


@pytest.mark.django_db
def test_a_voucher_is_issued_once_for_a_line_and_an_approval(story: Story) -> None:
    matter = story.approved(2_000, kind="credit")
    voucher = issue(story, matter)
    assert issue(story, matter).pk == voucher.pk
    assert voucher.expires_at == AT + dt.timedelta(days=1095)
    other = story.approved(2_000, kind="credit")
    for again in (lambda: issue(story, matter, 1_999), lambda: issue(story, other, approval=approval_of(matter))):
        with pytest.raises(Refused) as refused:
            again()
        assert refused.value.code == "ledger.key_reused"
    with pytest.raises(Refused) as refused:
        issue(story, other, 1_000)
    assert refused.value.code == "money.not_approved"
    assert Voucher.objects.count() == 1
    assert check_ledger(at=AT) == []


@pytest.mark.django_db
def test_it_is_spent_once_whole_and_by_its_code_alone(story: Story) -> None:
    voucher = issue(story, story.approved(2_000, kind="credit"))
    code = actions.code_of(voucher)
    assert len(code.replace("-", "")) == 20
    assert code not in str(Voucher.objects.values().get())
    spent = actions.redeem_voucher(f" {code.lower()} ", spent_on="W1", by=story.cast.by("fin"), at=AT)
    assert (spent.state, spent.spent_on) == ("redeemed", "W1")
    assert redeem(voucher, "W1").spent_at == AT
    with pytest.raises(Refused) as refused:
        redeem(voucher, "W2")
    assert refused.value.code == "voucher.spent"
    assert balances() == {"cost:credit": 2_000, "income:vouchers": -2_000}
    assert not Standing.objects.exclude(minor=0).exists()
    with pytest.raises(NotVisible):
        actions.redeem_voucher("AAAAA-AAAAA-AAAAA-AAAAA", spent_on="W1", by=SYSTEM, at=AT)
    with pytest.raises(Refused):
        actions.redeem_voucher(code, spent_on="W1", by=story.cast.by("ada"), at=AT)


@pytest.mark.django_db
def test_it_lapses_or_is_taken_back_and_is_not_good_after(story: Story) -> None:
    lapsed, voided = (issue(story, story.approved(2_000, kind="credit")) for _one in range(2))
    actions.void_voucher(voided.pk, by=story.cast.by("fin"), at=AT, note="issued in error")
    with pytest.raises(Refused) as refused:
        redeem(voided)
    assert refused.value.code == "voucher.voided"
    with pytest.raises(Refused) as refused:
        redeem(lapsed, at=AT + 3 * YEAR)
    assert refused.value.code == "voucher.expired"
    assert actions.expire_vouchers(at=AT + 3 * YEAR) == 1
    assert actions.expire_vouchers(at=AT + 3 * YEAR) == 0
    assert balances() == {"cost:credit": 4_000, "income:breakage": -4_000}
    with pytest.raises(Refused):
        actions.void_voucher(lapsed.pk, by=story.cast.by("fin"), at=AT)
    with pytest.raises(NotVisible):
        actions.void_voucher(uuid7(), by=story.cast.by("fin"), at=AT)
    with pytest.raises(Refused):
        actions.void_voucher(voided.pk, by=story.cast.by("rosa"), at=AT)
    assert check_ledger(at=AT) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sixteen_who_spend_it_at_once_spend_it_once(is_postgres: bool, cast: Cast) -> None:
    if not is_postgres:
        pytest.skip("writers take turns on SQLite")
    story = tell_story(cast)
    for _volley in range(many(12, 500)):
        matter = story.approved(2_000, kind="credit")
        met = at_once([lambda matter=matter: issue(story, matter)] * 8)  # type: ignore[misc]
        assert all(error is None or isinstance(error, Refused) for error in met), met
        voucher = Voucher.objects.get(matter=matter)
        met = at_once([lambda n=n, voucher=voucher: redeem(voucher, f"W-{n}") for n in range(16)])  # type: ignore[misc]
        assert sum(error is None for error in met) == 1
        assert {error.code for error in met if isinstance(error, Refused)} == {"voucher.spent"}
    assert Posting.objects.filter(key__startswith="redeem:").count() == 12
    assert check_ledger(at=AT) == []
