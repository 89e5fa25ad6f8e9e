"""Sums over working time: opening intervals in UTC, prefix sums and bisection; never ticked."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from recourse.kit.calendar.account import Span, account
from recourse.kit.calendar.days import WorkingDays
from recourse.kit.calendar.intervals import MICRO, Pair, instant, merged, micros
from recourse.kit.calendar.spec import CalendarRunsOut, CalendarSpec

FIRST_YEAR, LAST_YEAR = 1902, 2400
SEARCHED_YEARS = 120


class _Tape(NamedTuple):
    """Opening intervals of some years: starts, ends, working time before each, and where it is complete."""

    first: int
    last: int
    complete_from: int
    complete_to: int
    opens: list[int]
    closes: list[int]
    before: list[int]
    worked_by_close: list[int]

    def worked(self, at: int) -> int:
        """Working time from the start of the tape to an instant."""
        index = bisect_right(self.opens, at) - 1
        if index < 0:
            return 0
        return self.before[index] + min(at, self.closes[index]) - self.opens[index]


class WorkingCalendar(WorkingDays):
    """A calendar that can count. Made through `working_calendar`, which keeps one per specification."""

    def __init__(self, spec: CalendarSpec) -> None:
        super().__init__(spec)
        self._years: dict[int, list[Pair]] = {}
        self._tape = self._built(2025, 2026)

    def __repr__(self) -> str:
        return f"WorkingCalendar({self.spec.key!r}, version {self.spec.version})"

    def elapsed(self, start: datetime, end: datetime) -> float:
        """Working seconds from start to end; negative when end lies before start."""
        first, last = micros(start), micros(end)
        tape = self._covering(min(first, last), max(first, last))
        return (tape.worked(last) - tape.worked(first)) / MICRO

    def add(self, start: datetime, seconds: float) -> datetime:
        """The instant at which so many working seconds have passed since start (before it, when negative).

        A sum that ends exactly at a close is that close, not the next opening; going backwards, a sum that
        ends at an opening is that opening. Zero seconds is start itself.
        """
        need = round(seconds * MICRO)
        at = micros(start)
        if need > 0:
            return instant(self._after(at, need))
        return instant(self._before(at, -need) if need else at)

    def next_open(self, at: datetime) -> datetime:
        """The first open moment not before an instant: the instant itself when it is open."""
        moment = micros(at)
        span = 1
        while True:
            tape = self._covering(moment, moment)
            index = bisect_right(tape.closes, moment)
            if index < len(tape.opens) and tape.opens[index] < tape.complete_to:
                return instant(max(moment, tape.opens[index]))
            self._grow(tape, later=span, since=moment)
            span *= 2

    def is_open(self, at: datetime) -> bool:
        """Whether an instant lies in a window [open, close)."""
        moment = micros(at)
        tape = self._covering(moment, moment)
        index = bisect_right(tape.opens, moment) - 1
        return index >= 0 and moment < tape.closes[index]

    def add_business_days(self, start: datetime, count: int) -> datetime:
        """The clock time of the next open moment, so many working days later (the clock is kept)."""
        opened = self.next_open(start)
        wall = opened.astimezone(self.zone)
        day = self.nth_working_day(wall.date(), count)
        return datetime.combine(day, wall.time(), tzinfo=self.zone).astimezone(UTC)

    def explain(self, start: datetime, end: datetime, pauses: Sequence[tuple[datetime, datetime]] = ()) -> list[Span]:
        """Every interval from start to end in order, each counted or skipped, and why."""
        return account(self, start, end, pauses)

    def _after(self, at: int, need: int) -> int:
        span = 1
        while True:
            tape = self._covering(at, at)
            target = tape.worked(at) + need
            index = bisect_left(tape.worked_by_close, target)
            if index < len(tape.opens):
                due = tape.opens[index] + target - tape.before[index]
                if due < tape.complete_to:
                    return due
            self._grow(tape, later=span, since=at)
            span *= 2

    def _before(self, at: int, need: int) -> int:
        span = 1
        while True:
            tape = self._covering(at, at)
            target = tape.worked(at) - need
            index = bisect_right(tape.before, target) - 1 if target >= 0 else -1
            if index >= 0:
                due = tape.opens[index] + target - tape.before[index]
                if due >= tape.complete_from:
                    return due
            self._grow(tape, earlier=span, since=at)
            span *= 2

    def _covering(self, first: int, last: int) -> _Tape:
        tape = self._tape
        if tape.complete_from <= first and last < tape.complete_to:
            return tape
        from_year, to_year = instant(first).year - 1, instant(last).year + 1
        if from_year < FIRST_YEAR or to_year > LAST_YEAR:
            raise CalendarRunsOut("start", f"only the years {FIRST_YEAR} to {LAST_YEAR} can be counted")
        self._tape = self._built(min(tape.first, from_year), max(tape.last, to_year))
        return self._tape

    def _grow(self, tape: _Tape, *, since: int, earlier: int = 0, later: int = 0) -> None:
        from_year, to_year = max(tape.first - earlier, FIRST_YEAR), min(tape.last + later, LAST_YEAR)
        year = instant(since).year
        searched = year - tape.first if earlier else tape.last - year
        if searched > SEARCHED_YEARS or (from_year, to_year) == (tape.first, tape.last):
            raise CalendarRunsOut(
                "weekly", f"calendar “{self.spec.key}” has no more working time within {searched} years"
            )
        self._tape = self._built(from_year, to_year)

    def _built(self, first: int, last: int) -> _Tape:
        for year in range(first, last + 1):
            if year not in self._years:
                self._years[year] = self.open_pieces(date(year, 1, 1), date(year, 12, 31))
        pairs = merged(pair for year in range(first, last + 1) for pair in self._years[year])
        lengths = [close - start for start, close in pairs]
        worked_by_close = list(accumulate(lengths))
        return _Tape(
            first,
            last,
            micros(datetime(first, 1, 3, tzinfo=UTC)),
            micros(datetime(last, 12, 31, tzinfo=UTC)),
            [start for start, _ in pairs],
            [close for _, close in pairs],
            [0, *worked_by_close[:-1]],
            worked_by_close,
        )


@lru_cache(maxsize=512)
def working_calendar(spec: CalendarSpec) -> WorkingCalendar:
    """The one counting calendar of a specification."""
    return WorkingCalendar(spec)
