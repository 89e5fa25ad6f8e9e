"""Whatever people's words hold, no screen runs it: every text of the desk is made hostile, and every screen opened."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.cast import make_cast
from tests.doors.api.world import make_world
from tests.doors.test_access_web import SCREENS, Desk, address
from tests.doors.web.browser import Light, context_in, sign_in
from tests.house.source import ROOMS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = {
    "name", "subject", "text", "html", "problem", "product", "remedy_sought", "what", "why", "to_whom", "body", "title",
    "note", "shown", "description", "filename", "question", "reasons_text", "raw", "last_error", "error", "carrier",
    "method", "address_text", "source_state", "work_done", "left_to_do",
}  # fmt: skip
HOSTILE = (
    "\"'><img src=x-hit onerror=window.hit=1><svg onload=window.hit=1></title></textarea></script>"
    "<script>window.hit=1</script>{{7*191}}${7*191}[a](javascript:window.hit=1)\u202e\u0000"
).replace("\u0000", "")
SAFE_HTML = {"html"}  # kept clean when written: its own tests feed the cleaner


@pytest.fixture
def desk() -> Desk:
    """Make one of everything, then put hostile words wherever people may write."""
    world = make_world(make_cast())
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            _spoil(model)
    return Desk(world)


def _spoil(model: type[models.Model]) -> None:
    for field in model._meta.concrete_fields:
        is_words = isinstance(field, models.CharField | models.TextField) and not field.choices and not field.unique
        if is_words and field.name in WORDS - SAFE_HTML and model._meta.label not in {"people.Role", "timeline.Slot"}:
            said = HOSTILE[: field.max_length] if field.max_length else HOSTILE
            with suppress(DatabaseError), transaction.atomic():  # what is only ever added to stays as it was written
                model._base_manager.filter(**{f"{field.name}__gt": ""}).update(**{field.name: said})


def _pages(desk: Desk) -> Iterator[tuple[str, str]]:
    """Every address that answers with a page, by the name of its screen."""
    client = Client(raise_request_exception=False)
    client.force_login(desk.world.cast.staff["eve"], backend=settings.AUTHENTICATION_BACKENDS[0])
    for screen in SCREENS:
        if not screen.route.startswith(("accounts/", "static/", "style/")):
            path = address(screen, desk)
            answer = client.get(path)
            assert answer.status_code < 500, screen.name
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                yield screen.name, path


def test_no_screen_runs_what_people_wrote(browser: Browser, live_server: LiveServer, desk: Desk) -> None:
    context = context_in(browser, Light("light"), site=live_server.url)
    sign_in(context, desk.world.cast.staff["eve"], site=live_server.url)
    page = context.new_page()
    alarms = _listening(page)
    opened, shown = 0, 0
    for name, path in _pages(desk):
        page.goto(live_server.url + path)
        content = page.content()
        assert page.evaluate("window.hit") is None, name
        assert not alarms, f"{name}: {alarms}"
        assert str(7 * 191) not in re.sub(r"[0-9a-f-]{32,}", "", content), name
        opened, shown = opened + 1, shown + ("x-hit" in content)
    context.close()
    assert opened > 60
    assert shown > 20


def _listening(page: Page) -> list[str]:
    """Hear what a page that ran our words would do: a dialog, a request, a refusal of the content policy."""
    alarms: list[str] = []
    page.on("dialog", lambda dialog: alarms.append(dialog.message))
    page.on("request", lambda asked: alarms.append(asked.url) if "x-hit" in asked.url else None)
    page.on("console", lambda said: alarms.append(said.text) if "Content Security Policy" in said.text else None)
    return alarms
