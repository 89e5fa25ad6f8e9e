"""An internal note can never leave: not by a page, a letter, a file, a link, a move or a mistake in between."""

import ast
import datetime as dt
import itertools
import json
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from recourse.conversations import actions, queries
from recourse.conversations.actions import Upload
from recourse.conversations.models import Message
from recourse.conversations.policy.channels import CHANNELS, Channel, Letter, Outcome
from recourse.conversations.policy.words import (
    Direction,
    DraftKind,
    MessageState,
    MoveWhy,
    Visibility,
    is_outward,
)
from recourse.conversations.queries.outward import letter_of, public_message
from recourse.kit.actor import system
from recourse.kit.errors import NotVisible, Refused
from recourse.timeline.events import event_class
from recourse.timeline.models import Entry
from tests.rooms.conversations.build import AT, Desk, later

HOUSE = Path(__file__).resolve().parents[3] / "recourse"
NEEDLE = "needle-7f3a"


@given(
    st.sampled_from([*Visibility, "", "PUBLIC"]),
    st.sampled_from([*Direction]),
    st.sampled_from([*MessageState]),
    st.one_of(st.none(), st.integers(-100, 100)),
)
def test_only_public_words_that_have_left_or_come_are_outward(
    visibility: str, direction: str, state: str, released: int | None
) -> None:
    release_at = None if released is None else AT + dt.timedelta(seconds=released)
    if is_outward(visibility, direction, state, release_at, AT):
        assert visibility == Visibility.PUBLIC
        assert direction in {Direction.INBOUND, Direction.OUTBOUND}
        assert state not in {MessageState.NOTED, MessageState.DELETED, MessageState.RETRACTED}
        assert state != MessageState.SENDING or (release_at is not None and release_at <= AT)


def test_the_page_and_the_rule_agree_on_every_combination(desk: Desk) -> None:
    number = itertools.count(1)
    made = []
    for direction, state in itertools.product(Direction, MessageState):
        visibility = Visibility.INTERNAL if direction == Direction.NONE else Visibility.PUBLIC
        for release_at in (None, later(-1), AT, later(1)):
            message = Message(
                case=desk.case, number=next(number), direction=direction, visibility=visibility, channel="web",
                text="x", state=state, at=AT, release_at=release_at,
            )  # fmt: skip
            try:
                with transaction.atomic():
                    message.save()
            except IntegrityError:
                continue
            made.append(message)
    shown = set(queries.outward(desk.case, at=AT).values_list("pk", flat=True))
    assert len(made) > 20
    for message in made:
        facts = (message.visibility, message.direction, message.state, message.release_at)
        assert (message.pk in shown) == is_outward(*facts, AT), facts
        if message.pk not in shown:
            for way_out in (letter_of, public_message):
                with pytest.raises(Refused):
                    way_out(message, at=AT)


def test_the_database_refuses_a_note_with_a_direction_and_words_outward_without_being_public(desk: Desk) -> None:
    for direction, visibility in (("outbound", "internal"), ("inbound", "internal"), ("none", "public")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.create(
                case=desk.case, number=99, direction=direction, visibility=visibility, channel="web", text="x",
                state="sent", at=AT,
            )  # fmt: skip
    note = actions.note(case_ref=desk.ref, text=NEEDLE, by=desk.agent, at=AT)
    for turned in ({"visibility": "public"}, {"direction": "outbound"}, {"state": "sent"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=note.pk).update(**turned)


def _plant(desk: Desk) -> list[str]:
    """Put needles everywhere where only the desk may read, and return them."""

    def needle(place: str) -> str:
        return f"{NEEDLE}-{place}"

    actions.customer_writes(case_ref=desk.ref, text="Hello", channel="web", by=system("test"), at=AT)
    actions.attach(
        case_ref=desk.ref, kind=DraftKind.NOTE, by=desk.agent, at=AT,
        uploads=[Upload(f"{needle('file')}.txt", needle("content").encode())],
    )  # fmt: skip
    note = actions.note(case_ref=desk.ref, text=needle("note"), by=desk.agent, at=AT)
    actions.edit(case_ref=desk.ref, number=note.number, text=needle("edited"), by=desk.agent, at=later(1))
    other = actions.note(case_ref=desk.ref, text=needle("deleted"), by=desk.agent, at=later(2))
    actions.delete_note(case_ref=desk.ref, number=other.number, why=needle("why"), by=desk.agent, at=later(3))
    taken = actions.reply(case_ref=desk.ref, text=needle("retracted"), by=desk.agent, at=later(4))
    actions.undo_send(case_ref=desk.ref, number=taken.number, by=desk.agent, at=later(5))
    actions.save_draft(case_ref=desk.ref, kind=DraftKind.REPLY, text=needle("draft"), by=desk.agent, at=later(6))
    actions.reply(case_ref=desk.ref, text="All is well", by=desk.colleague, at=later(7), can_undo=False)
    actions.reply(case_ref=desk.ref, text=needle("sending"), by=desk.colleague, at=later(60))
    return ["note", "edited", "deleted", "why", "retracted", "draft", "sending", "file", "content"]


def test_no_needle_planted_inside_comes_out_anywhere(desk: Desk) -> None:
    _plant(desk)
    carried: list[Letter] = []

    def carry(letter: Letter) -> Outcome:
        carried.append(letter)
        return Outcome.SENT

    issued = actions.issue_pass(case_ref=desk.ref, by=desk.agent, at=later(8))
    through = queries.entrance(issued.token, at=later(9))
    shown = queries.conversation_for_customer(through, at=later(61))
    assert [message.text for message in shown] == ["Hello", "All is well"]
    outgoing = [repr(shown)]
    for message in Message.objects.all():
        for way_out in (letter_of, public_message):
            try:
                outgoing.append(repr(way_out(message, at=later(61))))
            except Refused:
                continue
    outgoing += [json.dumps(entry.payload) for entry in Entry.objects.all()]
    outgoing += [
        str(cls.from_payload(entry.payload).sentence())
        for entry in Entry.objects.all()
        if (cls := event_class(entry.event))
    ]
    assert not [text for text in outgoing if NEEDLE in text]
    CHANNELS.register(Channel("web", carry=carry))
    try:
        actions.release_due(at=later(80))
    finally:
        CHANNELS.register(Channel("web"))
    assert [letter.text for letter in carried] == [f"{NEEDLE}-sending"]


def test_a_file_of_a_note_is_not_there_for_the_customer(desk: Desk) -> None:
    _plant(desk)
    through = queries.entrance(actions.issue_pass(case_ref=desk.ref, by=desk.agent, at=AT).token, at=AT)
    for attachment in desk.case.attachments.all():
        with pytest.raises(NotVisible):
            queries.file_for_customer(through, attachment.pk, at=later(100))


def test_moving_a_note_to_another_case_does_not_open_it(desk: Desk) -> None:
    actions.note(case_ref=desk.ref, text=NEEDLE, by=desk.agent, at=AT)
    other = desk.open()
    actions.move_messages(from_case_id=desk.case.pk, to_case_id=other.pk, why=MoveWhy.MERGE, by=desk.agent, at=AT)
    through = queries.entrance(actions.issue_pass(case_ref=other.ref, by=desk.agent, at=AT).token, at=AT)
    assert queries.conversation_for_customer(through, at=later(100)) == []


def test_letters_and_public_messages_are_made_in_one_module_only() -> None:
    makers = {"Letter", "PublicMessage", "PublicFile"}
    found = [
        f"{path.relative_to(HOUSE)} makes {node.func.id}"
        for path in HOUSE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in makers
        and path != HOUSE / "conversations" / "queries" / "outward.py"
    ]
    assert not found


def test_no_door_asks_for_messages_directly() -> None:
    outward_doors = [path for folder in ("web", "api", "ops") for path in (HOUSE / folder).rglob("*.py")]
    found = [
        str(path.relative_to(HOUSE))
        for path in outward_doors
        if "conversations.models import" in path.read_text("utf8")
    ]
    assert not found
