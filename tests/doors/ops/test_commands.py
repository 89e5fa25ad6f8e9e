"""The commands of the operator: verify, export, serve and work, as they are run."""

import csv
import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from recourse.kit.time import monotonic, now
from recourse.ops import readiness
from recourse.ops.record import record_key, sign_and_send
from recourse.timeline.actions import open_thread
from recourse.timeline.models import Entry
from recourse.timeline.models import Worker as WorkerRow
from tests.rooms.timeline.conftest import write
from tests.rooms.timeline.test_verify import as_superuser

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Return a data folder of the test's own."""
    settings.DATA_DIR, settings.CHECKPOINT_FOLDERS = tmp_path, [str(tmp_path / "elsewhere")]
    return tmp_path


@pytest.mark.django_db
def test_a_checkpoint_is_written_here_and_elsewhere_and_verify_holds_the_record_to_it(
    folder: Path, capsys: Any
) -> None:
    write(open_thread("kettle"), 4)
    here, elsewhere = sign_and_send(now())
    assert here.read_text("utf8") == elsewhere.read_text("utf8")
    write(open_thread("kettle"), 2)
    call_command("verify", "--checkpoint", str(elsewhere), "--key", str(folder / "record_key.pub"))
    assert "the record is whole" in capsys.readouterr().out


@pytest.mark.django_db
def test_verify_names_what_is_wrong_and_ends_with_1(folder: Path, capsys: Any) -> None:
    entry = write(open_thread("kettle"), 4)[1]
    as_superuser(f"UPDATE timeline_entry SET payload = '{{}}' WHERE position = {entry.position}")
    with pytest.raises(SystemExit):
        call_command("verify")
    assert f"entry {entry.position}" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        call_command("verify", "--json")
    assert json.loads(capsys.readouterr().out)["faults"][0]["position"] == entry.position


@pytest.mark.django_db
def test_verify_refuses_a_checkpoint_that_is_not_ours_or_not_one(folder: Path) -> None:
    write(open_thread("kettle"))
    (here, _elsewhere), forged = sign_and_send(now()), folder / "forged.json"
    fields = json.loads(here.read_text("utf8"))
    forged.write_text(json.dumps({**fields, "size": 7}), encoding="utf8")
    broken = folder / "broken.json"
    broken.write_text("{", encoding="utf8")
    for place in (forged, broken, folder / "absent.json"):
        with pytest.raises(CommandError):
            call_command("verify", "--checkpoint", str(place))


@pytest.mark.django_db
def test_an_export_can_be_verified_outside(folder: Path) -> None:
    write(open_thread("kettle"), 3, note="words")
    kept = sign_and_send(now())[1]
    out = folder / "record.jsonl"
    call_command("export", "record", "--out", str(out))
    assert "words" not in out.read_text("utf8")
    verifier = ROOT / "docs" / "verify" / "verify_record.py"
    public = record_key().public_key().public_bytes_raw().hex()
    ran = subprocess.run(
        [sys.executable, "-I", str(verifier), str(out), "--key", public, "--checkpoint", str(kept)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, "whole" in ran.stdout) == (0, True), ran.stdout + ran.stderr


@pytest.mark.django_db
def test_entries_are_exported_as_a_sheet_by_event_and_day(folder: Path) -> None:
    day = write(open_thread("kettle"), 250)[0].recorded_at.date()
    out, yesterday = folder / "entries.csv", (day - dt.timedelta(days=1)).isoformat()
    call_command("export", "entries", "--kind", "kettle", "--from", day.isoformat(), "--out", str(out))
    rows = list(csv.reader(out.open(encoding="utf8", newline="")))
    assert rows[0][:4] == ["entry", "recorded at", "at", "event"]
    assert len(rows) == 251
    assert rows[1][4] == "boiled water at 249 degrees"
    call_command("export", "entries", "--until", yesterday, "--out", str(out))
    assert len(out.read_text("utf8").splitlines()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["serve", "work"])
def test_a_database_of_another_version_is_said_plainly(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "missing_steps", lambda: ["cases.0009_more"])
    with pytest.raises(CommandError, match="recourse setup"):
        call_command(command)


@pytest.mark.django_db
def test_sqlite_is_served_from_one_process(is_postgres: bool) -> None:
    if is_postgres:
        pytest.skip("of SQLite alone")
    with pytest.raises(CommandError, match="PostgreSQL"):
        call_command("serve", "--workers", "2")


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment in which a command of its own process meets the test's database."""
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        kept = connection.settings_dict
        url = f"postgresql://{kept['USER']}@{kept['HOST']}:{kept['PORT']}/{name}"
    return {**os.environ, "DATABASE_URL": url, "RECOURSE_DATA": str(folder), "PYTHONPATH": str(ROOT)}


def _wait(is_so: Any, process: subprocess.Popen[str], within: float = 30.0) -> None:
    clock, until = threading.Event(), monotonic() + within
    while not is_so():
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
        assert monotonic() < until, "it did not come about"
        clock.wait(0.05)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=5):
            return True
    except URLError:
        return False


@pytest.mark.django_db(transaction=True)
def test_serve_answers_runs_the_worker_beside_and_ends_cleanly_at_a_signal(tmp_path: Path) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "recourse", "serve", "--port", str(port), "--with-worker"],
        env={**_environment(tmp_path), "RECOURSE_DEBUG": "1"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait(lambda: _answers(port), process)
        _wait(WorkerRow.objects.filter(stopped_at__isnull=True).exists, process)
    finally:
        process.send_signal(signal.SIGTERM)
        said, _errors = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert WorkerRow.objects.filter(stopped_at__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_of_its_own_process_seals_the_record_and_ends_at_a_signal(tmp_path: Path) -> None:
    write(open_thread("kettle"), 3)
    process = subprocess.Popen(
        [sys.executable, "-m", "recourse", "work"],
        env=_environment(tmp_path),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait(WorkerRow.objects.exists, process)
    finally:
        process.send_signal(signal.SIGTERM)
        said, _errors = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert WorkerRow.objects.get().stopped_at
    assert Entry.objects.count() == 3
