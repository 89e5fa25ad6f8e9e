"""Today: one list of what needs one person, in one order, and who carries what."""

import datetime as dt
from typing import Any

import pytest

from recourse.cases.actions import set_due
from recourse.cases.models import Case
from recourse.clocks.actions import make_promise, start_for_case
from recourse.conversations.actions import customer_writes
from recourse.escalations import actions as escalations
from recourse.kit.errors import Refused
from recourse.people.models import Absence
from recourse.routing.policy import Matter
from recourse.routing.queries import today, workload
from tests.cast import AT, SYSTEM, Cast
from tests.rooms.escalations.conftest import LEGAL, LOSS, NOTE, request

HOUR = dt.timedelta(hours=1)


def owned(cast: Cast, nick: str = "ada", due: float = 4, **given: Any) -> Case:
    case = cast.open(**given)
    start_for_case(case, by=SYSTEM, at=AT)
    staff = cast.staff[nick]
    Case.objects.filter(pk=case.pk).update(owner=staff, contact_owner=staff, stage="working")
    set_due(case.pk, AT + due * HOUR)
    case.refresh_from_db()
    return case


def seen(cast: Cast, nick: str, at: dt.datetime = AT) -> list[tuple[Matter, str]]:
    return [(item.matter, item.case.ref) for item in today(cast.by(nick), at=at)]


def test_ones_own_open_cases_stand_in_the_order_of_what_delay_costs(cast: Cast) -> None:
    later, sooner = owned(cast, due=20), owned(cast, due=2)
    waits, others = owned(cast, due=1), owned(cast, "ben", due=1)
    Case.objects.filter(pk=waits.pk).update(is_waiting=True)
    assert seen(cast, "ada") == [(Matter.CASE, sooner.ref), (Matter.CASE, later.ref)]
    assert others.ref not in str(seen(cast, "ada"))


def test_a_customer_who_waits_for_an_answer_is_said_so(cast: Cast) -> None:
    case = owned(cast)
    customer_writes(case_ref=case.ref, text="And now?", channel="web", by=cast.customer_of(case), at=AT)
    assert (Matter.REPLY, case.ref) in seen(cast, "ada")


def test_the_gate_has_its_requests_and_the_requester_their_coaching(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recourse.escalations.actions.deciding.random_share", lambda: 0.999)
    case = owned(cast)
    found = escalations.request(case.ref, request(LOSS), by=cast.by("ada"), at=AT)
    (item,) = today(cast.by("gil"), at=AT)
    assert (item.matter, item.case.ref, item.number, item.due_at) == (Matter.GATE, case.ref, 1, found.gate_due_at)
    escalations.return_(case.ref, 1, reason="no_ground", note=NOTE, by=cast.by("gil"), at=AT)
    assert today(cast.by("gil"), at=AT) == []
    returned = next(item for item in today(cast.by("ada"), at=AT) if item.matter is Matter.RETURNED)
    assert (returned.note, returned.words) == (NOTE, {"reason": "no_ground"})
    escalations.read_notice(notice_id=returned.about, by=cast.by("ada"), at=AT)
    assert Matter.RETURNED not in [matter for matter, _ref in seen(cast, "ada")]


def test_a_case_offered_back_and_a_promise_that_is_due_are_there(cast: Cast) -> None:
    case = owned(cast)
    found = escalations.request(case.ref, request(LEGAL), by=cast.by("ada"), at=AT)
    escalations.accept(case.ref, found.number, by=cast.by("gil"), at=AT)
    escalations.hand_back(
        case.ref, 1, reason="work_done", note=NOTE, was_needed=True, by=cast.by("rik"), at=AT,
        owner_id=cast.staff["ben"].pk,
    )  # fmt: skip
    assert (Matter.HAND_BACK, case.ref) in seen(cast, "ben")
    mine = owned(cast)
    promise = make_promise(mine.ref, what="A call on Friday", due_at=AT + 30 * HOUR, by=cast.by("ada"), at=AT)
    item = next(item for item in today(cast.by("ada"), at=AT) if item.matter is Matter.PROMISE)
    assert (item.about, item.note, item.due_at) == (promise.pk, "A call on Friday", AT + 30 * HOUR)


def test_what_one_may_no_longer_see_is_gone_from_today(cast: Cast) -> None:
    case = owned(cast)
    escalations.request(case.ref, request(LOSS), by=cast.by("ben"), at=AT)
    escalations.accept(case.ref, 1, by=cast.by("gil"), at=AT)
    assert (Matter.NOTICE, case.ref) in seen(cast, "ben")
    Case.objects.filter(pk=case.pk).update(is_restricted=True)
    case.readers.update(ended_at=AT)
    assert seen(cast, "ben") == []


def test_today_asks_the_same_questions_however_much_there_is(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for index in range(12):
        case = owned(cast, due=index)
        make_promise(case.ref, what="An answer", due_at=AT + 5 * HOUR, by=cast.by("lea"), at=AT)
        escalations.request(case.ref, request(LOSS), by=cast.by("ben"), at=AT)
    with django_assert_max_num_queries(9):
        assert len(today(cast.by("lea"), at=AT)) == 24


def test_a_lead_sees_who_carries_what_promises_counted(cast: Cast) -> None:
    case = owned(cast, due=-2)
    owned(cast)
    make_promise(case.ref, what="An answer", due_at=AT + HOUR, by=cast.by("ada"), at=AT)
    Absence.objects.create(staff=cast.staff["ben"], kind="sick", from_at=AT - HOUR, until_at=AT + HOUR)
    found = {load.name: load for load in workload(cast.by("lea"), at=AT + 2 * HOUR)}
    ada = found["Ada Front"]
    assert (ada.open_cases, ada.late_cases, ada.promises, ada.late_promises, ada.carried) == (2, 1, 1, 1, 3)
    assert ada.limit == 40
    assert {load.name for load in workload(cast.by("lea"), at=AT) if load.is_away} == {"Ben Front"}
    assert workload(cast.by("lea"), at=AT)[0].name == "Ada Front"
    with pytest.raises(Refused):
        workload(cast.by("ada"), at=AT)
