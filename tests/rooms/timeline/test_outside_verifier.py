"""The verifier that knows nothing of us finds in an export what our own finds in the database."""

import ast
import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from recourse.kit.actor import system
from recourse.kit.errors import Refused
from recourse.timeline.actions import open_thread, seal, sign_checkpoint
from recourse.timeline.queries import record_lines
from tests.rooms.timeline.conftest import AT, staff, write

pytestmark = pytest.mark.django_db
VERIFIER = Path(__file__).resolve().parents[3] / "docs" / "verify" / "verify_record.py"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw().hex()
Lines = list[dict[str, Any]]


@pytest.fixture
def lines(db: None) -> Lines:
    """Return the export of a short record with notes, under two checkpoints, with a young entry after them."""
    for count in (4, 3, 5):
        write(open_thread("kettle"), count, note="wörds, “quoted” \u2028 and\nbroken")
        seal()
        if count != 3:
            assert sign_checkpoint(key=KEY, at=AT)
    return list(record_lines(viewer=system("test"), has_notes=True))


def verify(folder: Path, lines: Lines, *arguments: str) -> tuple[int, str]:
    """Run the verifier as an outsider would: another process, isolated from our packages."""
    export = folder / "record.jsonl"
    export.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf8")
    ran = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(export), *arguments], capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def keep(folder: Path, lines: Lines) -> str:
    """Put the last checkpoint into a file, as it left the machine, and return its name."""
    fields = [line for line in lines if line["is"] == "checkpoint"][-1]
    kept = folder / "kept.json"
    kept.write_text(json.dumps({**fields, "key": PUBLIC}), encoding="utf8")
    return str(kept)


def test_it_stands_alone_in_two_hundred_lines() -> None:
    text = VERIFIER.read_text("utf8")
    assert len(text.splitlines()) <= 200
    imported = [
        alias.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for alias in node.names
    ]
    assert set(imported) <= sys.stdlib_module_names
    assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]


def test_it_finds_a_sound_export_whole_by_key_and_by_kept_checkpoint(tmp_path: Path, lines: Lines) -> None:
    code, said = verify(tmp_path, lines, "--key", PUBLIC, "--checkpoint", keep(tmp_path, lines))
    assert (code, said.strip()) == (0, "14 entries, 13 sealed, 3 checkpoints: the record is whole.")


def test_an_export_without_notes_is_whole_too(tmp_path: Path, lines: Lines) -> None:
    bare = list(record_lines(viewer=system("test"), has_notes=False))
    assert "wörds" not in json.dumps(bare, ensure_ascii=False)
    assert verify(tmp_path, bare, "--key", PUBLIC)[0] == 0


def _entries(lines: Lines) -> Lines:
    return [line for line in lines if line["is"] == "entry"]


def _swap(lines: Lines) -> None:
    first, second = [index for index, line in enumerate(lines) if line["is"] == "entry"][:2]
    lines[first], lines[second] = lines[second], lines[first]


def _drop_checkpointed_tail(lines: Lines) -> None:
    gone = _entries(lines)[-6:]
    lines[:] = [line for line in lines if line not in gone]


TAMPERINGS: dict[str, Callable[[Lines], Any]] = {
    "changed payload": lambda lines: _entries(lines)[2].update(payload="{}"),
    "changed actor": lambda lines: _entries(lines)[0].update(actor_id="staff:x"),
    "changed hash": lambda lines: _entries(lines)[3].update(hash="00" * 32),
    "changed note": lambda lines: _entries(lines)[1].update(note="other"),
    "changed kind of thread": lambda lines: next(line for line in lines if line["is"] == "thread").update(kind="pot"),
    "removed entry": lambda lines: lines.remove(_entries(lines)[2]),
    "inserted entry": lambda lines: lines.insert(lines.index(_entries(lines)[4]), dict(_entries(lines)[3])),
    "swapped entries": _swap,
    "unsealed entry": lambda lines: _entries(lines)[1].update(leaf=None),
    "dropped tail": _drop_checkpointed_tail,
    "changed root": lambda lines: lines[-1].update(root="ab" * 32),
    "changed signature": lambda lines: lines[-1].update(signature="00" * 64),
    "changed signed size": lambda lines: lines[-1].update(size=lines[-1]["size"] - 1),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_it_finds_a_tampered_export(tmp_path: Path, lines: Lines, tampering: str) -> None:
    TAMPERINGS[tampering](lines)
    code, said = verify(tmp_path, lines, "--key", PUBLIC)
    assert code == 1, said


def test_it_finds_any_flipped_digit_of_any_sealed_entry(tmp_path: Path, lines: Lines) -> None:
    rng = random.Random(7)
    for _round in range(25):
        broken = [dict(line) for line in lines]
        entry = rng.choice([line for line in _entries(broken) if line["leaf"] is not None])
        name = rng.choice(["payload", "at", "recorded_at", "audience", "event", "actor_kind", "hash", "note_hash"])
        value = entry[name]
        place = rng.randrange(len(value))
        entry[name] = value[:place] + ("0" if value[place] != "0" else "1") + value[place + 1 :]
        assert verify(tmp_path, broken, "--key", PUBLIC)[0] == 1, name


def test_a_record_rewritten_and_signed_anew_by_who_stole_the_key_is_found_by_a_kept_checkpoint(
    tmp_path: Path, lines: Lines
) -> None:
    kept = keep(tmp_path, lines)
    rewritten = [line for line in lines if line["is"] != "checkpoint"]
    assert verify(tmp_path, rewritten)[0] == 0
    _drop_checkpointed_tail(rewritten)
    assert verify(tmp_path, rewritten)[0] == 0
    code, said = verify(tmp_path, rewritten, "--checkpoint", kept)
    assert code == 1
    assert "only" in said


def test_the_signature_check_agrees_with_a_known_library(tmp_path: Path) -> None:
    script = (
        "import importlib.util, sys; spec = importlib.util.spec_from_file_location('v', sys.argv[1]); "
        "v = importlib.util.module_from_spec(spec); spec.loader.exec_module(v); "
        "print([v.is_signed(*map(bytes.fromhex, line.split(','))) for line in sys.stdin.read().split()])"
    )
    rng, cases, expected = random.Random(11), [], []
    for _round in range(6):
        key, message = Ed25519PrivateKey.from_private_bytes(rng.randbytes(32)), rng.randbytes(40)
        signature, public = key.sign(message), key.public_key().public_bytes_raw()
        broken = bytes([signature[0] ^ 1]) + signature[1:]
        for shown, is_good in ((signature, True), (broken, False), (signature[:32] + rng.randbytes(32), False)):
            cases.append(f"{public.hex()},{message.hex()},{shown.hex()}")
            expected.append(is_good)
    ran = subprocess.run(
        [sys.executable, "-I", "-c", script, str(VERIFIER)],
        input="\n".join(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == str(expected)


def test_only_who_may_export_the_record_gets_it(lines: Lines) -> None:
    with pytest.raises(Refused):
        list(record_lines(viewer=staff("record:read"), has_notes=False))
