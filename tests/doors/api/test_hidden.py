"""What is hidden shows through nothing: numbers from elsewhere, proposals, links, the record, a kept answer."""

import datetime as dt
from typing import Any

import pytest

from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.cases.policy import LinkKind
from recourse.conversations import actions as conversations
from recourse.kit.time import now
from tests.cast import SYSTEM, Cast
from tests.doors.api.calls import Caller, caller, said


@pytest.fixture
def ada(cast: Cast) -> Caller:
    return caller(cast, "ada")


def hide(case: Case, cast: Cast) -> None:
    """Let nobody but Rosa see a case."""
    cases.restrict(case.ref, reader_ids=[cast.staff["rosa"].pk], by=SYSTEM, at=now())


def opened(response: Any) -> Case:
    """Return the case that a call opened."""
    return Case.objects.get(number=int(said(response)["case"]["ref"].removeprefix("RC-")))


def test_a_number_of_yours_that_became_a_hidden_case_answers_404(ada: Caller, cast: Cast) -> None:
    body = {"words": "It broke", "source_ref": "shop-77"}
    hide(opened(ada.post("/cases", body)), cast)
    assert ada.post("/cases", body).status_code == 404
    assert Case.objects.count() == 1


def test_a_message_known_by_its_number_elsewhere_answers_404_where_its_case_is_hidden(cast: Cast, ada: Caller) -> None:
    case, other = cast.open(), cast.open()
    conversations.customer_writes(
        case_ref=case.ref, text="Secret", channel="api", external_id="m-1", by=SYSTEM, at=case.opened_at
    )
    hide(case, cast)
    response = ada.post(f"/cases/{other.ref}/received", {"text": "x", "external_id": "m-1"})
    assert response.status_code == 404
    assert b"Secret" not in response.content


def test_a_hidden_case_is_not_proposed_as_the_same(ada: Caller, cast: Cast) -> None:
    body = {"words": "The kettle leaks on the left", "email": "jane.doe@example.com", "order_refs": ["W1"]}
    first = opened(ada.post("/cases", body))
    assert [row["ref"] for row in said(ada.post("/cases", body))["proposals"]] == [first.ref]
    for case in Case.objects.all():
        hide(case, cast)
    assert said(ada.post("/cases", body))["proposals"] == []


def test_a_link_to_a_hidden_case_is_left_out(ada: Caller, cast: Cast) -> None:
    here, there = cast.open(), cast.open()
    cases.link(here.ref, there.ref, kind=LinkKind.RELATED, by=SYSTEM, at=here.opened_at)
    assert len(said(ada.get(f"/cases/{here.ref}/links"))) == 1
    hide(there, cast)
    assert said(ada.get(f"/cases/{here.ref}/links")) == []


def test_the_record_leaves_hidden_cases_out(cast: Cast) -> None:
    case = cast.open()
    hide(case, cast)
    lea, aud = caller(cast, "lea"), caller(cast, "aud")
    assert said(lea.get(f"/record?thread_id={case.thread_id}"))["rows"] == []
    assert said(aud.get(f"/record?thread_id={case.thread_id}"))["rows"]


def test_a_customer_is_not_named_to_who_may_not_read_customers(cast: Cast) -> None:
    case = cast.open()
    assert said(caller(cast, "ada").get(f"/cases/{case.ref}"))["customer"]["name"] == "Jane Doe"
    assert said(caller(cast, "ana").get(f"/cases/{case.ref}"))["customer"] is None


def test_a_split_takes_messages_of_its_own_case_alone(cast: Cast, ada: Caller) -> None:
    here, there = cast.open(), cast.open()
    message = conversations.customer_writes(
        case_ref=there.ref, text="Elsewhere", channel="web", by=SYSTEM, at=here.opened_at + dt.timedelta(minutes=1)
    )
    response = ada.post(f"/cases/{here.ref}/split", {"subject": "Part", "message_ids": [str(message.pk)]})
    assert (response.status_code, list(said(response)["fields"])) == (422, ["message_ids"])


def test_pages_lead_on_and_back(cast: Cast, ada: Caller) -> None:
    refs = [cast.open(f"Parcel {number}").ref for number in range(5)]
    first = said(ada.get("/cases?order=newest&size=2"))
    second = said(ada.get(f"/cases?order=newest&size=2&cursor={first['next']}"))
    back = said(ada.get(f"/cases?order=newest&size=2&cursor={second['previous']}"))
    assert [row["ref"] for row in first["rows"] + second["rows"]] == refs[::-1][:4]
    assert back["rows"] == first["rows"]
    assert first["previous"] is None
