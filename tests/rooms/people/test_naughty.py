"""Hostile text in every text field of the room: kept as it was said, or refused by the name of the field."""

import json
from collections.abc import Callable

import pytest

from recourse.kit.errors import Invalid
from recourse.kit.text import clean_line, clean_text
from recourse.people import actions
from recourse.people.models import ApiKey, Department, Role, Staff, Team
from recourse.people.queries import StaffFilter, actor_for_key, by_address, link_holder, staff_page
from recourse.timeline.models import Private
from tests.rooms.kit.material import material
from tests.rooms.people.conftest import AT, DAY, SYSTEM, Desk

pytestmark = pytest.mark.material


def strings() -> list[str]:
    """Return the naughty strings, with what they leave out."""
    found: list[str] = json.loads(material("naughty_strings/blns.json").read_text("utf8"))
    return [
        *found,
        "\0",
        "a\0b",
        "\ud800",
        "x" * 10_000,
        "\u202eevil\u202c",
        "\r\nBcc: all@evil.example",
        " \t\n\v\f\x85",
    ]


def _kept_or_refused(field: str, limit: int, keep: Callable[[str], None], kept: Callable[[], str]) -> None:
    for text in strings():
        refused = _refused(keep, text)
        if refused is None:
            assert kept() == clean_line(text, field=field, limit=limit)
            continue
        assert set(refused.fields) == {field}, text
        with pytest.raises(Invalid):
            clean_line(text, field=field, limit=limit, is_required=True)


def _refused(keep: Callable[[str], None], text: str) -> Invalid | None:
    try:
        keep(text)
    except Invalid as error:
        return error
    return None


def test_names_of_people(desk: Desk) -> None:
    _kept_or_refused(
        "name",
        120,
        lambda text: _done(actions.edit_staff(staff_id=desk.ben.pk, changes={"name": text}, by=SYSTEM, at=AT)),
        lambda: Staff.objects.get(pk=desk.ben.pk).name,
    )


def _done(_result: object) -> None:
    """Let a verb stand where nothing is asked back."""


def test_names_of_teams(desk: Desk) -> None:
    _kept_or_refused(
        "name",
        120,
        lambda text: _done(actions.edit_team(team=desk.care.slug, changes={"name": text}, by=SYSTEM, at=AT)),
        lambda: Team.objects.get().name,
    )


def test_names_of_departments_and_their_short_names(desk: Desk) -> None:
    legal = actions.make_department(name="Legal", by=SYSTEM, at=AT)
    _kept_or_refused(
        "name",
        120,
        lambda text: _done(actions.rename_department(department=legal.slug, name=text, by=SYSTEM, at=AT)),
        lambda: Department.objects.get().name,
    )
    for text in strings()[::7]:
        try:
            made = actions.make_department(name=text, by=SYSTEM, at=AT)
        except Invalid:
            continue
        assert made.slug.isascii()
        assert 0 < len(made.slug) <= 50


def test_names_of_roles(desk: Desk) -> None:
    role = actions.make_role(name="Own", permissions=["case:read"], by=SYSTEM, at=AT)
    _kept_or_refused(
        "name",
        80,
        lambda text: _done(actions.edit_role(role_id=role.pk, name=text, permissions=["case:read"], by=SYSTEM, at=AT)),
        lambda: Role.objects.get(pk=role.pk).name,
    )


def test_names_of_keys(desk: Desk) -> None:
    key = actions.make_key(
        name="k", scopes=["case:read"], expires_at=AT + DAY, owner_id=desk.ada.pk, by=desk.by("ida"), at=AT
    ).key
    _kept_or_refused(
        "name",
        120,
        lambda text: _done(actions.edit_key(key_id=key.pk, name=text, scopes=["case:read"], by=desk.by("ida"), at=AT)),
        lambda: ApiKey.objects.get().name,
    )


def test_addresses_zones_kinds_and_rights_take_nothing_that_they_do_not_know(desk: Desk) -> None:
    for text in strings():
        for field, verb in _refusing(desk, text).items():
            with pytest.raises(Invalid) as refused:
                verb()
            assert set(refused.value.fields) == {field}, text


def _refusing(desk: Desk, text: str) -> dict[str, Callable[[], object]]:
    def edit(field: str) -> Callable[[], object]:
        return lambda: actions.edit_staff(staff_id=desk.ben.pk, changes={field: text}, by=SYSTEM, at=AT)

    return {
        "email": edit("email"),
        "time_zone": edit("time_zone"),
        "language": edit("language"),
        **({"department": edit("department")} if text else {}),
        "kind": lambda: actions.make_team(name="T", kind=text, by=SYSTEM, at=AT),
        "permissions": lambda: actions.make_role(name="R", permissions=[text], by=SYSTEM, at=AT),
        "roles": lambda: actions.hire(email="x@desk.example", name="X", roles=[text], by=SYSTEM, at=AT),
    }


def test_reasons_are_kept_privately_and_searching_finds_by_words_alone(desk: Desk) -> None:
    for text in strings()[::-1][::5]:
        if len(text) > 2_000:
            continue
        actions.deactivate(staff_id=desk.ben.pk, note=text, by=SYSTEM, at=AT)
        note = clean_text(text, field="note")
        if note:
            assert Private.objects.latest("entry_id").note == note
        actions.reactivate(staff_id=desk.ben.pk, by=SYSTEM, at=AT)
        assert link_holder(text, at=AT) is None
        assert actor_for_key(text, at=AT) is None
        assert by_address(text) is None
        staff_page(viewer=desk.by("ida"), narrow=StaffFilter(words=note[:200]))
