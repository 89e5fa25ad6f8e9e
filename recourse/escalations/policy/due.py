"""When a length of the handbook is over."""

import datetime as dt

from recourse.handbook.policy.shape import Length, Unit
from recourse.kit.calendar import WorkingCalendar


def due(length: Length, start: dt.datetime, calendar: WorkingCalendar) -> dt.datetime:
    """Return when a length is over: minutes inside opening hours, or whole business days with the clock kept."""
    if length.unit is Unit.BUSINESS_DAYS:
        return calendar.add_business_days(start, length.amount)
    return calendar.add(start, length.amount * 60)
