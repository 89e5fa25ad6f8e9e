"""The plan of a case, read from an edition of the handbook."""

from recourse.clocks.policy.targets import Chosen, Length, Plan, Statutory, Target, WorkingDaysKept, WorkingTime
from recourse.clocks.policy.words import Family
from recourse.handbook.policy import clocks as book
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.shape import Length as Allowed
from recourse.handbook.policy.shape import Severity, Tier, Unit
from recourse.kit.calendar import WorkingCalendar, working_calendar


def plan_of(rules: Rules, chosen: Chosen) -> Plan:
    """Return every target of a case for which the plan was so chosen.

    Clocks that a ground starts are always in it, for the ground may come later.
    """
    row = rules.clocks.allowance(Tier(chosen.tier), Severity(chosen.severity))
    calendar = calendar_of(rules, rules.clocks.calendar_key(row))
    commercial = [
        _commercial(rules.clocks.kind(kind), allowed, calendar, chosen)
        for kind in book.ClockKind
        if (allowed := row.length(kind)) is not None
    ]
    regulatory = [
        _regulatory(rules, clock, chosen)
        for clock in rules.clocks.statutory
        if clock.key in chosen.statutory or clock.ground is not None
    ]
    return Plan(chosen.edition, (*commercial, *regulatory), rules.clocks.promise_warn_at_percent)


def calendar_of(rules: Rules, key: str) -> WorkingCalendar:
    """Return a counting calendar of the handbook by its key."""
    return working_calendar(rules.calendar(key).spec())


def _commercial(rule: book.KindRule, allowed: Allowed, calendar: WorkingCalendar, chosen: Chosen) -> Target:
    limit = rule.pause_limit
    return Target(
        kind=rule.kind.value,
        family=Family.COMMERCIAL,
        length=_length(allowed, calendar),
        warn_at=rule.warn_at_percent,
        pauses=rule.pauses,
        pause_limit=None if limit is None else working_seconds(limit, calendar),
        on_reopen=rule.on_reopen,
        counts_closed_time=rule.counts_closed_time,
        chosen=chosen,
    )


def _length(allowed: Allowed, calendar: WorkingCalendar) -> Length:
    if allowed.unit is Unit.BUSINESS_DAYS:
        return WorkingDaysKept(calendar, allowed.amount)
    return WorkingTime(calendar, allowed.amount * 60)


def working_seconds(allowed: Allowed, calendar: WorkingCalendar) -> float:
    """Return a length as working seconds; a business day is the mean of the week's working days."""
    if allowed.unit is Unit.BUSINESS_DAYS:
        return allowed.amount * calendar.mean_working_day
    return allowed.amount * 60


def _regulatory(rules: Rules, clock: book.StatutoryClock, chosen: Chosen) -> Target:
    return Target(
        kind=clock.key,
        family=Family.REGULATORY,
        length=Statutory(
            calendar_of(rules, rules.clocks.calendar_key(clock)),
            clock.basis,
            clock.amount,
            clock.ends_at,
            clock.roll,
        ),
        warn_at=clock.warn_at_percent,
        starts_on=clock.starts_on,
        ends_on=clock.ends_on,
        chosen=chosen,
    )
