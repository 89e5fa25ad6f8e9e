"""Clocks with waits, breaches and clock changes against a stepping through every minute."""

import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from recourse.clocks.policy import Fact, FactKind, Plan, State, Target, explain, replay
from recourse.clocks.policy.targets import WorkingTime
from recourse.clocks.policy.words import Family
from recourse.kit.calendar import CalendarSpec, Reason, windows, working_calendar
from tests.rooms.clocks.build import LONDON, STANDARD, utc
from tests.rooms.kit.test_calendar_brute_force import DAYS, Tape, group

GROUPS, CASES = 120, 25


def some_waits(pick: random.Random, size: int) -> list[tuple[int, int]]:
    edges = sorted(pick.sample(range(size), 2 * pick.randrange(4)))
    return list(zip(edges[::2], edges[1::2], strict=True))


def stepped(tape: Tape, start: int, need: int, waits: list[tuple[int, int]]) -> int | None:
    """The minute at which so many open minutes outside the waits have passed; later waits cannot matter."""
    counted = bytearray(tape.minutes)
    for first, last in waits:
        counted[first:last] = bytes(last - first)
    return Tape(tape.start, bytes(counted)).forward(start, need)


def facts_of(tape: Tape, start: int, waits: list[tuple[int, int]]) -> list[Fact]:
    def at(minute: int) -> object:
        return tape.start + timedelta(minutes=minute)

    told = [(start, FactKind.RECEIVED, "")]
    for number, (first, last) in enumerate(waits):
        told += [(first, FactKind.WAIT_STARTED, f"w{number}"), (last, FactKind.WAIT_ENDED, f"w{number}")]
    return [Fact(number, kind, at(minute), ref=ref) for number, (minute, kind, ref) in enumerate(told)]  # type: ignore[arg-type]


def test_three_thousand_clocks_with_waits_breach_at_the_minute_that_stepping_finds() -> None:
    compared = 0
    for number in range(1000, 1000 + GROUPS):
        spec, tape, pick = group(number)
        calendar = working_calendar.__wrapped__(spec)
        size = len(tape.minutes)
        for _ in range(CASES):
            start, need = pick.randrange(size // 2), pick.choice((30, 120, 480, pick.randrange(1, 2000)))
            waits = [(first, last) for first, last in some_waits(pick, size) if first > start]
            due = stepped(tape, start, need, waits)
            if due is None:
                continue
            plan = Plan(1, (Target("resolution", Family.COMMERCIAL, WorkingTime(calendar, need * 60), pauses=True),))
            end = tape.start + timedelta(days=DAYS)
            (clock,) = replay(facts_of(tape, start, waits), plan, end + timedelta(days=1))
            found = clock.breached_at
            assert found == tape.start + timedelta(minutes=due), (spec, tape.start, start, need, waits)
            assert clock.state is State.BREACHED
            compared += 1
    assert compared > GROUPS * CASES / 2


office = working_calendar(
    CalendarSpec(
        "office", 1, "Australia/Lord_Howe", (windows(("09:00", "17:30")),) * 6 + (windows(("22:00", "06:00")),)
    )
)
KINDS = some.sampled_from([kind for kind in FactKind if kind not in (FactKind.RECEIVED, FactKind.MERGED_IN)])
TOLD = some.lists(some.tuples(KINDS, some.integers(0, 40 * 86_400), some.sampled_from("abc")), max_size=25)
OTHER = Plan(
    2,
    (
        Target("resolution", Family.COMMERCIAL, WorkingTime(office, 7 * 3600), warn_at=(80,), pauses=True),
        Target("first_response", Family.COMMERCIAL, WorkingTime(LONDON, 1800), pauses=True, pause_limit=5000.0),
    ),
)
BEGIN = utc("2026-03-20 10:00")


def facts_from(told: list[tuple[FactKind, int, str]]) -> list[Fact]:
    facts = [Fact(0, FactKind.RECEIVED, BEGIN)]
    for number, (kind, seconds, ref) in enumerate(told, start=1):
        facts.append(
            Fact(
                number,
                kind,
                BEGIN + timedelta(seconds=seconds),
                ref=ref,
                key="eight_weeks",
                plan=OTHER if kind in (FactKind.TARGET_CHANGED, FactKind.PLAN_MIGRATED) else None,
                due_at=BEGIN + timedelta(days=10),
            )
        )
    return facts


@settings(max_examples=400, deadline=None)
@given(TOLD, some.integers(0, 60 * 86_400))
def test_whatever_happens_counted_and_paused_and_outside_time_add_up(
    told: list[tuple[FactKind, int, str]], seconds: int
) -> None:
    at = BEGIN + timedelta(seconds=seconds)
    for clock in replay(facts_from(told), STANDARD, at):
        account = explain(clock, edition=1, at=at)
        assert abs(account.counted + account.paused + account.outside - account.elapsed) < 1e-3
        paused = sum(span.seconds for span in account.spans if span.reason is Reason.PAUSED)
        assert paused == account.paused
        if clock.due_at is not None and isinstance(clock.target.length, WorkingTime):
            assert abs(account.counted - clock.target.length.seconds) < 1e-3 or clock.due_at == clock.pauses[-1][1]


@settings(max_examples=300, deadline=None)
@given(TOLD, some.lists(some.integers(0, 60 * 86_400), min_size=2, max_size=5))
def test_a_breach_once_passed_is_never_taken_back_by_later_facts_of_the_case(
    told: list[tuple[FactKind, int, str]], looks: list[int]
) -> None:
    facts, seen = facts_from(told), {}
    for seconds in sorted(looks):
        for clock in replay(facts, STANDARD, BEGIN + timedelta(seconds=seconds)):
            before = seen.get(clock.key)
            if before is not None:
                assert clock.breached_at == before
            if clock.breached_at is not None:
                seen[clock.key] = clock.breached_at


@settings(max_examples=200, deadline=None)
@given(TOLD)
def test_the_order_in_which_facts_are_handed_over_does_not_matter(
    told: list[tuple[FactKind, int, str]],
) -> None:
    facts, at = facts_from(told), BEGIN + timedelta(days=50)
    assert replay(facts, STANDARD, at) == replay(list(reversed(facts)), STANDARD, at)


@settings(max_examples=200, deadline=None)
@given(TOLD)
def test_at_most_one_clock_of_a_kind_is_open_and_it_has_a_due_time_unless_it_is_paused(
    told: list[tuple[FactKind, int, str]],
) -> None:
    clocks = replay(facts_from(told), STANDARD, BEGIN + timedelta(days=41))
    for clock in clocks:
        if clock.is_open:
            assert (clock.due_at is None) is (clock.state is State.PAUSED)
        assert (clock.ended_at is None) is clock.is_open
        if clock.state is State.MET:
            assert clock.breached_at is None
    kinds = [clock.kind for clock in clocks if clock.is_open and clock.kind != "promise"]
    assert len(kinds) == len(set(kinds))
