"""Files, links to “my case”, templates, messages that move."""

import datetime as dt
import random
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from recourse.cases.actions.merging import merge as merge_cases
from recourse.cases.actions.merging import unmerge as unmerge_cases
from recourse.cases.actions.splitting import Part, undo_split
from recourse.cases.actions.splitting import split as split_case
from recourse.cases.models import Case
from recourse.conversations import actions, queries
from recourse.conversations.actions import Upload
from recourse.conversations.models import Attachment, CasePass, Message
from recourse.conversations.policy.templates import Field, fault_in, fill
from recourse.conversations.policy.words import Doing, DraftKind, MoveWhy
from recourse.kit.actor import system
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.kit.files import keep, path_of
from recourse.kit.text import ALLOWED_TAGS
from recourse.search.models import Document
from tests.rooms.conversations.build import AT, Desk, later, person
from tests.rooms.kit.material import recorded

PNG = b"\x89PNG\r\n\x1a\n0000"


def attach(desk: Desk, *uploads: Upload) -> list[Attachment]:
    return actions.attach(case_ref=desk.ref, kind=DraftKind.REPLY, uploads=uploads, by=desk.agent, at=AT)


def test_a_file_beside_a_draft_goes_with_the_reply(desk: Desk) -> None:
    (file,) = attach(desk, Upload("photo.png", PNG))
    assert queries.files_beside_draft(desk.case, DraftKind.REPLY, viewer=desk.agent) == [file]
    assert queries.files_beside_draft(desk.case, DraftKind.REPLY, viewer=desk.colleague) == []
    message = actions.reply(case_ref=desk.ref, text="See the photo.", by=desk.agent, at=AT, can_undo=False)
    assert list(message.attachments.all()) == [file]
    ticket = actions.open_attachment(attachment_id=file.pk, by=desk.colleague, at=AT)
    got = queries.download(ticket)
    assert (got.name, got.content) == ("photo.png", PNG)


def test_undoing_a_reply_puts_its_files_back_beside_the_draft(desk: Desk) -> None:
    (file,) = attach(desk, Upload("photo.png", PNG))
    message = actions.reply(case_ref=desk.ref, text="See the photo.", by=desk.agent, at=AT)
    actions.undo_send(case_ref=desk.ref, number=message.number, by=desk.agent, at=later(3))
    assert queries.files_beside_draft(desk.case, DraftKind.REPLY, viewer=desk.agent) == [file]


def test_a_file_taken_off_a_draft_is_destroyed(desk: Desk, django_capture_on_commit_callbacks: object) -> None:
    (file,) = attach(desk, Upload("photo.png", PNG))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        actions.remove_attachment(case_ref=desk.ref, attachment_id=file.pk, by=desk.agent, at=AT)
    assert not path_of(file.key).exists()
    with pytest.raises(NotVisible):
        actions.open_attachment(attachment_id=file.pk, by=desk.agent, at=AT)


def test_too_many_too_large_and_too_much_together_are_refused_and_nothing_is_kept(desk: Desk) -> None:
    cases = [
        [Upload(f"{n}.txt", b"x") for n in range(11)],
        [Upload("big.bin", b"x" * 15_728_641)],
        [Upload(f"{n}.bin", b"x" * 13_107_201) for n in range(2)],
    ]
    for uploads in cases:
        with pytest.raises(Invalid) as invalid:
            attach(desk, *uploads)
        assert "files" in invalid.value.fields
    assert not Attachment.objects.exists()
    attach(desk, *[Upload(f"{n}.txt", b"x") for n in range(10)])
    with pytest.raises(Invalid):
        attach(desk, Upload("eleventh.txt", b"x"))


def test_twenty_thousand_empty_files_are_refused_at_once(desk: Desk) -> None:
    with pytest.raises(Invalid):
        attach(desk, *[Upload("", b"") for _ in range(20_000)])


def test_a_file_of_a_hidden_case_and_one_that_is_not_there_look_the_same(desk: Desk) -> None:
    (file,) = attach(desk, Upload("a.png", PNG))
    actions.reply(case_ref=desk.ref, text="x", by=desk.agent, at=AT, can_undo=False)
    Case.objects.filter(pk=desk.case.pk).update(is_restricted=True)
    for key in (file.pk, desk.case.pk):
        with pytest.raises(NotVisible):
            actions.open_attachment(attachment_id=key, by=desk.colleague, at=AT)


def test_opening_a_file_of_a_restricted_case_is_recorded(desk: Desk) -> None:
    (file,) = attach(desk, Upload("a.png", PNG))
    actions.reply(case_ref=desk.ref, text="x", by=desk.agent, at=AT, can_undo=False)
    actions.open_attachment(attachment_id=file.pk, by=desk.agent, at=AT)
    assert "attachment.opened" not in desk.events()
    Case.objects.filter(pk=desk.case.pk).update(is_restricted=True, owner=desk.agent.staff_id)
    actions.open_attachment(attachment_id=file.pk, by=desk.agent, at=AT)
    assert desk.events()[-1] == "attachment.opened"


def test_a_draft_file_of_a_colleague_is_not_opened(desk: Desk) -> None:
    (file,) = attach(desk, Upload("a.png", PNG))
    with pytest.raises(NotVisible):
        actions.open_attachment(attachment_id=file.pk, by=desk.colleague, at=AT)


def test_a_pass_opens_its_case_until_it_ends_is_revoked_or_replaced(desk: Desk) -> None:
    first = actions.issue_pass(case_ref=desk.ref, by=desk.agent, at=AT)
    assert queries.entrance(first.token, at=AT).case == desk.case
    with pytest.raises(NotVisible):
        queries.entrance(first.token, at=first.expires_at)
    second = actions.issue_pass(case_ref=desk.ref, by=desk.agent, at=later(1))
    with pytest.raises(NotVisible):
        queries.entrance(first.token, at=later(2))
    actions.revoke_pass(case_ref=desk.ref, by=desk.agent, at=later(3))
    with pytest.raises(NotVisible):
        queries.entrance(second.token, at=later(4))
    with pytest.raises(Refused):
        actions.revoke_pass(case_ref=desk.ref, by=desk.agent, at=later(5))


def test_the_token_is_kept_nowhere(desk: Desk) -> None:
    issued = actions.issue_pass(case_ref=desk.ref, by=desk.agent, at=AT)
    assert len(issued.token) >= 43
    row = CasePass.objects.get()
    assert issued.token not in (row.digest, str(row.pk))
    assert CasePass.objects.filter(digest=issued.token).count() == 0


def test_no_guessed_or_mutated_token_opens_anything(desk: Desk) -> None:
    token = actions.issue_pass(case_ref=desk.ref, by=desk.agent, at=AT).token
    draw = random.Random(5)
    mutated = {"", " ", "null", token[:-1], token + "=", token.swapcase(), token[::-1]}
    mutated |= {quote(token + " "), token + "\0"}
    while len(mutated) < 400:
        place = draw.randrange(len(token))
        mutated.add(token[:place] + draw.choice("ABCDEFGHabcdefgh0123456789-_") + token[place + 1 :])
    for forged in mutated - {token}:
        with pytest.raises(NotVisible):
            queries.entrance(forged, at=AT)


def test_a_pass_follows_its_case_into_the_one_it_was_merged_into(desk: Desk) -> None:
    token = actions.issue_pass(case_ref=desk.ref, by=desk.agent, at=AT).token
    kept = desk.open("The same again")
    Case.objects.filter(pk=desk.case.pk).update(stage="merged", merged_into=kept)
    through = queries.entrance(token, at=later(1))
    assert through.case == kept
    message = actions.customer_writes(case_ref=desk.ref, text="Any news?", channel="web", by=through.by, at=later(2))
    assert (message.case_id, message.addressed_case_id) == (kept.pk, desk.case.pk)


def test_after_a_merge_across_customers_nobody_reads_the_others_words(desk: Desk) -> None:
    stranger = person(502, "Bob Other")
    kept = desk.open("Bob's problem", customer=stranger)
    actions.customer_writes(case_ref=desk.ref, text="Ada's words", channel="web", by=system("t"), at=AT)
    actions.customer_writes(case_ref=kept.ref, text="Bob's words", channel="web", by=system("t"), at=AT)
    token = actions.issue_pass(case_ref=desk.ref, by=desk.agent, at=AT).token
    actions.move_messages(from_case_id=desk.case.pk, to_case_id=kept.pk, why=MoveWhy.MERGE, by=desk.lead, at=later(1))
    Case.objects.filter(pk=desk.case.pk).update(stage="merged", merged_into=kept)
    shown = queries.conversation_for_customer(queries.entrance(token, at=later(2)), at=later(2))
    assert [message.text for message in shown] == ["Ada's words"]


def test_messages_move_with_time_author_files_and_search_and_come_back(desk: Desk) -> None:
    (file,) = attach(desk, Upload("a.png", PNG))
    actions.reply(case_ref=desk.ref, text="first", by=desk.agent, at=AT, can_undo=False)
    actions.note(case_ref=desk.ref, text="second", by=desk.colleague, at=later(5))
    said = Message.objects.filter(case=desk.case).order_by("number").values("pk", "number", "at", "staff", "text")
    before = list(said)
    kept = desk.open()
    actions.note(case_ref=kept.ref, text="was here", by=desk.agent, at=AT)
    moved = actions.move_messages(
        from_case_id=desk.case.pk, to_case_id=kept.pk, why=MoveWhy.MERGE, by=desk.lead, at=later(9)
    )
    file.refresh_from_db()
    assert (moved, file.case_id) == (2, kept.pk)
    assert [m.number for m in Message.objects.filter(case=kept).order_by("number")] == [1, 2, 3]
    assert Document.objects.filter(case_id=kept.pk, kind="message").count() == 3
    late = actions.customer_writes(case_ref=kept.ref, text="late", channel="web", by=system("t"), at=later(10))
    Message.objects.filter(pk=late.pk).update(addressed_case=desk.case)
    back = actions.return_messages(from_case_id=desk.case.pk, to_case_id=kept.pk, by=desk.lead, at=later(20))
    assert back == 3
    assert list(said.all())[:2] == before
    assert [m.text for m in Message.objects.filter(case=kept)] == ["was here"]
    assert desk.events().count("messages.moved") == 2


def test_numbers_of_messages_that_moved_away_are_not_given_again(desk: Desk) -> None:
    gone = actions.note(case_ref=desk.ref, text="split me", by=desk.agent, at=AT)
    new = desk.open()
    actions.move_messages(
        from_case_id=desk.case.pk, to_case_id=new.pk, why=MoveWhy.SPLIT, by=desk.agent, at=AT, message_ids=[gone.pk]
    )
    assert actions.note(case_ref=desk.ref, text="next", by=desk.agent, at=AT).number == 2


def test_a_template_is_shown_filled_and_says_what_is_missing(desk: Desk) -> None:
    made = actions.make_template(
        name="Hello", body="Dear {customer_name},\nyour case {case_ref}, {product}.\n{agent_name}", by=desk.lead, at=AT
    )
    filled = queries.filled(made.pk, desk.ref, viewer=desk.agent)
    assert filled.text == f"Dear Ada Byron,\nyour case {desk.ref}, [product].\nAnn Agent"
    assert filled.missing == ("product",)


@pytest.mark.parametrize(
    "body",
    [
        "{{ settings.SECRET_KEY }}", "{{7*7}}", "#{id}", "{field.__class__}", "{customer_name.__class__}", "{0}", "{}",
        "{customer_name!r}", "{customer_name:>100000000}", "{unknown}", "{", "}", "{customer_name", "{% load x %}",
        "{CUSTOMER_NAME}", "{customer_name }", "{{customer_name}}", "${customer_name", "{__import__('os')}",
    ],
)  # fmt: skip
def test_a_template_with_anything_but_known_fields_is_refused_at_save(desk: Desk, body: str) -> None:
    if body == "${customer_name":
        body += "} {x}"
    with pytest.raises(Invalid) as invalid:
        actions.make_template(name="Bad", body=body, by=desk.lead, at=AT)
    assert "Unknown field at character" in invalid.value.fields["body"][0]


def test_values_are_never_filled_themselves() -> None:
    values = {Field.CUSTOMER_NAME: "{agent_name} {{7*7}} %s {0}", Field.AGENT_NAME: "Ann"}
    assert fill("{customer_name}", values).text == "{agent_name} {{7*7}} %s {0}"


def test_naughty_values_come_through_a_template_as_they_are() -> None:
    for naughty in recorded("naughty_strings/blns.json"):
        value = str(naughty)
        if value.strip():
            assert fill("<{subject}>", {"subject": value}).text == f"<{value.strip()}>"
        assert fault_in(value) is None or "{" in value or "}" in value


def test_templates_keep_their_versions_and_are_not_overwritten_unseen(desk: Desk) -> None:
    made = actions.make_template(name="Hello", body="One", by=desk.lead, at=AT)
    edited = actions.edit_template(template_id=made.pk, name="Hello", body="Two", by=desk.lead, at=AT, seen=1)
    with pytest.raises(Stale):
        actions.edit_template(template_id=made.pk, name="Hello", body="Three", by=desk.lead, at=AT, seen=1)
    assert [version.body for version in edited.versions.order_by("number")] == ["One", "Two"]
    with pytest.raises(Invalid):
        actions.make_template(name="Hello", body="x", by=desk.lead, at=AT)
    with pytest.raises(Refused):
        actions.make_template(name="Other", body="x", by=desk.agent, at=AT)
    actions.retire_template(template_id=made.pk, by=desk.lead, at=AT)
    assert queries.templates() == []
    actions.make_template(name="Hello", body="New", by=desk.lead, at=AT)


def test_who_is_here_is_known_for_forty_five_seconds(desk: Desk) -> None:
    actions.beat(case_id=desk.case.pk, doing=Doing.READING, by=desk.colleague, at=AT)
    actions.beat(case_id=desk.case.pk, doing=Doing.WRITING, by=desk.colleague, at=later(5))
    (other,) = queries.here(desk.case, viewer=desk.agent, at=later(49))
    assert (other.name, other.doing) == ("Cal Colleague", "writing")
    assert queries.here(desk.case, viewer=desk.agent, at=later(50)) == []
    assert queries.here(desk.case, viewer=desk.colleague, at=later(6)) == []
    actions.leave(case_id=desk.case.pk, by=desk.colleague)
    assert queries.here(desk.case, viewer=desk.agent, at=later(6)) == []


def test_naughty_names_texts_and_payloads_are_kept_as_words_on_every_surface(desk: Desk) -> None:
    naughty = [str(one) for one in recorded("naughty_strings/blns.json")]
    payloads = [str(one["payload"]) for one in recorded("html_xss/dompurify_expect.json") if "payload" in one]
    at = AT
    for text in [*naughty[::12], *payloads[::20]]:
        at += dt.timedelta(seconds=1)
        try:
            actions.customer_writes(case_ref=desk.ref, text=text, html=text, channel="web", by=system("t"), at=at)
            actions.note(case_ref=desk.ref, text=text, by=desk.agent, at=at)
            actions.reply(case_ref=desk.ref, text=text, by=desk.agent, at=at, can_undo=False)
            actions.save_draft(case_ref=desk.ref, kind=DraftKind.NOTE, text=text, by=desk.agent, at=at)
        except Invalid:
            continue
    for message in desk.case.messages.all():
        assert "\0" not in message.text
        reader = Tags()
        reader.feed(message.html)
        assert reader.names <= ALLOWED_TAGS
        assert all(address.startswith(("http:", "https:", "mailto:")) for address in reader.addresses)
        assert reader.attributes <= {"href", "rel", "colspan", "rowspan"}


class Tags(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.addresses += [value or "" for name, value in attrs if name == "href"]


def test_merging_and_splitting_cases_takes_their_messages_along_and_back(desk: Desk) -> None:
    actions.customer_writes(case_ref=desk.ref, text="one", channel="web", by=system("t"), at=AT)
    second = actions.customer_writes(case_ref=desk.ref, text="two", channel="web", by=system("t"), at=later(1))
    kept = desk.open()
    merge_cases(desk.ref, into=kept.ref, by=desk.lead, at=later(2))
    assert [m.text for m in kept.messages.order_by("at")] == ["one", "two"]
    unmerge_cases(desk.ref, by=desk.lead, at=later(3))
    assert list(desk.case.messages.order_by("number").values_list("number", "text")) == [(1, "one"), (2, "two")]
    part = Part(subject="Second thing", message_ids=[second.pk], received_at=second.at)
    split = split_case(desk.ref, part, by=desk.agent, at=later(4))
    assert [m.text for m in split.result.messages.all()] == ["two"]
    actions.note(case_ref=split.result.ref, text="three", by=desk.agent, at=later(5))
    undo_split(split.result.ref, by=desk.agent, at=later(6))
    assert [m.text for m in desk.case.messages.order_by("number")] == ["one", "two", "three"]


def test_a_split_by_quote_leaves_the_words_and_quotes_them_inside(desk: Desk) -> None:
    said = actions.customer_writes(case_ref=desk.ref, text="one\ntwo", channel="web", by=system("t"), at=AT)
    part = Part(subject="Second thing", message_ids=[said.pk], received_at=said.at, is_moved=False)
    split = split_case(desk.ref, part, by=desk.agent, at=later(4))
    quote = split.result.messages.get()
    assert quote.visibility == "internal"
    assert "> one\n> two" in quote.text
    assert desk.case.messages.get() == said


def test_messages_of_another_case_are_not_split_off(desk: Desk) -> None:
    said = actions.customer_writes(case_ref=desk.open().ref, text="one", channel="web", by=system("t"), at=AT)
    part = Part(subject="x", message_ids=[said.pk], received_at=said.at)
    with pytest.raises(Invalid):
        split_case(desk.ref, part, by=desk.agent, at=later(4))


def test_files_that_no_message_knows_are_swept_after_a_day(desk: Desk) -> None:
    (file,) = attach(desk, Upload("a.png", PNG))
    lost = keep(PNG, limit=100)
    at = dt.datetime.fromtimestamp(path_of(lost.key).stat().st_mtime, tz=dt.UTC)
    assert actions.sweep_files(at=at + dt.timedelta(hours=23)) == 0
    assert actions.sweep_files(at=at + dt.timedelta(hours=25)) == 1
    assert path_of(file.key).exists()
    assert not path_of(lost.key).exists()
