"""Inbox, queues, search and customers in a real browser: in every light, by keyboard, and without scripts."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from recourse.cases import actions
from recourse.cases.models import Case
from recourse.customers import actions as caring
from recourse.customers.models import Customer
from recourse.kit.time import now
from tests.cast import Cast, make_cast
from tests.doors.web.browser import LIGHTS, Light, context_in, overflow, sign_in, violations, visit

pytestmark = pytest.mark.browser


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The company, with some cases of every look."""
    made = make_cast()
    for number in range(4):
        case = made.open(f"Broken lamp {number} " + "longword" * 12, at=now())
        actions.take(case.pk, by=made.by("lea"), at=now())
    actions.restrict(case.pk, reader_ids=[], by=made.by("lea"), at=now())
    actions.wait(case.pk, reason="carrier", by=made.by("lea"), at=now())
    actions.save_view(name="Lamps", question="lamp", by=made.by("lea"), at=now())
    caring.add_care_note(made.jane.pk, text="Write, do not call", by=made.by("lea"), at=now())
    return made


def addresses(cast: Cast) -> list[str]:
    return [
        "/inbox/", "/inbox/?show=done", "/queues/", "/queues/care/", "/search/?q=lamp", "/customers/?q=jane",
        f"/customers/{cast.jane.ref}/", f"/customers/{cast.jane.ref}/do/profile/", f"/customers/{cast.omar.ref}/do/merge/",
    ]  # fmt: skip


@pytest.mark.parametrize("light", LIGHTS, ids=str)
def test_lists_and_customers_are_sound_in_every_light(
    cast: Cast, browser: Browser, live_server: Any, light: Light
) -> None:
    context = context_in(browser, light, site=live_server.url)
    sign_in(context, cast.staff["lea"], site=live_server.url)
    for address in addresses(cast):
        seen = visit(context, live_server.url + address, light=light)
        assert violations(seen.page) == [], address
        assert seen.complaints == [], address
        assert overflow(seen.page) == 0, address
        seen.page.close()
    context.close()


def test_a_list_is_walked_chosen_from_and_opened_by_keyboard(cast: Cast, browser: Browser, live_server: Any) -> None:
    light = LIGHTS[0]
    context = context_in(browser, light, site=live_server.url)
    sign_in(context, cast.staff["lea"], site=live_server.url)
    page = visit(context, f"{live_server.url}/inbox/", light=light).page
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    assert page.locator(".row-pick:checked").count() == 2
    page.get_by_label("What to do", exact=True).select_option("set_priority:urgent")
    page.get_by_role("button", name="Do it").press("Enter")
    page.get_by_text("2 of 2 cases done").wait_for()
    assert Case.objects.filter(priority="urgent").count() == 2
    page.goto(f"{live_server.url}/inbox/")
    page.wait_for_selector("html.has-js", state="attached")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/RC-*/")
    context.close()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_two_records_are_merged_with_and_without_scripts(
    cast: Cast, browser: Browser, live_server: Any, has_scripts: bool
) -> None:
    light = Light("plain", has_scripts=has_scripts)
    context = context_in(browser, light, site=live_server.url)
    sign_in(context, cast.staff["lea"], site=live_server.url)
    page = visit(context, f"{live_server.url}/customers/{cast.omar.ref}/do/merge/", light=light).page
    page.get_by_label("Into which record").fill(cast.jane.ref)
    page.get_by_label("How you know").fill("The same telephone")
    page.get_by_label("How you know").press("Tab")
    page.get_by_role("button", name="Merge").first.press("Enter")
    page.get_by_text(f"This record was merged into {cast.jane.ref}").wait_for()
    assert Customer.objects.get(pk=cast.omar.pk).merged_into == cast.jane
    context.close()
