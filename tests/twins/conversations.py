"""Conversations without their guards."""

from typing import Any

from recourse.conversations.models import CasePass, Message
from recourse.conversations.queries.outward import Entrance
from recourse.kit.actor import customer
from recourse.kit.cards import Masked
from recourse.kit.errors import NotVisible
from recourse.kit.ids import digest
from tests.twins import Twin, several, swap

_SPEAKING = "tests/rooms/conversations/test_speaking.py::"
_WALL = "tests/rooms/conversations/test_the_wall.py::"
_FILES = "tests/rooms/conversations/test_files_passes_templates.py::"
_RECEIVING = "tests/rooms/conversations/test_receiving.py::"


def _any_pass(token: str, *, at: Any) -> Entrance:
    """Open for every pass there ever was, whenever it ended."""
    found = CasePass.objects.select_related("case__customer").filter(digest=digest(token)).first()
    if found is None:
        raise NotVisible
    return Entrance(found.pk, found.case, found.case, customer(found.customer_id, case_id=found.case_id))


TWINS = [
    Twin(
        guard="only public words that have left make a letter",
        patch=swap("recourse.conversations.queries.outward:_must_be_outward", lambda message, at: None),
        test=_WALL + "test_the_page_and_the_rule_agree_on_every_combination",
    ),
    Twin(
        guard="the customer's page asks for public messages alone",
        patch=several(
            swap("recourse.conversations.queries.outward:_must_be_outward", lambda message, at: None),
            swap(
                "recourse.conversations.queries.outward:outward", lambda case, *, at: Message.objects.filter(case=case)
            ),
        ),
        test=_WALL + "test_no_needle_planted_inside_comes_out_anywhere",
    ),
    Twin(
        guard="files of a case are not all the customer's",
        patch=swap(
            "recourse.conversations.queries.outward:public_files",
            lambda message: list(message.case.attachments.all()),
        ),
        test=_WALL + "test_a_file_of_a_note_is_not_there_for_the_customer",
    ),
    Twin(
        guard="a second send on stale state is stopped",
        patch=swap("recourse.conversations.actions.speak:refuse_stale", lambda case, seen: None),
        test=_SPEAKING + "test_a_second_send_on_what_has_changed_is_stopped_and_both_texts_are_kept",
    ),
    Twin(
        guard="what has left is not taken back",
        patch=swap("recourse.conversations.actions.leaving:may_retract", lambda said, **more: None),
        test=_SPEAKING + "test_what_has_left_cannot_be_taken_back",
    ),
    Twin(
        guard="the right to send is asked for",
        patch=swap("recourse.kit.actor:Actor.require", lambda self, permission: None),
        test=_SPEAKING + "test_who_may_not_send_is_told_which_right_is_missing",
    ),
    Twin(
        guard="hidden cases are looked for through what the writer may see",
        patch=swap("recourse.cases.models:CaseRows.visible_to", lambda self, viewer: self),
        test=_SPEAKING + "test_a_case_that_is_not_there_and_one_that_is_hidden_look_the_same",
    ),
    Twin(
        guard="the front line reads where the advanced team works",
        patch=swap("recourse.conversations.queries.held:works", lambda state: None),
        test=_SPEAKING + "test_the_front_line_reads_where_the_advanced_team_works_but_the_named_contact_writes",
    ),
    Twin(
        guard="an edit keeps the original",
        patch=swap("recourse.conversations.actions.change:_keep_version", lambda message, **more: None),
        test=_SPEAKING + "test_an_edit_keeps_the_original",
    ),
    Twin(
        guard="what the customer knows is not deleted",
        patch=swap("recourse.conversations.actions.change:may_delete", lambda said, **more: None),
        test=_SPEAKING + "test_what_the_customer_knows_is_not_deleted",
    ),
    Twin(
        guard="sending stands on the record",
        patch=swap("recourse.conversations.actions.speak:record", lambda event, **more: None),
        test=_SPEAKING + "test_a_reply_without_undo_leaves_at_once",
    ),
    Twin(
        guard="card numbers are masked before they are stored",
        patch=swap("recourse.conversations.actions.telling:mask_cards", lambda text: Masked(text, 0)),
        test=_RECEIVING + "test_a_card_number_is_masked_before_it_is_stored_and_the_sender_is_told",
    ),
    Twin(
        guard="one message is one message",
        patch=swap("recourse.conversations.actions.receive:_known", lambda channel, external_id: None),
        test=_RECEIVING + "test_the_same_message_twice_is_one_message",
    ),
    Twin(
        guard="a pass ends, is revoked, is replaced",
        patch=swap("recourse.conversations.queries:entrance", _any_pass),
        test=_FILES + "test_a_pass_opens_its_case_until_it_ends_is_revoked_or_replaced",
    ),
    Twin(
        guard="a template names known fields alone",
        patch=swap("recourse.conversations.actions.templates:fault_in", lambda body: None),
        test=_FILES + "test_a_template_with_anything_but_known_fields_is_refused_at_save",
    ),
    Twin(
        guard="files are limited in size and count",
        patch=swap("recourse.conversations.actions.files:_within", lambda uploads, before, limits: None),
        test=_FILES + "test_too_many_too_large_and_too_much_together_are_refused_and_nothing_is_kept",
    ),
    Twin(
        guard="a drafted file is its writer's",
        patch=swap("recourse.conversations.queries.reading:person_of", lambda viewer: None),
        test=_FILES + "test_a_file_beside_a_draft_goes_with_the_reply",
    ),
]
