"""The handbook without its guards."""

import pytest
from django.db import connection

from tests.twins import Patch, Twin, swap

_EDITIONS = "tests/rooms/handbook/test_editions.py::"


def without_triggers(table: str) -> Patch:
    """Return the patch that drops what keeps a table's rows; the test's own transaction brings it back."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            for act in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER {table}_no_{act}{on}")

    return apply


TWINS = [
    Twin(
        guard="a published edition is immutable",
        patch=without_triggers("handbook_edition"),
        test="tests/rooms/handbook/test_unchanging.py::test_a_published_edition_cannot_be_saved_or_deleted",
    ),
    Twin(
        guard="a second person publishes",
        patch=swap("recourse.handbook.actions.publication:refused_publisher", lambda persons, worked_on_it: None),
        test=_EDITIONS + "test_nobody_publishes_what_they_wrote",
    ),
    Twin(
        guard="persons are compared, not accounts",
        patch=swap(
            "recourse.handbook.queries:persons_behind",
            lambda actor: frozenset({actor.staff_id}),
        ),
        test=_EDITIONS + "test_a_second_account_of_the_author_does_not_publish",
    ),
    Twin(
        guard="whoever edited counts as an author",
        patch=swap("recourse.handbook.queries:persons_at_work", lambda edition: frozenset({edition.author_person_id})),
        test=_EDITIONS + "test_an_editor_of_somebody_elses_draft_does_not_publish_it",
    ),
    Twin(
        guard="only a proposal is published",
        patch=swap("recourse.handbook.actions.editions:refused_move", lambda name, state: None),
        test=_EDITIONS + "test_every_move_is_made_from_its_states_alone",
    ),
    Twin(
        guard="the right is asked for",
        patch=swap("recourse.kit.actor:Actor.require", lambda self, permission: None),
        test=_EDITIONS + "test_without_the_right_nobody_drafts_edits_or_publishes",
    ),
    Twin(
        guard="an edition never reaches back",
        patch=swap(
            "recourse.handbook.actions.publication:_effective", lambda base, effective_at, at: max(effective_at, at)
        ),
        test=_EDITIONS + "test_no_edition_takes_effect_in_the_past",
    ),
    Twin(
        guard="conditions are type-checked at save",
        patch=swap("recourse.handbook.policy.conditions:check_types", lambda source, facts, lists: "true or false"),
        test="tests/rooms/handbook/test_conditions.py::test_a_wrong_condition_is_refused_with_its_position",
    ),
]
