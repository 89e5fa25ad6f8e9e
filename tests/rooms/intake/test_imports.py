"""Real files become cases once, whatever stops the reading; what cannot be read is kept and named."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from recourse.cases.models import Case
from recourse.conversations.models import Message
from recourse.customers.models import Customer, Order
from recourse.intake import actions
from recourse.intake.actions import importing
from recourse.intake.actions.case_files import CaseFile
from recourse.intake.models import ImportRefusal, ImportRun
from recourse.intake.policy.mapping import mapping
from recourse.intake.policy.words import RunState
from recourse.kit.actor import system
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.search.models import Document
from recourse.timeline.models import Entry
from tests.rooms.conversations.build import AT, Desk
from tests.rooms.kit.material import material

BY = system("test")
BOSTON = mapping(
    {
        "source_ref": "case_id",
        "subject": "type",
        "received_at": "opened_local",
        "closed_at": "closed_local",
        "product": "queue",
    },
    zone="America/New_York",
    source="boston311",
)
COLUMNS = mapping(
    {"source_ref": "id", "subject": "title", "received_at": "when", "words": "text", "customer_email": "mail"}
)


def counts() -> dict[str, int]:
    return {
        "cases": Case.objects.filter(channel="import").count(),
        "messages": Message.objects.count(),
        "customers": Customer.objects.count(),
        "entries": Entry.objects.exclude(event__startswith="import.").count(),
        "documents": Document.objects.count(),
    }


def complaints(path: Path) -> ImportRun:
    return actions.import_file(actions.complaint_file(), path=path, by=BY, at=AT)


def test_every_public_complaint_becomes_a_case_with_its_words_and_its_end(desk: Desk) -> None:
    run = complaints(material("cfpb/cfpb_2025_payday_131.csv"))
    assert (run.made, run.known, run.refused, run.state) == (131, 0, 0, RunState.FINISHED)
    found = Case.objects.filter(channel="import")
    assert found.filter(stage="new").count() == 3
    assert found.filter(stage="closed", close_reason="").count() == 0
    assert Message.objects.filter(direction="inbound", is_reply_needed=True).count() == 3
    case = found.get(source="cfpb", source_ref="12824978")
    assert case.received_at.date().isoformat() == "2025-04-04"
    assert "south dakota" in case.messages.get().text
    assert (case.family, case.close_reason) == ("credit", "not_upheld")
    assert desk.events(case) == ["case.opened", "case.brought_closed", "message.received"]


def test_the_same_file_again_doubles_nothing(desk: Desk) -> None:
    path = material("cfpb/cfpb_2025_payday_131.csv")
    complaints(path)
    before = counts()
    again = complaints(path)
    assert (again.made, again.known) == (0, 131)
    assert counts() == before


def test_every_city_request_is_taken_or_refused_with_its_reason(desk: Desk) -> None:
    run = actions.import_file(actions.mapped_file(BOSTON), path=material("boston311/sla_cases.tsv"), by=BY, at=AT)
    assert run.made + run.refused + run.known == 6000
    assert run.refused == ImportRefusal.objects.count() < 60
    assert all(set(refusal.reasons) == {"closed_at"} for refusal in ImportRefusal.objects.all())
    assert Case.objects.filter(channel="import").count() == run.made


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def rows(count: int) -> list[dict[str, Any]]:
    return [
        {"id": n, "title": f"Case {n}", "when": "2026-01-05 10:00:00", "text": f"words {n}", "mail": f"p{n % 40}@x.org"}
        for n in range(count)
    ]


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_a_run_that_is_killed_goes_on_where_it_stood_and_doubles_nothing(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)
    path = write(tmp_path / "cases.jsonl", rows(45))
    written = CaseFile.write

    def dying(self: CaseFile, batch: Any, **more: Any) -> Any:
        result = written(self, batch, **more)
        if batch[0].number > batches * 10:
            raise KeyboardInterrupt
        return result

    with monkeypatch.context() as patch:
        patch.setattr(CaseFile, "write", dying)
        with pytest.raises(KeyboardInterrupt):
            actions.import_file(actions.mapped_file(COLUMNS), path=path, by=BY, at=AT)
    run = ImportRun.objects.get()
    assert (run.state, run.cursor, Case.objects.filter(channel="import").count()) == (
        RunState.RUNNING, batches * 10, batches * 10,
    )  # fmt: skip
    finished = actions.import_file(actions.mapped_file(COLUMNS), path=path, by=BY, at=AT)
    assert (finished.pk, finished.made, finished.known, finished.cursor) == (run.pk, 45, 0, 45)
    assert Case.objects.filter(channel="import").count() == 45
    assert Customer.objects.filter(identities__kind="email").distinct().count() == 40


def test_a_row_that_cannot_be_taken_is_refused_by_field_with_its_raw_content_masked(desk: Desk, tmp_path: Path) -> None:
    bad = [
        {"id": "", "title": "no number", "when": "2026-01-05", "text": "x", "mail": "a@x.org"},
        {"id": 2, "title": "", "when": "never", "text": "x", "mail": "a@x.org"},
        {"id": 3, "title": "bad mail, card 4111 1111 1111 1111", "when": "2026-01-05", "text": "x", "mail": "nobody"},
        {"id": 4, "title": "future", "when": "2027-01-05", "text": "x", "mail": "a@x.org"},
        {"id": 5, "title": "good", "when": "2026-01-05", "text": "x", "mail": "a@x.org"},
        {"id": 6, "title": "long", "when": "2026-01-05", "text": "x" * 100_001, "mail": "a@x.org"},
        {"id": 5, "title": "twice", "when": "2026-01-05", "text": "x", "mail": "a@x.org"},
        {"id": "nul\0byte", "title": "a\ud800b\0", "when": "2026-01-05", "text": "x\0y", "mail": "a@x.org"},
    ]
    run = actions.import_file(actions.mapped_file(COLUMNS), path=write(tmp_path / "bad.jsonl", bad), by=BY, at=AT)
    assert (run.made, run.known, run.refused) == (2, 1, 5)
    reasons = dict(ImportRefusal.objects.values_list("row_number", "reasons"))
    assert {number: sorted(fields) for number, fields in reasons.items()} == {
        1: ["source_ref"], 2: ["received_at", "subject"], 3: ["email"], 4: ["received_at"], 6: ["words"],
    }  # fmt: skip
    assert "4111 1111" not in ImportRefusal.objects.get(row_number=3).raw


def test_a_file_without_the_needed_columns_is_refused_whole_and_can_be_tried_again(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    for _ in range(2):
        with pytest.raises(Invalid) as refused:
            complaints(path)
        assert "Complaint ID" in refused.value.fields["file"][0]
    assert ImportRun.objects.get().state == RunState.FAILED


def test_only_those_with_the_right_import(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", rows(1))
    with pytest.raises(Refused):
        actions.import_file(actions.mapped_file(COLUMNS), path=path, by=desk.agent, at=AT)
    administrator = desk.actor("administrator", "Max Administrator")
    assert actions.import_file(actions.mapped_file(COLUMNS), path=path, by=administrator, at=AT).made == 1
    entry = Entry.objects.get(event="message.received")
    assert (entry.actor_id, entry.on_behalf_of) == ("system:import", administrator.staff_id)


def test_imported_words_never_reach_the_advanced_team_by_themselves(desk: Desk, tmp_path: Path) -> None:
    actions.import_file(actions.mapped_file(COLUMNS), path=write(tmp_path / "x.jsonl", rows(3)), by=BY, at=AT)
    assert set(Case.objects.filter(channel="import").values_list("team__kind", flat=True)) == {"front_line"}


def test_a_retailers_customers_and_orders_come_over_once(desk: Desk) -> None:
    path = material("tau2/retail/db.json")
    run = actions.import_file(actions.retail_file(), path=path, by=BY, at=AT)
    assert (run.made, run.refused) == (1500, 0)
    assert Order.objects.count() == 1000
    before = counts()
    again = actions.import_file(actions.retail_file(), path=path, by=BY, at=AT)
    assert (again.made, again.known) == (0, 1500)
    assert counts() == before


def test_an_order_of_nobody_is_refused_with_the_field(desk: Desk, tmp_path: Path) -> None:
    rows = [
        {"order_id": "#1", "user_id": "nobody", "status": "pending", "items": []},
        {"order_id": "#2", "user_id": "nobody", "status": "pending", "items": [{"name": "x", "price": "NaN"}]},
        {"order_id": "", "user_id": "nobody"},
    ]
    run = actions.import_file(actions.order_file(), path=write(tmp_path / "orders.jsonl", rows), by=BY, at=AT)
    assert (run.made, run.refused) == (0, 3)
    reasons = dict(ImportRefusal.objects.values_list("row_number", "reasons"))
    assert [sorted(reasons[number]) for number in (1, 2, 3)] == [["user_id"], ["items.0.price"], ["order_id"]]


def test_the_command_says_how_many_and_why_rows_were_refused(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "cases.jsonl", [*rows(3), {"id": "", "title": "x", "when": "never"}])
    pairs = ["source_ref=id", "subject=title", "received_at=when", "words=text", "customer_email=mail"]
    call_command("import", "cases", str(path), *(word for pair in pairs for word in ("--map", pair)))
    said = capsys.readouterr()
    assert "3 new, 0 known already, 1 refused" in said.out
    assert "source_ref" in said.err
    mapping_file = tmp_path / "map.toml"
    mapping_file.write_text('[columns]\nsource_ref = "id"\nsubject = "title"\nreceived_at = "when"\n')
    call_command("import", "cases", str(path), "--map", str(mapping_file))
    assert "0 new, 3 known already" in capsys.readouterr().out
    for wrong in (["cases", str(tmp_path / "absent.csv")], ["cases", str(path), "--map", "subject=title"]):
        with pytest.raises(CommandError):
            call_command("import", *wrong)


def test_a_refused_row_is_corrected_and_taken_in_once_or_set_aside(desk: Desk, tmp_path: Path) -> None:
    bad = [
        {"id": 1, "title": "x", "when": "never", "text": "x", "mail": "a@x.org"},
        {"id": 2, "title": "", "when": "2026-01-05", "text": "", "mail": "a@x.org"},
    ]
    run = actions.import_file(actions.mapped_file(COLUMNS), path=write(tmp_path / "bad.jsonl", bad), by=BY, at=AT)
    administrator = desk.actor("administrator", "Max Administrator")
    with pytest.raises(Invalid) as still:
        actions.replay_refusal(run_id=run.pk, row_number=1, by=administrator, at=AT)
    assert list(still.value.fields) == ["received_at"]
    corrected = json.dumps({**bad[0], "when": "2026-01-05"})
    actions.replay_refusal(run_id=run.pk, row_number=1, by=administrator, at=AT, corrected=corrected)
    assert Case.objects.filter(source="file", source_ref="1").count() == 1
    with pytest.raises(Refused):
        actions.replay_refusal(run_id=run.pk, row_number=1, by=administrator, at=AT, corrected=corrected)
    with pytest.raises(Invalid):
        actions.discard_refusal(run_id=run.pk, row_number=2, why="", by=administrator, at=AT)
    actions.discard_refusal(run_id=run.pk, row_number=2, why="a test", by=administrator, at=AT)
    with pytest.raises(Refused):
        actions.discard_refusal(run_id=run.pk, row_number=2, why="again", by=desk.agent, at=AT)
    with pytest.raises(NotVisible):
        actions.replay_refusal(run_id=run.pk, row_number=3, by=administrator, at=AT)
