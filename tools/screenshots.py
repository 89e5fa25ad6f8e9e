"""Takes the pictures of the documentation: a fresh demo desk, opened in a browser as several of its people."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.frame import free_port
from recourse.people.policy.demo import DEMO_DOMAIN, DEMO_PASSWORD
from tests.browser_setup import browser_path

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "screenshots"


@dataclass(frozen=True)
class Shot:
    """One picture: whose screen, which address, which light and width."""

    name: str
    who: str
    path: str
    scheme: str = "light"
    width: int = 1360
    height: int = 900


SHOTS = (
    Shot("sign-in", "", "/demo/"),
    Shot("today", "amara", "/today/"),
    Shot("inbox", "amara", "/inbox/"),
    Shot("case", "gwen", "/cases/RC-1001/"),
    Shot("case-dark", "gwen", "/cases/RC-1005/", scheme="dark"),
    Shot("case-phone", "amara", "/cases/RC-1009/", width=390),
    Shot("escalate", "amara", "/cases/RC-1010/escalate/"),
    Shot("gate", "farah", "/gate/"),
    Shot("remedy", "ines", "/cases/RC-1019/remedy/"),
    Shot("approvals", "max", "/approvals/"),
    Shot("money", "quinn", "/money/"),
    Shot("team", "liam", "/team/"),
    Shot("handbook", "kate", "/handbook/"),
    Shot("record", "rosa", "/record/"),
    Shot("people", "sam", "/setup/people/"),
)


def main() -> None:
    """Build the desk, take every picture, take the desk down."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        environment = {**os.environ, "RECOURSE_DATA": folder, "RECOURSE_URL": url}
        environment.pop("DATABASE_URL", None)
        subprocess.run([sys.executable, "-m", "recourse", "demo", "--fresh"], cwd=ROOT, env=environment, check=True)
        server = subprocess.Popen(
            [sys.executable, "-m", "recourse", "serve", "--port", str(port)], cwd=ROOT, env=environment
        )
        try:
            _await(url)
            _take(url)
        finally:
            server.terminate()
            server.wait(20)


def _await(url: str) -> None:
    for _ in range(300):
        with suppress(OSError):
            urllib.request.urlopen(f"{url}/accounts/login/", timeout=2)
            return
        time.sleep(0.1)
    raise TimeoutError("the desk did not answer")


def _take(url: str) -> None:
    with sync_playwright() as playwright:
        options: dict[str, Any] = {"args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]}
        if path := browser_path():
            options["executable_path"] = path
        browser = playwright.chromium.launch(**options)
        for shot in SHOTS:
            _one(browser, url, shot)
        browser.close()


def _one(browser: Browser, url: str, shot: Shot) -> None:
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height}, color_scheme="dark" if shot.scheme == "dark" else "light"
    )
    page = context.new_page()
    if shot.who:
        _sign_in(page, url, shot.who)
    answer = page.goto(url + shot.path)
    page.wait_for_timeout(600)
    page.screenshot(path=OUT / f"{shot.name}.png")
    sys.stdout.write(f"{shot.name}: {answer.status if answer else '?'}\n")
    context.close()


def _sign_in(page: Page, url: str, who: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.fill("input[name=login]", f"{who}@{DEMO_DOMAIN}")
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


if __name__ == "__main__":
    main()
