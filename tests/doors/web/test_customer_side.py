"""The customer's side: anybody may write, the holder of a link sees one case, and nothing leads to the advanced team."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.conversations import actions as conversations
from recourse.conversations.models import Message
from recourse.intake.models import Submission
from recourse.kit.time import now
from recourse.web.screens.contact import began
from tests.cast import SYSTEM, Cast, make_cast

NEEDLE = "needle-51c2"
GIVEN = {"email": "grace@example.org", "subject": "My lamp is broken", "words": "It arrived in two pieces."}


@pytest.fixture
def cast(db: None, settings: Any, tmp_path: Path) -> Cast:
    """The company, with a folder of its own for files."""
    settings.DATA_DIR = tmp_path
    return make_cast()


def send(client: Client, **more: Any) -> Any:
    given = {**GIVEN, "began": began(now() - dt.timedelta(minutes=1)), "website": "", **more}
    return client.post("/contact/", given)


def plain(answer: Any) -> str:
    """The page without the forgery token, which differs each time."""
    return re.sub(r'content="\w{64}"', "", answer.content.decode())


def linked(cast: Cast, case: Case) -> str:
    issued = conversations.issue_pass(case_ref=case.ref, by=SYSTEM, at=now())
    return reverse("my-case", args=[issued.token])


def test_writing_opens_a_case_and_leads_to_its_page(cast: Cast, client: Client) -> None:
    answer = send(client, files=SimpleUploadedFile("../lamp.png", b"\x89PNG\r\n\x1a\n"))
    assert answer.status_code == 303
    page = client.get(answer["Location"])
    body = page.content.decode()
    assert GIVEN["words"] in body
    assert "lamp.png" in body
    assert Case.objects.get().team.kind == "front_line"
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "same-origin")


def test_the_page_needs_no_script_and_shows_a_form(cast: Cast, client: Client) -> None:
    body = client.get("/contact/").content.decode()
    assert 'enctype="multipart/form-data"' in body
    assert "<script>" not in body


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"words": " "}, "words"),
        ({"subject": "x" * 301}, "subject"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    cast: Cast, client: Client, wrong: dict[str, str], field: str
) -> None:
    answer = send(client, **wrong)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode() or "field-error" in answer.content.decode()
    assert GIVEN["words"] in answer.content.decode() or field == "words"
    assert not Case.objects.exists()


@pytest.mark.parametrize("machine", ["website", "unopened", "forged", "at once", "yesterday"])
def test_a_machine_learns_nothing_and_a_person_looks_at_it(cast: Cast, client: Client, machine: str) -> None:
    odd = {
        "website": {"website": "http://spam.example"},
        "unopened": {"began": ""},
        "forged": {"began": "forged"},
        "at once": {"began": began(now())},
        "yesterday": {"began": began(now() - dt.timedelta(hours=25))},
    }
    answer = send(client, **odd[machine])
    assert answer.status_code == 200
    assert "Thank you" in answer.content.decode()
    assert not Case.objects.exists()
    assert GIVEN["words"] in Submission.objects.get(state="quarantined").raw


def test_a_flood_is_stopped(cast: Cast, client: Client) -> None:
    codes = [send(client, email=f"p{number}@example.org").status_code for number in range(12)]
    assert codes == [303] * 10 + [429] * 2
    assert send(client, website="x").status_code == 429


def test_known_and_unknown_addresses_get_the_same_answer(cast: Cast, client: Client) -> None:
    known = send(client, email="jane.doe@example.com")
    unknown = send(client, email="someone.else@example.com")
    pages = [client.get(answer["Location"]).content.decode() for answer in (known, unknown)]
    assert known.status_code == unknown.status_code == 303
    assert all("Jane" not in page for page in pages)


def test_the_page_says_where_it_stands_who_has_it_and_what_comes_next(cast: Cast, client: Client) -> None:
    case = cast.open(received_at=now() - dt.timedelta(hours=1), at=now())
    href = linked(cast, case)
    assert "Somebody will take it up" in client.get(href).content.decode()
    cases.take(case.pk, by=cast.by("ada"), at=now())
    body = client.get(href).content.decode()
    assert "We are working on it" in body
    assert "Ada Front has your case" in body


def test_the_advanced_team_is_never_named_and_has_no_address_anywhere(cast: Cast, client: Client) -> None:
    case = cast.open(at=now())
    Case.objects.filter(pk=case.pk).update(
        team=cast.teams["resolution-1"], queue=cast.queues["resolution-1"], owner=cast.staff["rosa"],
        contact_owner=None, tier="tier_1", stage="working",
    )  # fmt: skip
    conversations.reply(case_ref=case.ref, text="We repair it.", by=cast.by("rosa"), at=now(), can_undo=False)
    pages = [client.get(href).content.decode() for href in (linked(cast, case), "/contact/")]
    assert "Our resolution team" in pages[0]
    for page in pages:
        for inside in ("Rosa", "Resolution 1", "resolution-1", "tier", "desk.example", "/cases/", "mailto:"):
            assert inside not in page, inside
        actions = set(re.findall(r'action="([^"]+)"', page))
        assert all(action.startswith(("/my/", "/contact/")) for action in actions), actions


def test_nothing_internal_stands_on_the_customers_page(cast: Cast, client: Client) -> None:
    case = cast.open(at=now())
    by = cast.by("ada")
    note = conversations.note(case_ref=case.ref, text=f"{NEEDLE} note", by=by, at=now())
    conversations.edit(case_ref=case.ref, number=note.number, text=f"{NEEDLE} edited", by=by, at=now())
    conversations.save_draft(case_ref=case.ref, kind="reply", text=f"{NEEDLE} draft", by=by, at=now())  # type: ignore[arg-type]
    conversations.reply(case_ref=case.ref, text=f"{NEEDLE} still in the undo window", by=by, at=now())
    cases.place_hold(case.pk, reason="legal", by=by, at=now(), note=NEEDLE) if hasattr(cases, "place_hold") else None
    body = client.get(linked(cast, case)).content.decode()
    assert NEEDLE not in body


def test_a_customer_writes_with_files_and_opens_them_by_ticket(cast: Cast, client: Client) -> None:
    href = linked(cast, cast.open(at=now()))
    file = SimpleUploadedFile("photo\u202egpj.exe", b"MZ123")
    answer = client.post(f"{href}write/", {"text": "Here is the photo.", "files": file})
    assert answer.status_code == 303
    body = client.get(href).content.decode()
    assert "gpj.exe" in body
    assert "\u202e" not in body
    ticket = client.get(re.findall(r'href="(/my/[^"]+/files/[^"]+)"', body)[0])
    assert ticket.status_code == 302
    download = Client().get(ticket["Location"])
    assert b"".join(download.streaming_content) == b"MZ123"
    assert download["Content-Disposition"].startswith("attachment")
    assert download["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in download["Content-Security-Policy"]
    assert not download.cookies
    assert download["Content-Type"] == "application/octet-stream"


def test_writing_on_a_settled_case_takes_it_up_again(cast: Cast, client: Client) -> None:
    case = cast.open(at=now())
    cases.take(case.pk, by=cast.by("ada"), at=now())
    Case.objects.filter(pk=case.pk).update(stage="resolved", resolved_at=now())
    href = linked(cast, case)
    assert "It is not settled" in client.get(href).content.decode()
    client.post(f"{href}write/", {"text": "It broke again."})
    assert Case.objects.get(pk=case.pk).stage == "working"


def test_a_case_settled_long_ago_keeps_the_text_and_points_on(cast: Cast, client: Client) -> None:
    case = cast.open(at=now())
    Case.objects.filter(pk=case.pk).update(stage="closed", closed_at=now() - dt.timedelta(days=40))
    answer = client.post(f"{linked(cast, case)}write/", {"text": "Hello again."})
    assert answer.status_code == 409
    assert "Hello again." in answer.content.decode()
    assert "/contact/" in answer.content.decode()


def test_no_link_but_the_one_in_force_opens_anything(cast: Cast, client: Client) -> None:
    case, other = cast.open(at=now()), cast.open("Another", at=now())
    href = linked(cast, case)
    absent = client.get("/my/absent/")
    for path in (href[:-2] + "/", href.replace("/my/", "/my/x"), "/my/%20/", "/my/null/", f"/my/{case.ref}/"):
        answer = client.get(path)
        assert (answer.status_code, plain(answer)) == (404, plain(absent))
    conversations.revoke_pass(case_ref=case.ref, by=SYSTEM, at=now())
    assert client.get(href).status_code == 404
    assert client.post(f"{href}write/", {"text": "x"}).status_code == 404
    assert not Message.objects.filter(case__in=[case, other]).exists()


def test_an_empty_message_is_refused_and_a_get_changes_nothing(cast: Cast, client: Client) -> None:
    href = linked(cast, cast.open(at=now()))
    assert client.post(f"{href}write/", {"text": " "}).status_code == 422
    assert client.get(f"{href}write/").status_code == 405


def test_a_form_from_elsewhere_is_refused(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert send(strict).status_code == 403
    assert strict.post(f"{linked(cast, cast.open(at=now()))}write/", {"text": "x"}).status_code == 403


@pytest.mark.parametrize(
    "payload", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{7*7}}", "\u202etxt"]
)
def test_what_a_customer_writes_is_shown_as_words(cast: Cast, client: Client, payload: str) -> None:
    answer = send(client, subject=f"s {payload}", words=f"w {payload}", name=payload)
    body = client.get(answer["Location"]).content.decode()
    assert "<script>alert" not in body
    assert "<img src=x" not in body
    assert payload != "{{7*7}}" or "w {{7*7}}" in body
