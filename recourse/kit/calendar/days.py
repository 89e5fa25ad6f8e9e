"""Whole days in a calendar: working days, ends of days, months, and rolling to the next working day."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

from recourse.kit.calendar.intervals import Pair, instant, on_the_wall, to_utc, without
from recourse.kit.calendar.spec import CalendarRunsOut, CalendarSpec, Window

SEARCHED_DAYS = 40_000


class WorkingDays:
    """The dates of a calendar. A working day is one on which a window starts."""

    def __init__(self, spec: CalendarSpec) -> None:
        self.spec = spec
        self.zone = spec.timezone
        self._closed = {holiday.on: holiday.name for holiday in spec.holidays}
        self._yearly = {(holiday.month, holiday.day): holiday.name for holiday in spec.yearly}
        self._replaced = {override.on: override for override in spec.overrides}
        self._breaks = on_the_wall((entry.on, entry.windows) for entry in spec.breaks)

    def local_day(self, at: datetime) -> date:
        """The date that the calendar's wall shows at an instant."""
        return at.astimezone(self.zone).date()

    @property
    def mean_working_day(self) -> float:
        """The mean working seconds of the weekdays that have windows, or of the overrides where none has."""
        days = [windows for windows in self.spec.weekly if windows] or [
            override.windows for override in self.spec.overrides if override.windows
        ]
        return sum(window.closes - window.opens for windows in days for window in windows) / len(days)

    def is_working_day(self, day: date) -> bool:
        """Whether any window starts on a date."""
        return bool(self.windows_on(day))

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The windows that start on a date, before breaks."""
        if self.holiday_on(day) is not None:
            return ()
        override = self._replaced.get(day)
        return self.spec.weekly[day.weekday()] if override is None else override.windows

    def holiday_on(self, day: date) -> str | None:
        """The name of the holiday that closes a date, or nothing."""
        return self._closed.get(day, self._yearly.get((day.month, day.day)))

    def nth_working_day(self, day: date, count: int) -> date:
        """The working day so many after a date, which itself is day 0 (before it, when negative)."""
        step = 1 if count >= 0 else -1
        left, found = abs(count), day
        for _ in range(SEARCHED_DAYS):
            if left == 0:
                return found
            found += timedelta(days=step)
            left -= self.is_working_day(found)
        raise CalendarRunsOut("weekly", f"calendar “{self.spec.key}” has not that many working days")

    def rolled(self, day: date) -> date:
        """The date itself when it is a working day, otherwise the next one."""
        return day if self.is_working_day(day) else self.nth_working_day(day, 1)

    def working_days(self, first: date, last: date) -> int:
        """How many working days lie after first, up to and including last; negative when last is earlier."""
        if last < first:
            return -self.working_days(last, first)
        ordinals = range(first.toordinal() + 1, last.toordinal() + 1)
        return sum(self.is_working_day(date.fromordinal(ordinal)) for ordinal in ordinals)

    def end_of_day(self, day: date) -> datetime:
        """The last microsecond of a local date, in UTC."""
        return self.at_wall(day + timedelta(days=1), time.min) - timedelta(microseconds=1)

    def close_of_business(self, day: date) -> datetime:
        """The last close of the windows that start on a date; the end of the date when none does."""
        pieces = self.open_pieces(day, day)
        return instant(pieces[-1][1]) if pieces else self.end_of_day(day)

    def open_pieces(self, first: date, last: date) -> list[Pair]:
        """Open instants, in microseconds since 1970, of the windows that start from first to last."""
        opened = self.wall_pieces(first, last)
        return to_utc(self.zone, without(opened, self._breaks), first, last)

    def wall_pieces(self, first: date, last: date) -> list[Pair]:
        """The same windows in wall seconds, before breaks."""
        days = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
        return on_the_wall((day, self.windows_on(day)) for day in days)

    def at_wall(self, day: date, clock: time) -> datetime:
        """The instant of a wall time; one that a clock change leaves out moves on by the gap's length."""
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)

    def same_clock(self, at: datetime, day: date) -> datetime:
        """The instant on another date at which the wall shows the same time as at an instant."""
        return self.at_wall(day, at.astimezone(self.zone).time())


def add_months(day: date, count: int) -> date:
    """The same day of the month so many months later, or that month's last day where it has none."""
    months = day.year * 12 + day.month - 1 + count
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
