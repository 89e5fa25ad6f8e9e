"""The only place that reads the clock. Doors and the worker call `now()` once; everything else is handed `at`."""

import datetime as dt
import time as _time

UTC = dt.UTC


def now() -> dt.datetime:
    """Return the present instant in UTC, to the microsecond."""
    return dt.datetime.now(UTC)


def monotonic() -> float:
    """Return a counter in seconds for measuring lengths, never instants."""
    return _time.monotonic()


def as_utc(instant: dt.datetime) -> dt.datetime:
    """Return an aware instant in UTC; a naive one is refused with ValueError."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC)


def iso(instant: dt.datetime) -> str:
    """Return the canonical text of an instant: UTC, microseconds, `Z`."""
    return as_utc(instant).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
