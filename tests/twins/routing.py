"""Routing without its guards."""

from typing import Any

from recourse.cases.models import IS_OPEN, Case
from recourse.routing.queries.waiting import kind_of
from tests.twins import Twin, swap

_NEXT = "tests/rooms/routing/test_get_next.py::"
_SCORE = "tests/rooms/routing/test_score.py::"


def _everything(found: Any, *, at: Any) -> Any:
    return Case.objects.filter(IS_OPEN, owner__isnull=True)


def _first_kind(found: Any, rows: Any, edition: Any, measure: Any, at: Any) -> Any:
    """Take what has waited longest, whatever its delay costs."""
    case = rows.order_by("opened_at", "pk").first()
    kind = kind_of(case, found.staff.pk) if case else None
    return (case, kind, measure.score(kind, case.due_at, at)) if case else None


TWINS = [
    Twin(
        guard="what waits, is held, hidden or another team's is not given",
        patch=swap("recourse.routing.actions.next_case:waiting", _everything),
        test=_NEXT + "test_what_waits_is_held_hidden_or_another_teams_is_not_given",
    ),
    Twin(
        guard="a needed skill is held that day",
        patch=swap("recourse.routing.actions.next_case:waiting", _everything),
        test=_NEXT + "test_a_case_that_needs_a_skill_goes_to_who_has_it_that_day",
    ),
    Twin(
        guard="who asked for an escalation does not solve it",
        patch=swap("recourse.routing.actions.next_case:waiting", _everything),
        test=_NEXT + "test_who_asked_for_an_escalation_is_not_given_it_to_solve",
    ),
    Twin(
        guard="the limit of work in progress",
        patch=swap("recourse.routing.queries.waiting:Taker.room", lambda self, tier, edition: 1),
        test=_NEXT + "test_the_limit_of_work_in_progress_holds",
    ),
    Twin(
        guard="the costliest delay goes first",
        patch=swap("recourse.routing.actions.next_case:best_of", _first_kind),
        test=_NEXT + "test_the_case_whose_delay_costs_most_is_given_with_its_reason_and_stands_on_record",
    ),
    Twin(
        guard="the score is the product that the line shows",
        patch=swap("recourse.routing.policy:Score.value", property(lambda self: self.weight / self.work)),
        test=_SCORE + "test_the_reason_line_reproduces_the_score_exactly",
    ),
    Twin(
        guard="overriding needs a reason of the handbook",
        patch=swap("recourse.routing.actions.next_case:Invalid", type("Silent", (), {"one": lambda *given: None})),
        test=_NEXT + "test_taking_another_than_the_next_needs_right_and_reason_and_keeps_what_was_next",
    ),
]
