"""Escalations without their guards."""

from dataclasses import replace
from typing import Any

from recourse.cases.models import Queue
from recourse.escalations.policy import MOVES_BY_NAME, Guard
from recourse.escalations.policy.evidence import Reading, read
from recourse.people.models import Staff, Team
from tests.twins import Twin, several, swap

_REQUESTING = "tests/rooms/escalations/test_requesting.py::"
_DECIDING = "tests/rooms/escalations/test_deciding.py::"
_BACK = "tests/rooms/escalations/test_handing_back.py::"
_LADDERS = "tests/rooms/escalations/test_ladders.py::"
_ASSESSMENT = "tests/rooms/escalations/test_assessment.py::"


def _anybody(name: str, **changes: Any) -> dict[str, Any]:
    """Return the table with one row loosened."""
    return {**MOVES_BY_NAME, name: replace(MOVES_BY_NAME[name], **changes)}


def _never_short(item: Any, given: Any) -> Reading:
    return replace(read(item, given), shortfall=None)


def _no_gap(item: Any, given: Any) -> Reading:
    return replace(read(item, given), problem=None)


class _Unmasked:
    """A text as it was given."""

    def __init__(self, text: str) -> None:
        self.text = text


def _asks_nothing(*given: Any, **named: Any) -> None:
    """Let everything pass."""


_ANYBODY_ASKS = several(
    swap("recourse.escalations.actions.requesting:why_not", lambda case, by: None),
    swap("recourse.escalations.queries.preview:why_not", lambda case, by: None),
    swap("recourse.escalations.actions.requesting:staff_of", lambda by: Staff.objects.first()),
    swap("recourse.cases.actions.holding:ask", _asks_nothing),
    swap("recourse.cases.actions.reading:ask", _asks_nothing),
)
_GUARD = "recourse.escalations.policy.gate:MOVES_BY_NAME"

TWINS = [
    Twin(
        guard="what customers send begins in a queue of the front line",
        patch=swap("recourse.intake.actions.taking:front_door", lambda: Queue.objects.get(slug="resolution-1")),
        test="tests/house/test_no_door_to_the_advanced_team.py::"
        "test_the_form_opens_a_case_of_the_front_line_whatever_is_sent_with_it",
    ),
    Twin(
        guard="only staff ask",
        patch=_ANYBODY_ASKS,
        test=_REQUESTING + "test_a_customer_can_never_ask",
    ),
    Twin(
        guard="a key needs the scope",
        patch=_ANYBODY_ASKS,
        test=_REQUESTING + "test_the_system_and_a_key_without_the_scope_cannot_ask",
    ),
    Twin(
        guard="what does not qualify is refused",
        patch=swap("recourse.escalations.actions.requesting:_require_qualified", lambda weighed: None),
        test=_REQUESTING + "test_what_is_missing_is_refused_by_field_and_what_does_not_qualify_as_a_whole",
    ),
    Twin(
        guard="evidence is a file of this case",
        patch=swap("recourse.escalations.actions.requesting:_require_files", lambda case, weighed: None),
        test=_REQUESTING + "test_evidence_cannot_be_a_file_of_another_case",
    ),
    Twin(
        guard="the same asking twice is one",
        patch=swap("recourse.escalations.actions.requesting:_is_same", lambda standing, asked, by: False),
        test=_REQUESTING + "test_the_same_asking_twice_is_one_and_another_is_refused_while_it_is_open",
    ),
    Twin(
        guard="a privacy ground narrows readers",
        patch=swap("recourse.escalations.actions.requesting:restrict", lambda *given, **named: None),
        test=_REQUESTING + "test_a_privacy_breach_starts_the_72_hours_and_narrows_readers_at_once",
    ),
    Twin(
        guard="a privacy ground starts its statutory clock",
        patch=swap("recourse.escalations.actions.requesting:_start_duty", lambda *given, **named: None),
        test=_REQUESTING + "test_a_privacy_breach_starts_the_72_hours_and_narrows_readers_at_once",
    ),
    Twin(
        guard="card numbers are masked in evidence",
        patch=swap("recourse.escalations.actions.requesting:mask_cards", _Unmasked),
        test=_REQUESTING + "test_a_card_number_in_the_evidence_is_never_kept",
    ),
    Twin(
        guard="an amount must reach its threshold",
        patch=swap("recourse.escalations.policy.assessment:read", _never_short),
        test=_ASSESSMENT + "test_an_amount_exactly_at_the_threshold_is_enough_and_a_penny_less_is_not",
    ),
    Twin(
        guard="missing evidence is named",
        patch=swap("recourse.escalations.policy.assessment:read", _no_gap),
        test=_ASSESSMENT + "test_what_is_missing_is_named_by_its_field",
    ),
    Twin(
        guard="nobody ticks a computed ground",
        patch=swap("recourse.escalations.policy.assessment:_stray", lambda request, rules, *, has_met: ()),
        test=_ASSESSMENT + "test_nobody_can_tick_repeated_failure",
    ),
    Twin(
        guard="the strictest ground sets the tier",
        patch=swap("recourse.escalations.policy.assessment:strictest", lambda tier, met: tier),
        test=_ASSESSMENT + "test_the_strictest_ground_sets_the_tier_and_says_why",
    ),
    Twin(
        guard="the requester does not decide",
        patch=swap(_GUARD, _anybody("accept", guard=Guard.ANYONE)),
        test=_DECIDING + "test_the_same_human_under_a_second_account_decides_nothing_either",
    ),
    Twin(
        guard="deciding needs the right to gate",
        patch=swap(_GUARD, _anybody("accept", permission="case:read")),
        test=_DECIDING + "test_without_the_right_nobody_gates",
    ),
    Twin(
        guard="a decision on stale sight is stopped",
        patch=swap(
            "recourse.escalations.actions.keeping:Stale",
            type("Silent", (Exception,), {"__init__": lambda self, *given, **named: None}),
        ),
        test=_DECIDING + "test_a_decision_on_stale_sight_is_stopped",
    ),
    Twin(
        guard="a return needs a note to learn from",
        patch=swap("recourse.escalations.actions.keeping:note_refusal", lambda note, *, minimum: None),
        test=_DECIDING + "test_a_return_needs_a_reason_of_the_handbook_and_a_note_to_learn_from",
    ),
    Twin(
        guard="a redirect never reaches an advanced team",
        patch=swap(
            "recourse.escalations.actions.deciding:_other_team",
            lambda slug: Team.objects.get(slug=slug),
        ),
        test=_DECIDING + "test_a_redirect_leads_to_another_team_and_never_to_an_advanced_one",
    ),
    Twin(
        guard="overriding the tier needs right and reason",
        patch=swap("recourse.escalations.actions.deciding:_may_override", lambda *given: None),
        test=_DECIDING + "test_overriding_the_tier_needs_right_and_reason_and_moves_the_case",
    ),
    Twin(
        guard="only the one it is offered to takes it back",
        patch=swap(_GUARD, _anybody("take_back", guard=Guard.ANYONE)),
        test=_BACK + "test_only_the_one_it_is_offered_to_can_take_it",
    ),
    Twin(
        guard="after too many bounces a lead decides",
        patch=swap("recourse.escalations.actions.requesting:is_ping_pong", lambda bounces, *, limit: False),
        test=_BACK + "test_the_second_bounce_goes_to_a_lead_and_the_third_request_is_a_leads_to_decide",
    ),
    Twin(
        guard="a rung asks its condition when it fires",
        patch=swap("recourse.escalations.actions.ladders:_why_skipped", lambda case, beside, at: ""),
        test=_LADDERS + "test_a_condition_that_does_not_hold_is_logged_as_skipped_and_never_asked_again",
    ),
    Twin(
        guard="a rung keeps to hours",
        patch=swap("recourse.escalations.actions.ladders:_comes_due", lambda beside, at: beside.rung.fire_at),
        test=_LADDERS + "test_nothing_fires_at_night_unless_it_says_so",
    ),
]
