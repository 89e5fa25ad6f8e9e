"""The case page: who may write and who may not, nothing lost, nothing leaked, in few queries."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recourse.cases.actions.linking import link
from recourse.cases.models import Case
from recourse.cases.policy import Channel, LinkKind
from recourse.conversations import actions, queries
from recourse.conversations.models import Draft, Message
from recourse.conversations.policy.words import DraftKind
from recourse.intake import actions as intake
from recourse.intake.models import PhoneCall
from recourse.kit.time import now
from tests.cast import SYSTEM, Cast, make_cast
from tests.doors.web.signing import client_of
from tests.rooms.kit.material import recorded

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def cast(db: None, settings: Any, tmp_path: Path) -> Cast:
    """The company, with a folder of its own for files."""
    settings.DATA_DIR = tmp_path
    return make_cast()


def page(cast: Cast, nick: str, case: Case, tail: str = "") -> Any:
    return client_of(cast.staff[nick]).get(f"/cases/{case.ref}/{tail}")


def talked(cast: Cast, count: int = 10) -> Case:
    """A case with messages, notes, a clock and a file."""
    taken = intake.submit(
        given={"subject": "The lamp", "words": "It broke.", "email": "jane.doe@example.com", "order_refs": "#W1"},
        channel=Channel.WEB, by=SYSTEM, at=now() - dt.timedelta(hours=2),
    )  # fmt: skip
    case = taken.case
    for number in range(count):
        at = now() - dt.timedelta(minutes=100 - number)
        actions.note(case_ref=case.ref, text=f"note {number}", by=cast.by("ada"), at=at)
        actions.reply(case_ref=case.ref, text=f"reply {number}", by=cast.by("ada"), at=at, can_undo=False)
    return case


def test_the_page_asks_at_most_twenty_five_questions_however_much_was_said(cast: Cast) -> None:
    counts = []
    for size in (2, 25):
        case = talked(cast, size)
        client = client_of(cast.staff["ada"])
        client.get(f"/cases/{case.ref}/")
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(f"/cases/{case.ref}/")
        assert answer.status_code == 200
        counts.append(len(asked))
    assert counts[1] <= 25, "\n".join(query["sql"][:150] for query in asked)


def test_a_reply_is_sent_undone_and_stands_in_the_composer_again(cast: Cast) -> None:
    case = talked(cast, 0)
    client = client_of(cast.staff["ada"])
    assert client.post(f"/cases/{case.ref}/reply/", {"text": "We send a new one.", "seen": "1"}).status_code == 303
    message = Message.objects.get(direction="outbound")
    assert "Undo" in client.get(f"/cases/{case.ref}/").content.decode()
    assert client.post(f"/cases/{case.ref}/messages/{message.number}/undo/").status_code == 303
    assert "We send a new one." in client.get(f"/cases/{case.ref}/").content.decode()


def test_a_second_send_on_what_changed_shows_both_texts(cast: Cast) -> None:
    case = talked(cast, 0)
    actions.reply(case_ref=case.ref, text="Ben was faster.", by=cast.by("ben"), at=now(), can_undo=False)
    answer = client_of(cast.staff["ada"]).post(f"/cases/{case.ref}/reply/", {"text": "Ada's words.", "seen": "1"})
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Ben was faster." in body
    assert "Ada&#x27;s words." in body
    assert Draft.objects.get(staff=cast.staff["ada"]).text == "Ada's words."


def test_one_who_lost_the_right_to_see_the_case_gets_the_text_back(cast: Cast) -> None:
    case = talked(cast, 0)
    Case.objects.filter(pk=case.pk).update(is_restricted=True)
    for door in ("reply", "note"):
        answer = client_of(cast.staff["ada"]).post(f"/cases/{case.ref}/{door}/", {"text": "Long words.", "seen": "1"})
        assert answer.status_code == 404
        assert "Long words." in answer.content.decode()
        assert case.subject not in answer.content.decode()


def test_where_the_advanced_team_works_the_front_line_reads_and_is_told_why(cast: Cast) -> None:
    case = talked(cast, 1)
    Case.objects.filter(pk=case.pk).update(
        team=cast.teams["resolution-1"], queue=cast.queues["resolution-1"], contact_owner=cast.staff["ben"]
    )
    body = page(cast, "ada", case).content.decode()
    assert 'action="/cases/' + case.ref + '/reply/"' not in body
    assert "reply 0" in body
    answer = client_of(cast.staff["ada"]).post(f"/cases/{case.ref}/reply/", {"text": "Mine.", "seen": "9"})
    assert answer.status_code == 409
    assert "Mine." in answer.content.decode()
    assert f'action="/cases/{case.ref}/reply/"' in page(cast, "ben", case).content.decode()


def test_a_hidden_case_and_one_that_is_not_there_look_the_same_at_every_address(cast: Cast) -> None:
    hidden = cast.open("Hidden away", is_restricted=True, at=now())
    client = client_of(cast.staff["ada"])
    tails = [
        "",
        "arrival/",
        "templates/",
        "story/",
        "panel/open/",
        "panel/person/",
        "panel/arrival/",
        "clocks/first_response/1/",
        "call/",
    ]
    for tail in tails:
        codes = {client.get(f"/cases/{ref}/{tail}").status_code for ref in (hidden.ref, "RC-99999999")}
        assert codes == {404}, tail
    for tail in ("here/", "draft/reply/", "link/", "link/off/", "do/take/", "messages/1/no-reply/"):
        answers = [client.post(f"/cases/{ref}/{tail}", {"text": "x"}) for ref in (hidden.ref, "RC-99999999")]
        assert {answer.status_code for answer in answers} == {404}, tail
        assert "Hidden away" not in answers[0].content.decode()


def test_the_other_end_of_a_link_that_is_hidden_does_not_show(cast: Cast) -> None:
    case, other, hidden = cast.open(at=now()), cast.open("Seen", at=now()), cast.open("Hidden away", at=now())
    link(case.pk, other.pk, kind=LinkKind.RELATED, by=cast.by("ada"), at=now())
    link(case.pk, hidden.pk, kind=LinkKind.RELATED, by=cast.by("ada"), at=now())
    Case.objects.filter(pk=hidden.pk).update(is_restricted=True, customer=cast.omar)
    body = page(cast, "ada", case, "panel/open/").content.decode()
    assert other.ref in body
    assert hidden.ref not in body
    assert "Hidden away" not in page(cast, "ada", case).content.decode()


def test_what_may_be_the_same_is_shown_with_its_reason_unless_it_is_hidden(cast: Cast) -> None:
    first, second = talked(cast, 0), talked(cast, 0)
    for tail in ("panel/arrival/", "arrival/"):
        assert f"/cases/{first.ref}/" in page(cast, "ada", second, tail).content.decode()
    Case.objects.filter(pk=first.pk).update(is_restricted=True)
    for tail in ("panel/arrival/", "arrival/", ""):
        assert first.ref not in page(cast, "ada", second, tail).content.decode()


def test_a_call_is_logged_on_a_case_and_as_a_new_one(cast: Cast) -> None:
    case = cast.open(at=now() - dt.timedelta(days=1))
    client = client_of(cast.staff["ada"])
    said = {
        "direction": "outbound", "is_answered": "on", "began_at": (now() - 10 * MINUTE).strftime("%Y-%m-%dT%H:%M"),
        "minutes": "4", "number": "+44 20 7183 8750", "notes": "Spoke about the lamp.",
    }  # fmt: skip
    assert client.post(f"/cases/{case.ref}/call/", said).status_code == 303
    assert "Ada Front called, 4 min" in page(cast, "ada", case, "arrival/").content.decode()
    new = client.post("/calls/new/", {**said, "direction": "inbound", "subject": "A new thing", "name": "Zoe"})
    assert new.status_code == 303
    assert PhoneCall.objects.filter(case__subject="A new thing", case__channel="phone").exists()
    wrong = client.post("/calls/new/", {**said, "began_at": "tomorrow", "notes": ""})
    assert wrong.status_code == 422
    assert client_of(cast.staff["ana"]).get("/calls/new/").status_code == 403


def test_a_new_link_is_shown_once_and_ends_the_old_one(cast: Cast) -> None:
    case = cast.open(at=now())
    client = client_of(cast.staff["ada"])
    shown = [client.post(f"/cases/{case.ref}/link/").content.decode() for _ in range(2)]
    old, new = (re.findall(r"/my/[\w-]+/", body)[0] for body in shown)
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200
    assert new not in page(cast, "ada", case).content.decode()
    client.post(f"/cases/{case.ref}/link/off/")
    assert Client().get(new).status_code == 404
    assert client_of(cast.staff["ana"]).post(f"/cases/{case.ref}/link/").status_code == 403


def test_a_file_goes_with_the_reply_or_is_taken_off_again(cast: Cast) -> None:
    case = talked(cast, 0)
    actions.attach(
        case_ref=case.ref, kind=DraftKind.REPLY, uploads=[actions.Upload("off.txt", b"x")], by=cast.by("ada"), at=now()
    )
    client = client_of(cast.staff["ada"])
    (beside,) = queries.files_beside_draft(case, DraftKind.REPLY, viewer=cast.by("ada"))
    answer = client.post(f"/cases/{case.ref}/files/{beside.pk}/off/", {"text": "kept words"})
    assert answer.status_code == 303
    assert "kept words" in client.get(f"/cases/{case.ref}/").content.decode()
    assert "off.txt" not in client.get(f"/cases/{case.ref}/").content.decode()
    client.post(
        f"/cases/{case.ref}/reply/", {"text": "With a file.", "seen": "1", "files": SimpleUploadedFile("on.txt", b"x")}
    )
    (file,) = Message.objects.get(direction="outbound").attachments.all()
    ticket = client.get(f"/cases/{case.ref}/files/{file.pk}/")
    download = Client().get(ticket["Location"])
    assert b"".join(download.streaming_content) == b"x"
    assert not download.cookies
    assert download["Content-Disposition"] == 'attachment; filename="on.txt"'


def test_a_template_is_shown_filled_in_the_composer_before_it_is_sent(cast: Cast) -> None:
    case = talked(cast, 0)
    made = actions.make_template(name="Hello", body="Dear {customer_name},", by=cast.by("lea"), at=now())
    client = client_of(cast.staff["ada"])
    assert "Dear Jane Doe," in client.get(f"/cases/{case.ref}/templates/").content.decode()
    assert client.post(f"/cases/{case.ref}/template/{made.pk}/").status_code == 303
    assert "Dear Jane Doe," in client.get(f"/cases/{case.ref}/").content.decode()
    assert not Message.objects.filter(direction="outbound").exists()


def test_naughty_words_are_words_on_the_page(cast: Cast) -> None:
    case = talked(cast, 0)
    naughty = [str(one) for one in recorded("naughty_strings/blns.json")]
    payloads = [str(one["payload"]) for one in recorded("html_xss/dompurify_expect.json") if "payload" in one]
    text = "\n".join([*naughty, *payloads])[:90_000] or "<script>alert(1)</script>"
    actions.note(case_ref=case.ref, text=text, by=cast.by("ada"), at=now())
    body = page(cast, "ada", case).content.decode()
    told = body[body.index('id="story"') : body.index('id="composer"')]
    tags = set(re.findall(r"<([a-z][a-z0-9-]*)", told))
    assert tags <= {
        "div", "ol", "li", "article", "header", "footer", "span", "svg", "use", "time", "p", "a", "button", "form",
        "details", "summary", "input", "bdi", "strong",
    }, tags  # fmt: skip
    assert "<script>alert" not in told


def test_who_else_is_here_is_told(cast: Cast) -> None:
    case = talked(cast, 0)
    client_of(cast.staff["ben"]).post(f"/cases/{case.ref}/here/", {"doing": "writing"})
    assert "Ben Front is writing" in client_of(cast.staff["ada"]).post(f"/cases/{case.ref}/here/").content.decode()
