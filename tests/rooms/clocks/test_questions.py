"""Questions about clocks: what is worst, how often they were met, and only for those who may know."""

import datetime as dt

import pytest

from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.clocks import actions as clocks
from recourse.clocks.models import Clock
from recourse.clocks.queries import (
    By,
    binding,
    compliance,
    compliance_clocks,
    explain_clock,
    open_clocks,
    standing,
    verify_replay,
    worst_first,
)
from recourse.conversations import actions as conversations
from recourse.kit.errors import NotVisible, Refused
from tests.cast import AT, SYSTEM, Cast

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def opened(cast: Cast) -> list[Case]:
    """Three cases of high severity: answered in time, answered late, not answered."""
    found = [cast.open(severity="high") for _number in range(3)]
    clocks.start_for_cases(found, by=SYSTEM, at=AT)
    for case, minutes in ((found[0], 30), (found[1], 90)):
        cases.take(case.pk, by=cast.by("ada"), at=AT)
        at = AT + minutes * MINUTE
        conversations.reply(case_ref=case.ref, text="Yes.", by=cast.by("ada"), at=at, can_undo=False)
    clocks.drain(at=AT + 2 * HOUR)
    return found


def test_the_report_counts_met_late_and_still_unanswered_with_an_interval(cast: Cast, opened: list[Case]) -> None:
    rows = compliance(cast.by("lea"), since=AT, until=AT + 3 * HOUR)
    found = {row.group[0]: row for row in rows}
    met = found["first_response"].met
    assert (met.part, met.whole, met.is_few) == (1, 3, True)
    assert met.interval == pytest.approx((0.0615, 0.7923), abs=1e-3)
    assert found["update_cadence"].met.rate == 1.0


def test_the_report_goes_by_team_and_tier_and_down_to_the_clocks(cast: Cast, opened: list[Case]) -> None:
    rows = compliance(cast.by("lea"), since=AT, until=AT + 3 * HOUR, by=(By.TEAM, By.TIER, By.KIND))
    assert (cast.teams["care"].pk, "front_line", "first_response") in [row.group for row in rows]
    behind = compliance_clocks(
        cast.by("lea"),
        since=AT,
        until=AT + 3 * HOUR,
        kind="first_response",
        is_met=False,
        team_id=cast.teams["care"].pk,
    )
    assert {row.case_id for row in behind} == {opened[1].pk, opened[2].pk}


def test_the_report_needs_the_right_and_leaves_merged_clocks_out(cast: Cast, opened: list[Case]) -> None:
    with pytest.raises(Refused):
        compliance(cast.by("ada"), since=AT, until=AT + DAY)
    cases.merge(opened[2].pk, into=opened[0].pk, by=cast.by("lea"), at=AT + 3 * HOUR)
    (row,) = [row for row in compliance(cast.by("lea"), since=AT, until=AT + DAY) if row.group == ("first_response",)]
    assert (row.met.part, row.met.whole) == (1, 2)


def test_the_worst_clock_comes_first_and_hidden_cases_not_at_all(cast: Cast, opened: list[Case]) -> None:
    rows = worst_first(cast.by("ada"), limit=3)
    assert (rows[0].case_id, rows[0].kind) == (opened[2].pk, "first_response")
    assert sorted(row.due_at for row in rows if row.due_at) == [row.due_at for row in rows]
    Case.objects.filter(pk=opened[2].pk).update(is_restricted=True)
    assert opened[2].pk not in {row.case_id for row in worst_first(cast.by("ada"))}
    assert opened[2].pk in {row.case_id for row in worst_first(cast.by("aud"))}


def test_the_standing_of_a_desk_counts_breached_soon_due_and_paused(cast: Cast, opened: list[Case]) -> None:
    found = standing(cast.by("lea"), at=AT + 2 * HOUR, within=DAY)
    assert (found.breached, found.paused, found.total) == (1, 0, 7)
    assert found.due_soon == 3


def test_the_binding_clock_of_a_case_is_the_open_one_due_first(cast: Cast, opened: list[Case]) -> None:
    found = binding(opened[2])
    assert found is not None
    assert found.kind == "first_response"
    assert next(row.kind for row in open_clocks([opened[2].pk])[opened[2].pk]) == "first_response"


def test_a_clock_that_is_not_there_cannot_be_explained(opened: list[Case]) -> None:
    with pytest.raises(NotVisible):
        explain_clock(opened[0], kind="first_response", epoch=9, at=AT)


def test_verification_finds_a_row_that_was_changed_removed_or_added(opened: list[Case]) -> None:
    at = AT + 2 * HOUR
    assert verify_replay(opened[0], at=at) == []
    rows = Clock.objects.filter(case=opened[0], kind="resolution")
    rows.update(due_at=AT + 99 * DAY)
    assert "due_at" in verify_replay(opened[0], at=at)[0]
    rows.delete()
    assert verify_replay(opened[0], at=at) == ["resolution 1: no row"]
    row = Clock.objects.get(case=opened[1], kind="resolution")
    row.pk, row.case, row.kind, row._state.adding = None, opened[1], "invented", True
    row.save(force_insert=True)
    assert verify_replay(opened[1], at=at) == ["invented 1: no fact tells of it"]
