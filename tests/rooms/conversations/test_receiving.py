"""The customer's words: where they land, what they open again, that one message is one message."""

import datetime as dt
from typing import Any

import pytest

from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.conversations import actions, queries
from recourse.conversations.actions import Upload
from recourse.conversations.models import Message
from recourse.kit.actor import customer, system
from recourse.kit.errors import Invalid, NotVisible, Refused
from tests.rooms.conversations.build import AT, Desk, later


def hear(desk: Desk, text: str = "Where is my parcel?", **more: Any) -> Message:
    given = {"case_ref": desk.ref, "text": text, "channel": "web", "by": system("test"), "at": AT, **more}
    return actions.customer_writes(**given)


def through_pass(desk: Desk, at: dt.datetime = AT) -> queries.Entrance:
    issued = actions.issue_pass(case_ref=desk.ref, by=desk.agent, at=at)
    return queries.entrance(issued.token, at=at)


def resolved(desk: Desk, at: dt.datetime) -> None:
    cases.start(desk.case.pk, by=desk.agent, at=AT) if desk.case.stage == "new" else None
    Case.objects.filter(pk=desk.case.pk).update(stage="resolved", resolved_at=at)


def test_words_wait_for_a_reply_and_are_on_the_record(desk: Desk) -> None:
    message = hear(desk)
    assert message.is_reply_needed
    assert message.customer_id == desk.customer.pk
    assert desk.events()[-1] == "message.received"


def test_the_same_message_twice_is_one_message(desk: Desk) -> None:
    first = hear(desk, external_id="<a@b>")
    assert hear(desk, external_id="<a@b>").pk == first.pk
    assert desk.events().count("message.received") == 1


def test_a_resolved_case_opens_again_for_the_customer_within_the_handbooks_days(desk: Desk) -> None:
    resolved(desk, AT)
    hear(desk, at=AT + dt.timedelta(days=14))
    assert Case.objects.get(pk=desk.case.pk).is_open
    assert "case.reopened" in desk.events()


def test_later_than_that_it_stays_closed(desk: Desk) -> None:
    resolved(desk, AT)
    with pytest.raises(Refused) as refused:
        hear(desk, at=AT + dt.timedelta(days=14, seconds=1))
    assert refused.value.code == "case.closed_for_good"
    assert not Message.objects.exists()


def test_automatic_mail_neither_opens_a_case_nor_waits_for_an_answer(desk: Desk) -> None:
    resolved(desk, AT)
    message = hear(desk, "I am out of office", is_automatic=True, at=later(60))
    assert not message.is_reply_needed
    assert Case.objects.get(pk=desk.case.pk).stage == "resolved"


def test_a_customer_reaches_the_case_of_the_pass_and_no_other(desk: Desk) -> None:
    through = through_pass(desk)
    other = desk.open()
    assert actions.customer_writes(case_ref=desk.ref, text="Hi", channel="web", by=through.by, at=AT).number == 1
    with pytest.raises(NotVisible):
        actions.customer_writes(case_ref=other.ref, text="Hi", channel="web", by=through.by, at=AT)


def test_a_wait_for_the_customer_ends_with_their_words(desk: Desk) -> None:
    cases.take(desk.case.pk, by=desk.agent, at=AT)
    Case.objects.filter(pk=desk.case.pk).update(stage="working")
    question = actions.reply(case_ref=desk.ref, text="Which door?", by=desk.agent, at=AT, can_undo=False)
    cases.wait(desk.case.pk, reason="customer_answer", by=desk.agent, at=later(5), question_message_id=question.pk)
    hear(desk, "The blue one.", at=later(600), by=customer(desk.customer.pk, case_id=desk.case.pk))
    assert not Case.objects.get(pk=desk.case.pk).is_waiting
    assert "case.wait_ended" in desk.events()


def test_a_card_number_is_masked_before_it_is_stored_and_the_sender_is_told(desk: Desk) -> None:
    message = hear(
        desk,
        "my card is 4111 1111-1111\n1111 cvv 123",
        html="<p>my card is <b>4111 1111</b>-1111 1111</p>",
        uploads=[Upload("card.txt", b"4111111111111111")],
    )
    message.refresh_from_db()
    assert "4111" not in message.text + message.html
    assert "1111" in message.text
    shown = queries.conversation_for_customer(through_pass(desk), at=later(1))
    assert shown[0].masked_cards == 1


def test_a_message_of_files_alone_is_a_message(desk: Desk) -> None:
    message = hear(desk, "", uploads=[Upload("photo.png", b"\x89PNG\r\n\x1a\n")])
    assert [file.name for file in message.attachments.all()] == ["photo.png"]
    with pytest.raises(Invalid):
        hear(desk, "")


def test_html_is_reduced_to_plain_formatting(desk: Desk) -> None:
    message = hear(desk, "Hi", html="<p onclick=x>Hi<script>alert(1)</script><img src=//evil></p>")
    assert message.html == "<p>Hi</p>"


def test_staff_need_the_right_to_log_a_customers_words(desk: Desk) -> None:
    with pytest.raises(Refused):
        hear(desk, by=desk.analyst)
    assert hear(desk, by=desk.agent).direction == "inbound"
