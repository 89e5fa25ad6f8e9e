"""Due times worked out by hand: the golden vectors and the clock changes that catch naive arithmetic."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from recourse.kit.calendar import (
    CalendarSpec,
    Holiday,
    WorkingCalendar,
    add_months,
    windows,
    working_calendar,
)

EASTER_2026 = (date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25))


def office(zone: str, *pairs: tuple[str, str], days: int = 5, holidays: tuple[date, ...] = ()) -> WorkingCalendar:
    """A calendar with the same windows on the first days of the week."""
    week = (windows(*pairs),) * days + ((),) * (7 - days)
    spec = CalendarSpec("office", 1, zone, week, tuple(Holiday(day, "bank holiday") for day in holidays))
    return working_calendar(spec)


def local(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


LONDON = office("Europe/London", ("09:00", "17:00"))
NIGHT = office("Europe/London", ("22:00", "06:00"), days=7)
SPLIT = office("Europe/London", ("09:00", "12:00"), ("13:00", "17:00"))
CHRISTMAS = office("Europe/London", ("09:00", "17:00"), holidays=(date(2026, 12, 25), date(2026, 12, 28)))

GOLDEN = {
    "V1 over a weekend": (LONDON, utc("2026-01-09 16:30"), 60, "2026-01-12 09:30"),
    "V2 over the spring change": (LONDON, utc("2026-03-27 16:00"), 120, "2026-03-30 09:00"),
    "V3 over the autumn change": (LONDON, utc("2026-10-23 15:00"), 120, "2026-10-26 10:00"),
    "V4 the short night": (NIGHT, utc("2026-03-28 22:00"), 420, "2026-03-29 05:00"),
    "V5 the long night": (NIGHT, utc("2026-10-24 21:00"), 540, "2026-10-25 06:00"),
    "V6 over the lunch break": (SPLIT, utc("2026-01-12 11:30"), 60, "2026-01-12 13:30"),
    "V7 over Christmas": (CHRISTMAS, utc("2026-12-24 16:00"), 480, "2026-12-29 16:00"),
    "V8 a whole day ends at its close": (LONDON, utc("2026-01-12 09:00"), 480, "2026-01-12 17:00"),
    "V9 a start at close waits for the next window": (
        LONDON,
        utc("2026-01-12 17:00"),
        30,
        "2026-01-13 09:30",
    ),
    "V10 New York has changed, London has not": (
        office("America/New_York", ("09:00", "17:00")),
        utc("2026-03-13 20:30"),
        60,
        "2026-03-16 13:30",
    ),
    "V11 a half-hour zone": (
        office("Asia/Kolkata", ("10:00", "18:00")),
        utc("2026-01-12 12:00"),
        60,
        "2026-01-13 05:00",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_vector_is_met(name: str) -> None:
    calendar, start, minutes, due = GOLDEN[name]
    assert calendar.add(start, minutes * 60) == utc(due)
    assert calendar.elapsed(start, utc(due)) == minutes * 60


AROUND_THE_CLOCK = {
    "Berlin loses an hour": ("Europe/Berlin", "2027-03-27 23:30", 4, "2027-03-28 04:30", 0),
    "Berlin gains an hour": ("Europe/Berlin", "2027-10-30 23:30", 4, "2027-10-31 02:30", 1),
    "New York skips 02:30": ("America/New_York", "2027-03-14 01:30", 1, "2027-03-14 03:30", 0),
    "Lord Howe moves by half an hour": (
        "Australia/Lord_Howe",
        "2027-04-04 01:00",
        2,
        "2027-04-04 02:30",
        0,
    ),
    "Apia has no 30 December 2011": ("Pacific/Apia", "2011-12-29 12:00", 24, "2011-12-31 12:00", 0),
}


@pytest.mark.parametrize("name", AROUND_THE_CLOCK)
def test_real_hours_are_added_across_a_clock_change(name: str) -> None:
    zone, start, hours, due, fold = AROUND_THE_CLOCK[name]
    calendar = office(zone, ("00:00", "24:00"), days=7)
    expected = local(due, zone).replace(fold=fold).astimezone(UTC)
    assert calendar.add(local(start, zone), hours * 3600) == expected


def test_the_way_back_over_a_repeated_hour_is_as_long_as_the_way_there() -> None:
    calendar = office("Europe/Berlin", ("00:00", "24:00"), days=7)
    second_half_past_two = local("2027-10-31 02:30", "Europe/Berlin").replace(fold=1)
    eve = local("2027-10-30 23:30", "Europe/Berlin").astimezone(UTC)
    assert calendar.add(second_half_past_two, -4 * 3600) == eve


def test_office_hours_in_the_missing_hour_last_no_time_that_night() -> None:
    calendar = office("Europe/Berlin", ("02:00", "03:00"), days=7)
    night = local("2027-03-28 00:00", "Europe/Berlin"), local("2027-03-29 00:00", "Europe/Berlin")
    assert calendar.elapsed(*night) == 0
    assert calendar.add(night[0], 60) == local("2027-03-29 02:01", "Europe/Berlin").astimezone(UTC)


def test_office_hours_in_the_repeated_hour_count_twice() -> None:
    calendar = office("Europe/Berlin", ("02:00", "03:00"), days=7)
    night = local("2027-10-31 00:00", "Europe/Berlin"), local("2027-11-01 00:00", "Europe/Berlin")
    assert calendar.elapsed(*night) == 7200


def test_a_holiday_closes_the_night_that_starts_on_it_and_not_the_one_that_ends_on_it() -> None:
    calendar = office("Europe/London", ("22:00", "06:00"), days=7, holidays=(date(2026, 1, 14),))
    assert calendar.is_open(utc("2026-01-14 05:59"))
    assert not calendar.is_open(utc("2026-01-14 22:00"))
    assert not calendar.is_open(utc("2026-01-15 05:59"))
    assert calendar.is_open(utc("2026-01-15 22:00"))


def test_a_window_is_open_at_its_opening_and_shut_at_its_close() -> None:
    assert LONDON.is_open(utc("2026-01-12 09:00"))
    assert not LONDON.is_open(utc("2026-01-12 17:00"))
    assert LONDON.next_open(utc("2026-01-12 17:00")) == utc("2026-01-13 09:00")
    assert LONDON.next_open(utc("2026-01-12 11:00")) == utc("2026-01-12 11:00")


def test_going_back_ends_at_the_opening_and_not_at_the_close_before() -> None:
    assert LONDON.add(utc("2026-01-13 10:00"), -3600) == utc("2026-01-13 09:00")
    assert LONDON.add(utc("2026-01-13 09:00"), -3600) == utc("2026-01-12 16:00")


def test_zero_seconds_move_nothing_even_out_of_hours() -> None:
    assert LONDON.add(utc("2026-01-11 03:00"), 0) == utc("2026-01-11 03:00")


DISP = office("Europe/London", ("09:00", "17:00"), holidays=EASTER_2026)


def test_v15_the_third_business_day_after_receipt_closes_after_easter() -> None:
    received = DISP.local_day(utc("2026-04-02 10:00"))
    assert DISP.close_of_business(DISP.nth_working_day(received, 3)) == utc("2026-04-09 16:00")


def test_v16_eight_weeks_are_fifty_six_days() -> None:
    assert date(2026, 4, 2) + timedelta(days=56) == date(2026, 5, 28)
    assert DISP.end_of_day(date(2026, 5, 28)) == utc("2026-05-28 22:59:59.999999")


def test_v18_fifteen_and_thirty_five_business_days_skip_all_bank_holidays() -> None:
    assert DISP.nth_working_day(date(2026, 4, 2), 15) == date(2026, 4, 27)
    assert DISP.nth_working_day(date(2026, 4, 2), 35) == date(2026, 5, 27)
    assert DISP.working_days(date(2026, 4, 2), date(2026, 5, 27)) == 35
    assert DISP.nth_working_day(date(2026, 5, 27), -35) == date(2026, 4, 2)


def test_a_month_ends_on_the_same_day_or_the_last_one_and_rolls_to_a_working_day() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert DISP.rolled(add_months(date(2026, 3, 3), 1)) == date(2026, 4, 7)
    assert DISP.rolled(date(2026, 4, 7)) == date(2026, 4, 7)


def test_the_day_ends_where_midnight_is_skipped_or_repeated() -> None:
    apia = office("Pacific/Apia", ("09:00", "17:00"))
    assert apia.end_of_day(date(2011, 12, 29)) == utc("2011-12-30 09:59:59.999999")
    sao_paulo = office("America/Sao_Paulo", ("09:00", "17:00"))
    assert sao_paulo.end_of_day(date(2018, 11, 3)) == utc("2018-11-04 02:59:59.999999")
    assert sao_paulo.end_of_day(date(2018, 2, 17)) == utc("2018-02-18 02:59:59.999999")
