"""Absence and delegation."""

import datetime as dt
from uuid import uuid4

import pytest

from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.people import actions
from recourse.people.models import Absence, Delegation
from recourse.people.queries import (
    absences_of,
    delegations,
    givers_to,
    is_absent,
    present_staff,
    specialists,
    who_is_away,
)  # fmt: skip
from recourse.timeline.models import Entry
from tests.rooms.people.conftest import AT, DAY, HOUR, SYSTEM, Desk, told

WEEK = 7 * DAY


def away(
    desk: Desk, who: str, by: str, start: dt.datetime = AT, end: dt.datetime = AT + DAY, kind: str = "sick"
) -> Absence:
    """Note an absence."""
    staff = getattr(desk, who)
    return actions.add_absence(staff_id=staff.pk, kind=kind, from_at=start, until_at=end, by=desk.by(by), at=AT)


@pytest.mark.parametrize(("who", "by"), [("ada", "ada"), ("ada", "lea"), ("ada", "ida"), ("ben", "ida")])
def test_oneself_ones_lead_and_administrators_note_an_absence(desk: Desk, who: str, by: str) -> None:
    staff = getattr(desk, who)
    away(desk, who, by)
    assert is_absent(staff, at=AT)
    assert not is_absent(staff, at=AT + DAY)
    assert told(staff)[-1] == "absence.added"


@pytest.mark.parametrize(("who", "by"), [("ada", "ben"), ("ben", "lea"), ("lea", "ada")])
def test_nobody_else_does(desk: Desk, who: str, by: str) -> None:
    with pytest.raises(Refused) as refused:
        away(desk, who, by)
    assert refused.value.is_permission
    mine = away(desk, who, "ida")
    with pytest.raises(Refused):
        actions.cancel_absence(absence_id=mine.pk, by=desk.by(by), at=AT)


def test_why_somebody_is_away_is_never_on_the_record_and_only_told_to_who_must_know(desk: Desk) -> None:
    away(desk, "ada", "ada", kind="sick")
    assert "sick" not in " ".join(Entry.objects.values_list("payload", flat=True))
    seen = {
        who: [row.kind for row in who_is_away(viewer=desk.by(who), from_at=AT, until_at=AT + DAY)]
        for who in ("ada", "ben", "lea", "ida")
    }
    assert seen == {"ada": ["sick"], "ben": [""], "lea": ["sick"], "ida": ["sick"]}


@pytest.mark.parametrize(
    ("field", "start", "end", "kind"),
    [("until_at", 1, 1, "sick"), ("until_at", 2, 1, "sick"), ("until_at", -48, -24, "sick"), ("kind", 0, 1, "bored"),
     ("until_at", 0, 24 * 800, "other")],
)  # fmt: skip
def test_a_wrong_absence_is_refused_by_field(desk: Desk, field: str, start: int, end: int, kind: str) -> None:
    with pytest.raises(Invalid) as refused:
        away(desk, "ada", "ada", AT + start * HOUR, AT + end * HOUR, kind)
    assert set(refused.value.fields) == {field}


def test_an_absence_to_come_is_called_off_and_one_begun_ends_now(desk: Desk) -> None:
    begun, to_come = away(desk, "ada", "ada", AT - DAY, AT + DAY), away(desk, "ada", "ada", AT + WEEK, AT + 2 * WEEK)
    actions.cancel_absence(absence_id=begun.pk, by=desk.by("ada"), at=AT + HOUR)
    actions.cancel_absence(absence_id=to_come.pk, by=desk.by("lea"), at=AT + HOUR)
    assert Absence.objects.get().until_at == AT + HOUR
    assert not is_absent(desk.ada, at=AT + HOUR)
    assert told(desk.ada)[-2:] == ["absence.cancelled", "absence.cancelled"]
    with pytest.raises(Refused) as refused:
        actions.cancel_absence(absence_id=begun.pk, by=desk.by("ada"), at=AT + 2 * HOUR)
    assert refused.value.code == "absence.over"
    with pytest.raises(NotVisible):
        actions.cancel_absence(absence_id=uuid4(), by=SYSTEM, at=AT)


def test_who_is_away_is_asked_by_time_and_team_and_the_gone_are_left_out(desk: Desk) -> None:
    away(desk, "ada", "ida")
    away(desk, "ben", "ida", AT + WEEK, AT + 2 * WEEK)
    viewer = desk.by("ida")
    assert [row.name for row in who_is_away(viewer=viewer, from_at=AT, until_at=AT + HOUR)] == ["Ada"]
    assert [row.name for row in who_is_away(viewer=viewer, from_at=AT, until_at=AT + 3 * WEEK)] == ["Ada", "Ben"]
    only = who_is_away(viewer=viewer, from_at=AT, until_at=AT + 3 * WEEK, team_ids=[desk.care.pk])
    assert [row.name for row in only] == ["Ada"]
    actions.deactivate(staff_id=desk.ada.pk, by=SYSTEM, at=AT)
    assert who_is_away(viewer=viewer, from_at=AT, until_at=AT + HOUR) == []
    assert [row.name for row in absences_of(desk.ben.pk, viewer=desk.by("ben"), at=AT)] == ["Ben"]


def test_specialists_are_here_skilled_that_day_and_the_best_come_first(desk: Desk) -> None:
    billing = actions.make_skill(name="Billing", by=SYSTEM, at=AT).slug
    for staff, level, last in (
        (desk.ada, 2, None),
        (desk.ben, 5, AT.date()),
        (desk.lea, 4, None),
        (desk.otto, 3, None),
    ):
        actions.grant_skill(staff_id=staff.pk, skill=billing, level=level, until_on=last, by=SYSTEM, at=AT)
    away(desk, "lea", "lea")
    actions.deactivate(staff_id=desk.otto.pk, by=SYSTEM, at=AT)
    assert list(specialists(billing, at=AT)) == [desk.ben, desk.ada]
    assert list(specialists(billing, at=AT + DAY)) == [desk.lea, desk.ada]
    assert list(specialists(billing, at=AT, team_id=desk.care.pk)) == [desk.ada]
    assert list(specialists("flying", at=AT)) == []
    assert desk.lea not in present_staff(at=AT)


def delegate(desk: Desk, giver: str, receiver: str, by: str, start: int = 0, end: int = 24) -> Delegation:
    """Delegate from `start` to `end` hours from now."""
    return actions.delegate(
        giver_id=getattr(desk, giver).pk, receiver_id=getattr(desk, receiver).pk,
        from_at=AT + start * HOUR, until_at=AT + end * HOUR, by=desk.by(by), at=AT,
    )  # fmt: skip


@pytest.mark.parametrize("by", ["lea", "ida"])
def test_a_delegation_holds_from_its_beginning_until_its_end(desk: Desk, by: str) -> None:
    delegate(desk, "lea", "ada", by, 1, 5)
    held = [list(givers_to(desk.ada.pk, at=AT + hours * HOUR)) for hours in (0, 1, 4, 5)]
    assert held == [[], [desk.lea], [desk.lea], []]
    assert told(desk.lea)[-1] == "delegation.given"


def test_a_delegation_of_somebody_gone_is_worth_nothing(desk: Desk) -> None:
    delegate(desk, "lea", "ada", "lea")
    actions.deactivate(staff_id=desk.lea.pk, by=SYSTEM, at=AT)
    assert not givers_to(desk.ada.pk, at=AT).exists()


@pytest.mark.parametrize(
    ("giver", "receiver", "by"), [("lea", "ada", "ada"), ("lea", "ben", "ada"), ("ida", "ben", "lea")]
)
def test_only_the_giver_or_an_administrator_delegates(desk: Desk, giver: str, receiver: str, by: str) -> None:
    with pytest.raises(Refused) as refused:
        delegate(desk, giver, receiver, by)
    assert refused.value.is_permission


def test_no_administrator_makes_themself_somebodys_delegate(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        delegate(desk, "lea", "ida", "ida")
    assert refused.value.code == "staff.oneself"


def test_nobody_delegates_to_themself_nor_to_their_other_account(desk: Desk) -> None:
    second = actions.hire(email="lea2@desk.example", name="Lea", same_person_as=desk.lea.pk, by=SYSTEM, at=AT)
    for receiver in (desk.lea, second):
        with pytest.raises(Refused) as refused:
            actions.delegate(
                giver_id=desk.lea.pk, receiver_id=receiver.pk, from_at=AT, until_at=AT + DAY, by=desk.by("lea"), at=AT
            )
        assert refused.value.code == "delegation.oneself"


@pytest.mark.parametrize(
    ("giver", "receiver"),
    [("ada", "ben"), ("ben", "lea"), ("ada", "lea")],
    ids=["passed on", "given to a giver", "returned"],
)
def test_a_delegation_is_never_passed_on_while_it_stands(desk: Desk, giver: str, receiver: str) -> None:
    first = delegate(desk, "lea", "ada", "lea")
    with pytest.raises(Refused) as refused:
        delegate(desk, giver, receiver, giver)
    assert refused.value.code == "delegation.chain"
    delegate(desk, giver, receiver, giver, 24, 48)
    actions.end_delegation(delegation_id=first.pk, by=desk.by("lea"), at=AT)
    delegate(desk, giver, receiver, giver)


def test_a_second_account_does_not_pass_a_delegation_on(desk: Desk) -> None:
    second = actions.hire(email="ada2@desk.example", name="Ada", same_person_as=desk.ada.pk, by=SYSTEM, at=AT)
    delegate(desk, "lea", "ada", "lea")
    with pytest.raises(Refused) as refused:
        actions.delegate(giver_id=second.pk, receiver_id=desk.ben.pk, from_at=AT, until_at=AT + DAY, by=SYSTEM, at=AT)
    assert refused.value.code == "delegation.chain"


@pytest.mark.parametrize(("start", "end"), [(5, 5), (5, 1), (-48, -1), (0, 24 * 93)])
def test_a_delegation_has_a_length_and_an_end_within_92_days(desk: Desk, start: int, end: int) -> None:
    with pytest.raises(Invalid):
        delegate(desk, "lea", "ada", "lea", start, end)


@pytest.mark.parametrize("by", ["lea", "ada", "ida"])
def test_giver_receiver_and_administrators_end_a_delegation(desk: Desk, by: str) -> None:
    given = delegate(desk, "lea", "ada", "lea")
    with pytest.raises(Refused):
        actions.end_delegation(delegation_id=given.pk, by=desk.by("ben"), at=AT)
    actions.end_delegation(delegation_id=given.pk, by=desk.by(by), at=AT + HOUR)
    assert not givers_to(desk.ada.pk, at=AT + HOUR).exists()
    assert told(desk.lea)[-1] == "delegation.ended"
    with pytest.raises(Refused) as refused:
        actions.end_delegation(delegation_id=given.pk, by=desk.by(by), at=AT + HOUR)
    assert refused.value.code == "delegation.over"


def test_everybody_sees_their_own_delegations(desk: Desk) -> None:
    given = delegate(desk, "lea", "ada", "lea")
    assert list(delegations(viewer=desk.by("ada"), at=AT, staff_id=desk.ada.pk)) == [given]
    with pytest.raises(Refused):
        delegations(viewer=desk.by("ben"), at=AT, staff_id=desk.ada.pk)
