"""What a call costs: queries are pinned, so that no call grows unseen."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recourse.cases import actions as cases
from recourse.clocks.actions import start_for_case
from tests.cast import SYSTEM, Cast
from tests.doors.api.calls import Caller, caller

Send = Callable[[Caller, str], Any]
CALLS: dict[str, tuple[Send, int]] = {
    "who am I": (lambda ada, ref: ada.get("/me"), 5),
    "one case": (lambda ada, ref: ada.get(f"/cases/{ref}"), 2),
    "a list of cases": (lambda ada, ref: ada.get("/cases"), 3),
    "a list by words": (lambda ada, ref: ada.get("/cases?q=parcel"), 4),
    "messages": (lambda ada, ref: ada.get(f"/cases/{ref}/messages"), 5),
    "clocks": (lambda ada, ref: ada.get(f"/cases/{ref}/clocks"), 3),
    "the record of a case": (lambda ada, ref: ada.get(f"/cases/{ref}/record"), 4),
    "a new case": (lambda ada, ref: ada.post("/cases", {"words": "It broke", "email": "new@example.com"}), 47),
    "a new case of somebody known": (
        lambda ada, ref: ada.post("/cases", {"words": "It broke", "email": "jane.doe@example.com"}), 39,
    ),
    "a reply": (lambda ada, ref: ada.post(f"/cases/{ref}/replies", {"text": "On its way", "can_undo": False}), 31),
    "a note": (lambda ada, ref: ada.post(f"/cases/{ref}/notes", {"text": "Asked the courier"}), 15),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_a_call_asks_the_database_no_more_than_it_did(name: str, cast: Cast) -> None:
    send, limit = CALLS[name]
    refs = [cast.open(f"The parcel {number}", family="delivery") for number in range(12)]
    start_for_case(refs[0], by=SYSTEM, at=refs[0].opened_at)
    cases.take(refs[0].ref, by=cast.by("ada"), at=refs[0].opened_at)
    ada = caller(cast, "ada")
    ada.get("/me")
    ada.get(f"/cases/{refs[0].ref}/clocks")
    with CaptureQueriesContext(connection) as asked:
        response = send(ada, refs[0].ref)
    assert response.status_code < 300, response.content
    spent = [found["sql"] for found in asked.captured_queries if not found["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    if len(spent) > limit:
        pytest.fail(f"{len(spent)} queries, not {limit}:\n" + "\n".join(sql[:160] for sql in spent))


def test_letting_a_caller_in_is_one_query(cast: Cast) -> None:
    ada = caller(cast, "ada")
    ada.get("/rights")
    with CaptureQueriesContext(connection) as asked:
        ada.get("/rights")
    assert len(asked.captured_queries) == 1
