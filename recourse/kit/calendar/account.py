"""The full account of a stretch of time: each interval counted or skipped, with its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from recourse.kit.calendar.days import WorkingDays
from recourse.kit.calendar.intervals import (
    Pair,
    common,
    instant,
    merged,
    micros,
    on_the_wall,
    to_utc,
    without,
)


class Reason(StrEnum):
    """Why an interval was counted or skipped."""

    OPEN = "open"
    OUTSIDE_HOURS = "outside_hours"
    HOLIDAY = "holiday"
    OVERRIDE = "override"
    BREAK = "break"
    PAUSED = "paused"
    DAY_ZERO = "day_zero"
    ROLLED = "rolled"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of real time; `name` is the holiday's, override's or break's own."""

    start: datetime
    end: datetime
    reason: Reason
    name: str = ""

    @property
    def is_counted(self) -> bool:
        """Whether this stretch used up working time."""
        return self.reason is Reason.OPEN

    @property
    def seconds(self) -> float:
        """Real length."""
        return (self.end - self.start) / timedelta(seconds=1)


def account(
    calendar: WorkingDays, start: datetime, end: datetime, pauses: Sequence[tuple[datetime, datetime]]
) -> list[Span]:
    """Spans that cover start to end without gap or overlap; nothing when end is not after start."""
    whole = [(micros(start), micros(end))]
    if whole[0][0] >= whole[0][1]:
        return []
    first = calendar.local_day(start) - timedelta(days=2)
    last = calendar.local_day(end) + timedelta(days=1)
    taken = common(calendar.open_pieces(first, last), whole)
    paused = common(taken, merged((micros(begin), micros(finish)) for begin, finish in pauses))
    found = [(pair, Reason.PAUSED, "") for pair in paused]
    found += [(pair, Reason.OPEN, "") for pair in without(taken, paused)]
    for wall, reason, name in _losses(calendar, first, last):
        here = without(common(to_utc(calendar.zone, wall, first, last), whole), taken)
        found += [(pair, reason, name) for pair in here]
        taken = merged([*taken, *here])
    found += [(pair, Reason.OUTSIDE_HOURS, "") for pair in without(whole, taken)]
    return [Span(instant(low), instant(high), reason, name) for (low, high), reason, name in sorted(found)]


def _losses(calendar: WorkingDays, first: date, last: date) -> Iterable[tuple[list[Pair], Reason, str]]:
    """Wall time that special dates took away from what would have been open."""
    spec = calendar.spec
    opened = calendar.wall_pieces(first, last)
    for entry in spec.breaks:
        yield common(on_the_wall([(entry.on, entry.windows)]), opened), Reason.BREAK, entry.name
    names = {override.on: (Reason.OVERRIDE, override.name) for override in spec.overrides}
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        holiday = calendar.holiday_on(day)
        if holiday is not None:
            names[day] = (Reason.HOLIDAY, holiday)
        if day in names:
            yield on_the_wall([(day, spec.weekly[day.weekday()])]), *names[day]
