"""The state of all clocks of a case as a pure function of what happened and of what was planned."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from recourse.clocks.policy.facts import Fact, Pause, in_order
from recourse.clocks.policy.instance import Change, Instance, Threshold
from recourse.clocks.policy.story import Story
from recourse.clocks.policy.targets import Plan, Target
from recourse.clocks.policy.words import Family, State


@dataclass(frozen=True, slots=True)
class ClockState:
    """One clock as it stood at an instant. `due_at` is nothing while it is paused.

    It began at `started_at`; the start that decides, where a merge gave it several, is `counted_from`. `pauses`
    are the stretches that were not counted; `paused_seconds` and `used_seconds` are working time.
    `is_breach_known` says that the breach came with a merged case, where it was told already.
    """

    kind: str
    family: Family
    epoch: int
    ref: str
    state: State
    target: Target
    started_at: datetime
    counted_from: datetime
    due_at: datetime | None
    paused_since: datetime | None
    resumes_at: datetime | None
    paused_seconds: float
    used_seconds: float
    ended_at: datetime | None
    breached_at: datetime | None
    is_breach_known: bool
    thresholds: tuple[Threshold, ...]
    pauses: tuple[Pause, ...]
    changes: tuple[Change, ...]

    @property
    def is_open(self) -> bool:
        """Whether it still waits to be met."""
        return self.ended_at is None

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from the other clocks of its case."""
        return self.kind, self.epoch


def replay(facts: Iterable[Fact], plan: Plan, at: datetime) -> tuple[ClockState, ...]:
    """Return every clock of a case as it stood at an instant, in the order of their starting.

    Facts later than the instant are passed over; breaches follow from the facts, whoever looked or did not.
    """
    story = Story(plan)
    for fact in in_order(facts):
        if fact.at <= at:
            story.tell(fact)
    return tuple(state_of(clock, at) for clock in story.clocks)


def state_of(clock: Instance, at: datetime) -> ClockState:
    """Freeze a clock as it stands at an instant."""
    clock.settle(at)
    seen = clock.ended_at or at
    standing = clock.standing(seen)
    lane, calendar = standing.lane, standing.lane.target.length.calendar
    used = 0.0
    if calendar is not None:
        until = max(standing.paused_since or seen, lane.start)
        used = max(calendar.elapsed(lane.start, until) - standing.paused, 0.0)
    pauses = standing.pauses + (((standing.paused_since, seen),) if standing.paused_since else ())
    if clock.ended is not None:
        state = clock.ended
    elif standing.paused_since is not None:
        state = State.PAUSED
    else:
        state = State.RUNNING if clock.breached_at is None else State.BREACHED
    return ClockState(
        kind=clock.kind,
        family=clock.family,
        epoch=clock.epoch,
        ref=clock.ref,
        state=state,
        target=lane.target,
        started_at=min(one.start for one in clock.lanes),
        counted_from=lane.start,
        due_at=standing.due,
        paused_since=standing.paused_since if clock.is_open else None,
        resumes_at=standing.resumes_at if clock.is_open else None,
        paused_seconds=standing.paused,
        used_seconds=used,
        ended_at=clock.ended_at,
        breached_at=clock.breached_at,
        is_breach_known=clock.is_breach_known,
        thresholds=tuple(clock.thresholds(seen)) if clock.is_open else (),
        pauses=pauses,
        changes=tuple(clock.changes),
    )
