"""Another edition moves nothing by itself; the preview says what a migration would move, and it moves exactly that."""

import datetime as dt

import pytest

from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.clocks import actions as clocks
from recourse.clocks.models import Clock
from recourse.clocks.queries import clocks_of, clocks_that_would_change, verify_replay
from recourse.conversations import actions as conversations
from recourse.handbook.policy.rules import Rules
from recourse.kit.errors import Refused
from tests.cast import AT, SYSTEM, Cast
from tests.rooms.clocks.build import publish
from tests.rooms.handbook.changed import rules, tree

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def longer_first_response() -> Rules:
    """The default handbook with three hours where front-line cases of high severity had one."""
    found = tree()["clocks"]
    for row in found["allowances"]:
        if (row["tier"], row["severity"]) == ("front_line", "high"):
            row["first_response"] = {"amount": 180, "unit": "minutes"}
            row["next_response"] = {"amount": 180, "unit": "minutes"}
        if (row["tier"], row["severity"]) == ("front_line", "medium"):
            row["first_response"] = {"amount": 240, "unit": "minutes"}
    return rules(clocks=found)


def closed_tomorrow() -> Rules:
    """The default handbook whose London office is closed on the Tuesday after `AT`."""
    found = tree()["calendars"]
    found[0]["version"] = 2
    found[0]["holidays"].append({"on": "2026-03-03", "name": "Flood"})
    return rules(calendars=found)


@pytest.fixture
def opened(cast: Cast) -> list[Case]:
    """Cases of several severities; the last two were answered, one of them late."""
    found = [cast.open(severity=severity) for severity in ("high", "medium", "low", "high", "high")]
    clocks.start_for_cases(found, by=SYSTEM, at=AT)
    for case, minutes in ((found[3], 30), (found[4], 90)):
        cases.take(case.pk, by=cast.by("ada"), at=AT)
        at = AT + dt.timedelta(minutes=minutes)
        conversations.reply(case_ref=case.ref, text="Yes.", by=cast.by("ada"), at=at, can_undo=False)
    return found


def dues() -> dict[tuple[str, str, int], dt.datetime | None]:
    return {(str(row.case_id), row.kind, row.epoch): row.due_at for row in Clock.objects.all() if row.is_open}


@pytest.mark.parametrize("change", [longer_first_response, closed_tomorrow])
def test_the_preview_names_exactly_the_open_clocks_that_a_migration_moves(
    cast: Cast, opened: list[Case], change: object
) -> None:
    new, at = change(), AT + 2 * HOUR  # type: ignore[operator]
    survey = clocks_that_would_change(
        old=cast.edition.rules, new=new, since=AT - DAY, at=at, viewer=cast.by("lea"), limit=100
    )
    foretold = {(str(row.case_id), row.what) for row in survey.rows if row.is_open}
    before = dues()
    publish(new, number=2, at=at, cast=cast)
    clocks.migrate([case.pk for case in opened], edition=2, by=cast.by("lea"), at=at)
    after = dues()
    moved = {key[:2] for key in before if before[key] != after.get(key)}
    assert foretold == moved
    assert moved
    assert survey.changed == len(survey.rows)
    assert not [difference for case in opened for difference in verify_replay(case, at=at)]


def test_the_preview_names_verdicts_that_would_have_come_out_differently_and_migrating_leaves_them(
    cast: Cast, opened: list[Case]
) -> None:
    new, at = longer_first_response(), AT + 2 * HOUR
    survey = clocks_that_would_change(
        old=cast.edition.rules, new=new, since=AT - DAY, at=at, viewer=cast.by("lea"), limit=100
    )
    (verdict,) = [row for row in survey.rows if not row.is_open]
    assert (verdict.case_id, verdict.what, verdict.old, verdict.new) == (opened[4].pk, "first_response", "late", "met")
    publish(new, number=2, at=at, cast=cast)
    clocks.migrate([case.pk for case in opened], edition=2, by=cast.by("lea"), at=at)
    assert Clock.objects.get(case=opened[4], kind="first_response").state == "late"


def test_a_new_edition_alone_moves_no_clock_and_counts_for_new_cases(cast: Cast, opened: list[Case]) -> None:
    before = dues()
    publish(longer_first_response(), number=2, at=AT + HOUR, cast=cast)
    clocks.drain(at=AT + HOUR)
    assert dues() == before
    new = cast.open(severity="high", at=AT + 2 * HOUR)
    clocks.start_for_case(new, by=SYSTEM, at=AT + 2 * HOUR)
    first = next(row for row in clocks_of(new) if row.kind == "first_response")
    assert (first.edition, first.due_at) == (2, AT + 5 * HOUR)


def test_another_severity_is_read_from_the_edition_under_which_the_case_runs(cast: Cast, opened: list[Case]) -> None:
    publish(longer_first_response(), number=2, at=AT + HOUR, cast=cast)
    Case.objects.filter(pk=opened[1].pk).update(severity="high")
    clocks.retarget(thread_id=opened[1].thread_id, by=SYSTEM, at=AT + HOUR)
    row = Clock.objects.get(case=opened[1], kind="first_response")
    assert (row.edition, row.due_at) == (1, AT + HOUR)


def test_a_migrated_clock_remembers_the_version_of_its_calendar(cast: Cast, opened: list[Case]) -> None:
    publish(closed_tomorrow(), number=2, at=AT, cast=cast)
    clocks.migrate([opened[0].pk], edition=2, by=cast.by("lea"), at=AT)
    rows = {row.calendar_version for row in clocks_of(opened[0])}
    assert rows == {2}
    assert {row.calendar_version for row in clocks_of(opened[1])} == {1}


def test_migrating_needs_the_right(cast: Cast, opened: list[Case]) -> None:
    with pytest.raises(Refused):
        clocks.migrate([opened[0].pk], edition=1, by=cast.by("ada"), at=AT)


def test_recalculating_mends_a_row_that_somebody_changed(cast: Cast, opened: list[Case]) -> None:
    Clock.objects.filter(case=opened[0], kind="resolution").update(due_at=AT + 99 * DAY)
    assert verify_replay(opened[0], at=AT + dt.timedelta(minutes=1))
    assert clocks.recalculate(opened[0].pk, by=cast.by("lea"), at=AT + dt.timedelta(minutes=1))
    assert verify_replay(opened[0], at=AT + dt.timedelta(minutes=1)) == []
