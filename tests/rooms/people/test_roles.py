"""Roles: given, taken, made, edited; the built-in ones follow the code."""

import pytest

from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.people import actions
from recourse.people.models import Role, RoleGrant
from recourse.people.policy import ROLES, Permission
from recourse.people.queries import actor_for, role_named
from recourse.timeline.models import Entry
from tests.rooms.people.conftest import AT, SYSTEM, Desk, told, told_of_people


def test_a_role_given_and_taken_works_at_once_and_stands_on_the_record(desk: Desk) -> None:
    by = desk.by("ida")
    actions.grant_role(staff_id=desk.ben.pk, role="gatekeeper", by=by, at=AT)
    assert "escalation:gate" in actor_for(desk.ben).permissions
    actions.revoke_role(staff_id=desk.ben.pk, role="gatekeeper", by=by, at=AT)
    assert "escalation:gate" not in actor_for(desk.ben).permissions
    assert told(desk.ben)[-2:] == ["role.granted", "role.revoked"]


def test_a_role_given_twice_is_given_once(desk: Desk) -> None:
    for _again in range(2):
        actions.grant_role(staff_id=desk.ben.pk, role="gatekeeper", by=desk.by("ida"), at=AT)
    assert told(desk.ben).count("role.granted") == 2  # front-line agent, gatekeeper


def test_a_role_that_is_not_held_cannot_be_taken(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        actions.revoke_role(staff_id=desk.ben.pk, role="auditor", by=desk.by("ida"), at=AT)
    assert refused.value.code == "role.not_held"


def test_a_role_that_does_not_exist_is_absent(desk: Desk) -> None:
    with pytest.raises(NotVisible):
        actions.grant_role(staff_id=desk.ben.pk, role="king", by=desk.by("ida"), at=AT)


@pytest.mark.parametrize("who", ["lea", "ada"])
def test_without_the_right_nobody_touches_roles(desk: Desk, who: str) -> None:
    by, own = desk.by(who), actions.make_role(name="Own", permissions=["case:read"], by=SYSTEM, at=AT)
    verbs = [
        lambda: actions.grant_role(staff_id=desk.ben.pk, role="resolver", by=by, at=AT),
        lambda: actions.revoke_role(staff_id=desk.ben.pk, role="front-line agent", by=by, at=AT),
        lambda: actions.make_role(name="Mine", permissions=["staff:edit"], by=by, at=AT),
        lambda: actions.edit_role(role_id=own.pk, name="Own", permissions=["staff:edit"], by=by, at=AT),
    ]
    for verb in verbs:
        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.code == "permission.missing"


def test_nobody_gives_themself_a_role(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        actions.grant_role(staff_id=desk.ida.pk, role="resolver", by=desk.by("ida"), at=AT)
    assert refused.value.code == "staff.oneself"
    assert "case:read" not in actor_for(desk.ida).permissions


def test_nobody_gives_their_other_account_a_role_when_it_exists_or_when_it_is_made(desk: Desk) -> None:
    second = actions.hire(email="ida2@desk.example", name="Ida", same_person_as=desk.ida.pk, by=desk.by("ida"), at=AT)
    with pytest.raises(Refused) as refused:
        actions.grant_role(staff_id=second.pk, role="resolver", by=desk.by("ida"), at=AT)
    assert refused.value.code == "staff.oneself"
    with pytest.raises(Refused) as refused:
        actions.hire(
            email="ida3@desk.example",
            name="Ida",
            same_person_as=desk.ida.pk,
            roles=["resolver"],
            by=desk.by("ida"),
            at=AT,
        )
    assert refused.value.code == "staff.oneself"


def test_a_closed_account_is_given_nothing(desk: Desk) -> None:
    actions.deactivate(staff_id=desk.ben.pk, by=desk.by("ida"), at=AT)
    with pytest.raises(Refused) as refused:
        actions.grant_role(staff_id=desk.ben.pk, role="resolver", by=desk.by("ida"), at=AT)
    assert refused.value.code == "staff.gone"


def test_a_company_makes_roles_of_its_own(desk: Desk) -> None:
    role = actions.make_role(
        name="Night shift", permissions=["case:read", "case:open", "case:read"], by=desk.by("ida"), at=AT
    )
    assert role.permissions == ["case:open", "case:read"]
    assert not role.is_built_in
    actions.grant_role(staff_id=desk.ben.pk, role="Night shift", by=desk.by("ida"), at=AT)
    changed = actions.edit_role(
        role_id=role.pk, name="Night", permissions=["case:read", "hold:place"], by=desk.by("ida"), at=AT, seen=1
    )
    assert (changed.name, changed.permissions) == ("Night", ["case:read", "hold:place"])
    assert "hold:place" in actor_for(desk.ben).permissions
    assert told_of_people()[-2:] == ["role.made", "role.edited"]
    with pytest.raises(Stale):
        actions.edit_role(role_id=role.pk, name="N", permissions=["case:read"], by=desk.by("ida"), at=AT, seen=1)


@pytest.mark.parametrize(
    ("field", "name", "permissions"),
    [
        ("name", "", ["case:read"]), ("name", "RESOLVER", ["case:read"]), ("name", "x" * 81, ["case:read"]),
        ("permissions", "New", []), ("permissions", "New", ["case:read", "case:fly"]), ("permissions", "New", ["*"]),
    ],
)  # fmt: skip
def test_a_wrong_role_is_refused_by_field(desk: Desk, field: str, name: str, permissions: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        actions.make_role(name=name, permissions=permissions, by=desk.by("ida"), at=AT)
    assert set(refused.value.fields) == {field}


def test_built_in_roles_cannot_be_edited(desk: Desk) -> None:
    role = role_named("resolver")
    with pytest.raises(Refused) as refused:
        actions.edit_role(role_id=role.pk, name="resolver", permissions=["case:read"], by=desk.by("ida"), at=AT)
    assert refused.value.code == "role.built_in"


def test_nobody_adds_rights_to_a_role_they_hold_by_either_account(desk: Desk) -> None:
    role = actions.make_role(name="Account desk", permissions=["staff:edit"], by=SYSTEM, at=AT)
    second = actions.hire(email="ida2@desk.example", name="Ida", same_person_as=desk.ida.pk, by=SYSTEM, at=AT)
    actions.grant_role(staff_id=second.pk, role=role.name, by=SYSTEM, at=AT)
    with pytest.raises(Refused) as refused:
        actions.edit_role(
            role_id=role.pk, name=role.name, permissions=["staff:edit", "case:read"], by=desk.by("ida"), at=AT
        )
    assert refused.value.code == "staff.oneself"
    actions.edit_role(role_id=role.pk, name="Renamed", permissions=["staff:edit"], by=desk.by("ida"), at=AT)


def test_a_role_edited_away_from_the_last_administrator_is_refused(desk: Desk) -> None:
    role = actions.make_role(name="Boss", permissions=["staff:edit"], by=SYSTEM, at=AT)
    actions.grant_role(staff_id=desk.ben.pk, role="Boss", by=SYSTEM, at=AT)
    for staff in (desk.ida, desk.otto):
        actions.revoke_role(staff_id=staff.pk, role="administrator", by=SYSTEM, at=AT)
    with pytest.raises(Refused) as refused:
        actions.edit_role(role_id=role.pk, name="Boss", permissions=["case:read"], by=SYSTEM, at=AT)
    assert refused.value.code == "staff.last_administrator"


@pytest.mark.django_db
def test_built_in_roles_follow_the_code_and_changes_are_recorded() -> None:
    assert {role.name: set(role.permissions) for role in Role.objects.filter(is_built_in=True)} == {
        name: {str(right) for right in rights} for name, rights in ROLES.items()
    }
    assert actions.sync_roles(at=AT) == []
    Role.objects.filter(name="trainer").update(permissions=["staff:edit"])
    assert actions.sync_roles(at=AT) == ["trainer"]
    assert Permission.STAFF_EDIT not in role_named("trainer").permissions
    assert told_of_people() == ["role.edited"]
    assert Entry.objects.latest("position").actor_id == "system:people"


@pytest.mark.django_db
def test_the_first_set_of_roles_changes_nothing_for_anybody_and_is_not_an_event() -> None:
    RoleGrant.objects.all().delete()
    Role.objects.all().delete()
    assert len(actions.sync_roles(at=AT)) == len(ROLES)
    assert told_of_people() == []


def test_a_role_of_the_company_survives_a_new_version(desk: Desk) -> None:
    actions.make_role(name="Night", permissions=["case:read"], by=SYSTEM, at=AT)
    actions.sync_roles(at=AT)
    assert role_named("Night").permissions == ["case:read"]
