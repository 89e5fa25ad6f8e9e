"""Short ways to write calendars, plans and facts in the tests of the clocks."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from recourse.clocks.policy import (
    ClockState,
    Fact,
    FactKind,
    Family,
    Plan,
    Reply,
    Statutory,
    Target,
    WorkingTime,
    replay,
)
from recourse.handbook.models import Edition
from recourse.handbook.policy.clocks import Basis, EndsAt, EndsOn, OnReopen, Roll
from recourse.handbook.policy.rules import Rules, canonical
from recourse.kit.calendar import CalendarSpec, Holiday, WorkingCalendar, windows, working_calendar
from recourse.timeline.actions import open_thread
from tests.cast import Cast

EASTER_2026 = (date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def office(
    zone: str = "Europe/London", *pairs: tuple[str, str], days: int = 5, holidays: Iterable[date] = ()
) -> WorkingCalendar:
    """A calendar with the same windows on the first days of the week."""
    week = (windows(*(pairs or (("09:00", "17:00"),))),) * days + ((),) * (7 - days)
    return working_calendar(
        CalendarSpec("office", 1, zone, week, tuple(Holiday(day, "bank holiday") for day in holidays))
    )


LONDON = office(holidays=EASTER_2026)
NEW_YORK = office("America/New_York")


def target(kind: str, minutes: int, calendar: WorkingCalendar = LONDON, **more: object) -> Target:
    """A commercial target in working minutes."""
    return replace(Target(kind, Family.COMMERCIAL, WorkingTime(calendar, minutes * 60)), **more)  # type: ignore[arg-type]


def duty(
    key: str,
    basis: Basis,
    amount: int,
    ends_at: EndsAt,
    ends_on: EndsOn = EndsOn.ANSWERED,
    *,
    starts_on: str = "receipt",
    roll: Roll = Roll.NONE,
    calendar: WorkingCalendar = LONDON,
    **more: object,
) -> Target:
    """A regulatory target."""
    length = Statutory(calendar, basis, amount, ends_at, roll)
    made = Target(key, Family.REGULATORY, length, starts_on=starts_on, ends_on=ends_on)
    return replace(made, **more)  # type: ignore[arg-type]


STANDARD = Plan(
    edition=1,
    targets=(
        target("first_response", 60, warn_at=(50, 80)),
        target("next_response", 120, warn_at=(50, 80)),
        target("update_cadence", 960),
        target("resolution", 480, warn_at=(50, 80), pauses=True, on_reopen=OnReopen.CONTINUE),
        duty("eight_weeks", Basis.CALENDAR_DAYS, 56, EndsAt.END_OF_DAY),
    ),
    promise_warn_at=(80,),
)


def happened(*told: tuple[object, ...]) -> list[Fact]:
    """Facts from (kind, "2026-01-12 09:00", ref, …more fields as a dictionary)."""
    facts = []
    for number, (kind, at, *more) in enumerate(told, start=1):
        ref = next((str(one) for one in more if isinstance(one, str)), "")
        fields = next((one for one in more if isinstance(one, dict)), {})
        moment = at if isinstance(at, datetime) else utc(str(at))
        facts.append(Fact(number, FactKind(str(kind)), moment, ref=ref, **fields))
    return facts


def told(facts: Iterable[Fact], at: str | datetime, plan: Plan = STANDARD) -> dict[str, ClockState]:
    """The clocks at an instant by kind, and by kind and epoch from the second epoch on."""
    moment = at if isinstance(at, datetime) else utc(at)
    return {
        state.kind if state.epoch == 1 else f"{state.kind} {state.epoch}": state
        for state in replay(facts, plan, moment)
    }


HOLDING = {"reply": Reply.HOLDING}
FINAL = {"reply": Reply.FINAL}
MICROSECOND = timedelta(microseconds=1)


def publish(rules: Rules, *, number: int, at: datetime, cast: Cast) -> Edition:
    """A published edition with these rules, written by Lea and published by Max."""
    author, publisher = cast.staff["lea"], cast.staff["max"]
    return Edition.objects.create(
        number=number,
        state="published",
        content=canonical(rules),
        content_hash=rules.content_hash,
        author=author,
        author_person_id=author.person_id,
        publisher=publisher,
        publisher_person_id=publisher.person_id,
        created_at=at,
        edited_at=at,
        published_at=at,
        effective_at=at,
        thread=open_thread("edition"),
    )
