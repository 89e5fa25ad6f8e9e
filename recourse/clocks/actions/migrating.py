"""Brings open clocks under another edition, when somebody says so; nothing else ever does."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from recourse.cases.models import Case
from recourse.clocks.actions.keeping import case_locked
from recourse.clocks.actions.noting import refresh, tell
from recourse.clocks.policy import Fact, FactKind
from recourse.clocks.queries.told import chosen_for, plan_for, story_of
from recourse.handbook.models import Edition
from recourse.handbook.queries import edition_numbered
from recourse.kit.actor import Actor
from recourse.kit.transactions import verb
from recourse.people.policy import Permission


@verb
def migrate(case_ids: Iterable[UUID], *, edition: int, by: Actor, at: dt.datetime) -> int:
    """Give the open clocks of some cases the targets and calendars of an edition; return how many cases that moved.

    Starts and pauses stay, verdicts and breaches too. Needs clock:migrate; cases that `by` may not see are left out.
    """
    by.require(Permission.CLOCK_MIGRATE)
    to = edition_numbered(edition)
    seen = Case.objects.visible_to(by).open().filter(pk__in=list(case_ids)).order_by("pk").values_list("pk", flat=True)
    return sum(_migrate(case_id, to, by, at) for case_id in list(seen))


def _migrate(case_id: UUID, edition: Edition, by: Actor, at: dt.datetime) -> bool:
    case, story = case_locked(case_id=case_id), story_of(case_id)
    if story is None:
        return False
    chosen = chosen_for(case, edition, at=at)
    if chosen == story.chosen:
        return False
    tell(case, Fact(0, FactKind.PLAN_MIGRATED, at, plan=plan_for(chosen)), by=by, at=at, chosen=chosen)
    return True


@verb
def recalculate(case_id: UUID, *, by: Actor, at: dt.datetime) -> bool:
    """Replay the clocks of a case and bring its rows into line; tell whether any was not.

    For new time zone data, and for repair.
    """
    by.require(Permission.CLOCK_MIGRATE)
    case, story = case_locked(case_id=case_id), story_of(case_id)
    return story is not None and refresh(case, story, by=by, at=at, why="recalculated")
