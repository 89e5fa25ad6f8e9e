"""Getting the next case: the right one, once, within skill, absence, limit and sight, with its reason."""

import datetime as dt
import random
import threading
from typing import Any

import pytest
from django.db import connection, connections

from recourse.cases.actions import place_hold, restrict, set_due
from recourse.cases.models import Case
from recourse.cases.policy import Severity
from recourse.escalations import actions as escalations
from recourse.handbook.queries import edition_at
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.people.models import Absence, Skill, SkillGrant
from recourse.routing.actions import get_next, take_instead
from recourse.routing.models import Offer
from recourse.routing.policy import Nobody, Score, rank
from recourse.routing.queries.waiting import best_of, kind_of, taker, waiting, yardstick
from recourse.timeline.models import Entry
from tests.cast import AT, SYSTEM, Cast, make_cast
from tests.rooms.escalations.conftest import LOSS, request

HOUR = dt.timedelta(hours=1)


def waiting_case(cast: Cast, due: float, **given: Any) -> Case:
    """Open a case of the front line that nobody owns, due so many hours from now."""
    case = cast.open(**given)
    set_due(case.pk, AT + due * HOUR)
    case.refresh_from_db()
    return case


def test_the_case_whose_delay_costs_most_is_given_with_its_reason_and_stands_on_record(cast: Cast) -> None:
    waiting_case(cast, 5)
    late = waiting_case(cast, 1)
    given = get_next(by=cast.by("ada"), at=AT)
    assert given.case.pk == late.pk
    late.refresh_from_db()
    assert (late.owner, late.stage) == (cast.staff["ada"], "working")
    assert given.why == "Medium severity; 60 working minutes left of 2400; about 45 minutes of work."
    offer = Offer.objects.get()
    assert Score.from_parts(offer.parts).value == offer.value == given.offer.value
    entry = Entry.objects.get(event="offer.taken")
    assert (entry.thread_id, entry.edition) == (late.thread_id, 1)


def test_a_severer_case_goes_before_one_that_is_due_a_little_earlier(cast: Cast) -> None:
    waiting_case(cast, 0.5)
    severe = waiting_case(cast, 1, severity=Severity.CRITICAL)
    assert get_next(by=cast.by("ada"), at=AT).case.pk == severe.pk


def test_nothing_is_given_twice(cast: Cast) -> None:
    for hours in (1, 2, 3):
        waiting_case(cast, hours)
    given = [get_next(by=cast.by(nick), at=AT).case.pk for nick in ("ada", "ben", "ada")]
    assert len(set(given)) == 3
    with pytest.raises(Refused) as refused:
        get_next(by=cast.by("ben"), at=AT)
    assert refused.value.code == "next.nothing"


def test_somebody_away_is_given_nothing(cast: Cast) -> None:
    waiting_case(cast, 1)
    Absence.objects.create(staff=cast.staff["ada"], kind="sick", from_at=AT - HOUR, until_at=AT + HOUR)
    with pytest.raises(Refused) as refused:
        get_next(by=cast.by("ada"), at=AT)
    assert refused.value.code == "next.absent"
    assert get_next(by=cast.by("ada"), at=AT + HOUR).case


def test_the_limit_of_work_in_progress_holds(cast: Cast) -> None:
    staff = cast.staff["ada"]
    staff.work_in_progress_limit = 1
    staff.save()
    for hours in (1, 2):
        waiting_case(cast, hours)
    get_next(by=cast.by("ada"), at=AT)
    with pytest.raises(Refused) as refused:
        get_next(by=cast.by("ada"), at=AT)
    assert refused.value.code == "next.full"


def test_a_case_that_needs_a_skill_goes_to_who_has_it_that_day(cast: Cast) -> None:
    skill = Skill.objects.create(slug="customs", name="Customs")
    case = waiting_case(cast, 1, skill=skill)
    plain = waiting_case(cast, 9)
    SkillGrant.objects.create(skill=skill, staff=cast.staff["ben"], until_on=AT.date())
    SkillGrant.objects.create(skill=skill, staff=cast.staff["cem"], until_on=AT.date() - dt.timedelta(days=1))
    assert get_next(by=cast.by("cem"), at=AT).case.pk == plain.pk
    assert get_next(by=cast.by("ben"), at=AT).case.pk == case.pk


def test_what_waits_is_held_hidden_or_another_teams_is_not_given(cast: Cast) -> None:
    waits, held, hidden = (waiting_case(cast, hours) for hours in (1, 2, 3))
    waiting_case(cast, 1, queue=cast.queue("resolution-1"))
    mine = waiting_case(cast, 9)
    Case.objects.filter(pk=waits.pk).update(is_waiting=True)
    place_hold(held.ref, reason="investigation", by=cast.by("ben"), at=AT)
    restrict(hidden.ref, reader_ids=[], by=SYSTEM, at=AT)
    assert get_next(by=cast.by("ada"), at=AT).case.pk == mine.pk


def test_who_asked_for_an_escalation_is_not_given_it_to_solve(cast: Cast) -> None:
    cast.staff["lea"].refresh_from_db()
    case = waiting_case(cast, 1)
    found = escalations.request(case.ref, request(LOSS), by=cast.by("lea"), at=AT)
    escalations.accept(case.ref, found.number, by=cast.by("gil"), at=AT)
    with pytest.raises(Refused) as refused:
        get_next(by=cast.by("lea"), at=AT)
    assert refused.value.code == "next.nothing"
    assert get_next(by=cast.by("rosa"), at=AT).case.pk == case.pk


def test_the_case_one_spoke_about_before_comes_a_little_sooner(cast: Cast) -> None:
    waiting_case(cast, 4)
    known = waiting_case(cast, 4.25)
    Case.objects.filter(pk=known.pk).update(contact_owner=cast.staff["ada"])
    given = get_next(by=cast.by("ada"), at=AT)
    assert given.case.pk == known.pk
    assert given.why.endswith("You know it already.")


@pytest.mark.parametrize("nick", ["gil", "ana", "dan", "fin"])
def test_without_the_right_nobody_takes(cast: Cast, nick: str) -> None:
    waiting_case(cast, 1)
    with pytest.raises(Refused) as refused:
        get_next(by=cast.by(nick), at=AT)
    assert refused.value.is_permission


def test_taking_another_than_the_next_needs_right_and_reason_and_keeps_what_was_next(cast: Cast) -> None:
    first, other = waiting_case(cast, 1), waiting_case(cast, 9)
    with pytest.raises(Refused):
        take_instead(other.ref, reason="known_to_me", by=cast.by("ada"), at=AT)
    with pytest.raises(Invalid):
        take_instead(other.ref, reason="mood", by=cast.by("lea"), at=AT)
    given = take_instead(other.ref, reason="known_to_me", by=cast.by("lea"), at=AT, note="We spoke on Friday")
    assert (given.offer.state, given.offer.instead_of, given.offer.reason) == ("overridden", first, "known_to_me")
    entry = Entry.objects.get(event="offer.overridden")
    assert first.ref in entry.payload
    assert "Friday" not in entry.payload
    assert take_instead(first.ref, reason="known_to_me", by=cast.by("lea"), at=AT).offer.state == "taken"
    with pytest.raises(Refused) as refused:
        take_instead(first.ref, reason="known_to_me", by=cast.by("lea"), at=AT)
    assert refused.value.code == "next.owned"
    hidden = waiting_case(cast, 1, queue=cast.queue("privacy"))
    restrict(hidden.ref, reader_ids=[], by=SYSTEM, at=AT)
    with pytest.raises(NotVisible):
        take_instead(hidden.ref, reason="known_to_me", by=cast.by("lea"), at=AT)


def test_the_quick_choice_is_that_of_scoring_every_case(cast: Cast) -> None:
    draws = random.Random(11)
    found = taker(cast.by("ada"), at=AT)
    assert not isinstance(found, Nobody)
    for round_ in range(4):
        for index in range(25):
            made = waiting_case(
                cast,
                draws.randrange(-60, 200) / 2,
                severity=draws.choice(list(Severity)),
                family=draws.choice(["", "delivery", "billing", "privacy"]),
            )
            if index % 3 == 0:
                place_hold(made.ref, reason="investigation", by=cast.by("ben"), at=AT)
            if index % 5 == 0:
                Case.objects.filter(pk=made.pk).update(is_restricted=True)
        measure, edition = yardstick(edition_at(AT)), edition_at(AT)
        best = best_of(found, waiting(found, at=AT), edition, measure, AT)
        assert best is not None
        quick = best[0]
        every = [(rank(measure.score(kind_of(case, found.staff.pk), case.due_at, AT), case.due_at, case.pk), case)
                 for case in waiting(found, at=AT)]  # fmt: skip
        full = min(every, key=lambda pair: pair[0])[1]
        assert quick == full, round_
        assert get_next(by=cast.by("ada"), at=AT).case == full


def test_the_choice_asks_few_questions(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for hours in range(1, 6):
        waiting_case(cast, hours)
    with django_assert_max_num_queries(30):
        get_next(by=cast.by("ada"), at=AT)


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_are_never_given_the_same() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one write at a time")
    cast = make_cast()
    for hours in range(1, 9):
        waiting_case(cast, hours)
    asking = [cast.by(nick) for nick in ("ada", "ben", "cem", "tess", "lea", "ada", "ben", "cem")]
    given: list[Any] = []
    begin = threading.Barrier(len(asking))

    def ask(index: int) -> None:
        begin.wait()
        try:
            given.append(get_next(by=asking[index], at=AT).case.pk)
        except Exception as error:  # shown by the assertion below
            given.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(len(asking))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(given)) == 8, given
    assert Case.objects.filter(owner__isnull=True, stage="new").count() == 0
