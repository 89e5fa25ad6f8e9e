"""The fast engine against a count minute by minute, in more than forty zones and their clock changes."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from recourse.kit.calendar import (
    Break,
    CalendarSpec,
    Holiday,
    Override,
    Window,
    YearlyHoliday,
    working_calendar,
)

NAMES = """
Africa/Cairo Africa/Casablanca Africa/El_Aaiun Africa/Johannesburg America/Asuncion America/Bogota
America/Chicago America/Godthab America/Havana America/Los_Angeles America/Mexico_City America/New_York
America/Santiago America/Sao_Paulo America/Scoresbysund America/St_Johns Antarctica/Troll Asia/Almaty
Asia/Amman Asia/Beirut Asia/Dhaka Asia/Gaza Asia/Jerusalem Asia/Kathmandu Asia/Kolkata Asia/Pyongyang
Asia/Tehran Asia/Tokyo Atlantic/Azores Australia/Adelaide Australia/Eucla Australia/Lord_Howe
Australia/Sydney Europe/Berlin Europe/Dublin Europe/Istanbul Europe/Lisbon Europe/London Europe/Moscow
Europe/Volgograd Pacific/Apia Pacific/Auckland Pacific/Chatham Pacific/Fiji Pacific/Kiritimati
Pacific/Norfolk Pacific/Tongatapu UTC
"""
ZONES = NAMES.split()
GROUPS, CASES, DAYS = 400, 50, 12
MINUTE = 60


@dataclass(frozen=True)
class Tape:
    """For each UTC minute of some days whether the calendar is open, found by looking at the wall."""

    start: datetime
    minutes: bytes

    def count(self, first: int, last: int) -> int:
        return sum(self.minutes[first:last])

    def forward(self, first: int, need: int) -> int | None:
        """Step on minute by minute until so many open ones have passed."""
        at = first
        while need and at < len(self.minutes):
            need -= self.minutes[at]
            at += 1
        return None if need else at

    def back(self, first: int, need: int) -> int | None:
        """Step back minute by minute until so many open ones have passed."""
        at = first
        while need and at > 0:
            at -= 1
            need -= self.minutes[at]
        return None if need else at


def first_change(zone: ZoneInfo, year: int, pick: random.Random) -> datetime | None:
    """A day on which the zone's offset changes in a year, or nothing."""
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(365)]
    found = [
        day
        for day in days
        if day.astimezone(zone).utcoffset() != (day + timedelta(days=1)).astimezone(zone).utcoffset()
    ]
    return pick.choice(found) if found else None


def some_windows(pick: random.Random) -> tuple[Window, ...]:
    """No, one, two or three windows: offices, lunch breaks, nights, whole days, odd minutes."""
    kind = pick.randrange(7)
    if kind == 0:
        return ()
    if kind == 1:
        return (Window(0, 24 * 3600),)
    if kind == 2:
        return (Window(pick.choice((20, 22, 23)) * 3600, pick.choice((26, 30, 32)) * 3600),)
    if kind == 3:
        return (Window(9 * 3600, 12 * 3600), Window(13 * 3600, 17 * 3600))
    if kind == 4:
        return (Window(0, 2 * 3600 + 900), Window(2 * 3600 + 1800, 3 * 3600), Window(22 * 3600, 25 * 3600))
    opens = pick.randrange(0, 20 * 60)
    return (Window(opens * 60, (opens + pick.randrange(1, 14 * 60)) * 60),)


def some_calendar(zone: str, around: date, pick: random.Random) -> CalendarSpec:
    """A calendar with holidays, overrides and breaks near a date."""
    near = [around + timedelta(days=number) for number in range(-6, 7)]
    holidays = pick.sample(near, pick.randrange(3))
    overrides = pick.sample(near, pick.randrange(3))
    yearly = pick.choice(near)
    week = tuple(some_windows(pick) for _ in range(7))
    return CalendarSpec(
        key=zone,
        version=1,
        zone=zone,
        weekly=week if any(week) else ((Window(9 * 3600, 17 * 3600),),) * 7,
        holidays=tuple(Holiday(day, "closed") for day in holidays),
        overrides=tuple(Override(day, some_windows(pick)) for day in overrides),
        breaks=(Break(pick.choice(near), (Window(11 * 3600, 11 * 3600 + 1260),)),),
        yearly=(YearlyHoliday(yearly.month, yearly.day, "yearly"),) if pick.random() < 0.3 else (),
    )


def minutes_of_dates(spec: CalendarSpec, days: list[date]) -> dict[date, bytearray]:
    """Which minutes of each date's wall are open: painted on, nights spilling over, breaks wiped off."""
    painted = {day: bytearray(1440) for day in days}
    special = {override.on: override.windows for override in spec.overrides}
    closed = {holiday.on for holiday in spec.holidays}
    for day in days:
        if day in closed or any((day.month, day.day) == (one.month, one.day) for one in spec.yearly):
            continue
        for window in special.get(day, spec.weekly[day.weekday()]):
            for minute in range(window.opens // 60, window.closes // 60):
                on = day + timedelta(days=minute // 1440)
                if on in painted:
                    painted[on][minute % 1440] = 1
    for entry in spec.breaks:
        for window in entry.windows:
            for minute in range(window.opens // 60, window.closes // 60):
                if entry.on in painted:
                    painted[entry.on][minute] = 0
    return painted


def looked_up(spec: CalendarSpec, start: datetime) -> Tape:
    """The tape of some days, one look at the wall clock for each minute."""
    zone = ZoneInfo(spec.zone)
    days = [start.date() + timedelta(days=number) for number in range(-3, DAYS + 4)]
    painted = {day.toordinal(): minutes for day, minutes in minutes_of_dates(spec, days).items()}
    first = int(start.timestamp())
    walls = (datetime.fromtimestamp(second, zone) for second in range(first, first + DAYS * 86_400, MINUTE))
    return Tape(start, bytes(painted[wall.toordinal()][wall.hour * 60 + wall.minute] for wall in walls))


def group(number: int) -> tuple[CalendarSpec, Tape, random.Random]:
    """One calendar with its tape, mostly around a clock change of its zone; the same on every run."""
    pick = random.Random(number)
    zone = ZONES[number % len(ZONES)]
    year = pick.randrange(2011, 2041)
    change = first_change(ZoneInfo(zone), year, pick) if pick.random() < 0.8 else None
    around = change or datetime(year, pick.randrange(1, 13), pick.randrange(1, 29), tzinfo=UTC)
    if zone == "Pacific/Apia" and pick.random() < 0.5:
        around = datetime(2011, 12, 30, tzinfo=UTC)
    spec = some_calendar(zone, around.date(), pick)
    return spec, looked_up(spec, around - timedelta(days=DAYS // 2)), pick


@pytest.mark.parametrize("part", range(4))
def test_twenty_thousand_sums_equal_the_count_minute_by_minute(part: int) -> None:
    compared = 0
    for number in range(part, GROUPS, 4):
        spec, tape, pick = group(number)
        calendar = working_calendar.__wrapped__(spec)
        size = len(tape.minutes)
        for _ in range(CASES):
            first, last = pick.randrange(size), pick.randrange(size)
            start = tape.start + timedelta(minutes=first)
            end = tape.start + timedelta(minutes=last)
            counted = tape.count(min(first, last), max(first, last)) * MINUTE
            assert abs(calendar.elapsed(start, end)) == counted, (spec, start, end)
            assert calendar.is_open(start) is bool(tape.minutes[first]), (spec, start)
            need = pick.choice((1, 30, 60, 120, 480, 1200, pick.randrange(1, 3000)))
            forward, back = tape.forward(first, need), tape.back(first, need)
            if forward is not None:
                due = tape.start + timedelta(minutes=forward)
                assert calendar.add(start, need * MINUTE) == due, (spec, start, need)
            if back is not None:
                due = tape.start + timedelta(minutes=back)
                assert calendar.add(start, -need * MINUTE) == due, (spec, start, -need)
            compared += 1
    assert compared == GROUPS * CASES // 4


def test_the_zones_are_at_least_forty_and_hold_the_awkward_ones() -> None:
    awkward = {"Australia/Lord_Howe", "Pacific/Apia", "Asia/Tehran", "Africa/Casablanca"}
    assert len(ZONES) >= 40
    assert awkward | {"America/Sao_Paulo", "Pacific/Chatham"} <= set(ZONES)
