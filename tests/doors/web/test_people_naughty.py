"""Hostile text through the forms of people and sign-in: never a crash, never a script."""

import json
from typing import Any

import pytest
from django.test import Client

from recourse.people.models import Staff
from tests.doors.web.signing import client_of
from tests.rooms.kit.material import material
from tests.rooms.people.conftest import Desk, desk

__all__ = ["desk"]

pytestmark = pytest.mark.material
PEOPLE = "/setup/people/"


def strings() -> list[str]:
    """Return the naughty strings, with what they leave out."""
    found: list[str] = json.loads(material("naughty_strings/blns.json").read_text("utf8"))
    return [*found, "\0", "a\0b", "x" * 10_000, "\u202eevil", "\r\nBcc: all@evil.example"]


def _fine(answer: Any) -> None:
    assert answer.status_code < 500
    body = answer.content.decode()
    for script in ("<script>alert", "<img src=x", "javascript:alert(1);</", "<svg/onload", "onerror=alert("):
        assert f">{script}" not in body


def test_what_is_typed_into_people_is_escaped_or_refused(desk: Desk) -> None:
    client = client_of(desk.ida, is_fresh=True)
    for text in strings()[::-1][::9]:
        seen = Staff.objects.get(pk=desk.ben.pk).version
        posted = {"name": text, "email": "ben@desk.example", "time_zone": "UTC", "seen": seen}
        answer = client.post(f"{PEOPLE}{desk.ben.pk}/edit/", posted)
        assert answer.status_code in {303, 422}
        if answer.status_code == 422:
            assert "name" in answer.context["page"].form.errors
            _fine(answer)
        _fine(client.get(f"{PEOPLE}{desk.ben.pk}/"))


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("new/", ("name", "email", "time_zone", "roles", "department", "same_person_as")),
        ("teams/new/", ("name", "kind", "department")),
        ("roles/new/", ("name", "permissions", "seen")),
        ("departments/", ("name", "slug")),
        ("skills/", ("name",)),
        ("away/", ("staff", "kind", "from_on", "through_on")),
        ("delegation/", ("giver", "receiver", "from_on", "through_on")),
    ],
)
def test_every_form_of_people_takes_any_text_in_every_field(desk: Desk, path: str, fields: tuple[str, ...]) -> None:
    client = client_of(desk.ida, is_fresh=True)
    for text in strings()[::-1][::16]:
        answer = client.post(PEOPLE + path, dict.fromkeys(fields, text))
        assert answer.status_code in {303, 404, 422}
        _fine(answer)


@pytest.mark.parametrize("query", ["q", "role", "team", "left", "cursor", "from"])
def test_every_address_takes_any_text(desk: Desk, query: str) -> None:
    client = client_of(desk.ada)
    for text in strings()[::-1][::16]:
        answer = client.get(PEOPLE + ("away/" if query == "from" else ""), {query: text})
        assert answer.status_code in {200, 422}
        _fine(answer)


def test_the_sign_in_takes_any_text(desk: Desk) -> None:
    for text in strings()[::-1][::16]:
        for path, posted in (
            ("/accounts/login/", {"login": text, "password": text, "next": text}),
            ("/accounts/login/", {"login": "ada@desk.example", "password": text}),
            ("/accounts/passkey/", {"credential": text}),
        ):
            answer = Client().post(path, posted)
            assert answer.status_code in {200, 302, 429}
            _fine(answer)
        _fine(Client().get("/accounts/login/", {"next": text}))
