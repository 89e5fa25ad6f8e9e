"""A file cannot harm by its name or its type, and only a fresh ticket opens it."""

import hashlib
import unicodedata
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core import signing

from recourse.kit.errors import Invalid, NotVisible
from recourse.kit.files import (
    NAME_LIMIT,
    TICKET_SALT,
    clean_name,
    destroy,
    keep,
    make_ticket,
    path_of,
    read_kept,
    read_ticket,
    sniff,
)
from tests.rooms.kit.material import recorded

NAMES = [
    "../../etc/cron.d/x", "..\\..\\boot.ini", "a\0.png", "CON", "con.txt", "COM1.log", "LPT9", "nul ", "photo\u202egpj.exe",
    "\u200b.htaccess", "．．／x", "..", ".", "", "   ", "a" * 300 + ".pdf", "é" * 300, "x\r\nContent-Type: text/html",
    "<img src=x onerror=alert(1)>.png", 'a"b.txt', "a;b=c.txt", "／etc／passwd", "file\u2028name", "a\ufeffb", "⁄etc⁄x",
    "C:\\windows\\x", "x:stream", "a\tb", "\u0000", "\ud800.txt", "😀" * 100 + ".zip", "name." + "e" * 200, ".bashrc",
]  # fmt: skip


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def corpus() -> list[str]:
    return [*NAMES, *(str(name) for name in recorded("naughty_strings/blns.json"))]


def test_no_name_is_a_path_or_hides_what_it_is() -> None:
    for raw in corpus():
        shown = clean_name(raw)
        compatible = unicodedata.normalize("NFKC", shown)
        assert shown, raw
        assert len(shown) <= NAME_LIMIT + 40, raw
        assert not set(compatible) & set('/\\:*?"<>|\0'), (raw, shown)
        assert not shown.startswith("."), (raw, shown)
        assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in shown), (raw, shown)
        assert compatible.split(".")[0].casefold() not in {"con", "nul", "prn", "aux", "com1", "lpt9"}, (raw, shown)


def test_marks_that_turn_the_writing_round_are_written_out() -> None:
    assert clean_name("photo\u202egpj.exe") == "photo‹U+202E›gpj.exe"
    assert clean_name("in\u200bvoice.pdf") == "in‹U+200B›voice.pdf"


def test_an_ordinary_name_stays() -> None:
    assert clean_name("Rechnung März 2026 (2).pdf") == "Rechnung März 2026 (2).pdf"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"<!DOCTYPE html><p>x", "text/html"),
        (b"<?xml version='1.0'?><svg onload=alert(1)>", "image/svg+xml"),
        (b"%PDF-1.7", "application/pdf"),
        (b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
        ("grüße".encode(), "text/plain"),
        (b"\0\1\2", "application/octet-stream"),
        (b"", "text/plain"),
    ],
)
def test_the_type_is_read_from_the_bytes(content: bytes, media_type: str) -> None:
    assert sniff(content) == media_type


def test_a_file_is_kept_under_a_name_of_ours_with_its_hash(folder: Path) -> None:
    stored = keep(b"\x89PNG\r\n\x1a\n1234", limit=100)
    assert stored.sha256 == stored.stored_sha256 == hashlib.sha256(b"\x89PNG\r\n\x1a\n1234").hexdigest()
    assert path_of(stored.key).is_relative_to(folder / "files")
    assert path_of(stored.key).name == stored.key.hex
    assert read_kept(stored.key) == b"\x89PNG\r\n\x1a\n1234"
    destroy(stored.key)
    destroy(stored.key)
    with pytest.raises(NotVisible):
        read_kept(stored.key)


def test_a_card_number_in_a_text_file_is_masked_before_it_is_kept(folder: Path) -> None:
    arrived = b"my card is 4111 1111-1111 1111 cvv 123"
    stored = keep(arrived, limit=1000)
    assert stored.masked == 1
    assert stored.sha256 == hashlib.sha256(arrived).hexdigest()
    assert stored.stored_sha256 != stored.sha256
    on_disk = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"4111" not in on_disk
    assert b"123" not in on_disk


def test_a_file_above_the_limit_is_refused_and_nothing_is_kept(folder: Path) -> None:
    with pytest.raises(Invalid):
        keep(b"x" * 11, limit=10, field="files")
    assert not list(folder.rglob("*"))


def test_only_a_fresh_ticket_of_ours_opens_a_file() -> None:
    file_id = uuid4()
    ticket = make_ticket(file_id)
    assert read_ticket(ticket) == file_id
    old = signing.TimestampSigner(salt=TICKET_SALT).sign("x")
    for forged in ("", " ", ticket[:-1], ticket + "x", ticket.swapcase(), old, file_id.hex, "a:b:c", "\0"):
        with pytest.raises(NotVisible):
            read_ticket(forged)


def test_a_ticket_of_another_purpose_opens_nothing() -> None:
    with pytest.raises(NotVisible):
        read_ticket(signing.dumps(uuid4().hex, salt="something.else"))
