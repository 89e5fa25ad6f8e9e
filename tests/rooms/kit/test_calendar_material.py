"""Calendars against what others recorded: three libraries' own cases and six thousand city requests."""

import csv
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from recourse.kit.calendar import CalendarSpec, Holiday, WorkingCalendar, windows, working_calendar
from tests.rooms.kit.material import calendar_of, material, moment, recorded

TRUSTED = [case for case in recorded("business_hours/peer_cases.json") if case.get("also_equals_plain_definition")]
HALF_A_SECOND = 0.5


@pytest.mark.material
@pytest.mark.parametrize("number", range(184))
def test_a_trusted_case_of_a_peer_comes_out_the_same_to_its_whole_second(number: int) -> None:
    material("business_hours/peer_cases.json")
    case = TRUSTED[number]
    calendar, start = calendar_of(case["calendar"]), moment(case["start"])
    if case["op"] == "in_working_hours":
        assert calendar.is_open(start) is case["expected"]
    elif case["op"] == "add_working_seconds":
        found = calendar.add(start, case["amount"])
        assert abs((found - moment(case["expected"])).total_seconds()) <= HALF_A_SECOND
    else:
        found_seconds = calendar.elapsed(start, moment(case["end"]))
        assert abs(found_seconds - case["expected"]) <= HALF_A_SECOND


@pytest.mark.material
def test_all_trusted_cases_are_there_and_most_are_exact() -> None:
    material("business_hours/peer_cases.json")
    assert len(TRUSTED) == 184
    assert {case["op"] for case in TRUSTED} == {
        "in_working_hours",
        "add_working_seconds",
        "working_seconds_between",
    }


NEW_YORK = ZoneInfo("America/New_York")
CLOSED_2015 = "01-01 01-19 02-16 04-20 05-25 09-07 10-12 11-11 11-26 12-25"
CLOSED_2016 = "01-01 01-18 02-15"


@cache
def boston() -> WorkingCalendar:
    days = [f"2015-{day}" for day in CLOSED_2015.split()] + [f"2016-{day}" for day in CLOSED_2016.split()]
    holidays = tuple(Holiday(date.fromisoformat(day), "city holiday") for day in days)
    week = (windows(("08:30", "17:00")),) * 5 + ((), ())
    return working_calendar(CalendarSpec("boston", 1, "America/New_York", week, holidays))


def _wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.material
def test_city_requests_fall_due_to_the_minute_and_every_label_agrees() -> None:
    with material("boston311/sla_cases.tsv").open() as lines:
        cases = list(csv.DictReader(lines, delimiter="\t"))
    dues = [boston().add_business_days(_wall(case["opened_local"]), int(case["sla_business_days"])) for case in cases]
    near = [abs((due - _wall(case["due_local"])).total_seconds()) <= 60 for case, due in zip(cases, dues, strict=True)]
    assert len(cases) == 6000
    assert sum(near) / len(near) >= 0.999
    for case, due in zip(cases, dues, strict=True):
        if case["closed_local"]:
            label = "ONTIME" if _wall(case["closed_local"]) <= due else "OVERDUE"
            assert label == case["ontime_status"], case


@pytest.mark.material
def test_one_moment_of_reading_explains_the_labels_of_all_requests_still_open() -> None:
    with material("boston311/sla_cases.tsv").open() as lines:
        still_open = [case for case in csv.DictReader(lines, delimiter="\t") if not case["closed_local"]]
    dues: dict[str, list[datetime]] = {"ONTIME": [], "OVERDUE": []}
    for case in still_open:
        due = boston().add_business_days(_wall(case["opened_local"]), int(case["sla_business_days"]))
        dues[case["ontime_status"]].append(due.astimezone(UTC))
    assert max(dues["OVERDUE"]) < min(dues["ONTIME"])
