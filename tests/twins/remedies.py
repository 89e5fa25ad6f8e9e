"""Remedies without their guards."""

from dataclasses import replace
from typing import Any

from recourse.customers.models import Order
from recourse.remedies.policy import MOVE_OF, LikeCases, State
from tests.twins import Twin, several, swap

_COMPOSING = "tests/rooms/remedies/test_composing.py::"
_APPROVING = "tests/rooms/remedies/test_approving.py::"
_OFFERING = "tests/rooms/remedies/test_offering.py::"
_EXECUTING = "tests/rooms/remedies/test_executing.py::"
_FAIRNESS = "tests/rooms/remedies/test_fairness.py::"
_TABLE = "recourse.remedies.policy.moves:MOVE_OF"


def _asks_nothing(*given: Any, **named: Any) -> None:
    """Let everything pass."""


def _loosened(name: str, **changes: Any) -> dict[str, Any]:
    """Return the table with one row loosened."""
    return {**MOVE_OF, name: replace(MOVE_OF[name], **changes)}


def _any_order(case: Any, told: Any) -> Any:
    return Order.objects.filter(reference=told.order_ref).first()


class _Unmasked:
    """A text as it was given."""

    def __init__(self, text: str) -> None:
        self.text = text


TWINS = [
    Twin(
        guard="nothing is offered below what is owed",
        patch=swap("recourse.remedies.actions.offering:_refuse_short", _asks_nothing),
        test=_OFFERING + "test_nothing_below_what_is_owed_is_ever_offered",
    ),
    Twin(
        guard="goodwill does not stand for what is owed",
        patch=swap("recourse.remedies.actions.offering:shortfalls", lambda fair, lines: {}),
        test=_OFFERING + "test_nothing_below_what_is_owed_is_ever_offered",
    ),
    Twin(
        guard="a line goes no further than its step",
        patch=swap("recourse.remedies.actions.composing:excess", lambda fair, lines, line: 0),
        test=_COMPOSING + "test_lines_never_give_more_than_is_owed_but_as_goodwill",
    ),
    Twin(
        guard="what an assessment no longer owes is not proposed",
        patch=swap("recourse.remedies.actions.approving:_still_fits", _asks_nothing),
        test=_APPROVING + "test_what_the_new_assessment_no_longer_owes_cannot_be_proposed",
    ),
    Twin(
        guard="nobody goes beyond the band on their own yes",
        patch=swap("recourse.remedies.actions.approving:_executors", lambda line: ()),
        test=_APPROVING + "test_goodwill_beyond_the_band_is_never_granted_by_its_own_proposer",
    ),
    Twin(
        guard="an edit voids the approval",
        patch=swap("recourse.remedies.actions.composing:take_back", _asks_nothing),
        test=_APPROVING + "test_an_edit_voids_the_approval_and_nothing_of_the_old_one_can_be_used",
    ),
    Twin(
        guard="another assessment voids what rested on the old one",
        patch=swap("recourse.remedies.actions.assessing:void_approvals", _asks_nothing),
        test=_APPROVING + "test_another_assessment_voids_what_rested_on_the_old_one",
    ),
    Twin(
        guard="a no ends the line",
        patch=swap("recourse.remedies.actions.approving:line_of_matter", lambda matter: None),
        test=_APPROVING + "test_a_no_ends_it_and_what_was_promised_is_owed_no_longer",
    ),
    Twin(
        guard="only staff compose",
        patch=several(
            swap("recourse.remedies.actions.keeping:staff_of", _asks_nothing),
            swap("recourse.remedies.actions.assessing:staff_of", _asks_nothing),
            swap("recourse.cases.policy.moves:works", _asks_nothing),
        ),
        test=_COMPOSING + "test_only_staff_with_the_right_compose_and_no_mail_or_machine_ever_does",
    ),
    Twin(
        guard="a refund stays within what is left of its payment",
        patch=swap("recourse.remedies.actions.composing:_check_payment", _asks_nothing),
        test=_COMPOSING + "test_a_refund_never_exceeds_what_is_left_of_its_payment",
    ),
    Twin(
        guard="a refund goes back to the customer's own payment",
        patch=swap("recourse.remedies.actions.composing:_check_payment", _asks_nothing),
        test=_COMPOSING + "test_a_refund_goes_back_to_the_customers_own_payments",
    ),
    Twin(
        guard="consequential loss is a line of its own kind, so that legal signs it off",
        patch=swap("recourse.remedies.actions.composing:_place", _asks_nothing),
        test=_COMPOSING + "test_consequential_loss_needs_its_document_its_kind_and_stays_within_its_cap",
    ),
    Twin(
        guard="an order of another customer is refused",
        patch=swap("recourse.remedies.actions.assessing:_order", _any_order),
        test=_COMPOSING + "test_another_customers_order_is_nobodys_business_here",
    ),
    Twin(
        guard="card numbers are masked in a person's words",
        patch=swap("recourse.remedies.actions.keeping:mask_cards", _Unmasked),
        test=_COMPOSING + "test_a_card_number_in_the_words_is_never_kept",
    ),
    Twin(
        guard="a case is held while a line is unsettled",
        patch=swap("recourse.remedies.actions.keeping:hold", _asks_nothing),
        test=_EXECUTING + "test_a_case_says_resolved_only_once_every_line_is_settled",
    ),
    Twin(
        guard="what is owed holds the case even without a line",
        patch=swap("recourse.remedies.actions.keeping:is_owing", lambda package, *, at: False),
        test=_COMPOSING + "test_a_case_cannot_be_resolved_while_what_is_owed_is_not_given",
    ),
    Twin(
        guard="a reason outside of what like cases got",
        patch=swap("recourse.remedies.actions.offering:likes_of", lambda package: LikeCases(())),
        test=_OFFERING + "test_outside_of_what_like_cases_got_an_offer_needs_a_reason",
    ),
    Twin(
        guard="a letter holds its mandatory texts",
        patch=swap("recourse.remedies.actions.letters:missing_blocks", lambda text, blocks: ()),
        test=_OFFERING + "test_a_letter_without_its_mandatory_texts_does_not_leave",
    ),
    Twin(
        guard="only approved lines are offered",
        patch=swap(_TABLE, _loosened("offer", from_states=tuple(State))),
        test=_OFFERING + "test_only_approved_lines_are_offered_and_only_by_those_who_may",
    ),
    Twin(
        guard="an offered line is not changed",
        patch=swap(_TABLE, _loosened("edit", from_states=tuple(State))),
        test=_OFFERING + "test_an_offered_line_is_not_changed_under_the_customers_eyes",
    ),
    Twin(
        guard="an answer stands",
        patch=swap("recourse.remedies.actions.answering:_same", lambda kept, told: kept),
        test=_OFFERING + "test_an_answer_is_never_changed",
    ),
    Twin(
        guard="what needs a yes is not carried out before",
        patch=swap(_TABLE, _loosened("execute", guards=())),
        test=_EXECUTING + "test_what_needs_a_yes_is_not_carried_out_before",
    ),
    Twin(
        guard="nobody settles money by hand here",
        patch=swap(_TABLE, _loosened("confirm", guards=())),
        test=_EXECUTING + "test_nobody_settles_money_by_hand_here",
    ),
    Twin(
        guard="the approval is asked again when a line is carried out",
        patch=swap("recourse.remedies.actions.executing:_use", _asks_nothing),
        test=_EXECUTING + "test_an_approval_that_is_too_old_fails_the_line_and_pays_nothing",
    ),
    Twin(
        guard="money that came back reopens the case",
        patch=swap("recourse.remedies.actions.executing:reopen", _asks_nothing),
        test=_EXECUTING + "test_money_that_comes_back_days_later_reopens_the_case_and_fails_the_line_once",
    ),
    Twin(
        guard="what came back counts against nobody any more",
        patch=swap("recourse.remedies.actions.executing:release_used", _asks_nothing),
        test=_EXECUTING + "test_what_came_back_counts_against_nobodys_limits_any_more",
    ),
    Twin(
        guard="a watch looks for the same trouble",
        patch=swap("recourse.remedies.actions.watching:_is_same", lambda found, case: True),
        test=_EXECUTING + "test_other_trouble_or_another_customer_does_not",
    ),
]
