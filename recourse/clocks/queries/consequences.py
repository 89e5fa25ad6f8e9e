"""Which due times and verdicts another handbook would change: asked before it is published."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from recourse.cases.models import Case, visible_ids
from recourse.clocks.models import IS_OPEN, Clock
from recourse.clocks.policy import Chosen, ClockState, Fact, FactKind, Plan, plan_of, replay
from recourse.clocks.queries.told import Story, facts_for, statutory_under, stories_of
from recourse.handbook.policy.consequences import Consequence, Survey
from recourse.handbook.policy.rules import Rules
from recourse.kit.actor import Actor

BATCH = 500


def clocks_that_would_change(
    *, old: Rules, new: Rules, since: dt.datetime, at: dt.datetime, viewer: Actor, limit: int
) -> Survey:
    """Return the open clocks that migrating to `new` would move, and verdicts that it would have changed.

    An open clock is compared with what migrating its case at `at` would make of it; a verdict with what the case would
    have had, had `new` held from its receipt.
    """
    if (old.clocks, old.calendars, old.regimes) == (new.clocks, new.calendars, new.regimes):
        return Survey(_recent(since).filter(case__in=visible_ids(viewer)).count(), 0, [])
    checked = changed = 0
    rows: list[Consequence] = []
    book = _Book(new)
    for case, story in _cases(viewer, since):
        for now, then in _pairs(case, story, book, at):
            if not now.is_open and (now.ended_at is None or now.ended_at < since):
                continue
            checked += 1
            words = _words(now, then)
            if words is None:
                continue
            changed += 1
            if len(rows) < limit:
                rows.append(_row(case, now, *words))
    return Survey(checked, changed, rows)


class _Book:
    """The new rules, with each plan read from them once."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.hash = rules, rules.content_hash
        self.plans: dict[Chosen, Plan] = {}

    def plan(self, chosen: Chosen) -> Plan:
        """Return the plan that these rules have where others were so chosen."""
        if chosen not in self.plans:
            self.plans[chosen] = plan_of(self.rules, chosen)
        return self.plans[chosen]

    def plan_now(self, case: Case, chosen: Chosen, at: dt.datetime) -> Plan:
        """Return the plan that migrating a case would give it."""
        applies = statutory_under(self.rules, self.hash, facts_for(case, self.rules, at=at))
        return self.plan(replace(chosen, tier=case.tier, severity=case.severity, statutory=applies))


def _recent(since: dt.datetime) -> QuerySet[Clock]:
    return Clock.objects.filter(IS_OPEN | Q(ended_at__gte=since))


def _cases(viewer: Actor, since: dt.datetime) -> Iterator[tuple[Case, Story]]:
    recent = _recent(since).values("case_id")
    seen = Case.objects.visible_to(viewer).filter(pk__in=recent).select_related("customer", "team", "queue")
    keys: list[UUID] = list(seen.order_by("-pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        stories = stories_of(batch)
        for case in seen.filter(pk__in=batch).order_by("-pk"):
            if case.pk in stories:
                yield case, stories[case.pk]


def _pairs(case: Case, story: Story, book: _Book, at: dt.datetime) -> Iterator[tuple[ClockState, ClockState | None]]:
    """Yield each clock with what it would be: open ones after a migration now, ended ones had `new` held throughout."""
    migration = Fact(story.last_number + 1, FactKind.PLAN_MIGRATED, at, plan=book.plan_now(case, story.chosen, at))
    after = {state.key: state for state in replay([*story.facts, migration], story.plan, at)}
    facts = [replace(fact, plan=_read(fact, story, book)) if fact.plan else fact for fact in story.facts]
    ever = {state.key: state for state in replay(facts, _read(facts[0], story, book), at)}
    for state in story.at(at):
        yield state, (after if state.is_open else ever).get(state.key)


def _read(fact: Fact, story: Story, book: _Book) -> Plan:
    """Return the new rules' plan for what a fact's plan was chosen by."""
    targets = fact.plan.targets if fact.plan else ()
    return book.plan(next((target.chosen for target in targets if target.chosen is not None), story.chosen))


def _words(now: ClockState, then: ClockState | None) -> tuple[str, str] | None:
    """Return how a clock stands and would stand, where that differs."""
    if then is None:
        return _said(now), _("no such clock")
    if now.is_open:
        return None if (now.due_at, now.state) == (then.due_at, then.state) else (_said(now), _said(then))
    return None if now.state == then.state else (str(now.state), str(then.state))


def _said(state: ClockState) -> str:
    return f"{state.due_at:%Y-%m-%d %H:%M} UTC" if state.due_at else str(state.state.value)


def _row(case: Case, state: ClockState, old: str, new: str) -> Consequence:
    return Consequence(
        case_id=case.pk,
        ref=case.ref,
        subject=case.subject,
        what=state.kind,
        old=old,
        new=new,
        is_open=state.is_open,
        decided_at=state.ended_at or state.started_at,
    )
