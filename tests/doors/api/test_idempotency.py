"""The same request sent again is done once: key × {same, other body, other caller, other address} × what became of it."""

import json
import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections

from recourse.answers.models import Answer
from recourse.cases.models import Case
from recourse.kit.time import now
from recourse.people import actions as people
from recourse.timeline.models import Entry
from tests.cast import Cast, make_cast
from tests.doors.api.calls import Caller, caller, key_for, said

KEY = {"Idempotency_Key": "order-7-case"}
BODY = {"words": "The kettle leaks"}


@pytest.fixture
def ada(cast: Cast) -> Caller:
    return caller(cast, "ada")


def count() -> tuple[int, int, int]:
    """Return how many cases, entries and kept answers there are."""
    return Case.objects.count(), Entry.objects.count(), Answer.objects.count()


def test_the_same_again_answers_the_same_and_does_nothing(ada: Caller) -> None:
    first = ada.post("/cases", BODY, **KEY)
    before = count()
    again = ada.post("/cases", BODY, **KEY)
    assert (again.status_code, again.content) == (201, first.content)
    assert again["Idempotent-Replay"] == "true"
    assert "Idempotent-Replay" not in first
    assert count() == before


def test_another_body_under_the_same_key_is_refused(ada: Caller) -> None:
    ada.post("/cases", BODY, **KEY)
    before = count()
    again = ada.post("/cases", {"words": "The toaster burns"}, **KEY)
    assert (again.status_code, said(again)["code"]) == (409, "idempotency.reused")
    assert count() == before


def test_another_address_or_method_under_the_same_key_is_refused(ada: Caller) -> None:
    ref = said(ada.post("/cases", BODY, **KEY))["case"]["ref"]
    before = count()
    for method, path in (("POST", f"/cases/{ref}/taking"), ("PATCH", f"/cases/{ref}")):
        assert said(ada.send(method, path, BODY, **KEY))["code"] == "idempotency.reused"
    assert count() == before


def test_another_caller_has_keys_of_their_own(ada: Caller, cast: Cast) -> None:
    first = said(ada.post("/cases", BODY, **KEY))
    second = said(caller(cast, "ben").post("/cases", BODY, **KEY))
    assert first["case"]["ref"] != second["case"]["ref"]


def test_what_failed_may_be_tried_again_with_another_body(ada: Caller) -> None:
    before = count()
    failed = ada.post("/cases", {"words": ""}, **KEY)
    assert failed.status_code == 422
    assert count() == before
    assert ada.post("/cases", BODY, **KEY).status_code == 201


def test_what_was_refused_leaves_nothing_behind(ada: Caller, cast: Cast) -> None:
    case = cast.open()
    before = count()
    assert ada.post(f"/cases/{case.ref}/closure", {}, **KEY).status_code == 409
    assert ada.post("/cases/RC-999999/taking", {}, **KEY).status_code == 404
    assert ada.post("/cases", {**BODY, "colour": "red"}, **KEY).status_code in {400, 422}
    assert ada.post("/nowhere", {}, **KEY).status_code == 404
    assert count() == before


def test_a_crash_in_between_leaves_nothing_and_the_next_does_the_work(
    ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = count()
    with monkeypatch.context() as patch:
        patch.setattr("recourse.api.idempotency.keep", _crash)
        assert ada.post("/cases", BODY, **KEY).status_code == 500
    assert count() == before
    assert ada.post("/cases", BODY, **KEY).status_code == 201


def _crash(**_given: Any) -> None:
    raise RuntimeError("the lights went out")


def test_a_kept_answer_is_not_told_to_a_key_that_was_revoked(cast: Cast) -> None:
    made = key_for(cast, "ada")
    ada = Caller(made.token)
    ada.post("/cases", BODY, **KEY)
    people.revoke_key(key_id=made.key.pk, by=cast.by("max"), at=now())
    assert ada.post("/cases", BODY, **KEY).status_code == 401


def test_a_stranger_claims_no_key(cast: Cast) -> None:
    before = count()
    assert Caller("rk_aaaaaaaaaa_b").post("/cases", BODY, **KEY).status_code == 401
    assert count() == before


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "ü", "\t"])
def test_a_key_that_is_none_is_refused(ada: Caller, key: str) -> None:
    response = ada.post("/cases", BODY, Idempotency_Key=key)
    assert (response.status_code, said(response)["code"]) == (400, "idempotency.key")


def test_a_question_needs_no_key_and_keeps_none(ada: Caller) -> None:
    ada.get("/cases", **KEY)
    assert not Answer.objects.exists()


def test_files_sent_again_are_known_though_their_envelope_differs(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    case = cast.open()
    ada = caller(cast, "ada")
    url = f"/api/v1/cases/{case.ref}/drafts/reply/files"
    headers = {"Authorization": f"Bearer {ada.token}", "Idempotency-Key": "file-1"}

    def send(content: bytes) -> Any:
        return ada.client.post(url, {"files": SimpleUploadedFile("a.txt", content)}, headers=headers)

    first, again, other = send(b"hello"), send(b"hello"), send(b"other")
    assert (first.status_code, again.content, other.status_code) == (201, first.content, 409)
    assert case.attachments.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs many connections at once: PostgreSQL")
def test_fifty_at_once_are_one() -> None:
    token = key_for(make_cast(), "ada").token
    start = threading.Barrier(50)
    answers: list[tuple[int, str]] = []

    def send() -> None:
        start.wait()
        try:
            response = Caller(token).post("/cases", BODY, **KEY)
            answers.append((response.status_code, json.loads(response.content)["case"]["ref"]))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 50
    assert len(set(answers)) == 1
    assert (Case.objects.count(), Answer.objects.count()) == (1, 1)
