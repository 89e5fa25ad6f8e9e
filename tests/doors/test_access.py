"""Role × address × relation: everybody gets exactly the class of answer that `access_table` gives them.

Hidden equals absent, byte for byte; who lacks a right changes nothing; asking changes nothing; no form without its mark.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recourse.api.limits import api_limiter, stranger_limiter
from recourse.people import actions as people
from tests.doors.access_table import API, HIDING, READERS, VISIBLE
from tests.doors.api.calls import Caller, key_for
from tests.doors.api.world import World
from tests.doors.desk import NICKS, Desk, make_desk, taken_back, writes
from tests.doors.examples import SCHEMA, body, query

pytestmark = [pytest.mark.django_db, pytest.mark.slow_once, pytest.mark.xdist_group("access")]
ONE_FILE = (
    b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\nhello\r\n--x--\r\n"
)
ABSENT_CASE = "RC-999999"
ABSENT_KEY = str(UUID(int=7))


@dataclass(frozen=True)
class Operation:
    """One operation of the API."""

    id: str
    method: str
    path: str
    described: dict[str, Any]


OPERATIONS = [
    Operation(found["operationId"], method.upper(), path, found)
    for path, methods in SCHEMA["paths"].items()
    for method, found in methods.items()
]


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Make the world once, with a key for everybody."""
    yield from make_desk(django_db_blocker, tmp_path_factory.mktemp("files"))


@pytest.fixture
def _django_db_helper(desk: Desk) -> Iterator[None]:
    """Stand in for the transaction of each test, which would end that of the world."""
    cache.clear()
    connection.queries_log.clear()
    with taken_back():
        yield


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    for limiter in (api_limiter, stranger_limiter):
        monkeypatch.setattr(limiter, "burst", 1e9)
        monkeypatch.setattr(limiter, "rate", 1e9)
        limiter.forget()


def call(operation: Operation, caller: Caller, world: World, **places: Any) -> tuple[int, bytes]:
    """Make one call, take back what it did, and return status and body."""
    path = operation.path.removeprefix("/api/v1")
    for parameter in operation.described.get("parameters", []):
        if parameter["in"] == "path":
            name = parameter["name"]
            path = path.replace("{" + name + "}", str(places.get(name, value(operation, name, world))))
    asked = "&".join(f"{name}={found}" for name, found in query(operation.described, world.values).items())
    content: dict[str, Any] = {"body": body(operation.described, world.values)}
    if "multipart/form-data" in operation.described.get("requestBody", {}).get("content", {}):
        content = {"raw": ONE_FILE, "Content_Type": "multipart/form-data; boundary=x"}
    with taken_back():
        response = caller.send(operation.method, f"{path}?{asked}" if asked else path, **content)
    return response.status_code, response.content


def value(operation: Operation, name: str, world: World) -> Any:
    """Return a value for a place of an address, of a thing that there is."""
    if name == "ref" and "/customers/" in operation.path:
        return world.values["customer"][0]
    if name == "slug":
        return world.values["skill" if "/skills/" in operation.path else "team"][0]
    if name == "kind" and "/drafts/" in operation.path:
        return "reply"
    if name == "ref":
        return world.cases[API[operation.id].on or "own"].ref
    return (world.values.get(name) or [ABSENT_KEY])[0]


def is_on_case(operation: Operation) -> bool:
    """Tell whether a case stands in the address."""
    return "/cases/{ref}" in operation.path


every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=[found.id for found in OPERATIONS])


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    assert {found.id for found in OPERATIONS} == set(API)
    assert all(bool(API[found.id].on) == is_on_case(found) for found in OPERATIONS)


def test_each_of_the_cast_is_told_apart_by_the_table() -> None:
    assert set(NICKS) - READERS == {"dan", "max"}


@every_operation
def test_nobody_without_a_living_key_is_let_in(operation: Operation, desk: Desk) -> None:
    revoked = key_for(desk.world.cast, "lea")
    people.revoke_key(key_id=revoked.key.pk, by=desk.world.cast.by("max"), at=desk.world.at)
    answers = {call(operation, Caller(token), desk.world) for token in ("", "rk_aaaaaaaaaa_x", revoked.token)}
    assert {status for status, _body in answers} == {401}
    assert len(answers) == 1


@every_operation
def test_each_role_gets_what_the_table_says(operation: Operation, desk: Desk) -> None:
    row = API[operation.id]
    wrong = []
    for nick in NICKS:
        actor = desk.world.cast.by(nick)
        with CaptureQueriesContext(connection) as asked:
            status, said = call(operation, desk.callers[nick], desk.world)
        can_see = not row.on or nick in VISIBLE[row.on]
        has_right = row.is_met(actor.permissions)
        if not can_see:
            is_right = status == 404 or (not has_right and status == 403)
        elif not has_right:
            is_right = status in {403, 404} and not writes(asked)
        else:
            is_right = status not in {401, 500} and not (row.right and missing(said) == row.right)
        if not is_right:
            wrong.append((nick, status, said[:200]))
    assert not wrong, wrong


def missing(said: bytes) -> str:
    """Return the right that an answer says is missing."""
    try:
        told = json.loads(said or b"{}")
    except ValueError:
        return ""
    if not isinstance(told, dict) or told.get("code") != "permission.missing":
        return ""
    detail: str = told["detail"]
    return detail.split("“")[1].split("”")[0] if "“" in detail else detail


@pytest.mark.parametrize(
    "operation", [found for found in OPERATIONS if is_on_case(found)],
    ids=[found.id for found in OPERATIONS if is_on_case(found)],
)  # fmt: skip
def test_a_hidden_case_answers_like_an_absent_one(operation: Operation, desk: Desk) -> None:
    for relation in HIDING:
        outsiders = [
            nick for nick in ("ada", "rik", "gil", "pia", "lea", "dan", "max") if nick not in VISIBLE[relation]
        ]
        for nick in outsiders:
            ask = partial(call, operation, desk.callers[nick], desk.world)
            assert ask(ref=desk.world.cases[relation].ref) == ask(ref=ABSENT_CASE), (relation, nick)


BY_KEY = [
    (found, name)
    for found in OPERATIONS
    for name in ("link_id", "promise_id", "view_id", "attachment_id", "approval_id", "position")
    if "{" + name + "}" in found.path
]


@pytest.mark.parametrize(("operation", "name"), BY_KEY, ids=[f"{found.id}" for found, _name in BY_KEY])
def test_what_hangs_on_a_hidden_case_answers_like_what_is_absent(operation: Operation, name: str, desk: Desk) -> None:
    absent = 2**40 if name == "position" else ABSENT_KEY
    for nick in ("ada", "lea", "fin", "dan", "max"):
        ask = partial(call, operation, desk.callers[nick], desk.world)
        assert ask(**{name: desk.world.hidden[name]}) == ask(**{name: absent}), nick


def test_cases_named_in_a_body_are_hidden_too(desk: Desk) -> None:
    world, ada = desk.world, desk.callers["ada"]
    own, hidden = world.cases["own"].ref, world.cases["restricted"].ref
    calls: list[tuple[str, str, Any]] = [
        (f"/cases/{own}/links", "target", {"kind": "related"}),
        (f"/cases/{own}/merge", "into", {}),
    ]
    for path, name, rest in calls:
        told = [ada.post(path, {**rest, name: ref}) for ref in (hidden, ABSENT_CASE)]
        assert {answer.status_code for answer in told} == {404}
        assert told[0].content == told[1].content
    told = [desk.callers["lea"].post("/bulk", {"act": "take", "cases": [ref]}) for ref in (hidden, ABSENT_CASE)]
    assert told[0].content.replace(hidden.encode(), b"") == told[1].content.replace(ABSENT_CASE.encode(), b"")


def test_lists_and_counts_leave_hidden_cases_out(desk: Desk) -> None:
    world = desk.world
    for relation in HIDING:
        ref = world.cases[relation].ref
        for nick in NICKS:
            found = desk.callers[nick].get(f"/cases?q={ref}")
            counted = desk.callers[nick].get(f"/counts/cases?q={ref}")
            expected = int(nick in VISIBLE[relation])
            assert (len(json.loads(found.content)["rows"]), json.loads(counted.content)["number"]) == (expected,) * 2


READING = [found for found in OPERATIONS if found.method == "GET"]


@pytest.mark.parametrize("operation", READING, ids=[found.id for found in READING])
def test_asking_changes_nothing(operation: Operation, desk: Desk) -> None:
    with CaptureQueriesContext(connection) as asked:
        call(operation, desk.callers["eve"], desk.world)
    assert not writes(asked)


def test_a_narrow_key_is_refused_where_its_owner_is_not(desk: Desk) -> None:
    narrow = Caller(key_for(desk.world.cast, "eve", {"handbook:read"}).token)
    wrong = []
    for operation in OPERATIONS:
        right = API[operation.id].right
        if right is None or right == "handbook:read":
            continue
        status, said = call(operation, narrow, desk.world)
        if status not in {403, 404}:
            wrong.append((operation.id, status, said[:200]))
    assert not wrong, wrong


def test_client_without_cookies_is_what_a_key_is(desk: Desk) -> None:
    assert not Client().cookies
    response = desk.callers["ada"].get("/me")
    assert not response.cookies
