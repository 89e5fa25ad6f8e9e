"""Set-up → quarantine, imports, templates, through the door."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recourse.cases.models import Case
from recourse.cases.policy import Channel
from recourse.conversations import actions as conversations
from recourse.conversations.models import Template
from recourse.intake import actions
from recourse.intake.actions import complaint_file
from recourse.intake.models import ImportRun, Submission
from recourse.kit.time import now
from tests.cast import SYSTEM, Cast, make_cast
from tests.doors.web.signing import client_of

PAGES = {
    "/setup/quarantine/": ("max", "lea"),
    "/setup/imports/": ("max",),
    "/setup/templates/": ("max", "lea", "cem"),
    "/setup/templates/new/": ("max", "lea", "cem"),
}


@pytest.fixture
def cast(db: None) -> Cast:
    """The company."""
    return make_cast()


@pytest.mark.parametrize("page", PAGES)
def test_who_may_sees_the_page_in_few_queries_and_nobody_else_does(cast: Cast, page: str) -> None:
    for nick, staff in cast.staff.items():
        client = client_of(staff)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(page)
        assert answer.status_code == (200 if nick in PAGES[page] else 403), nick
        assert len(queries) <= 12, len(queries)


def test_something_in_quarantine_is_corrected_and_taken_in(cast: Cast) -> None:
    kept = actions.take_in(raw=b'{"word": "Help"}', channel=Channel.API, by=SYSTEM, at=now())
    client = client_of(cast.staff["lea"])
    page = f"/setup/quarantine/{kept.pk}/"
    assert page in client.get("/setup/quarantine/").content.decode()
    assert "There is no such field" in client.get(page).content.decode()
    wrong = client.post(page, {"act": "replay", "corrected": '{"words": 1}'})
    assert wrong.status_code == 422
    assert "{&quot;words&quot;: 1}" in wrong.content.decode()
    assert client.post(page, {"act": "replay", "corrected": '{"words": "Help"}'}).status_code == 303
    assert Case.objects.get().subject == "Help"


def test_setting_aside_wants_a_reason(cast: Cast) -> None:
    kept = actions.take_in(raw=b"<script>alert(1)</script>", channel=Channel.API, by=SYSTEM, at=now())
    client = client_of(cast.staff["lea"])
    page = f"/setup/quarantine/{kept.pk}/"
    assert "<script>alert" not in client.get(page).content.decode()
    assert client.post(page, {"act": "discard", "why": " "}).status_code == 422
    assert client.post(page, {"act": "discard", "why": "nonsense"}).status_code == 303
    assert Submission.objects.get(pk=kept.pk).state == "discarded"
    assert client.post(page, {"act": "discard", "why": "again"}).status_code == 409


def test_an_import_shows_its_counts_and_the_rows_that_it_refused(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "complaints.csv"
    path.write_text("Complaint ID,Date received,Issue,Product\n1,01/02/26,Lost,Loan\nx,never,<b>,Loan\n")
    actions.import_file(complaint_file(), path=path, by=SYSTEM, at=now())
    run = ImportRun.objects.get()
    client = client_of(cast.staff["max"])
    assert "complaints.csv" in client.get("/setup/imports/").content.decode()
    body = client.get(f"/setup/imports/{run.pk}/").content.decode()
    assert "Complaint ID" in body
    assert "<b>" not in body
    row = f"/setup/imports/{run.pk}/rows/2/"
    assert row in body
    fixed = '{"Complaint ID": "7", "Date received": "01/02/26", "Issue": "Lost", "Product": "Loan"}'
    assert client.post(row, {"act": "replay", "corrected": "{}"}).status_code == 422
    assert client.post(row, {"act": "replay", "corrected": fixed}).status_code == 303
    assert Case.objects.filter(source="cfpb", source_ref="7").exists()
    assert "taken in" in client.get(row).content.decode()


def test_a_template_is_written_changed_and_retired(cast: Cast) -> None:
    client = client_of(cast.staff["lea"])
    bad = client.post("/setup/templates/new/", {"name": "Hello", "body": "Dear {name}"})
    assert bad.status_code == 422
    assert "Unknown field at character 6" in bad.content.decode()
    assert client.post("/setup/templates/new/", {"name": "Hello", "body": "Dear {customer_name}"}).status_code == 303
    template = Template.objects.get()
    page = f"/setup/templates/{template.pk}/"
    assert "Dear {customer_name}" in client.get(page).content.decode()
    conversations.edit_template(template_id=template.pk, name="Hi", body="Theirs", by=SYSTEM, at=now(), seen=1)
    stale = client.post(page, {"name": "Hello", "body": "Mine", "seen": "1"})
    assert stale.status_code == 409
    assert "Mine" in stale.content.decode()
    assert "Theirs" in stale.content.decode()
    assert client.post(page, {"name": "Hello", "body": "Mine", "seen": "2"}).status_code == 303
    assert client.post(f"{page}retire/").status_code == 303
    assert not Template.objects.get().is_active
