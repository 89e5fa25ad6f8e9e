"""A real browser for the tests of the web door: signed-in pages in every light, and axe to judge them."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from recourse.people.models import Staff
from tests.browser_setup import browser_path

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps a loop in the thread of the tests
AXE = (Path(__file__).parents[2] / "vendor" / "axe-4.14.1.min.js").read_text()
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True, slots=True)
class Light:
    """One way of looking at a page."""

    name: str
    width: int = 1440
    height: int = 900
    scheme: str = "light"
    direction: str = "ltr"
    density: str = "comfortable"
    has_scripts: bool = True

    def __str__(self) -> str:
        return self.name


LIGHTS = (
    Light("light"),
    Light("dark", scheme="dark"),
    Light("phone", width=390, height=844),
    Light("zoomed 400 %", width=320, height=256),
    Light("right to left", direction="rtl"),
    Light("compact and dark", scheme="dark", density="compact", width=1024),
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the browser once; leave the tests out where there is none."""
    with sync_playwright() as playwright:
        path = browser_path()
        if path is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("no browser on this machine: see tests/browser_setup.py")
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


def sign_in(context: BrowserContext, staff: Staff, *, site: str) -> None:
    """Give the browser a session of a member of staff, without the sign-in page."""
    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = django_settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session.create()
    cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": site}
    context.add_cookies([cookie])  # type: ignore[list-item]


def context_in(browser: Browser, light: Light, *, site: str) -> BrowserContext:
    """Return a fresh browser window in one light."""
    context = browser.new_context(
        viewport={"width": light.width, "height": light.height},
        color_scheme="dark" if light.scheme == "dark" else "light",
        java_script_enabled=light.has_scripts,
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": "density", "value": light.density, "url": site}])
    return context


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that has been opened, and what it complained of while it was."""

    page: Page
    complaints: list[str]


def visit(context: BrowserContext, address: str, *, light: Light | None = None, may_answer: int = 200) -> Visit:
    """Open a page and wait until its scripts have run."""
    page = context.new_page()
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and f"status of {may_answer}" not in message.text:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == may_answer
    if light is None or light.has_scripts:
        page.wait_for_selector("html.has-js", state="attached")
    if light is not None and light.direction == "rtl":
        page.evaluate("document.documentElement.dir = 'rtl'")
    return Visit(page, complaints)


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong, one line each: rule, element, message. Undecided contrast is not counted."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(
        f"axe.run(document, {{preload: false, resultTypes: ['violations'], runOnly: {json.dumps(RULES)}}})"
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide
