"""Single cells from outside: dates, words of a list, amounts. Each raises Invalid naming its field."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from recourse.kit.errors import Invalid

_DATES = ("%Y-%m-%d", "%m/%d/%y", "%m/%d/%Y", "%d.%m.%Y")
_EMPTY = {"", "none", "n/a", "na", "null"}
EARLIEST, LATEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def word(value: object) -> str:
    """Return a cell's text; the usual words for nothing count as nothing."""
    said = str(value if value is not None else "").strip()
    return "" if said.casefold() in _EMPTY else said


def instant(value: object, *, field: str, zone: ZoneInfo) -> dt.datetime:
    """Return an instant in UTC from ISO 8601 or a usual date; without an offset it is read in `zone`.

    A date alone means noon of that day there, so that no zone moves it to another day.
    """
    said = word(value)
    if not said.isascii() or len(said) > 40:
        raise Invalid.one(field, "This is not a date.")
    found = _iso(said) or _usual(said)
    if found is None:
        raise Invalid.one(field, f"“{said}” is not a date that we know, such as 2026-01-31 or 2026-01-31 14:05:00.")
    moment = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(dt.UTC)
    if not EARLIEST <= moment < LATEST:
        raise Invalid.one(field, f"“{said}” lies outside 1990 to 2100.")
    return moment


def _iso(said: str) -> dt.datetime | None:
    if len(said) <= 10:
        return None
    try:
        return dt.datetime.fromisoformat(said)
    except ValueError:
        return None


def _usual(said: str) -> dt.datetime | None:
    for form in _DATES:
        try:
            return dt.datetime.strptime(said, form).replace(hour=12)
        except ValueError:
            continue
    return None


def minor(value: object, *, field: str, digits: int = 2) -> int:
    """Return an amount in minor units; more decimals than the currency has, signs or words are refused."""
    said = str(value)
    if not said.isascii() or not said.replace(".", "", 1).isdigit() or len(said) > 15:
        raise Invalid.one(field, f"“{said[:40]}” is not an amount.")
    try:
        scaled = Decimal(said).scaleb(digits)
    except InvalidOperation as error:
        raise Invalid.one(field, f"“{said[:40]}” is not an amount.") from error
    if scaled != scaled.to_integral_value():
        raise Invalid.one(field, f"“{said[:40]}” has more than {digits} decimals.")
    return int(scaled)
