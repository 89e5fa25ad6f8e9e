"""Wall-clock windows turned into instants. An instant is open when its local wall time lies in a window."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from recourse.kit.calendar.spec import DAY, Window

MICRO = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()

Pair = tuple[int, int]


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware instant."""
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    since = at - EPOCH
    return (since.days * DAY + since.seconds) * MICRO + since.microseconds


def instant(since: int) -> datetime:
    """The instant so many microseconds after 1970, in UTC."""
    return EPOCH + timedelta(microseconds=since)


def merged(pairs: Iterable[Pair]) -> list[Pair]:
    """Sorted intervals with overlapping and touching ones joined."""
    joined: list[Pair] = []
    for start, end in sorted(pairs):
        if joined and start <= joined[-1][1]:
            if end > joined[-1][1]:
                joined[-1] = (joined[-1][0], end)
        elif start < end:
            joined.append((start, end))
    return joined


def without(pairs: list[Pair], removed: list[Pair]) -> list[Pair]:
    """What is left of sorted, disjoint intervals after taking sorted, disjoint others away."""
    left: list[Pair] = []
    for begin, end in pairs:
        start = begin
        for gone_from, gone_to in removed:
            if gone_to <= start:
                continue
            if gone_from >= end:
                break
            if gone_from > start:
                left.append((start, gone_from))
            start = gone_to
        if start < end:
            left.append((start, end))
    return left


def common(pairs: list[Pair], others: list[Pair]) -> list[Pair]:
    """What two lists of sorted, disjoint intervals share."""
    return without(pairs, without(pairs, others))


def offsets(zone: ZoneInfo, first: date, last: date) -> list[tuple[int, int, int]]:
    """Stretches (from, to, UTC offset) of unchanged offset, in seconds since 1970."""

    def offset_at(second: int) -> int:
        wall = datetime.fromtimestamp(second, zone)
        return _midnight(wall) + wall.hour * 3600 + wall.minute * 60 + wall.second - second

    second, end = _midnight(first), _midnight(last)
    stretches: list[tuple[int, int, int]] = []
    begun, offset = second, offset_at(second)
    while second < end:
        following = offset_at(second + DAY)
        if following != offset:
            low, high = second, second + DAY
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset_at(middle) == offset else (low, middle)
            stretches.append((begun, high, offset))
            begun, offset = high, following
        second += DAY
    stretches.append((begun, end, offset))
    return stretches


def on_the_wall(days: Iterable[tuple[date, tuple[Window, ...]]]) -> list[Pair]:
    """Windows as merged intervals of wall seconds since 1970-01-01 00:00 local."""
    return merged(
        (_midnight(day) + window.opens, _midnight(day) + window.closes) for day, found in days for window in found
    )


def to_utc(zone: ZoneInfo, pairs: list[Pair], first: date, last: date) -> list[Pair]:
    """Microsecond intervals of the instants whose wall time lies in the given wall intervals.

    An hour that a clock change leaves out yields nothing; one that it repeats counts twice.
    """
    around = offsets(zone, first - timedelta(days=2), last + timedelta(days=4))
    return merged(
        (max(opens - offset, begun) * MICRO, min(closes - offset, ended) * MICRO)
        for begun, ended, offset in around
        for opens, closes in pairs
        if opens - offset < ended and closes - offset > begun
    )


def _midnight(day: date) -> int:
    return (day.toordinal() - EPOCH_DAY) * DAY
