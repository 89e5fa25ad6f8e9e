"""What the scripts do: keys, palette, asking before an act, lists, drafts, times, live panels, focus."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from recourse.people.models import Staff
from tests.doors.web.browser import LIGHTS, context_in, sign_in, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Browser, live_server: Any, administrator: Staff) -> Iterator[Page]:
    """Open the sample case as an administrator; what the console complains of fails the test."""
    context = context_in(browser, LIGHTS[0], site=live_server.url)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(context, administrator, site=live_server.url)
    seen = visit(context, f"{live_server.url}/style/case/")
    yield seen.page
    context.close()
    assert [
        said for said in seen.complaints if "net::ERR_FAILED" not in said and "429" not in said
    ] == []  # a test may cut the line itself


def go(page: Page, name: str) -> None:
    page.goto(re.sub(r"/style/.*", f"/style/{name}", page.url))
    page.wait_for_selector("html.has-js", state="attached")


def test_slash_goes_to_the_search_and_escape_comes_back(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("e?")
    expect(page.locator("#search")).to_have_value("e?")
    page.keyboard.press("Escape")
    expect(page.locator("#search")).not_to_be_focused()


def test_single_keys_can_be_turned_off(page: Page) -> None:
    page.keyboard.press("r")
    expect(page.locator("#reply")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator("#reply")).not_to_be_focused()


def test_the_palette_finds_what_can_be_done_and_says_why_not(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("resol")
    chosen = page.get_by_role("option", name="Resolve")
    expect(chosen).to_have_attribute("aria-disabled", "true")
    expect(chosen).to_contain_text("A promise is open until Friday.")
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_visible()
    page.locator("#palette input").fill("late parcel")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_a_button_that_is_off_explains_itself_when_pressed(page: Page) -> None:
    page.get_by_role("button", name="Resolve").click(force=True)  # off to assistive tools, yet it can be pressed
    expect(page.get_by_text("A promise is open until Friday.")).to_be_visible()


def test_an_act_that_asks_first_does_nothing_until_agreed(page: Page) -> None:
    go(page, "")
    page.evaluate("window.pressed = 0")
    page.evaluate("document.querySelector('[data-confirm]').addEventListener('click', () => { window.pressed += 1 })")
    page.get_by_role("button", name="Delete message").click()
    expect(page.locator("#ask")).to_contain_text("The text goes; the record keeps who, when and why.")
    page.get_by_role("button", name="No, go back").click()
    assert page.evaluate("window.pressed") == 0
    expect(page.get_by_role("button", name="Delete message")).to_be_focused()
    page.get_by_role("button", name="Delete message").click()
    page.locator("[data-ask-yes]").click()
    page.wait_for_function("window.pressed === 1")


def test_copying_puts_the_text_on_the_clipboard_and_says_so(page: Page) -> None:
    go(page, "")
    page.get_by_role("button", name="Copy reference").click()
    expect(page.locator("#toasts")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "RC-1042"


def test_a_list_is_worked_by_keys_and_the_bar_shows_when_rows_are_chosen(page: Page) -> None:
    go(page, "list/")
    expect(page.locator(".bulk")).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#row-RC-1057 .row-subject")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("#row-RC-1057 .row-pick")).to_be_checked()
    expect(page.locator(".bulk")).to_be_visible()
    expect(page.locator("[data-list-count]")).to_have_text("Chosen cases: 1")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#row-RC-1042"))


def test_the_theme_takes_effect_at_once_and_stays(page: Page) -> None:
    page.locator("[popovertarget=me]").click()
    with page.expect_response("**/look/"):
        page.get_by_label("Dark").check()
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def _mount(page: Page, html: str) -> None:
    page.evaluate("html => document.getElementById('main').insertAdjacentHTML('beforeend', html)", html)
    page.evaluate("htmx.process(document.getElementById('main'))")


def test_a_draft_saves_itself_and_is_kept_when_the_server_cannot(page: Page) -> None:
    saved: list[str] = []

    def keep(route: Route) -> None:
        saved.append(route.request.post_data or "")
        route.fulfill(status=204)

    page.route("**/drafts/7/", keep)
    field = '<textarea name="text"></textarea><output data-draft-state></output>'
    form = f'<form id="d" data-draft="/drafts/7/">{field}</form>'
    _mount(page, form)
    page.locator("#d textarea").fill("Dear Ms Ferreira")
    expect(page.locator("#d [data-draft-state]")).to_have_text("Draft saved")
    assert "Dear Ms Ferreira" in saved[0]
    page.unroute("**/drafts/7/")
    page.route("**/drafts/7/", lambda route: route.abort())
    page.locator("#d textarea").fill("Dear Ms Ferreira, you are right")
    expect(page.locator("#d [data-draft-state]")).to_contain_text("kept in this tab")
    page.evaluate("document.getElementById('d').remove()")
    _mount(page, form)
    expect(page.locator("#d textarea")).to_have_value("Dear Ms Ferreira, you are right")


def test_a_toast_with_undo_posts_with_the_forgery_token(page: Page) -> None:
    form = '<form method="post" action="/undo-it/" data-csrf><button data-keys="z">Undo</button></form>'
    page.evaluate(
        "html => document.getElementById('toasts').insertAdjacentHTML('beforeend', html)",
        f'<div class="toast" data-undo="10">{form}</div>',
    )
    page.route("**/undo-it/", lambda route: route.fulfill(body="undone", content_type="text/html"))
    with page.expect_request("**/undo-it/") as asked:
        page.keyboard.press("z")
    assert "csrfmiddlewaretoken=" in (asked.value.post_data or "")


def test_focus_is_not_lost_when_a_piece_is_swapped(page: Page) -> None:
    button = '<button id="b" hx-get="/piece/" hx-target="#box">{}</button>'
    page.route("**/piece/", lambda route: route.fulfill(body=button.format("again")))
    _mount(page, f'<div id="box">{button.format("press")}</div>')
    page.locator("#b").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#b")).to_have_text("again")
    expect(page.locator("#b")).to_be_focused()


def test_a_failed_request_says_why_and_leaves_the_page(page: Page) -> None:
    _mount(page, '<div id="box"><button id="b" hx-get="/style/error/?status=429" hx-target="#box">press</button></div>')
    page.locator("#b").click()
    expect(page.locator("#toasts")).to_contain_text("That was too often")
    expect(page.locator("#b")).to_have_text("press")


def test_relative_times_are_kept_true_in_the_server_s_words(page: Page) -> None:
    page.clock.install()
    page.reload()
    page.wait_for_selector("html.has-js", state="attached")
    due = page.locator("#clock-3 time")
    expect(due).to_have_text("in 25 min")
    page.clock.fast_forward("10:30")
    expect(due).to_have_text("in 14 min")


def test_a_live_panel_fetches_itself_anew_when_the_mark_of_its_topic_moves_and_others_stay(page: Page) -> None:
    def with_panels(route: Route) -> None:
        answer = route.fetch()
        panels = (
            '<div id="one" data-live="case:RC-1" data-live-url="/panel/one/">old</div>'
            '<div id="two" data-live="case:RC-2" data-live-url="/panel/two/">old</div>'
        )
        route.fulfill(response=answer, body=answer.text().replace("</main>", panels + "</main>"))

    asked: list[str] = []

    def marks(route: Route) -> None:
        asked.append(route.request.url)
        moved = {"case:RC-1": str(len(asked)), "case:RC-2": "1"}
        route.fulfill(json={"marks": moved})

    fresh = '<div id="{0}" data-live="case:RC-1" data-live-url="/panel/{0}/">new</div>'
    page.route("**/style/case/", with_panels)
    page.route(re.compile(r"/live/\?"), marks)
    page.route("**/panel/one/", lambda route: route.fulfill(body=fresh.format("one"), content_type="text/html"))
    page.reload()
    expect(page.locator("#one")).to_have_text("new", timeout=10_000)
    expect(page.locator("#two")).to_have_text("old")
    assert "topic=case%3ARC-1&topic=case%3ARC-2" in asked[0]


def test_who_else_is_here_is_shown_and_typing_is_told(page: Page) -> None:
    told: list[str] = []

    def others(route: Route) -> None:
        told.append(route.request.post_data or "")
        route.fulfill(body="Jonas Okoro is here too", content_type="text/html")

    page.route("**/here/", others)
    form = '<form data-draft="/d/"><textarea name="text"></textarea></form>'
    _mount(page, f'<p id="others" data-presence="/here/"></p>{form}')
    expect(page.locator("#others")).to_have_text("Jonas Okoro is here too")
    page.route("**/d/", lambda route: route.fulfill(status=204))
    page.locator('form[data-draft="/d/"] textarea').fill("x")
    page.wait_for_timeout(100)
    assert ["reading" in told[0], "writing" in told[-1]] == [True, True]
