"""When the rungs beside a clock fire: working minutes around the due time, in order, never at night unless said."""

import datetime as dt

import pytest

from recourse.escalations.policy import fire_at, rungs
from recourse.handbook.policy.ladders import Act, Step, When, Whom
from recourse.handbook.policy.reading import default_rules
from recourse.handbook.policy.shape import Tier
from recourse.kit.calendar import working_calendar

RULES = default_rules()
LONDON = working_calendar(RULES.calendar("london").spec())


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def step(when: When, minutes: int, *, ignores_hours: bool = False) -> Step:
    return Step(key="rung", when=when, minutes=minutes, act=Act.NOTIFY, tell=(Whom.OWNER,), ignores_hours=ignores_hours)


@pytest.mark.parametrize(
    ("rung", "due", "fires"),
    [
        (step(When.BEFORE, 60), "2026-01-12 09:30", "2026-01-09 16:30"),
        (step(When.BEFORE, 15), "2026-01-12 12:00", "2026-01-12 11:45"),
        (step(When.AT, 0), "2026-01-12 12:00", "2026-01-12 12:00"),
        (step(When.AT, 0), "2026-01-10 12:00", "2026-01-12 09:00"),
        (step(When.AFTER, 60), "2026-01-12 16:30", "2026-01-13 09:30"),
        (step(When.AT, 0, ignores_hours=True), "2026-01-10 12:00", "2026-01-10 12:00"),
        (step(When.AFTER, 120, ignores_hours=True), "2026-01-09 16:30", "2026-01-09 18:30"),
    ],
)
def test_a_rung_fires_at_its_working_minutes(rung: Step, due: str, fires: str) -> None:
    assert fire_at(rung, utc(due), LONDON) == utc(fires)


def test_a_clock_gets_its_own_ladders_in_order() -> None:
    found = rungs(RULES.ladders, clock="resolution", tier=Tier.TIER_1, due_at=utc("2026-01-14 12:00"), calendar=LONDON)
    assert [rung.key for rung in found] == [
        "solutions.remind_owner", "solutions.late", "solutions.raise", "solutions.lead_takes_over",
    ]  # fmt: skip
    assert [rung.fire_at for rung in found] == sorted(rung.fire_at for rung in found)


def test_a_statutory_clock_has_the_ladder_of_the_law() -> None:
    found = rungs(
        RULES.ladders, clock="gdpr_breach_72_hours", tier=Tier.TIER_3, due_at=utc("2026-01-10 03:00"), calendar=LONDON
    )
    assert [rung.key for rung in found][-1] == "law.late"
    assert found[-1].fire_at == utc("2026-01-10 03:00")


def test_no_rung_of_the_default_ladders_fires_outside_hours_unless_it_says_so() -> None:
    due = utc("2026-01-01 00:00")
    for hours in range(0, 24 * 14, 5):
        for kind in ("first_response", "resolution", "disp_eight_weeks"):
            at = due + dt.timedelta(hours=hours)
            for rung in rungs(RULES.ladders, clock=kind, tier=Tier.FRONT_LINE, due_at=at, calendar=LONDON):
                assert rung.step.ignores_hours or LONDON.is_open(rung.fire_at)
