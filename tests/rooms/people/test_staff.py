"""Accounts: hired, edited, closed, opened again."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction

from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.people import actions
from recourse.people.models import ApiKey, Delegation, Link, Staff
from recourse.people.queries import actor_for, actor_for_key
from recourse.timeline.models import Entry, Private
from tests.rooms.people.conftest import AT, DAY, GOOD, HOUR, SYSTEM, Desk, hire, told


def test_hiring_gives_an_account_with_roles_and_no_password(desk: Desk) -> None:
    new = actions.hire(
        email=" Mia.Muster@Desk.EXAMPLE ",
        name=" Mia\tMuster ",
        roles=["resolver", "resolver"],
        time_zone="Europe/Berlin",
        by=desk.by("ida"),
        at=AT,
    )
    kept = Staff.objects.get(pk=new.pk)
    assert (kept.email, kept.name, kept.time_zone) == ("mia.muster@desk.example", "Mia Muster", "Europe/Berlin")
    assert not kept.has_usable_password()
    assert "escalation:work" in actor_for(kept).permissions
    assert told(kept) == ["staff.hired", "role.granted"]


def test_names_and_addresses_never_stand_on_the_record(desk: Desk) -> None:
    actions.hire(email="needle.q7@desk.example", name="Needle Q7", by=desk.by("ida"), at=AT)
    payloads = " ".join(Entry.objects.values_list("payload", flat=True))
    assert "eedle" not in payloads


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("email", {"email": "not an address"}),
        ("email", {"email": ""}),
        ("email", {"email": "ADA@desk.example"}),
        ("email", {"email": "x" * 250 + "@desk.example"}),
        ("email", {"email": "mia@müller.example"}),
        ("email", {"email": "mia@desk.example\r\nBcc: all@x.example"}),
        ("name", {"name": " \u200b "}),
        ("name", {"name": "x" * 121}),
        ("time_zone", {"time_zone": "Mars/Olympus"}),
        ("time_zone", {"time_zone": "../etc"}),
        ("department", {"department": "nowhere"}),
        ("roles", {"roles": ["king"]}),
    ],
)
def test_a_wrong_field_is_refused_by_name(desk: Desk, field: str, given: dict[str, Any]) -> None:
    before = Staff.objects.count()
    with pytest.raises(Invalid) as refused:
        actions.hire(**{"email": "mia@desk.example", "name": "Mia", **given}, by=desk.by("ida"), at=AT)
    assert set(refused.value.fields) == {field}
    assert Staff.objects.count() == before


@pytest.mark.parametrize("who", ["lea", "ada"])
def test_only_administrators_run_the_accounts(desk: Desk, who: str) -> None:
    by = desk.by(who)
    verbs = [
        lambda: actions.hire(email="mia@desk.example", name="Mia", by=by, at=AT),
        lambda: actions.edit_staff(staff_id=desk.ben.pk, changes={"name": "B"}, by=by, at=AT),
        lambda: actions.deactivate(staff_id=desk.ben.pk, by=by, at=AT),
        lambda: actions.reactivate(staff_id=desk.ben.pk, by=by, at=AT),
    ]
    for verb in verbs:
        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.is_permission
        assert refused.value.code == "permission.missing"


def test_editing_keeps_what_changed_and_says_which_fields(desk: Desk) -> None:
    legal = actions.make_department(name="Legal", by=SYSTEM, at=AT)
    changes = {"name": "Benjamin", "department": legal.slug, "work_in_progress_limit": 7, "time_zone": "UTC"}
    edited = actions.edit_staff(staff_id=desk.ben.pk, changes=changes, by=desk.by("ida"), at=AT, seen=1)
    assert (edited.name, edited.department, edited.work_in_progress_limit, edited.version) == ("Benjamin", legal, 7, 2)
    assert told(desk.ben)[-1] == "staff.edited"
    assert Entry.objects.latest("position").payload.count("department")
    with pytest.raises(Stale):
        actions.edit_staff(staff_id=desk.ben.pk, changes={"name": "X"}, by=desk.by("ida"), at=AT, seen=1)


def test_an_edit_that_changes_nothing_leaves_no_trace(desk: Desk) -> None:
    before = told(desk.ben)
    actions.edit_staff(staff_id=desk.ben.pk, changes={"name": "Ben"}, by=desk.by("ida"), at=AT)
    assert told(desk.ben) == before


def test_everybody_sets_their_own_zone_and_language_and_nothing_more(desk: Desk) -> None:
    by = desk.by("ada")
    actions.edit_staff(staff_id=desk.ada.pk, changes={"time_zone": "Asia/Tokyo"}, by=by, at=AT)
    assert Staff.objects.get(pk=desk.ada.pk).time_zone == "Asia/Tokyo"
    for changes in (
        {"email": "boss@desk.example"},
        {"name": "Boss"},
        {"time_zone": "UTC", "work_in_progress_limit": 500},
    ):
        with pytest.raises(Refused):
            actions.edit_staff(staff_id=desk.ada.pk, changes=changes, by=by, at=AT)
    with pytest.raises(Refused):
        actions.edit_staff(staff_id=desk.ben.pk, changes={"time_zone": "UTC"}, by=by, at=AT)


@pytest.mark.parametrize("field", ["is_active", "password", "person_id", "id", "version", "thread", "nonsense"])
def test_no_other_field_can_be_reached(desk: Desk, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.edit_staff(staff_id=desk.ben.pk, changes={field: "1"}, by=desk.by("ida"), at=AT)
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_limit_for_work_lies_between_1_and_500(desk: Desk, limit: int) -> None:
    with pytest.raises(Invalid):
        actions.edit_staff(staff_id=desk.ben.pk, changes={"work_in_progress_limit": limit}, by=desk.by("ida"), at=AT)


def test_another_address_kills_the_links_sent_to_the_old_one(desk: Desk) -> None:
    actions.issue_link(staff_id=desk.ben.pk, by=desk.by("ida"), at=AT)
    actions.edit_staff(staff_id=desk.ben.pk, changes={"email": "b@desk.example"}, by=desk.by("ida"), at=AT)
    assert not Link.objects.filter(staff=desk.ben, spent_at__isnull=True).exists()


def test_closing_an_account_ends_everything_at_once(desk: Desk) -> None:
    actions.set_password(staff_id=desk.otto.pk, password=GOOD, by=SYSTEM, at=AT)
    key = actions.make_key(
        name="k", scopes=["staff:read"], expires_at=AT + DAY, owner_id=desk.otto.pk, by=desk.by("otto"), at=AT
    )
    actions.delegate(
        giver_id=desk.otto.pk, receiver_id=desk.ben.pk, from_at=AT, until_at=AT + DAY, by=desk.by("otto"), at=AT
    )
    actions.issue_link(staff_id=desk.otto.pk, by=desk.by("ida"), at=AT)
    stamp = Staff.objects.get(pk=desk.otto.pk).get_session_auth_hash()
    assert actor_for_key(key.token, at=AT)

    closed = actions.deactivate(staff_id=desk.otto.pk, by=desk.by("ida"), at=AT + HOUR, note="Left the company")

    assert closed.left_at == AT + HOUR
    assert actor_for(closed).permissions == frozenset()
    assert actor_for(closed).team_ids == frozenset()
    assert actor_for_key(key.token, at=AT + HOUR) is None
    assert Staff.objects.get(pk=closed.pk).get_session_auth_hash() != stamp
    assert ApiKey.objects.get(pk=key.key.pk).revoked_at == AT + HOUR
    assert Delegation.objects.get(giver=closed).ended_at == AT + HOUR
    assert not Link.objects.filter(staff=closed, spent_at__isnull=True).exists()
    assert told(closed)[-3:] == ["key.revoked", "delegation.ended", "staff.deactivated"]
    assert Private.objects.latest("entry_id").note == "Left the company"
    with pytest.raises(Refused):
        actions.deactivate(staff_id=closed.pk, by=desk.by("ida"), at=AT)


def test_an_account_opened_again_has_its_roles_but_none_of_its_old_sessions_or_keys(desk: Desk) -> None:
    key = actions.make_key(
        name="k", scopes=["staff:read"], expires_at=AT + DAY, owner_id=desk.otto.pk, by=desk.by("otto"), at=AT
    )
    stamp = desk.otto.get_session_auth_hash()
    actions.deactivate(staff_id=desk.otto.pk, by=desk.by("ida"), at=AT)
    again = actions.reactivate(staff_id=desk.otto.pk, by=desk.by("ida"), at=AT)
    assert "staff:edit" in actor_for(again).permissions
    assert actor_for_key(key.token, at=AT) is None
    assert again.get_session_auth_hash() != stamp
    assert told(again)[-1] == "staff.reactivated"
    with pytest.raises(Refused):
        actions.reactivate(staff_id=desk.otto.pk, by=desk.by("ida"), at=AT)


def test_nobody_opens_their_own_account_again(desk: Desk) -> None:
    second = actions.hire(
        email="otto2@desk.example", name="Otto", same_person_as=desk.otto.pk, by=desk.by("ida"), at=AT
    )
    actions.deactivate(staff_id=second.pk, by=desk.by("ida"), at=AT)
    with pytest.raises(Refused) as refused:
        actions.reactivate(staff_id=second.pk, by=desk.by("otto"), at=AT)
    assert refused.value.code == "staff.oneself"


def test_the_last_who_can_run_the_accounts_stays(desk: Desk) -> None:
    actions.deactivate(staff_id=desk.otto.pk, by=desk.by("ida"), at=AT)
    with pytest.raises(Refused) as refused:
        actions.deactivate(staff_id=desk.ida.pk, by=desk.by("ida"), at=AT)
    assert refused.value.code == "staff.last_administrator"
    with pytest.raises(Refused) as refused:
        actions.revoke_role(staff_id=desk.ida.pk, role="administrator", by=SYSTEM, at=AT)
    assert refused.value.code == "staff.last_administrator"
    assert "staff:edit" in actor_for(desk.ida).permissions


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_close_each_other_at_once_leave_one() -> None:
    ida, otto = hire("ida", "administrator"), hire("otto", "administrator")
    start, refused = threading.Barrier(2), []

    def close(by: Staff, staff: Staff) -> None:
        start.wait()
        try:
            actions.deactivate(staff_id=staff.pk, by=actor_for(by), at=AT)
        except Refused as error:
            refused.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=close, args=pair) for pair in ((ida, otto), (otto, ida))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Staff.objects.filter(is_active=True).count() == 1
    assert len(refused) == 1


def test_a_stranger_is_absent(desk: Desk) -> None:
    for verb in (actions.deactivate, actions.reactivate):
        with pytest.raises(NotVisible):
            verb(staff_id=uuid4(), by=desk.by("ida"), at=AT)
    with pytest.raises(NotVisible):
        actions.hire(email="x@desk.example", name="X", same_person_as=uuid4(), by=desk.by("ida"), at=AT)


def test_two_accounts_with_one_address_are_refused_by_the_database_too(desk: Desk) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE people_staff SET email = %s WHERE id = %s", ["ada@desk.example", _raw(desk.ben)])


def _raw(staff: Staff) -> str:
    return staff.pk.hex if connection.vendor == "sqlite" else str(staff.pk)
