"""Approvals without their guards."""

from dataclasses import replace
from typing import Any

from django.db.models import F

from recourse.approvals.actions import budgets
from recourse.approvals.models import Approval
from recourse.approvals.policy import Caps, Parties, Sums
from recourse.approvals.policy.limits import lesser
from recourse.approvals.policy.moves import MOVES_BY_NAME, Guard
from recourse.approvals.policy.parties import excluded
from recourse.kit.errors import Refused
from recourse.ledger.models import Budget, BudgetHold
from recourse.ledger.policy import HoldState
from tests.twins import Twin, several, swap

_ATTACKS = "tests/rooms/approvals/test_attacks.py::test_an_attack_is_refused"
_MODEL = "tests/rooms/approvals/test_nobody_their_own.py::"
_DECIDING = "tests/rooms/approvals/test_deciding.py::"
_ASKING = "tests/rooms/approvals/test_asking.py::"
_SPLITS = "tests/rooms/approvals/test_splitting.py::"
_STATES = "tests/rooms/approvals/test_states.py::"
_RACES = "tests/rooms/approvals/test_races.py::"


def _without(part: str) -> Any:
    """Return the exclusion without one part."""

    def loosened(person: Any, parties: Parties, delegations: Any, **when: Any) -> Any:
        return excluded(person, replace(parties, **{part: frozenset()}), delegations, **when)

    return loosened


def _without_delegations(person: Any, parties: Parties, delegations: Any, **when: Any) -> Any:
    return excluded(person, parties, (), **when)


def _at_the_moment_alone(person: Any, parties: Parties, delegations: Any, *, since: Any, until: Any) -> Any:
    return excluded(person, parties, delegations, since=until, until=until)


def _never(*given: Any, **named: Any) -> None:
    """Find nothing wrong."""


def _always(*given: Any, **named: Any) -> bool:
    return True


def _larger(one: Caps, other: Caps) -> Caps:
    return one if lesser(one, other).amounts != one.amounts else other


def _strictly(caps: Caps, sums: Sums) -> str | None:
    return "line" if sums.line >= caps.per_line else None


def _line_alone(caps: Caps, sums: Sums) -> str | None:
    return "line" if sums.line > caps.per_line else None


def _anybody(name: str, guard: Guard) -> Any:
    return {**MOVES_BY_NAME, name: replace(MOVES_BY_NAME[name], guard=guard)}


def _sum_then_insert(hold: BudgetHold, cap: int, at: Any, *, counts_pending: bool) -> None:
    """Read what is granted, compare, then write: the race that the conditional UPDATE closes."""
    granted = Budget.objects.values_list("granted_minor", flat=True).get(pk=hold.budget_id)
    if granted + hold.minor > cap:
        raise Refused("authority.exceeded", "full")
    minor = hold.minor
    Budget.objects.filter(pk=hold.budget_id).update(
        pending_minor=F("pending_minor") - minor, granted_minor=F("granted_minor") + minor, cap_minor=10**15
    )
    BudgetHold.objects.filter(pk=hold.pk).update(state=HoldState.GRANTED, granted_at=at)


def _holds_nothing(found: Approval, scopes: Any, *, by: Any, at: Any) -> Any:
    return budgets.budget_totals(list(scopes.values()), at=at)


_ROUTING = "recourse.approvals.policy.routing:"
_PART_GUARDS = [
    Twin(f"that the {part.replace('_', ' ')} does not decide", swap(f"{_ROUTING}excluded", _without(part)), _ATTACKS)
    for part in ("proposer", "editor", "beneficiary", "executor", "rule_author")
]
TWINS = [
    *_PART_GUARDS,
    Twin("no delegation to or from the parties", swap(f"{_ROUTING}excluded", _without_delegations), _ATTACKS),
    Twin(
        "a delegation counts though it was ended since", swap(f"{_ROUTING}excluded", _at_the_moment_alone), _ATTACKS
    ),
    Twin("nobody of the parties, in any organisation", swap(f"{_ROUTING}excluded", _never),
         f"{_MODEL}test_the_rules_agree_with_the_model_for_every_human_and_seat"),
    Twin("a delegation stands and is no chain", swap(f"{_ROUTING}may_act_for", _never),
         f"{_MODEL}test_a_ring_of_delegations_lets_nobody_act_for_anybody"),
    Twin("a delegate reaches as far as both do", swap(f"{_ROUTING}lesser", _larger), _ATTACKS),
    Twin("each human says yes once", swap("recourse.approvals.actions.deciding:may_approve", _never), _ATTACKS),
    Twin("the terms are those that were seen", several(
        swap("recourse.approvals.actions.deciding:require_terms", _never),
        swap("recourse.approvals.actions.ending:require_terms", _never),
    ), _ATTACKS),
    Twin("a fresh second factor for high values", swap(
        "recourse.approvals.actions.deciding:needs_fresh_factor", lambda *given: False
    ), _ATTACKS),
    Twin("equal to the limit is within it", swap("recourse.approvals.policy.asking:beyond", _strictly),
         f"{_ASKING}test_an_amount_equal_to_the_limit_is_decided_alone_and_counted_at_once"),
    Twin("the sum counts, not the line alone", swap(f"{_ROUTING}beyond", _line_alone),
         f"{_DECIDING}test_the_limit_is_asked_again_when_deciding"),
    Twin("what waits before it counts", swap("recourse.approvals.queries.weighing:_waiting_before", lambda *given: 0),
         f"{_DECIDING}test_what_waits_before_it_counts_too"),
    Twin("what is asked for is reserved", swap("recourse.approvals.actions.budgets:hold_shared", _holds_nothing),
         f"{_ASKING}test_a_penny_more_is_asked_of_the_next_level_and_holds_the_case_open"),
    Twin("a pending approval holds the case open", swap("recourse.approvals.actions.asking:place_hold", _never),
         f"{_ASKING}test_a_penny_more_is_asked_of_the_next_level_and_holds_the_case_open"),
    Twin("refusal gives back", swap("recourse.approvals.actions.budgets:release_budget", _never),
         f"{_ASKING}test_refused_it_gives_back_what_it_held"),
    Twin("splitting is looked for", swap("recourse.approvals.actions.asking:flags", lambda *given, **named: ()),
         f"{_SPLITS}test_490_three_times_in_an_hour_is_held_from_the_second_on"),
    Twin("enough different people, every role", swap("recourse.approvals.actions.deciding:is_complete", _always),
         f"{_DECIDING}test_two_of_several_must_say_yes_with_the_roles_that_sign"),
    Twin("only who approved takes it back", swap(
        "recourse.approvals.policy.moves:MOVES_BY_NAME", _anybody("revoke", Guard.NOT_APPROVER)
    ), f"{_STATES}test_every_state_move_right_and_person_is_as_drawn"),
    Twin("only who asked or owns the case withdraws", swap(
        "recourse.approvals.policy.moves:MOVES_BY_NAME", _anybody("withdraw", Guard.NO_PART)
    ), f"{_DECIDING}test_withdrawing_is_for_who_asked_or_owns_the_case_and_needs_a_reason"),
    Twin("no approver carries it out", swap(
        "recourse.approvals.policy.moves:MOVES_BY_NAME", _anybody("use", Guard.NO_PART)
    ), _ATTACKS),
    Twin("the override is not for those with a part", swap("recourse.approvals.actions.glass:excluded", _never), _ATTACKS),
    Twin("an override is reviewed by another person", several(
        swap("recourse.approvals.actions.glass:_is_tied", lambda *given: False),
    ), f"{_DECIDING}test_an_override_is_not_reviewed_by_a_delegate_of_who_used_it"),
    Twin("only the system makes links", swap("recourse.kit.actor:Actor.is_system", True),
         f"{_DECIDING}test_a_link_is_the_systems_to_send_and_ends_with_the_asking"),
    Twin("a link for a high value asks to sign in", swap(
        "recourse.approvals.actions.links:needs_fresh_factor", lambda *given: False
    ), f"{_DECIDING}test_a_high_value_asks_the_holder_of_a_link_to_sign_in"),
    Twin("one conditional UPDATE guards the limit, not sum then insert", several(
        swap("recourse.ledger.actions.budgets:_grant", _sum_then_insert),
        swap("recourse.ledger.actions.budgets:_age", _never),
        swap("recourse.approvals.queries.weighing:_waiting_before", lambda *given: 0),
    ), f"{_RACES}test_sum_then_insert_would_be_seen", is_for_postgres=True),
]  # fmt: skip
