"""Where clocks and promises stand: of a case, of a desk, worst first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet

from recourse.cases.models import Case, visible_ids
from recourse.clocks.models import IS_OPEN, Clock, Promise
from recourse.clocks.policy import ClockState, Explanation, explain
from recourse.clocks.policy.promises import PromiseState
from recourse.clocks.queries.told import Story, story_of
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible


def clocks_of(case: Case) -> list[Clock]:
    """Return the clocks of a case that the caller may see: open ones by due time, paused ones, then ended ones."""
    rows = Clock.objects.filter(case=case)
    return sorted(rows, key=lambda row: (not row.is_open, row.due_at is None, row.due_at or row.started_at, row.kind))


def open_clocks(case_ids: Sequence[UUID]) -> dict[UUID, list[Clock]]:
    """Return the open clocks of some cases by case, the most urgent first, in one query."""
    found: dict[UUID, list[Clock]] = {key: [] for key in case_ids}
    for row in Clock.objects.filter(IS_OPEN, case_id__in=case_ids).order_by(F("due_at").asc(nulls_last=True), "kind"):
        found[row.case_id].append(row)
    return found


def binding(case: Case) -> Clock | None:
    """Return the open clock of a case that is due first."""
    return Clock.objects.filter(IS_OPEN, case=case, due_at__isnull=False).order_by("due_at", "pk").first()


def explain_clocks(case: Case, *, at: dt.datetime) -> list[Explanation]:
    """Return for each clock of a case how its due time comes about, as it stands at `at`; by epoch, oldest first."""
    story = story_of(case.pk)
    if story is None:
        return []
    return [explain(state, edition=_edition(state, story), at=at) for state in story.as_told(at)]


def explain_clock(case: Case, *, kind: str, epoch: int, at: dt.datetime) -> Explanation:
    """Return how the due time of one clock comes about; NotVisible where the case has no such clock."""
    for found in explain_clocks(case, at=at):
        if found.state.key == (kind, epoch):
            return found
    raise NotVisible


def _edition(state: ClockState, story: Story) -> int:
    return (state.target.chosen or story.chosen).edition


def worst_first(viewer: Actor, *, limit: int = 50, family: str = "", team_id: UUID | None = None) -> list[Clock]:
    """Return the open clocks that the viewer may see with the earliest due time, breached ones first of all."""
    rows = Clock.objects.filter(IS_OPEN, due_at__isnull=False, case__in=visible_ids(viewer))
    if family:
        rows = rows.filter(family=family)
    if team_id is not None:
        rows = rows.filter(case__team_id=team_id)
    beside = ("case__owner", "case__team", "case__queue", "case__customer")
    return list(rows.select_related(*beside).order_by("due_at", "pk")[:limit])


@dataclass(frozen=True, slots=True)
class Standing:
    """How many open clocks are past their due time, due within some time, paused, and in all."""

    breached: int
    due_soon: int
    paused: int
    total: int


def standing(viewer: Actor, *, at: dt.datetime, within: dt.timedelta) -> Standing:
    """Return how the open clocks that the viewer may see stand at `at`."""
    rows = Clock.objects.filter(IS_OPEN, case__in=visible_ids(viewer))
    return Standing(
        breached=rows.filter(due_at__lt=at).count(),
        due_soon=rows.filter(due_at__gte=at, due_at__lt=at + within).count(),
        paused=rows.filter(due_at__isnull=True).count(),
        total=rows.count(),
    )


def promises_of(case: Case) -> QuerySet[Promise]:
    """Return the promises on a case that the caller may see, open ones first, by due time."""
    is_settled = F("settled_at").asc(nulls_first=True)
    return Promise.objects.filter(case=case).select_related("given_by", "settled_by").order_by(is_settled, "due_at")


def promise(promise_id: UUID, *, viewer: Actor) -> Promise:
    """Return one promise; NotVisible where its case is."""
    rows = Promise.objects.filter(pk=promise_id, case__in=visible_ids(viewer))
    found = rows.select_related("case", "given_by", "settled_by").first()
    if found is None:
        raise NotVisible
    return found


def promises_due(viewer: Actor, *, until: dt.datetime, given_by: UUID | None = None, limit: int = 100) -> list[Promise]:
    """Return open promises on cases that the viewer may see, due by `until`, the earliest first."""
    rows = Promise.objects.filter(state=PromiseState.OPEN, due_at__lte=until, case__in=visible_ids(viewer))
    if given_by is not None:
        rows = rows.filter(given_by_id=given_by)
    return list(rows.select_related("case", "given_by").order_by("due_at", "pk")[:limit])


def verify_replay(case: Case, *, at: dt.datetime) -> list[str]:
    """Return where the stored clocks of a case differ from a replay of its facts; empty when they agree.

    A clock that something is due to be told of is compared as it was then: a late worker is late, never wrong.
    """
    story = story_of(case.pk)
    rows = {(row.kind, row.epoch): row for row in Clock.objects.filter(case=case)}
    if story is None:
        return [f"{kind} {epoch}: no fact tells of it" for kind, epoch in sorted(rows)]
    found: list[str] = []
    states = {state.key: state for state in story.as_told(at)}
    for key in sorted(rows.keys() ^ states.keys()):
        found.append(f"{key[0]} {key[1]}: " + ("no row" if key in states else "no fact tells of it"))
    for key in sorted(rows.keys() & states.keys()):
        found.extend(f"{key[0]} {key[1]}: {difference}" for difference in _compared(rows[key], states[key], story, at))
    return found


def _compared(row: Clock, state: ClockState, story: Story, at: dt.datetime) -> list[str]:
    """Return the differences from now, or from when something was due to be told that nobody has told yet."""
    differences = _differences(row, state)
    if not differences or row.next_look_at is None or row.next_look_at >= at:
        return differences
    told_at = max(row.next_look_at, *(fact.at for fact in story.facts))
    then = next((one for one in story.at(told_at) if one.key == state.key), state)
    return _differences(row, then)


def _differences(row: Clock, state: ClockState) -> list[str]:
    pairs = {
        "state": (_plain(row.state), _plain(state.state)),
        "started_at": (row.started_at, state.started_at),
        "due_at": (row.due_at, state.due_at),
        "ended_at": (row.ended_at, state.ended_at),
        "breached_at": (row.breached_at, state.breached_at),
        "paused_since": (row.paused_since, state.paused_since),
        "amount": (row.amount, state.target.length.amount),
    }
    return [f"{name} is {stored}, the facts say {told}" for name, (stored, told) in pairs.items() if stored != told]


def _plain(state: str) -> str:
    return str(getattr(state, "value", state))
