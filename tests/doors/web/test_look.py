"""The look: every part and every layout passes axe, fits its window and runs without a complaint, in every light."""

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from recourse.people.models import Staff
from tests.doors.web.browser import LIGHTS, Light, context_in, overflow, sign_in, violations, visit

PAGES = ("", "list/", "case/", "form/", "report/", "customer/", "signin/")
FAILURES = (403, 404, 409, 422, 429, 500)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("light", LIGHTS, ids=str)
def test_every_part_and_layout_is_accessible(
    browser: Browser, live_server: Any, administrator: Staff, light: Light
) -> None:
    context = context_in(browser, light, site=live_server.url)
    sign_in(context, administrator, site=live_server.url)
    wrong = {page: found for page in PAGES if (found := _judged(context, f"{live_server.url}/style/{page}", light))}
    context.close()
    assert wrong == {}


def _judged(context: BrowserContext, address: str, light: Light) -> list[str]:
    seen = visit(context, address, light=light)
    found = [*violations(seen.page), *seen.complaints]
    if wider := overflow(seen.page):
        found.append(f"{wider} px wider than the window")
    seen.page.close()
    return found


def test_every_refusal_says_what_why_who_and_what_next(
    browser: Browser, live_server: Any, administrator: Staff
) -> None:
    context = context_in(browser, LIGHTS[0], site=live_server.url)
    sign_in(context, administrator, site=live_server.url)
    for status in FAILURES:
        seen = visit(context, f"{live_server.url}/style/error/?status={status}", may_answer=status)
        assert violations(seen.page) == []
        assert seen.complaints == []
        for part in ("[data-failure-what]", "[data-failure-why]", ".failure dd >> nth=0", ".failure dd >> nth=1"):
            assert seen.page.locator(part).inner_text().strip()
        seen.page.close()
    context.close()


def test_open_dialogs_menus_and_explanations_are_accessible(
    browser: Browser, live_server: Any, administrator: Staff
) -> None:
    for light in LIGHTS[:3]:
        context = context_in(browser, light, site=live_server.url)
        sign_in(context, administrator, site=live_server.url)
        page = visit(context, f"{live_server.url}/style/").page
        page.keyboard.press("Control+k")
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        assert page.locator("#keys").is_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.locator("[popovertarget=me]").click()
        assert violations(page) == []
        page.keyboard.press("Escape")
        for summary in page.locator("details > summary").all():
            summary.click()
        assert violations(page) == []
        context.close()


def test_pages_work_without_scripts(browser: Browser, live_server: Any, administrator: Staff) -> None:
    light = Light("no scripts", has_scripts=False)
    context = context_in(browser, light, site=live_server.url)
    sign_in(context, administrator, site=live_server.url)
    page = visit(context, f"{live_server.url}/style/", light=light).page
    page.locator("[popovertarget=me]").click()
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Use these").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert not page.locator("[data-opens-palette]").is_visible()
    context.close()
