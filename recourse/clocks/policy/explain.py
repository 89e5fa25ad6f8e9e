"""Why a clock is due when it is: every interval or day, counted or skipped, and the rule that counts them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from recourse.clocks.policy.facts import Pause
from recourse.clocks.policy.instance import Change
from recourse.clocks.policy.replay import ClockState
from recourse.clocks.policy.targets import Statutory
from recourse.handbook.policy.clocks import Basis
from recourse.kit.calendar import Reason, Span


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole reckoning of a clock from its start to its due time, or to now while it is paused.

    `spans` cover that time without gap; `counted`, `paused` and `outside` are seconds and add up to `elapsed`.
    """

    state: ClockState
    edition: int
    calendar: str
    calendar_version: int
    zone: str
    until: datetime
    spans: tuple[Span, ...]
    counted: float
    paused: float
    outside: float
    changes: tuple[Change, ...]

    @property
    def elapsed(self) -> float:
        """Real seconds from start to `until`."""
        return (self.until - self.state.counted_from).total_seconds()


def explain(state: ClockState, *, edition: int, at: datetime) -> Explanation:
    """Return the reckoning of one clock as it stood at an instant."""
    calendar = state.target.length.calendar
    until = max(state.due_at or at, state.counted_from)
    spans = spans_of(state, until)
    return Explanation(
        state=state,
        edition=edition,
        calendar=calendar.spec.key if calendar else "",
        calendar_version=calendar.spec.version if calendar else 0,
        zone=calendar.spec.zone if calendar else "UTC",
        until=until,
        spans=spans,
        counted=_seconds(spans, Reason.OPEN),
        paused=_seconds(spans, Reason.PAUSED),
        outside=sum(span.seconds for span in spans if span.reason not in (Reason.OPEN, Reason.PAUSED)),
        changes=state.changes,
    )


def spans_of(state: ClockState, until: datetime) -> tuple[Span, ...]:
    """Return the intervals, or the days where whole days are counted, from the deciding start to an instant."""
    length, start = state.target.length, state.counted_from
    if isinstance(length, Statutory):
        return tuple(_days(length, start, until)) if length.counts is not Basis.HOURS else _whole(start, until)
    if length.calendar is None:
        return _whole(start, until)
    return tuple(length.calendar.explain(start, until, _past(state.pauses, until)))


def _past(pauses: tuple[Pause, ...], until: datetime) -> list[Pause]:
    return [(begun, min(ended, until)) for begun, ended in pauses if begun < until]


def _whole(start: datetime, until: datetime) -> tuple[Span, ...]:
    return (Span(start, until, Reason.OPEN),) if start < until else ()


def _days(length: Statutory, start: datetime, until: datetime) -> list[Span]:
    """One span a local day."""
    calendar = length.calendar
    first, last = calendar.local_day(start), calendar.local_day(until)
    spans, begun = [], start
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        ended = min(calendar.end_of_day(day) + timedelta(microseconds=1), until)
        if begun < ended:
            reason, name = _day_reason(length, first, day)
            spans.append(Span(begun, ended, reason, name))
            begun = ended
    return spans


def _day_reason(length: Statutory, first: date, day: date) -> tuple[Reason, str]:
    """Day 0 does not count, nor a day without business where only those with it do, nor days rolled over."""
    calendar = length.calendar
    if day == first:
        return Reason.DAY_ZERO, ""
    is_past_the_term = day > length.unrolled_day(first)
    is_working = calendar.is_working_day(day)
    if not is_past_the_term and (is_working or length.counts is not Basis.BUSINESS_DAYS):
        return Reason.OPEN, ""
    if is_working:
        return Reason.ROLLED, ""
    holiday = calendar.holiday_on(day)
    return (Reason.OUTSIDE_HOURS, "") if holiday is None else (Reason.HOLIDAY, holiday)


def _seconds(spans: tuple[Span, ...], reason: Reason) -> float:
    return sum(span.seconds for span in spans if span.reason is reason)
