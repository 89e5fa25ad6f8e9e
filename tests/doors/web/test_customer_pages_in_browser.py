"""The customer's side and what comes in, in a real browser, in every light, by keyboard, and without scripts."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from recourse.cases.models import Case
from recourse.cases.policy import Channel
from recourse.conversations import actions
from recourse.conversations.actions import Upload
from recourse.conversations.models import Message
from recourse.intake import actions as intake
from recourse.intake.actions import complaint_file
from recourse.intake.models import ImportRun
from recourse.kit.time import now
from tests.cast import SYSTEM, Cast, make_cast
from tests.doors.web.browser import LIGHTS, Light, context_in, overflow, sign_in, violations, visit
from tests.rooms.kit.material import recorded

pytestmark = pytest.mark.browser


@pytest.fixture
def cast(transactional_db: None, settings: Any, tmp_path: Path) -> Cast:
    """The company, with a folder of its own for files."""
    settings.DATA_DIR = tmp_path
    return make_cast()


def my_case(cast: Cast) -> str:
    case = cast.open("My parcel never came", received_at=now() - dt.timedelta(hours=3), at=now())
    at = now() - dt.timedelta(hours=2)
    actions.customer_writes(
        case_ref=case.ref, text="Where is it?", channel="web", by=SYSTEM, at=at, uploads=[Upload("receipt.png", b"x")]
    )
    actions.reply(case_ref=case.ref, text="We asked the depot.", by=cast.by("ada"), at=at, can_undo=False)
    return reverse("my-case", args=[actions.issue_pass(case_ref=case.ref, by=SYSTEM, at=now()).token])


def staff_pages(cast: Cast, tmp_path: Path) -> list[str]:
    kept = intake.take_in(raw=b'{"word": "Help"}', channel=Channel.API, by=SYSTEM, at=now())
    path = tmp_path / "complaints.csv"
    path.write_text("Complaint ID,Date received,Issue,Product\n1,01/02/26,Lost,Loan\nx,never,y,Loan\n")
    intake.import_file(complaint_file(), path=path, by=SYSTEM, at=now())
    made = actions.make_template(name="Hello", body="Dear {customer_name}", by=cast.by("lea"), at=now())
    return [
        "/setup/quarantine/", f"/setup/quarantine/{kept.pk}/", "/setup/imports/",
        f"/setup/imports/{ImportRun.objects.get().pk}/", "/setup/templates/", f"/setup/templates/{made.pk}/",
    ]  # fmt: skip


@pytest.mark.parametrize("light", LIGHTS, ids=str)
def test_the_customers_pages_are_sound_in_every_light(
    cast: Cast, browser: Browser, live_server: Any, light: Light
) -> None:
    context = context_in(browser, light, site=live_server.url)
    for address in ("/contact/", my_case(cast)):
        seen = visit(context, live_server.url + address, light=light)
        assert violations(seen.page) == []
        assert seen.complaints == []
        assert overflow(seen.page) == 0
    context.close()


@pytest.mark.parametrize("light", [LIGHTS[0], LIGHTS[1], LIGHTS[3]], ids=str)
def test_the_pages_of_what_comes_in_are_sound(
    cast: Cast, browser: Browser, live_server: Any, light: Light, tmp_path: Path
) -> None:
    context = context_in(browser, light, site=live_server.url)
    sign_in(context, cast.staff["max"], site=live_server.url)
    for address in staff_pages(cast, tmp_path):
        seen = visit(context, live_server.url + address, light=light)
        assert violations(seen.page) == [], address
        assert seen.complaints == []
        assert overflow(seen.page) == 0, address
    context.close()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_somebody_writes_follows_and_answers_by_keyboard_with_and_without_scripts(
    cast: Cast, browser: Browser, live_server: Any, has_scripts: bool
) -> None:
    light = Light("plain", has_scripts=has_scripts)
    context = context_in(browser, light, site=live_server.url)
    page = visit(context, f"{live_server.url}/contact/", light=light).page
    page.get_by_label("Your mail address").fill("grace@example.org")
    page.get_by_label("What is it about?").fill("A broken lamp")
    page.get_by_label("What happened?").fill("It arrived in two pieces.")
    page.wait_for_timeout(2_100)
    page.get_by_label("What happened?").press("Tab")
    _send(page)
    page.get_by_role("heading", name="A broken lamp").wait_for()
    assert "Somebody will take it up" in page.content()
    page.get_by_label("Add something").fill("A picture follows.")
    _send(page)
    page.get_by_text("A picture follows.").first.wait_for()
    assert Message.objects.filter(case=Case.objects.get(), direction="inbound").count() == 2
    context.close()


def _send(page: Page) -> None:
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def test_no_payload_runs_or_calls_home_on_the_customers_page_or_the_case_page(
    cast: Cast, browser: Browser, live_server: Any
) -> None:
    payloads = [str(one["payload"]) for one in recorded("html_xss/dompurify_expect.json") if "payload" in one]
    words = "\n".join(payloads)[:60_000] or "<img src=x onerror=alert(1)><script>alert(1)</script>"
    subject = '<img src=x onerror="document.title=1">'
    case = cast.open(subject, at=now())
    actions.customer_writes(case_ref=case.ref, text=words, html=words[:90_000], channel="web", by=SYSTEM, at=now())
    actions.note(case_ref=case.ref, text=words, by=cast.by("ada"), at=now())
    href = reverse("my-case", args=[actions.issue_pass(case_ref=case.ref, by=SYSTEM, at=now()).token])
    context = context_in(browser, Light("plain"), site=live_server.url)
    sign_in(context, cast.staff["ada"], site=live_server.url)
    outside: list[str] = []
    dialogs: list[str] = []
    context.on("request", lambda request: outside.append(request.url) if live_server.url not in request.url else None)
    for address in (href, f"/cases/{case.ref}/"):
        page = context.new_page()
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(live_server.url + address)
        page.wait_for_selector("html.has-js", state="attached")
        page.wait_for_timeout(300)
        assert page.locator("script:not([src]):not([type='application/json'])").count() == 0
        assert page.locator("iframe, object, embed, img[onerror], svg[onload]").count() == 0
        assert subject in page.title() or case.ref in page.title()
    assert not dialogs
    assert not [url for url in outside if not url.startswith("data:")]
    context.close()
