"""The clocks without their guards."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from recourse.cases.models import Case
from recourse.clocks.actions import noting
from recourse.clocks.models import Clock
from recourse.clocks.policy.instance import Change, Instance, Lane
from recourse.clocks.policy.targets import SECOND, Target
from recourse.handbook.queries import latest
from tests.twins import Twin, swap
from tests.twins.handbook import without_triggers

_POLICY = "tests/rooms/clocks/test_policy.py::"
_LOOKING = "tests/rooms/clocks/test_looking.py::"
_NOTING = "tests/rooms/clocks/test_noting.py::"
_INSTANCE = "recourse.clocks.policy.instance:"
_STORY = "recourse.clocks.policy.story:Story."


def _settle_at_due(self: Instance, at: datetime) -> None:
    """Breach at the due instant itself."""
    due = self.standing(at).due if self.is_open and self.breached_at is None else None
    if due is not None and due <= at:
        self.breached_at = due


def _wall_clock(length: object, start: datetime, pauses: Sequence[tuple[datetime, datetime]]) -> float:
    """Count pauses in real seconds."""
    return sum((ended - max(begun, start)) / SECOND for begun, ended in pauses if ended > start)


def _start_anew(self: Instance, target: Target, at: datetime, *, is_waiting: bool) -> None:
    """Give another target a fresh start."""
    self.changes.append(Change(at, self.target, target))
    self.lanes = [Lane(at, target)]
    self.changed()


def _forgive(self: Instance, target: Target, at: datetime, *, is_waiting: bool) -> None:
    """Let another target clear a breach."""
    self.lanes = [Lane(lane.start, target) for lane in self.lanes]
    self.changed()
    self.breached_at = None


def _count_robots(**told: Any) -> None:
    """Let automatic messages count."""
    noting.note_message_out(**{**told, "is_automatic": False})


def _forget_warnings(rows: Sequence[Clock]) -> None:
    """Mark nothing but the next look."""
    Clock.objects.filter(pk__in=[row.pk for row in rows]).update(next_look_at=F("due_at"))


def _nothing(*_given: object, **_named: object) -> None:
    """Do nothing."""


TWINS = [
    Twin(
        guard="met exactly at due is met",
        patch=swap(_INSTANCE + "Instance.settle", _settle_at_due),
        test=_POLICY + "test_an_answer_at_the_due_instant_is_in_time_and_one_a_moment_later_is_late",
    ),
    Twin(
        guard="a pause subtracts working time only",
        patch=swap(_INSTANCE + "stood_still", _wall_clock),
        test=_POLICY + "test_v13_a_wait_wholly_out_of_hours_moves_nothing",
    ),
    Twin(
        guard="the law never pauses",
        patch=swap("recourse.clocks.policy.targets:Target.__post_init__", _nothing),
        test=_POLICY + "test_a_regulatory_clock_that_pauses_cannot_be_planned",
    ),
    Twin(
        guard="another target keeps the start",
        patch=swap(_INSTANCE + "Instance.retarget", _start_anew),
        test=_POLICY + "test_a_tier_change_keeps_start_and_pauses_swaps_the_target_and_remembers_both",
    ),
    Twin(
        guard="another target clears no breach",
        patch=swap(_INSTANCE + "Instance.retarget", _forgive),
        test=_POLICY + "test_a_longer_target_does_not_clear_a_breach",
    ),
    Twin(
        guard="a bounced answer was never given",
        patch=swap(_STORY + "on_reply_bounced", _nothing),
        test=_NOTING + "test_an_answer_that_bounced_was_none",
    ),
    Twin(
        guard="a merge keeps the strictest clock",
        patch=swap(_STORY + "on_merged_in", _nothing),
        test=_POLICY + "test_the_kept_case_takes_the_earliest_start_and_the_strictest_due_time",
    ),
    Twin(
        guard="an automatic message answers nobody",
        patch=swap("recourse.clocks.actions:note_message_out", _count_robots),
        test=_NOTING + "test_an_automatic_message_answers_nobody",
    ),
    Twin(
        guard="what was told is marked as told",
        patch=swap("recourse.clocks.actions.looking:_mark_warned", _forget_warnings),
        test=_LOOKING + "test_each_share_warns_once_and_the_due_time_breaches_once",
    ),
    Twin(
        guard="a case runs under its own edition",
        patch=swap("recourse.clocks.actions.noting:edition_numbered", lambda number: latest()),
        test="tests/rooms/clocks/test_migrating.py::"
        "test_another_severity_is_read_from_the_edition_under_which_the_case_runs",
    ),
    Twin(
        guard="facts are append-only",
        patch=without_triggers("clocks_clockfact"),
        test="tests/rooms/clocks/test_starting.py::test_not_even_with_sql",
    ),
    Twin(
        guard="hidden cases are in no list",
        patch=swap("recourse.clocks.queries.standing:visible_ids", lambda viewer: Case.objects.values("pk")),
        test="tests/rooms/clocks/test_questions.py::test_the_worst_clock_comes_first_and_hidden_cases_not_at_all",
    ),
    Twin(
        guard="migrating asks for the right",
        patch=swap("recourse.kit.actor:Actor.require", _nothing),
        test="tests/rooms/clocks/test_migrating.py::test_migrating_needs_the_right",
    ),
    Twin(
        guard="a promise is settled once",
        patch=swap("recourse.clocks.models:Promise.is_open", True),
        test="tests/rooms/clocks/test_promising.py::test_a_promise_about_the_past_or_one_that_is_settled_is_refused",
    ),
]
