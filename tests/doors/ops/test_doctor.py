"""The doctor says what is not well. Each check is shown an installation that is well and one that is not."""

import datetime as dt
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from recourse.kit.time import now
from recourse.ops import doctor, schedule
from recourse.ops.backup import make_backup
from recourse.ops.doctor import CHECKS, Health, examine, storage, work
from recourse.ops.record import record_key, sign_and_send
from recourse.people.policy.demo import DEMO_PASSWORD
from recourse.timeline.actions import finish_slot, open_thread, plan_slots
from recourse.timeline.models import Delivery, Slot, Webhook
from recourse.timeline.models import Worker as WorkerRow
from recourse.timeline.policy import DeliveryState, WebhookState
from tests.rooms.timeline.conftest import write

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
Breaking = Callable[["Place"], Any]


class Place:
    """An installation that is well, and ways to make it ill."""

    def __init__(self, settings: Any, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.settings, self.patch, self.folder = settings, monkeypatch, folder
        self.at = now()

    def answers(self, answers: dict[str, str]) -> None:
        """Let the database answer some questions otherwise than it would."""
        real = storage._one

        def one(asked: str) -> str:
            told = [answer for words, answer in answers.items() if words in asked]
            return told[0] if told else real(asked)

        self.patch.setattr(storage, "_one", one)

    def database(self, **changes: Any) -> None:
        """Let the connection be configured otherwise."""
        changed = SimpleNamespace(
            vendor=changes.pop("vendor", connection.vendor),
            settings_dict={**connection.settings_dict, **changes},
            introspection=connection.introspection,
            cursor=connection.cursor,
        )
        self.patch.setattr(storage, "connection", changed)


@pytest.fixture
def place(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Place:
    """Return an installation in which every check is content."""
    settings.DATA_DIR, settings.BACKUP_FOLDER = tmp_path, str(tmp_path / "backups")
    settings.STATIC_ROOT, settings.BASE_DIR = tmp_path / "static", tmp_path
    settings.SITE_URL, settings.IS_HTTPS, settings.IS_BEHIND_PROXY = "https://desk.example", True, True
    settings.ALLOWED_HOSTS, settings.DEBUG = ["desk.example"], False
    settings.SECRET_KEY = "aZ3kP9-qW7xL2mN8vB4cT6yR1sD5fG0hJ_uEoIiKtQzXwVnMbCpSrYdHgFjLAUOE"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_HSTS_SECONDS, settings.HAS_EMAIL = 31_536_000, True
    settings.EMAIL_HOST, settings.EMAIL_USE_SSL, settings.EMAIL_USE_TLS = "smtp.example", True, False
    settings.OUTBOUND_ALLOW, settings.CHECKPOINT_FOLDERS = frozenset(), [str(tmp_path)]
    monkeypatch.setattr(schedule, "_lines", {"tidy": schedule.Line("tidy", "* * * * *", lambda at: None)})
    tmp_path.chmod(0o750)
    (tmp_path / "secret_key").touch(mode=0o600)
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "staticfiles.json").touch()
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "dump").touch()
    place = Place(settings, monkeypatch, tmp_path)
    plan_slots({"tidy": "* * * * *"}, at=place.at)
    WorkerRow.objects.create(name="here", started_at=place.at, seen_at=place.at)
    write(open_thread("kettle"))
    sign_and_send(place.at)
    monkeypatch.setattr(work, "latest", lambda: SimpleNamespace(rules=SimpleNamespace(calendars=[_calendar("UTC")])))
    monkeypatch.setattr(work, "holders_of", lambda right: [SimpleNamespace(pk=1)])
    monkeypatch.setattr(work, "has_second_factor", lambda pk: True)
    monkeypatch.setattr(work.importlib.metadata, "version", lambda name: f"{place.at.year}.1")
    if connection.vendor == "postgresql":
        place.answers({"rolsuper": "False"})
    return place


def _calendar(zone: str) -> Any:
    return SimpleNamespace(zone=zone)


def _demo(place: Place) -> None:
    person = SimpleNamespace(password="x")
    rows = SimpleNamespace(filter=lambda **wanted: SimpleNamespace(order_by=lambda name: [person]))
    place.patch.setattr(work, "active_staff", lambda: rows)
    place.patch.setattr(work, "check_password", lambda tried, kept: tried == DEMO_PASSWORD)


def _old_backup(place: Place) -> None:
    old = place.at - 3 * dt.timedelta(days=1)
    os.utime(place.folder / "backups" / "dump", (old.timestamp(), old.timestamp()))


def _stuck(place: Place) -> None:
    entry = write(open_thread("kettle"))[0]
    Delivery.objects.create(entry=entry, reaction="x", state=DeliveryState.STUCK)


def _waiting(place: Place) -> None:
    entry = write(open_thread("kettle"))[0]
    Delivery.objects.create(entry=entry, reaction="x", next_look_at=place.at - HOUR)


def _unsealed(place: Place) -> None:
    write(open_thread("kettle"))
    place.at += HOUR


def _no_trigger(place: Place) -> None:
    with connection.cursor() as cursor:
        on = " ON timeline_entry" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER timeline_entry_no_update{on}")


def _disabled_webhook(place: Place) -> None:
    Webhook.objects.create(
        thread=open_thread("webhook"), url="x", secret="x", state=WebhookState.DISABLED, created_at=place.at
    )


def _new_style(place: Place) -> None:
    style = place.folder / "recourse" / "web" / "static"
    style.mkdir(parents=True)
    (style / "new.css").touch()
    later = place.at.timestamp() + 60
    os.utime(style / "new.css", (later, later))


BROKEN: list[tuple[str, Health, Breaking]] = [
    ("secret-key", Health.ILL, lambda p: setattr(p.settings, "SECRET_KEY", "changeme")),
    ("secret-key", Health.ILL, lambda p: setattr(p.settings, "SECRET_KEY", "a" * 80)),
    ("secret-key-file", Health.ILL, lambda p: (p.folder / "secret_key").chmod(0o644)),
    ("debug", Health.ILL, lambda p: setattr(p.settings, "DEBUG", True)),
    ("hosts", Health.ILL, lambda p: setattr(p.settings, "ALLOWED_HOSTS", ["desk.example", "*"])),
    ("hosts", Health.ILL, lambda p: setattr(p.settings, "ALLOWED_HOSTS", ["other.example"])),
    ("https", Health.ILL, lambda p: setattr(p.settings, "SITE_URL", "http://desk.example")),
    ("https", Health.WARNING, lambda p: setattr(p.settings, "SITE_URL", "http://127.0.0.1:8000")),
    ("cookies", Health.ILL, lambda p: setattr(p.settings, "SESSION_COOKIE_SECURE", False)),
    ("cookies", Health.ILL, lambda p: setattr(p.settings, "SESSION_COOKIE_SAMESITE", "None")),
    ("hsts", Health.WARNING, lambda p: setattr(p.settings, "SECURE_HSTS_SECONDS", 0)),
    ("proxy", Health.WARNING, lambda p: setattr(p.settings, "IS_BEHIND_PROXY", False)),
    ("proxy", Health.WARNING, lambda p: setattr(p.settings, "IS_HTTPS", False)),
    ("content-policy", Health.ILL, lambda p: setattr(p.settings, "CONTENT_SECURITY_POLICY", {"DIRECTIVES": {}})),
    (
        "content-policy",
        Health.ILL,
        lambda p: setattr(p.settings, "CONTENT_SECURITY_POLICY", {"DIRECTIVES": {"script-src": ["'unsafe-inline'"]}}),
    ),
    ("frames", Health.ILL, lambda p: setattr(p.settings, "X_FRAME_OPTIONS", "SAMEORIGIN")),
    ("passwords", Health.ILL, lambda p: setattr(p.settings, "PASSWORD_HASHERS", ["x.MD5PasswordHasher"])),
    ("mail", Health.WARNING, lambda p: setattr(p.settings, "HAS_EMAIL", False)),
    ("mail", Health.WARNING, lambda p: setattr(p.settings, "EMAIL_USE_SSL", False)),
    ("outbound", Health.WARNING, lambda p: setattr(p.settings, "OUTBOUND_ALLOW", frozenset({"10.0.0.1:80"}))),
    (
        "database",
        Health.ILL,
        lambda p: (p.database(vendor="postgresql"), p.answers({"server_version_num": "120004"})),
    ),
    ("migrations", Health.ILL, lambda p: p.patch.setattr(storage, "missing_steps", lambda: ["cases.0009_more"])),
    (
        "durability",
        Health.ILL,
        lambda p: p.answers({"journal_mode": "delete", "SHOW fsync": "off"}),
    ),
    (
        "constraints",
        Health.ILL,
        lambda p: (p.database(vendor="sqlite"), p.answers({"foreign_keys": "0", "recursive_triggers": "1"})),
    ),
    ("transactions", Health.ILL, lambda p: p.database(vendor="sqlite", OPTIONS={"transaction_mode": "DEFERRED"})),
    (
        "transactions",
        Health.WARNING,
        lambda p: (p.database(vendor="postgresql"), p.answers({"isolation": "serializable"})),
    ),
    ("triggers", Health.ILL, _no_trigger),
    ("database-role", Health.WARNING, lambda p: (p.database(vendor="postgresql"), p.answers({"rolsuper": "True"}))),
    (
        "database-encryption",
        Health.ILL,
        lambda p: (p.database(vendor="postgresql", HOST="db.example"), p.answers({"ssl": "False"})),
    ),
    ("encoding", Health.ILL, lambda p: p.answers({"encoding": "SQL_ASCII"})),
    ("shared-cache", Health.ILL, lambda p: setattr(p.settings, "CACHES", {"shared": {"LOCATION": "absent"}})),
    ("disk", Health.ILL, lambda p: p.patch.setattr(shutil, "disk_usage", lambda where: SimpleNamespace(free=1024))),
    (
        "disk",
        Health.WARNING,
        lambda p: p.patch.setattr(shutil, "disk_usage", lambda where: SimpleNamespace(free=2 * 1024**3)),
    ),
    ("data-folder", Health.ILL, lambda p: p.folder.chmod(0o777)),
    ("static-files", Health.ILL, lambda p: (p.folder / "static" / "staticfiles.json").unlink()),
    ("static-files", Health.WARNING, _new_style),
    ("backups", Health.WARNING, lambda p: (p.folder / "backups" / "dump").unlink()),
    ("backups", Health.ILL, _old_backup),
    ("worker", Health.ILL, lambda p: WorkerRow.objects.update(seen_at=p.at - HOUR)),
    ("worker", Health.ILL, lambda p: WorkerRow.objects.update(stopped_at=p.at)),
    ("stuck", Health.ILL, _stuck),
    ("waiting", Health.ILL, _waiting),
    ("schedule", Health.ILL, lambda p: Slot.objects.update(next_run_at=p.at - HOUR)),
    ("schedule", Health.ILL, lambda p: Slot.objects.all().delete()),
    ("schedule", Health.WARNING, lambda p: Slot.objects.update(last_error="ValueError: broken")),
    ("clock", Health.ILL, lambda p: p.patch.setattr(work, "shared_now", lambda: p.at + HOUR)),
    ("sealing", Health.ILL, _unsealed),
    ("record-key", Health.ILL, lambda p: (p.folder / "record_key.pem").chmod(0o640)),
    ("record-key", Health.WARNING, lambda p: (p.folder / "record_key.pem").unlink()),
    ("checkpoints", Health.ILL, lambda p: setattr(p, "at", p.at + 4 * HOUR)),
    ("checkpoints-leave", Health.WARNING, lambda p: setattr(p.settings, "CHECKPOINT_FOLDERS", [])),
    ("checkpoints-leave", Health.ILL, lambda p: setattr(p.settings, "CHECKPOINT_FOLDERS", ["/nowhere/at/all"])),
    ("webhooks", Health.WARNING, _disabled_webhook),
    ("demo-passwords", Health.ILL, _demo),
    ("administrators", Health.ILL, lambda p: p.patch.setattr(work, "holders_of", lambda right: [])),
    ("administrators", Health.WARNING, lambda p: p.patch.setattr(work, "has_second_factor", lambda pk: False)),
    ("handbook", Health.ILL, lambda p: p.patch.setattr(work, "latest", lambda: None)),
    (
        "time-zones",
        Health.ILL,
        lambda p: p.patch.setattr(
            work, "latest", lambda: SimpleNamespace(rules=SimpleNamespace(calendars=[_calendar("Mars/Olympus")]))
        ),
    ),
    (
        "zone-history",
        Health.WARNING,
        lambda p: p.patch.setattr(work.importlib.metadata, "version", lambda name: "2021.1"),
    ),
]


def test_a_well_kept_installation_is_found_well(place: Place) -> None:
    found = examine(place.at)
    assert {one.name: one.said for one in found if one.health in {Health.ILL, Health.WARNING}} == {}


@pytest.mark.parametrize(("name", "health", "breaking"), BROKEN, ids=[f"{name}-{h}" for name, h, _b in BROKEN])
def test_what_is_not_well_is_said_with_what_to_do(place: Place, name: str, health: Health, breaking: Breaking) -> None:
    breaking(place)
    (found,) = examine(place.at, only=[name])
    assert (found.health, bool(found.said)) == (health, True), found.said
    assert "could not be looked at" not in found.said


def test_every_check_is_shown_a_broken_installation() -> None:
    assert set(CHECKS) == {name for name, _health, _breaking in BROKEN}
    assert len(CHECKS) >= 25


def test_a_database_of_another_version_leaves_out_what_needs_its_tables(place: Place) -> None:
    place.patch.setattr(storage, "missing_steps", lambda: ["cases.0009_more"])
    found = {one.name: one.health for one in examine(place.at)}
    assert found["migrations"] == Health.ILL
    assert found["worker"] == Health.LEFT_OUT


def test_a_check_that_cannot_look_is_ill_and_the_others_go_on(place: Place) -> None:
    def fail(at: dt.datetime) -> Any:
        raise OSError("no such disk")

    broken = CHECKS["disk"]
    place.patch.setitem(CHECKS, "disk", doctor.Check("disk", broken.about, fail, needs_tables=False))
    found = {one.name: one for one in examine(place.at)}
    assert found["disk"].health == Health.ILL
    assert "no such disk" in found["disk"].said
    assert len(found) == len(CHECKS)


def test_the_command_ends_with_1_where_something_is_ill_and_speaks_json(place: Place, capsys: Any) -> None:
    call_command("doctor", "--json")
    assert {one["name"] for one in json.loads(capsys.readouterr().out)} == set(CHECKS)
    place.settings.DEBUG = True
    with pytest.raises(SystemExit):
        call_command("doctor", "debug")
    assert "RECOURSE_DEBUG" in capsys.readouterr().out
    place.settings.DEBUG, place.settings.HAS_EMAIL = False, False
    call_command("doctor", "mail")
    with pytest.raises(SystemExit):
        call_command("doctor", "mail", "--strict")


def test_the_key_is_made_once_readable_by_its_owner_and_its_public_half_lies_beside(place: Place) -> None:
    assert (place.folder / "record_key.pem").stat().st_mode & 0o777 == 0o600
    first = record_key().public_key().public_bytes_raw().hex()
    assert record_key().public_key().public_bytes_raw().hex() == first
    assert (place.folder / "record_key.pub").read_text("ascii").strip() == first


@pytest.mark.django_db(transaction=True)
def test_a_backup_holds_what_was_committed_and_old_ones_go(place: Place, is_postgres: bool) -> None:
    if is_postgres:
        with pytest.raises(CommandError, match="pg_dump"):
            call_command("backup")
        return
    made = [make_backup(at=place.at + index * HOUR, keep=2) for index in range(3)]
    assert [backup.place.exists() for backup in made] == [False, True, True]
    assert made[-1].place.stat().st_mode & 0o077 == 0


def test_a_failed_line_is_named_until_it_runs_well_again(place: Place) -> None:
    lease = place.at + HOUR
    Slot.objects.update(lease_until=lease, last_error="x")
    finish_slot(name="tidy", lease=lease, at=place.at)
    assert [one.health for one in examine(place.at, only=["schedule"])] == [Health.WELL]
