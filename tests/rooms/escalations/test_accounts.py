"""Several cases of one customer worked as one; merged cases; what another handbook would have said; precision."""

import datetime as dt

import pytest

from recourse.escalations import actions, queries
from recourse.escalations.models import AccountEscalation, AccountMember, Escalation
from recourse.handbook.policy.reading import default_rules
from recourse.kit.errors import Invalid, NotVisible, Refused
from tests.cast import AT
from tests.rooms.escalations.conftest import BREACH, LEGAL, LOSS, NOTE, Desk

LATER = AT + dt.timedelta(hours=1)


def test_cases_of_one_customer_are_worked_as_one_until_the_last_leaves(desk: Desk) -> None:
    one, two, three = (desk.case() for _ in range(3))
    lea, rosa = desk.cast.by("lea"), desk.cast.staff["rosa"]
    account = actions.group([one.ref, two.ref], coordinator_id=rosa.pk, by=lea, at=AT)
    again = actions.group([two.ref, three.ref], coordinator_id=rosa.pk, by=lea, at=LATER)
    assert again.pk == account.pk
    assert queries.account_of(three) == account
    assert len(queries.cases_of_account(account.pk, viewer=lea)) == 3
    actions.ungroup([one.ref], by=lea, at=LATER)
    account.refresh_from_db()
    assert account.ended_at is None
    actions.ungroup([two.ref, three.ref], by=lea, at=LATER)
    account.refresh_from_db()
    assert account.ended_at == LATER
    with pytest.raises(Refused):
        actions.ungroup([one.ref], by=lea, at=LATER)
    assert AccountMember.objects.filter(ended_at=None).count() == 0


def test_only_cases_of_one_known_customer_and_only_with_the_right(desk: Desk) -> None:
    one, other = desk.case(), desk.case(customer=desk.cast.omar)
    nobody = desk.case(customer=None)
    rosa = desk.cast.staff["rosa"].pk
    for refs in ([one.ref, other.ref], [nobody.ref], []):
        with pytest.raises(Invalid):
            actions.group(refs, coordinator_id=rosa, by=desk.cast.by("lea"), at=AT)
    with pytest.raises(Refused):
        actions.group([one.ref], coordinator_id=rosa, by=desk.cast.by("rosa"), at=AT)
    hidden = desk.case(owner="ben", is_restricted=True)
    with pytest.raises(NotVisible):
        actions.group([one.ref, hidden.ref], coordinator_id=rosa, by=desk.cast.by("lea"), at=AT)
    assert not AccountEscalation.objects.exists()


def test_the_handbook_says_when_an_account_is_due_to_be_worked_as_one(desk: Desk) -> None:
    for count in (1, 2, 3):
        desk.ask(desk.case())
        assert queries.account_is_due(desk.cast.jane.pk, at=AT) is (count >= 3)


def test_an_open_escalation_follows_its_case_into_another(desk: Desk) -> None:
    joined, kept = desk.case(), desk.case()
    found = desk.ask(joined)
    actions.join_merged(joined_thread_id=joined.thread_id, kept_id=kept.pk, by=desk.cast.by("lea"), at=LATER)
    found.refresh_from_db()
    assert (found.case, found.state) == (kept, "requested")


def test_of_two_open_escalations_the_grounds_unite_under_the_stricter_tier(desk: Desk) -> None:
    joined, kept = desk.case(), desk.case()
    moving, standing = desk.ask(joined, LEGAL, BREACH), desk.ask(kept, LOSS, LEGAL)
    actions.join_merged(joined_thread_id=joined.thread_id, kept_id=kept.pk, by=desk.cast.by("lea"), at=LATER)
    moving.refresh_from_db()
    standing.refresh_from_db()
    assert moving.state == "withdrawn"
    assert (standing.tier, standing.team.slug) == ("tier_3", "resolution-2")
    assert sorted(standing.grounds.values_list("code", flat=True)) == [
        "financial_impact", "legal_exposure", "privacy_breach",
    ]  # fmt: skip


def test_another_handbook_is_asked_about_the_requests_on_record(desk: Desk) -> None:
    desk.ask(desk.case(), LOSS)
    old = default_rules()
    strict = old.model_copy(update={"escalation": old.escalation.model_copy(update={"grounds": tuple(
        ground.model_copy(update={"evidence": tuple(
            item.model_copy(update={"thresholds": tuple(
                money.model_copy(update={"minor": 90_000}) for money in item.thresholds
            )})
            for item in ground.evidence
        )})
        for ground in old.escalation.grounds
    )})})  # fmt: skip
    lea = desk.cast.by("lea")
    since = AT - dt.timedelta(days=90)
    found = queries.consequences(old=old, new=strict, since=since, at=LATER, viewer=lea, limit=10)
    assert (found.checked, found.changed) == (1, 1)
    assert found.rows[0].new == "does not qualify"
    same = queries.consequences(old=old, new=old, since=since, at=LATER, viewer=lea, limit=10)
    assert (same.checked, same.changed) == (1, 0)
    hidden = queries.consequences(old=old, new=strict, since=since, at=LATER, viewer=desk.cast.by("max"), limit=10)
    assert hidden.checked == 0


@pytest.mark.usefixtures("no_chance")
def test_precision_comes_from_the_record_with_its_interval(desk: Desk) -> None:
    for index in range(12):
        case = desk.case()
        found = desk.ask(case)
        if index % 3:
            actions.accept(case.ref, found.number, by=desk.cast.by("gil"), at=LATER)
        else:
            actions.return_(case.ref, found.number, reason="no_ground", note=NOTE, by=desk.cast.by("gil"), at=LATER)
    until = LATER + dt.timedelta(seconds=1)
    (line,) = queries.precision_of(by="ground", viewer=desk.cast.by("gil"), since=AT, until=until)
    assert (line.heading, line.accepted.part, line.returned.part, line.accepted.whole) == ("financial_impact", 8, 4, 12)
    assert not line.accepted.is_few
    assert line.needed.is_few
    assert [row.heading for row in queries.precision_of(by="agent", viewer=desk.cast.by("ana"), since=AT, until=until)]
    assert not queries.precision_of(by="all", viewer=desk.cast.by("gil"), since=AT, until=LATER)
    with pytest.raises(Refused):
        queries.precision_of(by="all", viewer=desk.cast.by("ada"), since=AT, until=until)


def test_a_customer_sees_no_escalation_at_all(desk: Desk) -> None:
    found = desk.accepted()
    assert not Escalation.objects.visible_to(desk.cast.customer_of(found.case)).exists()
    with pytest.raises(NotVisible):
        queries.escalation(found.case.ref, found.number, viewer=desk.cast.customer_of(found.case))


def test_moves_are_listed_with_why_they_are_refused(desk: Desk) -> None:
    found = desk.ask(desk.case())
    listed = queries.moves(found, viewer=desk.cast.by("gil"))
    assert {name for name, why in listed.items() if not why} == {"accept", "return", "redirect", "override_tier"}
    assert queries.moves(found, viewer=desk.cast.by("ada"))["withdraw"] == ""
    assert "right" in queries.moves(found, viewer=desk.cast.by("ada"))["accept"]
