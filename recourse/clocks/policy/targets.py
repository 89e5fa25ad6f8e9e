"""What a clock aims at: lengths that turn a start and its pauses into a due time, and the plan that lists them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Protocol

from recourse.clocks.policy.words import AtClose, Family
from recourse.handbook.policy.clocks import Basis, EndsAt, EndsOn, OnReopen, Roll
from recourse.kit.calendar import WorkingCalendar, add_months

SECOND = timedelta(seconds=1)


class Length(Protocol):
    """How long a clock may run."""

    @property
    def calendar(self) -> WorkingCalendar | None:
        """The calendar in which it is counted, if it is."""

    @property
    def basis(self) -> str:
        """What is counted, as a readable word."""

    @property
    def amount(self) -> int:
        """How many of them."""

    def moment(self, start: datetime, paused: float, percent: int) -> datetime:
        """The instant at which a share is used up by a clock that stood still for so many working seconds.

        All of it, 100 percent, is the due time.
        """


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Seconds inside opening hours."""

    calendar: WorkingCalendar
    seconds: int
    at_close: AtClose = AtClose.CLOSE

    @property
    def basis(self) -> str:
        """Counted in minutes for the reader."""
        return "working_minutes"

    @property
    def amount(self) -> int:
        """Whole minutes."""
        return self.seconds // 60

    def moment(self, start: datetime, paused: float, percent: int) -> datetime:
        """Start plus share plus pauses, all in working seconds."""
        found = self.calendar.add(start, self.seconds * percent / 100 + paused)
        return self.calendar.next_open(found) if self.at_close is AtClose.NEXT_OPENING else found


@dataclass(frozen=True, slots=True)
class WorkingDaysKept:
    """Whole business days from the next open moment, at the same clock time; pauses add working seconds."""

    calendar: WorkingCalendar
    days: int

    @property
    def basis(self) -> str:
        """Counted in business days."""
        return "business_days"

    @property
    def amount(self) -> int:
        """Days."""
        return self.days

    def moment(self, start: datetime, paused: float, percent: int) -> datetime:
        """So many business days later, or a share of the working time until then, moved on by the pauses."""
        last, whole = days_kept(self.calendar, start, self.days)
        if percent == 100:
            return self.calendar.add(last, paused)
        return self.calendar.add(start, whole * percent / 100 + paused)


@lru_cache(maxsize=4096)
def days_kept(calendar: WorkingCalendar, start: datetime, days: int) -> tuple[datetime, float]:
    """The instant so many business days later, and the working seconds until then."""
    last = calendar.add_business_days(start, days)
    return last, calendar.elapsed(start, last)


@dataclass(frozen=True, slots=True)
class Statutory:
    """A term of law. The local day of the start is day 0; pauses do not exist."""

    calendar: WorkingCalendar
    counts: Basis
    amount: int
    ends_at: EndsAt
    roll: Roll = Roll.NONE

    @property
    def basis(self) -> str:
        """As the handbook calls it."""
        return self.counts.value

    def moment(self, start: datetime, paused: float, percent: int) -> datetime:
        """The end of the term, or a share of the real time until then."""
        return start + (self.end(start) - start) * percent / 100

    def end(self, start: datetime) -> datetime:
        """The instant at which the term ends."""
        if self.counts is Basis.HOURS:
            return start + timedelta(hours=self.amount)
        day = self.last_day(start)
        if self.ends_at is EndsAt.CLOSE_OF_BUSINESS:
            return self.calendar.close_of_business(day)
        if self.ends_at is EndsAt.INSTANT:
            return self.calendar.same_clock(start, day)
        return self.calendar.end_of_day(day)

    def last_day(self, start: datetime) -> date:
        """The local date on which the term ends."""
        last = self.unrolled_day(self.calendar.local_day(start))
        return self.calendar.rolled(last) if self.roll is Roll.NEXT_BUSINESS_DAY else last

    def unrolled_day(self, first: date) -> date:
        """The last date counted from a first one, before it moves to a day with business."""
        if self.counts is Basis.BUSINESS_DAYS:
            return self.calendar.nth_working_day(first, self.amount)
        if self.counts is Basis.MONTHS:
            return add_months(first, self.amount)
        return first + timedelta(days=self.amount)


@dataclass(frozen=True, slots=True)
class Fixed:
    """An instant that somebody named."""

    at: datetime

    @property
    def calendar(self) -> WorkingCalendar | None:
        """None: nothing is counted."""
        return None

    @property
    def basis(self) -> str:
        """A named instant."""
        return "instant"

    @property
    def amount(self) -> int:
        """One."""
        return 1

    def moment(self, start: datetime, paused: float, percent: int) -> datetime:
        """That instant, or a share of the real time to it."""
        return start + (self.at - start) * percent / 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """By what a plan was chosen: an edition and its content's hash, tier, severity, statutory clocks that apply."""

    edition: int
    rules: str
    tier: str
    severity: str
    statutory: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of clock as a plan has it.

    `pause_limit` is the most working seconds that waits may stop it in all. `starts_on` and `ends_on` matter to
    regulatory clocks alone. `covers_first_message` lets a next-response clock run beside the first response.
    `chosen` says where it was read; two targets of the same numbers are equal wherever they stand.
    """

    kind: str
    family: Family
    length: Length
    warn_at: tuple[int, ...] = ()
    pauses: bool = False
    pause_limit: float | None = None
    on_reopen: OnReopen = OnReopen.NONE
    counts_closed_time: bool = False
    starts_on: str = "receipt"
    ends_on: EndsOn | None = None
    covers_first_message: bool = False
    chosen: Chosen | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.pauses and self.family is not Family.COMMERCIAL:
            raise ValueError(f"{self.kind}: only commercial clocks pause")


@dataclass(frozen=True, slots=True)
class Plan:
    """Every target that holds for a case at one time: of one edition, tier, severity and set of regulations."""

    edition: int
    targets: tuple[Target, ...]
    promise_warn_at: tuple[int, ...] = ()

    def target(self, kind: str) -> Target | None:
        """The target for a kind of clock, or nothing where it has none."""
        return next((target for target in self.targets if target.kind == kind), None)
