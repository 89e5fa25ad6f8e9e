"""Calendars of the handbook: what is refused, and that holidays become explicit days."""

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from recourse.handbook.policy.calendars import Calendar, holiday_source, public_holidays
from recourse.kit.calendar import working_calendar

BASE: dict[str, Any] = {
    "key": "desk",
    "name": "Desk",
    "zone": "Europe/Berlin",
    "windows": [{"days": ["monday", "tuesday"], "opens": "09:00", "closes": "17:00"}],
}
NIGHT = {"days": ["sunday"], "opens": "22:00", "closes": "06:00"}


def _calendar(**changes: Any) -> Calendar:
    return Calendar.model_validate({**BASE, **changes}, strict=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"windows": [*BASE["windows"], {"days": ["monday"], "opens": "16:59", "closes": "18:00"}]},
        {"windows": [NIGHT, {"days": ["monday"], "opens": "05:59", "closes": "07:00"}]},
        {"windows": [{"days": ["monday", "monday"], "opens": "09:00", "closes": "17:00"}]},
        {"windows": [{"days": ["monday"], "opens": "24:00", "closes": "03:00"}]},
        {
            "overrides": [
                {"on": dt.date(2026, 1, 5), "name": "Half", "windows": [{"opens": "22:00", "closes": "06:00"}]}
            ]
        },
        {
            "holidays": [{"on": dt.date(2026, 1, 5), "name": "A"}],
            "overrides": [{"on": dt.date(2026, 1, 5), "name": "B", "windows": [{"opens": "09:00", "closes": "12:00"}]}],
        },
        {"yearly": [{"month": 2, "day": 30, "name": "Never"}]},
        {"windows": [{"days": ["monday"], "opens": "9:00", "closes": "17:00"}]},
        {"windows": [{"days": ["monday"], "opens": "०९:००", "closes": "17:00"}]},
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _calendar(**changes)


def test_windows_that_touch_and_a_night_into_monday_are_taken() -> None:
    touching = {"days": ["monday"], "opens": "06:00", "closes": "09:00"}
    calendar = working_calendar(_calendar(windows=[*BASE["windows"], touching, NIGHT]).spec())
    sunday = dt.datetime(2026, 1, 11, 12, 0, tzinfo=dt.UTC)
    assert calendar.elapsed(sunday, sunday + dt.timedelta(days=1, hours=5)) == 19 * 3600


def test_special_days_reach_the_arithmetic() -> None:
    calendar = _calendar(
        holidays=[{"on": dt.date(2026, 1, 5), "name": "Closed"}],
        overrides=[{"on": dt.date(2026, 1, 6), "name": "Half", "windows": [{"opens": "09:00", "closes": "12:00"}]}],
        breaks=[{"on": dt.date(2026, 1, 12), "name": "Outage", "windows": [{"opens": "09:00", "closes": "10:00"}]}],
        yearly=[{"month": 1, "day": 13, "name": "Founding day"}],
    )
    start = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    assert working_calendar(calendar.spec()).elapsed(start, start + dt.timedelta(days=14)) == (3 + 7) * 3600


def test_public_holidays_become_named_days_with_their_source() -> None:
    days = {day.on: day.name for day in public_holidays("DE", range(2026, 2028), subdivision="BY")}
    assert days[dt.date(2026, 1, 6)] == "Epiphany"
    assert dt.date(2027, 12, 25) in days
    assert holiday_source("DE", range(2026, 2028), subdivision="BY").endswith("DE-BY, 2026 to 2027")


@pytest.mark.parametrize(("country", "subdivision"), [("XX", None), ("DE", "XX"), ("", None)])
def test_a_country_that_is_not_known_is_refused(country: str, subdivision: str | None) -> None:
    with pytest.raises(NotImplementedError):
        public_holidays(country, range(2026, 2027), subdivision=subdivision)
