"""When the rungs of a ladder fall due beside one clock."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from recourse.handbook.policy.ladders import Ladder, Step
from recourse.handbook.policy.shape import Tier
from recourse.kit.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of one ladder, and when it fires."""

    ladder: str
    step: Step
    fire_at: dt.datetime

    @property
    def key(self) -> str:
        """Return the name that is unique beside a clock."""
        return f"{self.ladder}.{self.step.key}"


def rungs(
    ladders: Iterable[Ladder], *, clock: str, tier: Tier, due_at: dt.datetime, calendar: WorkingCalendar
) -> list[Rung]:
    """Return the rungs beside a clock of that kind (or statutory key), in the order in which they fire."""
    found = [
        Rung(ladder.key, step, fire_at(step, due_at, calendar))
        for ladder in ladders
        if ladder.covers(clock, tier)
        for step in ladder.steps
    ]
    return sorted(found, key=lambda rung: rung.fire_at)


def fire_at(step: Step, due_at: dt.datetime, calendar: WorkingCalendar) -> dt.datetime:
    """Return when a step fires: working minutes around the due time and never outside hours, unless it ignores them."""
    if step.ignores_hours:
        return due_at + dt.timedelta(minutes=step.offset)
    return calendar.next_open(calendar.add(due_at, step.offset * 60))
