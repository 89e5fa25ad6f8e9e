"""When work is done: opening hours by zone, with holidays as explicit days that are kept with the edition."""

import datetime as dt
import zoneinfo
from calendar import monthrange
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from itertools import pairwise
from typing import Annotated, Self

from holidays import country_holidays
from pydantic import AfterValidator, Field, model_validator

from recourse.handbook.policy.shape import Key, Line, Name, Positive, Shape, refusal, require_unique
from recourse.kit.calendar import CalendarSpec, spec

MINUTES_A_DAY = 24 * 60


@cache
def known_zones() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(zoneinfo.available_timezones())


def _zone(value: str) -> str:
    if value not in known_zones():
        raise refusal("calendar.zone", zone=value)
    return value


def minute_of_day(value: str) -> int:
    """Return the minute (0 to 1440) of a text such as "09:30"; "24:00" is the end of the day."""
    hours, _, minutes = value.partition(":")
    if not (len(hours) == len(minutes) == 2 and value.isascii() and hours.isdigit() and minutes.isdigit()):
        raise refusal("calendar.time", time=value)
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > MINUTES_A_DAY:
        raise refusal("calendar.time", time=value)
    return total


def _opening(value: str) -> str:
    if minute_of_day(value) == MINUTES_A_DAY:
        raise refusal("calendar.time", time=value)
    return value


def _closing(value: str) -> str:
    minute_of_day(value)
    return value


Zone = Annotated[str, AfterValidator(_zone)]
Opening = Annotated[str, AfterValidator(_opening)]
Closing = Annotated[str, AfterValidator(_closing)]


class Day(StrEnum):
    """The days of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


DAYS = tuple(Day)


class DayWindow(Shape):
    """Work from `opens` up to, not including, `closes`, local wall time of one day."""

    opens: Opening
    closes: Closing

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if minute_of_day(self.closes) <= minute_of_day(self.opens):
            raise refusal("calendar.overnight")
        return self


class Window(Shape):
    """Weekly work on some days; `closes` at or before `opens` runs into the next day (a night shift)."""

    days: Annotated[tuple[Day, ...], Field(min_length=1, max_length=7)]
    opens: Opening
    closes: Closing

    @property
    def is_overnight(self) -> bool:
        """Whether the window runs past midnight."""
        return minute_of_day(self.closes) <= minute_of_day(self.opens)

    def spans(self) -> list[tuple[int, int]]:
        """Return (start, end) in minutes from Monday 00:00, for each day; the end may pass the week's."""
        start, end = minute_of_day(self.opens), minute_of_day(self.closes)
        length = end - start + (MINUTES_A_DAY if self.is_overnight else 0)
        return [(begin := DAYS.index(day) * MINUTES_A_DAY + start, begin + length) for day in self.days]


class Holiday(Shape):
    """A day of the calendar's zone on which no window opens."""

    on: dt.date
    name: Name


class DayHours(Shape):
    """Hours of one day."""

    on: dt.date
    name: Name
    windows: Annotated[tuple[DayWindow, ...], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _apart(self) -> Self:
        hours = sorted((minute_of_day(part.opens), minute_of_day(part.closes)) for part in self.windows)
        if any(later[0] < earlier[1] for earlier, later in pairwise(hours)):
            raise refusal("calendar.overlap", day=self.on.isoformat())
        return self


class Override(DayHours):
    """A day with other hours than its weekday has: a half day, an extra Saturday."""


class Break(DayHours):
    """Hours that are taken out of whatever would be open: an outage, a staff meeting."""


class YearlyHoliday(Shape):
    """A holiday on the same day of every year."""

    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]
    name: Name

    @model_validator(mode="after")
    def _exists(self) -> Self:
        if self.day > monthrange(2024, self.month)[1]:
            raise refusal("calendar.no_day", month=self.month, day=self.day)
        return self


class Calendar(Shape):
    """Opening hours in one zone. A change raises `version`; clocks remember which one they used."""

    key: Key
    name: Name
    version: Positive = 1
    zone: Zone
    source: Line = "entered by hand"
    windows: Annotated[tuple[Window, ...], Field(max_length=100)]
    holidays: Annotated[tuple[Holiday, ...], Field(max_length=2000)] = ()
    overrides: Annotated[tuple[Override, ...], Field(max_length=1000)] = ()
    breaks: Annotated[tuple[Break, ...], Field(max_length=1000)] = ()
    yearly: Annotated[tuple[YearlyHoliday, ...], Field(max_length=366)] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.windows:
            raise refusal("calendar.closed")
        self._refuse_overlap()
        days = [day.on for day in self.holidays] + [day.on for day in self.overrides]
        require_unique(days, lambda day: day, "entries for")
        require_unique(self.yearly, lambda day: (day.month, day.day), "holidays on")
        return self

    def _refuse_overlap(self) -> None:
        week = 7 * MINUTES_A_DAY
        spans = sorted(span for window in self.windows for span in window.spans())
        around = [*spans, (spans[0][0] + week, spans[0][1] + week)]
        for (_start, end), (next_start, _end) in pairwise(around):
            if next_start < end:
                raise refusal("calendar.overlap", day=DAYS[next_start // MINUTES_A_DAY % 7].value)

    def spec(self) -> CalendarSpec:
        """Return the calendar as the arithmetic takes it."""
        return CalendarSpec(
            key=self.key,
            version=self.version,
            zone=self.zone,
            weekly=tuple(_of_day(self.windows, day) for day in DAYS),
            holidays=tuple(spec.Holiday(day.on, day.name) for day in self.holidays),
            overrides=tuple(spec.Override(day.on, _hours(day.windows), day.name) for day in self.overrides),
            breaks=tuple(spec.Break(day.on, _hours(day.windows), day.name) for day in self.breaks),
            yearly=tuple(spec.YearlyHoliday(day.month, day.day, day.name) for day in self.yearly),
        )


def _of_day(windows: tuple[Window, ...], day: Day) -> tuple[spec.Window, ...]:
    return spec.windows(*((window.opens, window.closes) for window in windows if day in window.days))


def _hours(windows: tuple[DayWindow, ...]) -> tuple[spec.Window, ...]:
    return spec.windows(*((window.opens, window.closes) for window in windows))


def public_holidays(country: str, years: range, *, subdivision: str | None = None) -> tuple[Holiday, ...]:
    """Return the public holidays of a country (ISO 3166, with its subdivision) as explicit days, in order.

    Source: the `holidays` library; the days are copied into the edition, so that a later release of the
    library changes nothing that was published.
    """
    found = country_holidays(country, subdiv=subdivision, years=years, language="en_US")
    return tuple(Holiday(on=day, name=_named(name)) for day, name in sorted(found.items()))


def _named(name: str) -> str:
    return name.strip()[:120] or "Holiday"


def holiday_source(country: str, years: range, *, subdivision: str | None = None) -> str:
    """Return the words that say where a list of holidays came from."""
    place = f"{country}-{subdivision}" if subdivision else country
    return f"holidays {version('holidays')}, {place}, {years.start} to {years.stop - 1}"
