"""What a calendar says: zone, weekly windows, holidays, overrides and breaks, as one frozen value."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

DAY = 86_400
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class CalendarInvalid(ValueError):
    """A calendar that cannot be used; `field` names the part at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class CalendarRunsOut(CalendarInvalid):
    """The calendar has no more working time in the years that were searched."""


def seconds_of_day(text: str, *, field: str) -> int:
    """Seconds after midnight of "HH:MM" or "HH:MM:SS"; "24:00" is the end of the day."""
    parts = text.split(":")
    digits_only = all(part.isascii() and part.isdigit() and len(part) == 2 for part in parts)
    if len(parts) not in (2, 3) or not digits_only:
        raise CalendarInvalid(field, f"“{text}” is not a time of day such as 09:00")
    hours, minutes, seconds = (*map(int, parts), 0)[:3]
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > DAY:
        raise CalendarInvalid(field, f"“{text}” is not a time of day such as 09:00")
    return total


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Half-open [opens, closes) in seconds after the midnight of the date on which it starts.

    `closes` beyond 86,400 runs into the next date: the whole window belongs to the date of its start.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < DAY:
            raise CalendarInvalid("window", "a window opens between 00:00 and 23:59")
        if self.closes <= self.opens:
            raise CalendarInvalid("window", "a window must last longer than nothing")
        if self.closes - self.opens > DAY:
            raise CalendarInvalid("window", "a window lasts at most 24 hours")

    @classmethod
    def parse(cls, opens: str, closes: str, *, field: str = "window") -> Self:
        """A window from wall times; "22:00" to "06:00" runs overnight, "00:00" to "24:00" all day."""
        start = seconds_of_day(opens, field=field)
        end = seconds_of_day(closes, field=field)
        if start in (end, DAY):
            raise CalendarInvalid(field, f"{opens} to {closes} has no length; a whole day is 00:00 to 24:00")
        return cls(start, end if end > start else end + DAY)


def windows(*pairs: tuple[str, str], field: str = "window") -> tuple[Window, ...]:
    """Windows of one day from pairs of wall times, in order."""
    return tuple(sorted(Window.parse(opens, closes, field=field) for opens, closes in pairs))


@dataclass(frozen=True, slots=True, order=True)
class Holiday:
    """A date on which no window starts."""

    on: date
    name: str


@dataclass(frozen=True, slots=True, order=True)
class YearlyHoliday:
    """A holiday on the same day of every year."""

    month: int
    day: int
    name: str

    def __post_init__(self) -> None:
        try:
            date(2024, self.month, self.day)
        except ValueError as error:
            raise CalendarInvalid("yearly", f"{self.month:02}-{self.day:02} is no day of a year") from error


@dataclass(frozen=True, slots=True, order=True)
class Override:
    """The windows of one date in place of the weekly ones; none at all closes it."""

    on: date
    windows: tuple[Window, ...]
    name: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """Wall time of one date that is taken out of whatever would be open."""

    on: date
    windows: tuple[Window, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    """One version of a calendar. A holiday closes its date whatever an override says of it."""

    key: str
    version: int
    zone: str
    weekly: tuple[tuple[Window, ...], ...]
    holidays: tuple[Holiday, ...] = ()
    overrides: tuple[Override, ...] = ()
    breaks: tuple[Break, ...] = ()
    yearly: tuple[YearlyHoliday, ...] = ()

    def __post_init__(self) -> None:
        if self.zone not in _known_zones():
            raise CalendarInvalid("zone", f"“{self.zone}” is not a time zone of the IANA database")
        if len(self.weekly) != len(WEEKDAYS):
            raise CalendarInvalid("weekly", "the week needs seven days, Monday first")
        if not any(self.weekly) and not any(override.windows for override in self.overrides):
            raise CalendarInvalid("weekly", "the calendar has no working time at all")
        for field in ("holidays", "overrides"):
            days = [entry.on for entry in getattr(self, field)]
            if len(days) != len(set(days)):
                twice = next(day for day in days if days.count(day) > 1)
                raise CalendarInvalid(field, f"{twice} is named twice")

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which the wall times are meant."""
        return ZoneInfo(self.zone)


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())
