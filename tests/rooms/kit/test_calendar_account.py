"""What a calendar explains, what it refuses, and the laws that its sums keep."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from recourse.kit.calendar import (
    Break,
    CalendarInvalid,
    CalendarRunsOut,
    CalendarSpec,
    Holiday,
    Override,
    Reason,
    Window,
    YearlyHoliday,
    windows,
    working_calendar,
)

OFFICE = windows(("09:00", "17:00"))
WEEK = (OFFICE,) * 5 + ((), ())


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


EASTER = CalendarSpec(
    "easter",
    3,
    "Europe/London",
    WEEK,
    holidays=(Holiday(date(2026, 4, 3), "Good Friday"),),
    overrides=(Override(date(2026, 4, 2), windows(("09:00", "12:00")), "Maundy Thursday"),),
    breaks=(Break(date(2026, 4, 7), windows(("12:00", "13:00")), "fire drill"),),
    yearly=(YearlyHoliday(4, 6, "Founders' day"),),
)


def test_an_account_names_every_interval_and_why_it_was_skipped() -> None:
    calendar = working_calendar(EASTER)
    spans = calendar.explain(
        utc("2026-04-02 10:00"),
        utc("2026-04-07 14:00"),
        pauses=[(utc("2026-04-07 08:30"), utc("2026-04-07 09:30"))],
    )
    told = [(f"{span.start:%d %H:%M}", f"{span.end:%d %H:%M}", str(span.reason), span.name) for span in spans]
    assert told == [
        ("02 10:00", "02 11:00", "open", ""),
        ("02 11:00", "02 16:00", "override", "Maundy Thursday"),
        ("02 16:00", "03 08:00", "outside_hours", ""),
        ("03 08:00", "03 16:00", "holiday", "Good Friday"),
        ("03 16:00", "06 08:00", "outside_hours", ""),
        ("06 08:00", "06 16:00", "holiday", "Founders' day"),
        ("06 16:00", "07 08:00", "outside_hours", ""),
        ("07 08:00", "07 08:30", "open", ""),
        ("07 08:30", "07 09:30", "paused", ""),
        ("07 09:30", "07 11:00", "open", ""),
        ("07 11:00", "07 12:00", "break", "fire drill"),
        ("07 12:00", "07 14:00", "open", ""),
    ]


def test_an_account_of_no_time_is_empty() -> None:
    calendar = working_calendar(EASTER)
    assert calendar.explain(utc("2026-04-02 10:00"), utc("2026-04-02 10:00")) == []


def test_a_break_cuts_a_night_that_began_the_day_before() -> None:
    night = (windows(("22:00", "06:00")),) * 7
    spec = CalendarSpec("night", 1, "UTC", night, breaks=(Break(date(2026, 5, 5), windows(("01:00", "02:00"))),))
    calendar = working_calendar(spec)
    assert calendar.elapsed(utc("2026-05-04 20:00"), utc("2026-05-05 12:00")) == 7 * 3600


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("zone", {"zone": "Europe/Atlantis"}),
        ("zone", {"zone": "../etc/passwd"}),
        ("weekly", {"weekly": ((),) * 7}),
        ("weekly", {"weekly": (OFFICE,) * 5}),
        ("holidays", {"holidays": (Holiday(date(2026, 1, 1), "a"), Holiday(date(2026, 1, 1), "b"))}),
        ("overrides", {"overrides": (Override(date(2026, 1, 1), ()), Override(date(2026, 1, 1), OFFICE))}),
    ],
)
def test_a_calendar_that_cannot_count_is_refused_with_the_field_named(field: str, change: dict[str, object]) -> None:
    parts = {"key": "office", "version": 1, "zone": "Europe/London", "weekly": WEEK} | change
    with pytest.raises(CalendarInvalid) as refusal:
        CalendarSpec(**parts)  # type: ignore[arg-type]
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("opens", "closes"),
    [
        ("09:00", "09:00"),
        ("24:00", "06:00"),
        ("9:00", "17:00"),
        ("09:60", "17:00"),
        ("25:00", "26:00"),
        ("０９:００", "17:00"),
        ("09", "17"),
        ("", ""),
        ("-1:00", "02:00"),
    ],
)
def test_a_window_of_no_length_or_of_no_time_is_refused(opens: str, closes: str) -> None:
    with pytest.raises(CalendarInvalid) as refusal:
        Window.parse(opens, closes, field="weekly.monday")
    assert refusal.value.field == "weekly.monday"


def test_a_yearly_holiday_must_exist_in_some_year() -> None:
    YearlyHoliday(2, 29, "leap day")
    with pytest.raises(CalendarInvalid):
        YearlyHoliday(2, 30, "no day")


def test_a_calendar_of_single_days_runs_out_instead_of_looping() -> None:
    spec = CalendarSpec("fair", 1, "UTC", ((),) * 7, overrides=(Override(date(2026, 6, 1), OFFICE),))
    calendar = working_calendar(spec)
    assert calendar.add(utc("2026-05-01 00:00"), 3600) == utc("2026-06-01 10:00")
    assert calendar.add(utc("2026-07-01 00:00"), -3600) == utc("2026-06-01 16:00")
    for question in (
        lambda: calendar.add(utc("2026-06-02 00:00"), 1),
        lambda: calendar.add(utc("2026-05-01 00:00"), -1),
        lambda: calendar.next_open(utc("2026-06-02 00:00")),
        lambda: calendar.nth_working_day(date(2026, 6, 1), 1),
    ):
        with pytest.raises(CalendarRunsOut) as refusal:
            question()
        assert refusal.value.field == "weekly"


def test_years_outside_the_zone_tables_are_refused() -> None:
    calendar = working_calendar(EASTER)
    with pytest.raises(CalendarRunsOut):
        calendar.is_open(utc("1800-01-01 00:00"))
    with pytest.raises(CalendarRunsOut):
        calendar.is_open(utc("9999-01-01 00:00"))


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        working_calendar(EASTER).add(datetime(2026, 1, 1), 60)


def test_a_due_time_in_twenty_years_is_as_right_as_one_tomorrow() -> None:
    calendar = working_calendar.__wrapped__(EASTER)
    seconds = 20 * 52 * 5 * 8 * 3600
    due = calendar.add(utc("2026-01-05 09:00"), seconds)
    assert calendar.elapsed(utc("2026-01-05 09:00"), due) == seconds
    assert due.year in (2045, 2046)


instants = some.datetimes(datetime(2011, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
zones = some.sampled_from(
    ["Europe/London", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Chatham", "Africa/Casablanca"]
)
hours = some.sampled_from(
    [
        OFFICE,
        windows(("22:00", "06:00")),
        windows(("00:00", "24:00")),
        windows(("09:00", "12:00"), ("13:00", "17:30")),
    ]
)


@some.composite
def calendars(draw: some.DrawFn) -> CalendarSpec:
    week = (draw(hours), *(draw(some.one_of(hours, some.just(()))) for _ in range(6)))
    return CalendarSpec("drawn", 1, draw(zones), week, yearly=(YearlyHoliday(12, 25, "Christmas"),))


@settings(max_examples=150, deadline=None)
@given(calendars(), instants, some.integers(1, 400 * 3600 * 10**6))
def test_adding_and_measuring_are_each_others_inverse(spec: CalendarSpec, start: datetime, micros: int) -> None:
    calendar = working_calendar(spec)
    due = calendar.add(start, micros / 10**6)
    assert abs(calendar.elapsed(start, due) - micros / 10**6) < 1e-5
    assert abs(calendar.elapsed(calendar.add(start, -micros / 10**6), start) - micros / 10**6) < 1e-5


@settings(max_examples=150, deadline=None)
@given(
    calendars(),
    instants,
    some.integers(0, 40 * 86_400),
    some.lists(some.tuples(some.integers(-(10**6), 10**6), some.integers(0, 10**6)), max_size=4),
)
def test_running_and_paused_and_outside_time_add_up_to_the_time_elapsed(
    spec: CalendarSpec, start: datetime, length: int, raw: list[tuple[int, int]]
) -> None:
    calendar, end = working_calendar(spec), start + timedelta(seconds=length)
    pauses = [(start + timedelta(seconds=first), start + timedelta(seconds=first + lasting)) for first, lasting in raw]
    spans = calendar.explain(start, end, pauses)
    assert sum((span.end - span.start for span in spans), timedelta()) == end - start
    assert all(one.end == other.start for one, other in itertools.pairwise(spans))
    within = sum(span.seconds for span in spans if span.reason in (Reason.OPEN, Reason.PAUSED))
    assert abs(within - calendar.elapsed(start, end)) < 1e-5
