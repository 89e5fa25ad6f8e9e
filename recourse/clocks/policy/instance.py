"""One clock of a case while its facts are replayed: lanes, pauses, and when it is due."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from recourse.clocks.policy.facts import Pause
from recourse.clocks.policy.targets import SECOND, Length, Target
from recourse.clocks.policy.words import JUDGED_STATES, Family, State


@dataclass(frozen=True, slots=True)
class Threshold:
    """The instant at which a share of the allowance is used up."""

    percent: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """That a clock was given another target, and which it had before."""

    at: datetime
    before: Target
    after: Target


@dataclass(frozen=True, slots=True)
class Lane:
    """A start with its target; a merged clock has several, and the strictest decides.

    `pauses` are those that it brought along; of the clock's own only those from `joined_at` on concern it.
    """

    start: datetime
    target: Target
    ref: str = ""
    pauses: tuple[Pause, ...] = ()
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a lane stands at an instant: when it is due, or since when and until when it is paused."""

    lane: Lane
    pauses: tuple[Pause, ...]
    due: datetime | None = None
    paused_since: datetime | None = None
    resumes_at: datetime | None = None

    @property
    def paused(self) -> float:
        """Working seconds of the pauses that have ended."""
        return stood_still(self.lane.target.length, self.lane.start, self.pauses)

    def reached(self, percent: int) -> datetime:
        """The instant at which a share of the length is used up.

        Pauses that began after it do not move it; where the last second of a share meets a pause, its end counts.
        """
        start, length = self.lane.start, self.lane.target.length
        paused, found = 0.0, length.moment(start, 0, percent)
        for begun, ended in self.pauses:
            if begun > found:
                break
            paused += stood_still(length, start, ((begun, ended),))
            found = max(length.moment(start, paused, percent), ended)
        return found


@dataclass(slots=True)
class Instance:
    """A clock being replayed. `ended` is nothing while it is open."""

    kind: str
    family: Family
    epoch: int
    lanes: list[Lane]
    ref: str = ""
    origin: str = ""
    ended: State | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    breached_at: datetime | None = None
    is_breach_known: bool = False
    waits: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    gaps: list[Pause] = field(default_factory=list)
    moot: set[int] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)
    _seen: tuple[datetime, Standing] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits to be met."""
        return self.ended is None

    @property
    def target(self) -> Target:
        """The target of its own lane."""
        return self.lanes[0].target

    @property
    def is_judged(self) -> bool:
        """Whether it was met, late or broken."""
        return self.ended in JUDGED_STATES

    @property
    def is_withdrawn(self) -> bool:
        """Whether it ended as if it had never been."""
        return self.ended is State.WITHDRAWN

    def standing(self, at: datetime) -> Standing:
        """The lane that decides, as things stand at an instant: the earliest due, or a paused one.

        Kept until something changes: while nothing stops the clock, its due time is the same at any later instant.
        """
        if self._seen is not None and (self._seen[0] == at or (self.is_open and not self.is_waiting)):
            return self._seen[1]
        found = self._standing(at)
        self._seen = (at, found)
        return found

    def changed(self) -> None:
        """Forget how it stood: lanes, waits or its end were changed."""
        self._seen = None

    def _standing(self, at: datetime) -> Standing:
        standings = [self._lane_standing(lane, at) for lane in self.lanes]
        due = [standing for standing in standings if standing.due is not None]
        return min(due, key=lambda standing: standing.due or at) if due else standings[0]

    def settle(self, at: datetime) -> None:
        """Note a breach that lies before an instant; met exactly at due is met."""
        if self.is_open and self.breached_at is None:
            due = self.standing(at).due
            if due is not None and due < at:
                self.breached_at = due

    def finish(self, at: datetime, by: str = "") -> None:
        """Meet it: in time, or late when its due time had passed."""
        self.settle(at)
        self.end(State.MET if self.breached_at is None else State.LATE, at, by)

    def end(self, state: State, at: datetime, by: str = "") -> None:
        """End it in a state."""
        self.changed()
        self.ended, self.ended_at, self.ended_by = state, at, by

    def reopen(self, gap: Pause | None = None) -> None:
        """Let it never have ended; the gap, if any, is not counted."""
        if gap is not None and gap[0] < gap[1]:
            self.gaps.append(gap)
        self.changed()
        self.ended, self.ended_at, self.ended_by = None, None, ""

    def pause(self, at: datetime) -> None:
        """Let it stand still from now on, if it may."""
        if self.target.pauses and not self.is_waiting:
            self.waits.append((at, None))
            self.changed()

    def unpause(self, at: datetime) -> None:
        """Let it run on."""
        if self.is_waiting:
            self.waits[-1] = (self.waits[-1][0], at)
            self.changed()

    @property
    def is_waiting(self) -> bool:
        """Whether a wait has stopped it that has not ended."""
        return bool(self.waits) and self.waits[-1][1] is None

    def retarget(self, target: Target, at: datetime, *, is_waiting: bool) -> None:
        """Swap the target of all lanes, keeping starts and pauses.

        Shares of the new target that are past already warn at most once; none of them where it is breached.
        """
        if target == self.target and len(self.lanes) == 1:
            return
        self.changes.append(Change(at, self.target, target))
        self.lanes = [Lane(lane.start, target, lane.ref, lane.pauses, lane.joined_at) for lane in self.lanes]
        self.changed()
        if is_waiting:
            self.pause(at)
        if not target.pauses:
            self.unpause(at)
        passed = [threshold.percent for threshold in self.thresholds(at) if threshold.at < at]
        self.settle(at)
        self.moot |= set(passed if self.breached_at else passed[:-1])

    def thresholds(self, at: datetime) -> list[Threshold]:
        """When each share is used up, by the pauses known at an instant; none while it stands still."""
        standing = self.standing(at)
        if standing.due is None:
            return []
        shares = [percent for percent in standing.lane.target.warn_at if percent not in self.moot]
        return [Threshold(percent, standing.reached(percent)) for percent in shares]

    def _lane_standing(self, lane: Lane, at: datetime) -> Standing:
        waits, since, resumes_at = self._waits_of(lane, at)
        pauses = tuple(joined([*waits, *lane.pauses, *self.gaps]))
        if since is not None:
            return Standing(lane, pauses, None, since, resumes_at)
        return Standing(lane, pauses, Standing(lane, pauses).reached(100))

    def _waits_of(self, lane: Lane, at: datetime) -> tuple[list[Pause], datetime | None, datetime | None]:
        """Waits up to an instant that concern a lane, cut where its pause limit is used up.

        With them since when it is still waiting, and when the limit will let it run on.
        """
        calendar, limit = lane.target.length.calendar, lane.target.pause_limit
        used = stood_still(lane.target.length, lane.start, lane.pauses)
        found: list[Pause] = []
        for begun, ended in self.waits:
            first = max(begun, lane.joined_at or lane.start)
            if first > at or (self.ended_at == first) or (ended is not None and ended <= first):
                continue
            last = None if ended is None or ended > at else ended
            if limit is not None and calendar is not None:
                runs_out = calendar.add(first, limit - used) if limit > used else first
                if runs_out <= at and (last is None or runs_out < last):
                    last = runs_out
                elif last is None:
                    return found, first, runs_out
            if last is None:
                return found, first, None
            found.append((first, last))
            used += stood_still(lane.target.length, lane.start, [(first, last)])
        return found, None, None


def joined(pauses: list[Pause]) -> list[Pause]:
    """Pauses in order, overlapping ones as one."""
    found: list[Pause] = []
    for begun, ended in sorted(pauses):
        if found and begun <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ended))
        else:
            found.append((begun, ended))
    return found


def stood_still(length: Length, start: datetime, pauses: Sequence[Pause]) -> float:
    """Working seconds of the pauses from start on; real ones where nothing is counted in a calendar."""
    later = [(max(begun, start), ended) for begun, ended in pauses if ended > start]
    if length.calendar is None:
        return sum((ended - begun) / SECOND for begun, ended in later)
    return sum(length.calendar.elapsed(begun, ended) for begun, ended in later)
