"""Who may know of a case: the list, the single look and the plain definition agree, for everybody."""

import datetime as dt
import random
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recourse.cases import actions
from recourse.cases.models import Case, CaseReader
from recourse.cases.queries.find import case_by_ref
from recourse.kit.actor import Actor, ActorKind
from recourse.kit.errors import NotVisible
from recourse.timeline.models import Entry
from tests.cast import AT, STAFF, SYSTEM, Cast
from tests.rooms.cases.verbs import fresh


def may_see(case: Case, viewer: Actor) -> bool:
    """Return the plain definition."""
    if viewer.kind is ActorKind.SYSTEM:
        return True
    if viewer.kind is ActorKind.CUSTOMER:
        return case.pk == viewer.case_id
    if viewer.staff_id is None:
        return False
    is_reader = CaseReader.objects.filter(case=case, staff_id=viewer.staff_id, ended_at__isnull=True).exists()
    if case.owner_id == viewer.staff_id or is_reader:
        return True
    if "case:read" not in viewer.permissions:
        return False
    is_outside = case.team.is_walled and case.team_id not in viewer.team_ids
    if is_outside and "case:read_walled" not in viewer.permissions:
        return False
    return not case.is_restricted or "case:read_restricted" in viewer.permissions


def some_cases(cast: Cast, count: int, seed: int) -> list[Case]:
    """Return cases of every kind of wall, owner and reader, by chance."""
    draw = random.Random(seed)
    nicks = list(STAFF)
    found = []
    for index in range(count):
        case = cast.open(f"Case {index}", by="system", queue=cast.queue(draw.choice(list(cast.queues))))
        case.is_restricted = draw.random() < 0.4
        case.owner = cast.staff[draw.choice(nicks)] if draw.random() < 0.5 else None
        case.save()
        for nick in draw.sample(nicks, draw.randint(0, 2)):
            is_ended = draw.random() < 0.3
            CaseReader.objects.create(
                case=case, staff=cast.staff[nick], why="named", added_at=AT, ended_at=AT if is_ended else None
            )
        found.append(fresh(case))
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_the_list_is_what_each_look_gives(cast: Cast, seed: int) -> None:
    cases = some_cases(cast, 40, seed)
    viewers = [cast.by(nick) for nick in STAFF]
    narrow = replace(cast.by("aud"), kind=ActorKind.API_KEY, permissions=frozenset({"case:read"}))
    nobody = Actor(kind=ActorKind.API_KEY, id="key:1")
    for viewer in [*viewers, narrow, nobody, SYSTEM, cast.customer_of(cases[0])]:
        listed = set(Case.objects.visible_to(viewer).values_list("pk", flat=True))
        assert listed == {case.pk for case in cases if may_see(case, viewer)}
        for case in cases[:12]:
            if case.pk in listed:
                assert case_by_ref(case.ref, viewer=viewer) == case
            else:
                with pytest.raises(NotVisible):
                    case_by_ref(case.ref, viewer=viewer)


@pytest.mark.parametrize("ref", ["RC-999999999", "RC-", "", "CU-1", "RC-1e3", "RC-" + "9" * 400, "'; --", "RC-１"])
def test_what_is_no_case_looks_like_a_hidden_one(cast: Cast, ref: str) -> None:
    with pytest.raises(NotVisible):
        case_by_ref(ref, viewer=cast.by("aud"))


def test_restricting_narrows_at_once_to_owner_and_named_readers(cast: Cast) -> None:
    case = cast.open()
    actions.take(case.pk, by=cast.by("ada"), at=AT)
    actions.restrict(case.pk, reader_ids=[cast.staff["fin"].pk], by=cast.by("lea"), at=AT)
    seeing = {nick for nick in STAFF if Case.objects.visible_to(cast.by(nick)).filter(pk=case.pk).exists()}
    assert seeing == {"ada", "fin", "lea", "aud"}
    actions.remove_reader(case.pk, staff_id=cast.staff["fin"].pk, by=cast.by("lea"), at=AT)
    assert not Case.objects.visible_to(cast.by("fin")).filter(pk=case.pk).exists()
    actions.unrestrict(case.pk, by=cast.by("lea"), at=AT)
    assert Case.objects.visible_to(cast.by("fin")).filter(pk=case.pk).exists()


def test_whoever_spoke_with_the_customer_keeps_a_view_behind_the_wall_and_cannot_work_there(cast: Cast) -> None:
    case = cast.open()
    actions.take(case.pk, by=cast.by("ada"), at=AT)
    actions.transfer(case.pk, queue=cast.queue("privacy"), by=cast.by("ada"), at=AT)
    moved = case_by_ref(case.ref, viewer=cast.by("ada"))
    assert moved.owner is None
    assert moved.contact_owner == cast.staff["ada"]
    with pytest.raises(NotVisible):
        case_by_ref(case.ref, viewer=cast.by("ben"))
    with pytest.raises(Exception, match="wall"):
        actions.describe(case.pk, changes={"subject": "Mine"}, by=cast.by("ada"), at=AT)


def test_a_reader_reads_and_does_not_work(cast: Cast) -> None:
    case = cast.open()
    actions.add_reader(case.pk, staff_id=cast.staff["dan"].pk, by=cast.by("lea"), at=AT)
    assert case_by_ref(case.ref, viewer=cast.by("dan")) == case
    with pytest.raises(Exception, match="case:work"):
        actions.start(case.pk, by=cast.by("dan"), at=AT)


def test_reading_a_restricted_case_is_on_the_record(cast: Cast) -> None:
    case, lea = cast.open(), cast.by("lea")
    assert not actions.note_read(case.pk, by=lea, at=AT)
    actions.restrict(case.pk, reader_ids=[], by=lea, at=AT)
    assert actions.note_read(case.pk, by=cast.by("aud"), at=AT)
    assert not actions.note_read(case.pk, by=cast.by("aud"), at=AT)
    assert actions.note_read(case.pk, by=cast.by("aud"), at=AT + dt.timedelta(minutes=16))
    assert Entry.objects.filter(thread=case.thread, event="case.read").count() == 2


def test_one_look_is_one_query(cast: Cast) -> None:
    case = cast.open()
    viewer = cast.by("ada")
    with CaptureQueriesContext(
        connection,
    ) as seen:
        case_by_ref(case.ref, viewer=viewer)
    assert len(seen) == 1
