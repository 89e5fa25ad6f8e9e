"""Replies and notes: what is said, recorded, undone, and stopped when somebody was faster."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from recourse.conversations import actions, queries
from recourse.conversations.models import Draft, Message, MessageVersion
from recourse.conversations.policy.words import DraftKind, MessageState
from recourse.kit.actor import customer, system
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.search.models import Document
from recourse.timeline.models import Entry, Private
from tests.rooms.conversations.build import AT, Desk, later


def say(desk: Desk, text: str = "Hello Ada, we look into it.", **more: Any) -> Message:
    return actions.reply(**{"case_ref": desk.ref, "text": text, "by": desk.agent, "at": AT, **more})


def hear(desk: Desk, text: str = "Where is my parcel?", **more: Any) -> Message:
    given = {"case_ref": desk.ref, "text": text, "channel": "web", "by": system("test"), "at": AT, **more}
    return actions.customer_writes(**given)


def test_a_reply_waits_ten_seconds_and_then_leaves_as_of_then(desk: Desk) -> None:
    message = say(desk)
    assert message.state == MessageState.SENDING
    assert actions.release_due(at=later(9.9)) == actions.Released(0, 0)
    assert actions.release_due(at=later(3600)) == actions.Released(1, 0)
    message.refresh_from_db()
    assert (message.state, message.sent_at) == (MessageState.SENT, later(10))
    entry = Entry.objects.get(event="message.sent")
    assert (entry.at, entry.actor_id) == (later(10), desk.agent.id)
    assert actions.release_due(at=later(7200)) == actions.Released(0, 0)


def test_a_reply_without_undo_leaves_at_once(desk: Desk) -> None:
    assert say(desk, can_undo=False).state == MessageState.SENT
    assert desk.events()[-1] == "message.sent"


def test_a_reply_can_be_taken_back_for_ten_seconds_and_its_text_returns_to_the_draft(desk: Desk) -> None:
    message = say(desk)
    actions.undo_send(case_ref=desk.ref, number=message.number, by=desk.agent, at=later(9))
    assert Draft.objects.get(kind="reply").text == "Hello Ada, we look into it."
    assert actions.release_due(at=later(60)).sent == 0
    assert "message.retracted" in desk.events()
    assert "message.sent" not in desk.events()


def test_what_has_left_cannot_be_taken_back(desk: Desk) -> None:
    message = say(desk)
    with pytest.raises(Refused, match="already left"):
        actions.undo_send(case_ref=desk.ref, number=message.number, by=desk.agent, at=later(10))


def test_nobody_takes_back_what_another_wrote(desk: Desk) -> None:
    message = say(desk)
    with pytest.raises(Refused) as refused:
        actions.undo_send(case_ref=desk.ref, number=message.number, by=desk.colleague, at=later(5))
    assert refused.value.code == "message.not_yours"


def test_a_second_send_on_what_has_changed_is_stopped_and_both_texts_are_kept(desk: Desk) -> None:
    seen = hear(desk).number
    first = say(desk, "The parcel is in Leeds.", seen=seen)
    with pytest.raises(Stale) as stale:
        say(desk, "The parcel is lost.", by=desk.colleague, seen=seen, at=later(3))
    assert stale.value.current == first.number
    assert Draft.objects.get(staff_id=desk.colleague.staff_id).text == "The parcel is lost."
    assert Message.objects.filter(direction="outbound").count() == 1
    sent = say(desk, "The parcel is lost.", by=desk.colleague, seen=first.number, at=later(30))
    assert sent.number == first.number + 1
    assert Draft.objects.get(staff_id=desk.colleague.staff_id).text == ""


def test_a_double_click_sends_once(desk: Desk) -> None:
    say(desk, seen=0)
    with pytest.raises(Stale):
        say(desk, seen=0)


def test_a_new_message_of_the_customer_stops_a_reply_that_did_not_see_it(desk: Desk) -> None:
    seen = hear(desk).number
    hear(desk, "It has come, thank you!", at=later(60))
    with pytest.raises(Stale):
        say(desk, "We send another one.", seen=seen, at=later(90))


def test_a_note_does_not_stop_a_reply(desk: Desk) -> None:
    seen = hear(desk).number
    actions.note(case_ref=desk.ref, text="Asked the depot.", by=desk.colleague, at=later(5))
    assert say(desk, seen=seen, at=later(9)).number == seen + 2


def test_a_reply_answers_what_was_asked_only_once_it_has_left(desk: Desk) -> None:
    asked = hear(desk)
    say(desk, at=later(60))
    asked.refresh_from_db()
    assert asked.is_reply_needed
    actions.release_due(at=later(80))
    asked.refresh_from_db()
    assert not asked.is_reply_needed


def test_a_bounce_makes_the_customer_wait_again(desk: Desk) -> None:
    asked = hear(desk)
    answer = say(desk, at=later(60), can_undo=False)
    actions.bounce(message_id=answer.pk, by=system("mail"), at=later(120))
    actions.bounce(message_id=answer.pk, by=system("mail"), at=later(180))
    asked.refresh_from_db()
    assert asked.is_reply_needed
    assert desk.events().count("message.bounced") == 1


def test_an_automatic_message_answers_nothing(desk: Desk) -> None:
    asked = hear(desk)
    say(desk, is_automatic=True, can_undo=False, at=later(60))
    asked.refresh_from_db()
    assert asked.is_reply_needed


def test_sending_clears_the_draft_and_makes_the_words_findable(desk: Desk) -> None:
    actions.save_draft(case_ref=desk.ref, kind=DraftKind.REPLY, text="Hello A", by=desk.agent, at=AT)
    message = say(desk)
    assert Draft.objects.get().text == ""
    assert Document.objects.filter(key=message.pk, is_internal=False).exists()


def test_empty_and_endless_texts_are_refused_by_field(desk: Desk) -> None:
    for text in ("", " \n\t", "\u200b", "x" * 100_001):
        with pytest.raises(Invalid) as invalid:
            say(desk, text)
        assert "text" in invalid.value.fields


def test_who_may_not_send_is_told_which_right_is_missing(desk: Desk) -> None:
    with pytest.raises(Refused) as refused:
        say(desk, by=desk.analyst)
    assert refused.value.is_permission


def test_a_customer_never_writes_a_reply_or_a_note(desk: Desk) -> None:
    by = customer(desk.customer.pk, case_id=desk.case.pk)
    for verb in (actions.reply, actions.note):
        with pytest.raises(Refused):
            verb(case_ref=desk.ref, text="x", by=by, at=AT)


def test_a_case_that_is_not_there_and_one_that_is_hidden_look_the_same(desk: Desk) -> None:
    hidden = desk.open(is_restricted=True)
    for ref in ("RC-999999", hidden.ref, "nonsense", "", "RC-1'; --"):
        with pytest.raises(NotVisible):
            say(desk, case_ref=ref)
        with pytest.raises(NotVisible):
            actions.note(case_ref=ref, text="x", by=desk.agent, at=AT)


def test_the_front_line_reads_where_the_advanced_team_works_but_the_named_contact_writes(desk: Desk) -> None:
    desk.case.__class__.objects.filter(pk=desk.case.pk).update(
        team=desk.advanced, queue=desk.advanced_queue, contact_owner=desk.colleague.staff_id
    )
    with pytest.raises(Refused) as refused:
        say(desk)
    assert refused.value.code == "case.read_only"
    assert say(desk, by=desk.colleague).number == 1
    actions.release_due(at=later(11))
    assert say(desk, by=desk.resolver, at=later(20)).is_from_advanced


def test_an_edit_keeps_the_original(desk: Desk) -> None:
    written = actions.note(case_ref=desk.ref, text="Refund 20.", by=desk.agent, at=AT)
    edited = actions.edit(
        case_ref=desk.ref, number=written.number, text="Refund 25.", by=desk.agent, at=later(60), seen=1
    )
    assert (edited.text, edited.version) == ("Refund 25.", 2)
    assert [version.text for version in queries.versions_of(edited)] == ["Refund 20."]
    with pytest.raises(Stale):
        actions.edit(case_ref=desk.ref, number=written.number, text="x", by=desk.agent, at=later(61), seen=1)
    with pytest.raises(Refused):
        actions.edit(case_ref=desk.ref, number=written.number, text="x", by=desk.colleague, at=later(62))


def test_the_original_cannot_be_changed_or_removed_by_any_door(desk: Desk) -> None:
    written = actions.note(case_ref=desk.ref, text="Refund 20.", by=desk.agent, at=AT)
    actions.edit(case_ref=desk.ref, number=written.number, text="Refund 25.", by=desk.agent, at=later(60))
    for statement in (
        "UPDATE conversations_messageversion SET text = 'Refund 2000.'",
        "UPDATE conversations_messageversion SET number = 7",
        "DELETE FROM conversations_messageversion",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert MessageVersion.objects.get().text == "Refund 20."


def test_a_sent_reply_is_not_edited(desk: Desk) -> None:
    message = say(desk)
    actions.edit(case_ref=desk.ref, number=message.number, text="Better words.", by=desk.agent, at=later(5))
    actions.release_due(at=later(11))
    with pytest.raises(Refused):
        actions.edit(case_ref=desk.ref, number=message.number, text="Other words.", by=desk.agent, at=later(12))
    message.refresh_from_db()
    assert message.text == "Better words."


def test_deleting_a_note_leaves_a_tombstone_with_who_and_why(desk: Desk) -> None:
    written = actions.note(case_ref=desk.ref, text="Wrong case, sorry.", by=desk.agent, at=AT)
    actions.delete_note(case_ref=desk.ref, number=written.number, why="wrong case", by=desk.agent, at=later(5))
    gone = queries.message(desk.ref, written.number, viewer=desk.agent)
    assert (gone.state, gone.text) == (MessageState.DELETED, "")
    assert not Document.objects.filter(key=written.pk).exists()
    entry = Entry.objects.get(event="message.deleted")
    assert (entry.actor_id, Private.objects.get(entry=entry).note) == (desk.agent.id, "wrong case")
    assert [version.text for version in queries.versions_of(gone)] == ["Wrong case, sorry."]


def test_deleting_wants_a_reason_and_the_writer_or_one_who_may_redact(desk: Desk) -> None:
    written = actions.note(case_ref=desk.ref, text="x", by=desk.agent, at=AT)
    with pytest.raises(Invalid):
        actions.delete_note(case_ref=desk.ref, number=written.number, why=" ", by=desk.agent, at=AT)
    with pytest.raises(Refused):
        actions.delete_note(case_ref=desk.ref, number=written.number, why="x", by=desk.colleague, at=AT)
    actions.delete_note(case_ref=desk.ref, number=written.number, why="x", by=desk.lead, at=AT)


def test_what_the_customer_knows_is_not_deleted(desk: Desk) -> None:
    for message in (hear(desk), say(desk, can_undo=False)):
        with pytest.raises(Refused) as refused:
            actions.delete_note(case_ref=desk.ref, number=message.number, why="x", by=desk.lead, at=AT)
        assert refused.value.code == "message.public"


def test_redaction_takes_words_out_of_every_version_and_the_search(desk: Desk) -> None:
    written = actions.note(case_ref=desk.ref, text="IBAN is zebra42 today", by=desk.agent, at=AT)
    actions.edit(case_ref=desk.ref, number=written.number, text="Her IBAN is zebra42.", by=desk.agent, at=later(1))
    actions.redact(
        case_ref=desk.ref, number=written.number, passages=["zebra42"], why="bank details", by=desk.lead, at=later(2)
    )
    written.refresh_from_db()
    assert written.text == "Her IBAN is [redacted]."
    assert [version.text for version in queries.versions_of(written)] == ["IBAN is [redacted] today"]
    assert not Document.objects.filter(words__contains="zebra42").exists() or connection.vendor == "postgresql"
    assert desk.events()[-1] == "message.redacted"


def test_only_one_with_the_right_redacts_and_only_words_that_stand_there(desk: Desk) -> None:
    message = hear(desk)
    with pytest.raises(Refused):
        actions.redact(case_ref=desk.ref, number=message.number, passages=["parcel"], why="x", by=desk.agent, at=AT)
    for passages in ([], [" "], ["unicorn"]):
        with pytest.raises(Invalid):
            actions.redact(case_ref=desk.ref, number=message.number, passages=passages, why="x", by=desk.lead, at=AT)


def test_thanks_can_be_marked_as_needing_no_reply_once(desk: Desk) -> None:
    message = hear(desk, "Thanks!")
    actions.mark_no_reply_needed(case_ref=desk.ref, number=message.number, by=desk.agent, at=AT)
    assert desk.events()[-1] == "message.reply_waived"
    with pytest.raises(Refused):
        actions.mark_no_reply_needed(case_ref=desk.ref, number=message.number, by=desk.agent, at=AT)


def test_a_draft_in_two_windows_is_not_overwritten_unseen(desk: Desk) -> None:
    kept = actions.save_draft(case_ref=desk.ref, kind=DraftKind.REPLY, text="one", by=desk.agent, at=AT)
    actions.save_draft(case_ref=desk.ref, kind=DraftKind.REPLY, text="two", by=desk.agent, at=AT, seen=kept.version)
    with pytest.raises(Stale):
        actions.save_draft(
            case_ref=desk.ref, kind=DraftKind.REPLY, text="three", by=desk.agent, at=AT, seen=kept.version
        )
    assert Draft.objects.get().text == "two"


def test_a_draft_is_its_writers_alone(desk: Desk) -> None:
    actions.save_draft(case_ref=desk.ref, kind=DraftKind.REPLY, text="mine", by=desk.agent, at=AT)
    assert queries.drafts_of(desk.case, viewer=desk.colleague) == {}
    actions.discard_draft(case_ref=desk.ref, kind=DraftKind.REPLY, by=desk.agent, at=AT)
    assert queries.drafts_of(desk.case, viewer=desk.agent)["reply"].text == ""
