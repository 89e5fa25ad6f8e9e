"""The cases room without one of its guards."""

from tests.twins import Twin, several, swap

ROOM = "tests/rooms/cases/"
MOVES = "recourse.cases.policy.moves"


def everything(self, viewer):  # type: ignore[no-untyped-def]
    """Let everybody see every case."""
    return self.all()


def unrestricted(self, viewer):  # type: ignore[no-untyped-def]
    """Forget restriction: whoever may read cases reads all of them."""
    return self if viewer.can("case:read") else self.none()


def nothing(*_args: object, **_given: object) -> None:
    """Guard nothing."""


def every_right(*_args: object, **_given: object) -> bool:
    """Say that every right is held."""
    return True


def first_come(name: str, history, index: int, current):  # type: ignore[no-untyped-def]
    """Undo a merge by putting back what was there before it, whatever came later."""
    return [row for place, row in enumerate(history) if place != index], history[index].before


TWINS = [
    Twin(
        guard="a case shows only to those who may see it",
        patch=swap("recourse.cases.models:CaseRows.visible_to", everything),
        test=f"{ROOM}test_visibility.py::test_the_list_is_what_each_look_gives",
    ),
    Twin(
        guard="a restricted case shows to owner and named readers only",
        patch=swap("recourse.cases.models:CaseRows.visible_to", unrestricted),
        test=f"{ROOM}test_visibility.py::test_restricting_narrows_at_once_to_owner_and_named_readers",
    ),
    Twin(
        guard="a verb needs its right",
        patch=swap(f"{MOVES}:_has_right", every_right),
        test=f"{ROOM}test_move_table.py::test_a_customer_may_reopen_their_own_case_and_nothing_else",
    ),
    Twin(
        guard="only those who work there act behind a wall",
        patch=several(
            swap("recourse.cases.actions.keeping:refusal", nothing),
            swap("recourse.cases.actions.keeping:works", nothing),
        ),
        test=f"{ROOM}test_move_table.py::test_behind_a_wall_only_members_work",
    ),
    Twin(
        guard="a verb is refused outside the stages of the move table",
        patch=swap("recourse.cases.actions.keeping:refusal", nothing),
        test=f"{ROOM}test_merging.py::test_a_merged_case_can_only_be_parted_again",
    ),
    Twin(
        guard="whoever saw an older version changes nothing",
        patch=swap("recourse.cases.actions.keeping:_compare", nothing),
        test=f"{ROOM}test_working.py::test_whoever_saw_an_older_case_changes_nothing",
    ),
    Twin(
        guard="a hold keeps a case from being resolved",
        patch=swap("recourse.cases.actions.keeping:refusal", nothing),
        test=f"{ROOM}test_working.py::test_every_hold_keeps_the_case_open_until_the_last_is_lifted",
    ),
    Twin(
        guard="cases of two customers are merged by right and explicit yes alone",
        patch=swap("recourse.cases.actions.merging:problem", nothing),
        test=f"{ROOM}test_merging.py::test_another_customers_case_is_merged_only_by_right_and_with_an_explicit_yes",
    ),
    Twin(
        guard="undoing one merge leaves what the others gave",
        patch=swap("recourse.cases.actions.merging:undo", first_come),
        test=f"{ROOM}test_merging.py::test_merges_are_undone_in_any_order",
    ),
    Twin(
        guard="links never go in a circle",
        patch=several(
            swap("recourse.cases.actions.linking:leads_back", lambda *_args: False),
            swap("recourse.cases.actions.taking_over:leads_back", lambda *_args: False),
        ),
        test=f"{ROOM}test_merging.py::test_links_never_go_in_a_circle_not_by_a_merge_either",
    ),
    Twin(
        guard="waiting for the customer needs the question",
        patch=swap("recourse.cases.actions.waiting:_check_question", nothing),
        test=f"{ROOM}test_working.py::test_waiting_for_the_customer_needs_the_question_that_was_sent",
    ),
    Twin(
        guard="internal notes help nobody to find a case who may not read them",
        patch=swap("recourse.cases.queries.asking:may_read_internal", every_right),
        test=f"{ROOM}test_asking.py::test_what_stands_in_a_note_finds_nothing_for_those_who_may_not_read_notes",
    ),
    Twin(
        guard="a saved view is changed by its owner alone",
        patch=swap("recourse.cases.actions.views:_leads", every_right),
        test=f"{ROOM}test_asking.py::test_a_teams_view_is_set_up_by_its_lead_and_seen_by_its_members",
    ),
]
