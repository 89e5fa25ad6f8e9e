"""Working-time arithmetic: what a calendar says, and the sums that follow from it."""

from recourse.kit.calendar.account import Reason, Span
from recourse.kit.calendar.days import WorkingDays, add_months
from recourse.kit.calendar.spec import (
    Break,
    CalendarInvalid,
    CalendarRunsOut,
    CalendarSpec,
    Holiday,
    Override,
    Window,
    YearlyHoliday,
    windows,
)
from recourse.kit.calendar.working import WorkingCalendar, working_calendar

__all__ = [
    "Break",
    "CalendarInvalid",
    "CalendarRunsOut",
    "CalendarSpec",
    "Holiday",
    "Override",
    "Reason",
    "Span",
    "Window",
    "WorkingCalendar",
    "WorkingDays",
    "YearlyHoliday",
    "add_months",
    "windows",
    "working_calendar",
]
