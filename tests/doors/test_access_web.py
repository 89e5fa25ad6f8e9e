"""Role × screen × relation: as for the API, over every address that the URL resolver knows."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from tests.doors.access_table import HIDING, VISIBLE, WEB
from tests.doors.desk import NICKS, Desk, make_desk, taken_back, writes

pytestmark = [pytest.mark.django_db, pytest.mark.slow_once, pytest.mark.xdist_group("access")]
SIGNED = ("payment-report",)
ABSENT = {"str": "nothing", "uuid": str(UUID(int=7)), "int": "999999", "slug": "nothing"}
PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
CHANGING = re.compile(rb'(?:name="csrf" content|name="csrfmiddlewaretoken" value|nonce)="[^"]*"')


@dataclass(frozen=True)
class Screen:
    """One address of the web."""

    name: str
    route: str
    view: Any


def _walk(resolver: URLResolver, prefix: str = "") -> Iterator[Screen]:
    for found in resolver.url_patterns:
        route = prefix + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from _walk(found, route)
        elif isinstance(found, URLPattern) and not route.startswith("api/"):
            yield Screen(found.name or route, route, found.callback)


SCREENS = list(_walk(get_resolver()))
every_screen = pytest.mark.parametrize("screen", SCREENS, ids=[screen.name for screen in SCREENS])


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Make the world once, with a browser for everybody."""
    yield from make_desk(django_db_blocker, tmp_path_factory.mktemp("files"))


@pytest.fixture
def _django_db_helper(desk: Desk) -> Iterator[None]:
    """Stand in for the transaction of each test, which would end that of the world."""
    cache.clear()
    connection.queries_log.clear()
    with taken_back():
        yield


def address(screen: Screen, desk: Desk, **places: Any) -> str:
    """Return the address of a thing that there is, or of what `places` name."""

    def place(found: re.Match[str]) -> str:
        kind, name = found[1] or "str", found[2]
        return str(places.get(name) or known(screen, name, desk) or ABSENT[kind])

    return "/" + PLACE.sub(place, screen.route)


def known(screen: Screen, name: str, desk: Desk) -> Any:
    """Return a value for a place of an address."""
    values = desk.world.values
    if name == "ref":
        return values["customer"][0] if screen.route.startswith("customers/") else case_ref(screen, desk)
    if name == "name":
        return {
            "case-panel": "open",
            "case-verb": "take",
            "escalation-move": "accept",
            "case-message": "undo",
            "remedy-line-act": "propose",
            "approval-act": "approve",
        }.get(screen.name)
    if name == "kind" and screen.name == "case-draft":
        return "reply"
    if name == "slug":
        return values["team"][0]
    if name == "file_id":
        return values["attachment_id"][0]
    return (values.get(name) or [None])[0]


def case_ref(screen: Screen, desk: Desk) -> str:
    """Return the case by which a screen is tried."""
    ref: str = desk.world.cases[WEB[screen.name].on or "own"].ref
    return ref


def ask(known: Client | None, method: str, path: str, *, enforce_csrf_checks: bool = False) -> HttpResponse:
    """Make one call with somebody's cookies, and take back what it did."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=enforce_csrf_checks)
    client.cookies = deepcopy(known.cookies) if known else client.cookies
    with taken_back():
        response: Any = client.generic(method, path)
    found: HttpResponse = response
    return found


def test_every_screen_has_a_row_and_every_row_a_screen() -> None:
    names = {screen.name for screen in SCREENS}
    assert not names - set(WEB), "a screen without a row in access_table.WEB"
    assert not set(WEB) - names, "a row without a screen"


@every_screen
def test_who_is_not_signed_in_is_let_in_only_where_the_table_says(screen: Screen, desk: Desk) -> None:
    row = WEB[screen.name]
    response = ask(None, "GET", address(screen, desk))
    if row.audience == "staff":
        is_login = response.status_code in {302, 303} and "/accounts/login/" in response["Location"]
        assert is_login or response.status_code == 405, response.status_code
    elif row.audience == "pass":
        assert response.status_code in {404, 405}
    else:
        assert response.status_code < 500
        leads_to_login = "/accounts/login/" in response.get("Location", "")
        assert not leads_to_login or screen.name.startswith(("home", "account", "mfa"))


@every_screen
def test_a_form_without_its_mark_is_refused(screen: Screen, desk: Desk) -> None:
    with CaptureQueriesContext(connection) as asked:
        response = ask(desk.clients["eve"], "POST", address(screen, desk), enforce_csrf_checks=True)
    refused = {400} if screen.name in SIGNED else {403, 405}
    assert response.status_code in refused, response.status_code
    assert not writes(asked)


STAFF_SCREENS = [screen for screen in SCREENS if WEB.get(screen.name) and WEB[screen.name].audience == "staff"]
every_staff_screen = pytest.mark.parametrize("screen", STAFF_SCREENS, ids=[screen.name for screen in STAFF_SCREENS])


@every_staff_screen
def test_each_role_gets_what_the_table_says(screen: Screen, desk: Desk) -> None:
    row = WEB[screen.name]
    wrong = []
    for nick in NICKS:
        can_see = not row.on or nick in VISIBLE[row.on]
        has_right = row.is_met(desk.world.cast.by(nick).permissions)
        with CaptureQueriesContext(connection) as asked:
            seen = ask(desk.clients[nick], "GET", address(screen, desk)).status_code
            done = ask(desk.clients[nick], "POST", address(screen, desk)).status_code
        if {seen, done} & {500}:
            is_right = False
        elif screen.name.startswith(("account_", "mfa_")):
            is_right = True  # whether somebody must prove themself again is for the tests of signing in
        elif can_see and has_right:
            is_right = {seen, done} != {403} and not (row.right and 403 in {seen})
        else:
            barred = {403, 404, 405}
            is_right = {seen, done} <= barred and not writes(asked)
        if not is_right:
            wrong.append((nick, seen, done))
    assert not wrong, wrong


ON_CASES = [screen for screen in STAFF_SCREENS if screen.route.startswith("cases/<str:ref>/")]


@pytest.mark.parametrize("screen", ON_CASES, ids=[screen.name for screen in ON_CASES])
def test_a_hidden_case_looks_like_an_absent_one(screen: Screen, desk: Desk) -> None:
    for relation in HIDING:
        hidden = desk.world.cases[relation].ref
        for nick in ("ada", "rik", "lea", "max"):
            if nick in VISIBLE[relation]:
                continue
            for method in ("GET", "POST"):
                told = [
                    plain(ask(desk.clients[nick], method, address(screen, desk, ref=ref)), ref)
                    for ref in (hidden, "RC-999999")
                ]
                assert told[0] == told[1], (relation, nick, method)


def plain(response: HttpResponse, ref: str) -> tuple[int, bytes]:
    """Return status and page without what differs each time: the mark of forms, and the address asked for."""
    page = CHANGING.sub(b"", response.content)
    return response.status_code, page.replace(ref.encode(), b"")


@every_screen
def test_looking_changes_nothing(screen: Screen, desk: Desk) -> None:
    with CaptureQueriesContext(connection) as asked:
        response = ask(desk.clients["eve"], "GET", address(screen, desk))
    assert response.status_code < 500
    assert not writes(asked)
