"""Takes clocks and promises along when cases are merged, and back when a merge is undone."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

from recourse.cases.models import Case
from recourse.clocks.actions.keeping import case_locked
from recourse.clocks.actions.noting import retarget_case, tell
from recourse.clocks.actions.starting import start_for_case
from recourse.clocks.models import Promise
from recourse.clocks.policy import PROMISE, Fact, FactKind, Inherited
from recourse.clocks.policy.promises import FACT_OF, PromiseState
from recourse.clocks.queries.told import brought_along, story_of
from recourse.kit.actor import Actor
from recourse.kit.transactions import verb


@verb
def note_merge(*, thread_id: UUID, joined_id: UUID, merge_id: str, by: Actor, at: dt.datetime) -> None:
    """Tell that a case was merged into the one of the thread.

    The kept case takes the earliest start and the strictest due time of each clock, statutory clocks that it had
    not, and the open promises; the clocks of the joined case end as merged.
    """
    kept, joined = case_locked(thread_id=thread_id), case_locked(case_id=joined_id)
    story = story_of(joined.pk)
    if story is None:
        return
    brought = tuple(brought_along(state, story.chosen) for state in story.as_told(at) if state.is_open)
    tell(joined, Fact(0, FactKind.MERGED_AWAY, at, ref=merge_id), by=by, at=at)
    if story_of(kept.pk) is None:
        start_for_case(kept, by=by, at=at)
    tell(kept, Fact(0, FactKind.MERGED_IN, at, ref=merge_id, inherited=_promised_too(brought)), by=by, at=at)
    Promise.objects.filter(case=joined, state=PromiseState.OPEN).update(case=kept)
    retarget_case(kept, by=by, at=at)


def _promised_too(brought: tuple[Inherited, ...]) -> tuple[Inherited, ...]:
    """Only promises are known by what they are about; the message that another clock began with stays behind."""
    return tuple(one if one.kind == PROMISE else replace(one, ref="") for one in brought)


@verb
def note_unmerge(*, thread_id: UUID, joined_id: UUID, merge_id: str, by: Actor, at: dt.datetime) -> None:
    """Tell that a merge into the case of the thread was undone: each case has its own clocks again.

    The time in between counts for both. What became of promises meanwhile stays so.
    """
    kept, joined = case_locked(thread_id=thread_id), case_locked(case_id=joined_id)
    tell(kept, Fact(0, FactKind.MERGE_UNDONE, at, ref=merge_id), by=by, at=at)
    retarget_case(kept, by=by, at=at)
    tell(joined, Fact(0, FactKind.UNMERGED, at, ref=merge_id), by=by, at=at)
    retarget_case(joined, by=by, at=at)
    back = list(Promise.objects.filter(case=kept, made_on=joined))
    Promise.objects.filter(pk__in=[promise.pk for promise in back]).update(case=joined)
    for promise in back:
        _settled_meanwhile(joined, promise, by=by, at=at)


def _settled_meanwhile(joined: Case, promise: Promise, *, by: Actor, at: dt.datetime) -> None:
    kind = FACT_OF.get(PromiseState(promise.state))
    if kind is not None and promise.settled_at is not None:
        tell(joined, Fact(0, kind, promise.settled_at, ref=str(promise.pk)), by=by, at=at)
