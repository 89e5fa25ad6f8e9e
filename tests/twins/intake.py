"""Intake without its guards."""

from recourse.cases.models import Queue
from recourse.customers.models import Customer
from recourse.kit.cards import Masked
from tests.twins import Twin, swap

_TAKING = "tests/rooms/intake/test_taking.py::"
_IMPORTS = "tests/rooms/intake/test_imports.py::"


def _everybody(customer_id: object) -> list[object]:
    return list(Customer.objects.values_list("pk", flat=True))


def _advanced() -> Queue:
    return Queue.objects.get(team__kind="advanced")


TWINS = [
    Twin(
        guard="everything begins at a front-line queue",
        patch=swap("recourse.intake.actions.taking:front_door", _advanced),
        test=_TAKING + "test_everything_begins_at_the_front_door",
    ),
    Twin(
        guard="the same source is the same case",
        patch=swap("recourse.intake.actions.taking:_earlier", lambda channel, source_ref: None),
        test=_TAKING + "test_the_same_source_twice_is_the_same_case",
    ),
    Twin(
        guard="nobody sets a field that they are not given",
        patch=swap(
            "recourse.intake.policy.validation:FIELDS",
            ("subject", "words", "owner_id", "is_restricted", "queue", "tier", "team", "severity", "email", "phone"),
        ),
        test=_TAKING + "test_what_cannot_be_taken_is_refused_by_field_and_nothing_is_stored",
    ),
    Twin(
        guard="a flood is stopped",
        patch=swap("recourse.intake.actions.taking:refuse_flood", lambda kept, per_address, at: None),
        test=_TAKING + "test_ten_thousand_forged_forms_for_one_victim_send_nothing_and_are_stopped",
    ),
    Twin(
        guard="raw content is masked",
        patch=swap("recourse.intake.policy.raw:mask_cards", lambda text: Masked(text, 0)),
        test=_TAKING + "test_card_numbers_are_readable_nowhere",
    ),
    Twin(
        guard="what is the same is proposed among one person's cases alone",
        patch=swap("recourse.intake.queries.matching:family_ids", _everybody),
        test=_TAKING + "test_a_strangers_case_is_never_proposed",
    ),
    Twin(
        guard="what is decided is not decided again",
        patch=swap("recourse.intake.actions.quarantine:SubmissionState.QUARANTINED", "replayed"),
        test=_TAKING + "test_what_was_corrected_is_replayed_as_a_case_as_of_its_receipt",
    ),
    Twin(
        guard="a row that is a case already is known",
        patch=swap("recourse.intake.actions.case_files:_there", lambda rows: set()),
        test=_IMPORTS + "test_the_same_file_again_doubles_nothing",
    ),
    Twin(
        guard="the right to import is asked for",
        patch=swap("recourse.kit.actor:Actor.require", lambda self, permission: None),
        test=_IMPORTS + "test_only_those_with_the_right_import",
    ),
]
