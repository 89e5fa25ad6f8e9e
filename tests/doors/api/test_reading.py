"""What cannot be read plainly is refused in words, never guessed at and never a failure of ours."""

from importlib import import_module
from typing import Any

import pytest
from pydantic import BaseModel

from recourse.api.v1 import NOUNS, api
from tests.cast import Cast
from tests.doors.api.calls import Caller, caller, said


@pytest.fixture
def ada(cast: Cast) -> Caller:
    return caller(cast, "ada")


MALFORMED = {
    "no json": b"{",
    "a key twice": b'{"words": "a", "words": "b"}',
    "a nested key twice": b'{"words": "a", "name": {"a": 1, "a": 2}}',
    "NUL": b'{"words": "a\\u0000b"}',
    "half a surrogate pair": b'{"words": "\\ud800"}',
    "half a surrogate pair in bytes": b'{"words": "\xed\xa0\x80"}',
    "not UTF-8": b'{"words": "\xff"}',
    "NaN": b'{"words": NaN}',
    "infinity": b'{"words": 1e999}',
    "a number of 5000 digits": b'{"words": ' + b"9" * 5000 + b"}",
    "a pit of brackets": b"[" * 100_000,
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
def test_a_body_that_cannot_be_read_answers_400(ada: Caller, raw: bytes) -> None:
    response = ada.send("POST", "/cases", raw=raw)
    assert (response.status_code, said(response)["code"]) == (400, "malformed")
    assert response["Content-Type"] == "application/problem+json"


def test_a_key_sent_twice_is_named(ada: Caller) -> None:
    response = ada.send("POST", "/cases", raw=b'{"words": "a", "words": "b"}')
    assert "“words”" in said(response)["detail"]


def test_a_field_that_nobody_asked_for_is_refused_by_name(ada: Caller, cast: Cast) -> None:
    me = str(cast.staff["ada"].pk)
    response = ada.send(
        "PATCH", f"/staff/{me}", {"time_zone": "Europe/Berlin", "is_staff": True, "team": 3, "limit": 1}
    )
    assert response.status_code == 422
    assert {"is_staff", "team", "limit"} <= set(said(response)["fields"])
    cast.staff["ada"].refresh_from_db()
    assert cast.staff["ada"].time_zone == "UTC"


@pytest.mark.parametrize("wrong", [5, True, ["a"], {"a": 1}, None])
def test_text_is_text(ada: Caller, wrong: Any) -> None:
    response = ada.post("/cases", {"words": wrong})
    assert response.status_code == 422
    assert "words" in said(response)["fields"]


@pytest.mark.parametrize("wrong", ["yes", 1, "true"])
def test_a_flag_is_true_or_false(ada: Caller, cast: Cast, wrong: Any) -> None:
    case = cast.open()
    response = ada.post(f"/cases/{case.ref}/replies", {"text": "Hello", "can_undo": wrong})
    assert "can_undo" in said(response)["fields"]


@pytest.mark.parametrize(
    "wrong", ["2026-03-02T10:00:00", "yesterday", 1_700_000_000, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"]
)
def test_an_instant_has_a_zone_and_lies_within_reach(ada: Caller, wrong: Any) -> None:
    response = ada.post("/cases", {"words": "It broke", "received_at": wrong})
    assert "received_at" in said(response)["fields"]


@pytest.mark.parametrize(
    "query", ["order=case__secret", "size=0", "size=100000", "_connector=OR", "id__gt=0", "zone=Mars", "cursor=zzz"]
)
def test_a_list_takes_only_what_it_knows(ada: Caller, query: str) -> None:
    response = ada.get(f"/cases?{query}")
    assert response.status_code == 422
    assert query.split("=")[0] in said(response)["fields"]


def test_a_body_that_is_too_large_answers_413(ada: Caller) -> None:
    response = ada.post("/cases", {"words": "x" * 3_000_000})
    assert response.status_code == 413


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_another_kind_of_body_answers_415(ada: Caller, kind: str) -> None:
    response = ada.send("POST", "/cases", {"words": "It broke"}, **{"Content_Type": kind})
    assert response.status_code == 415


@pytest.mark.parametrize("path", ["/cases/RC-1%00", "/cases?q=%00", "/teams/%00/members"])
def test_a_nul_in_the_address_answers_400(ada: Caller, path: str) -> None:
    assert ada.get(path).status_code == 400


@pytest.mark.parametrize("path", ["/nowhere", "/cases/RC-1/nowhere", "/"])
def test_an_address_that_does_not_exist_answers_like_a_thing_that_is_not_there(ada: Caller, path: str) -> None:
    response = ada.get(path)
    assert response.content == ada.get("/cases/RC-999999").content
    assert response["Content-Type"] == "application/problem+json"


def test_a_method_that_an_address_does_not_take_answers_405(ada: Caller) -> None:
    response = ada.send("DELETE", "/cases")
    assert (response.status_code, response["Allow"]) == (405, "GET, POST")
    assert said(response)["title"] == "Method not allowed"


def test_the_description_names_each_operation_once_and_says_what_it_does() -> None:
    operations = [found for path in api.get_openapi_schema()["paths"].values() for found in path.values()]
    ids = [found["operationId"] for found in operations]
    assert len(ids) == len(set(ids))
    assert all(found["description"].strip() for found in operations)


def test_the_description_tells_refusals_as_problem_details() -> None:
    for path in api.get_openapi_schema()["paths"].values():
        for found in path.values():
            for status, answer in found["responses"].items():
                kinds = set(answer.get("content", {}))
                assert kinds == ({"application/problem+json"} if status >= "400" else kinds)
                assert status < "500"


def test_each_shape_of_the_description_has_a_name_of_its_own() -> None:
    named: dict[str, set[type]] = {}
    for module in NOUNS:
        for found in vars(import_module(f"recourse.api.v1.{module}")).values():
            if isinstance(found, type) and issubclass(found, BaseModel):
                named.setdefault(found.__name__, set()).add(found)
    assert not {name for name, classes in named.items() if len(classes) > 1}
