"""Files from outside: kept under names of ours, hashed on arrival, never trusted by name or by type."""

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from recourse.kit.cards import mask_cards
from recourse.kit.errors import Invalid, NotVisible
from recourse.kit.ids import uuid7

NAME_LIMIT = 120
EXTENSION_LIMIT = 16
TICKET_SALT = "recourse.files.ticket"
TICKET_SECONDS = 300
TEXT_MASKED_UP_TO = 2_000_000
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-elf"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "application/ogg"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe)\b", re.IGNORECASE)
_SVG = re.compile(rb"<svg\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it was kept: our key, the hash of what arrived and of what is kept, size in bytes, sniffed type."""

    key: UUID
    sha256: str
    stored_sha256: str
    size: int
    media_type: str
    masked: int


def clean_name(raw: str) -> str:
    """Return the name to show: no path, no control character, direction and zero-width marks written out.

    Never used as a path.
    """
    shown = "".join(_shown(char) for char in unicodedata.normalize("NFC", raw))
    shown = re.sub(r"\s+", " ", shown).strip(" .")
    stem, dot, extension = shown.rpartition(".")
    if not dot or len(extension) > EXTENSION_LIMIT:
        stem, dot, extension = shown, "", ""
    shown = stem[: NAME_LIMIT - len(dot + extension)].rstrip(" .") + dot + extension
    if _RESERVED.match(unicodedata.normalize("NFKC", shown)):
        shown = f"_{shown}"
    return shown or _("file")


def _shown(char: str) -> str:
    compatible = unicodedata.normalize("NFKC", char)
    if any(part in '/\\:*?"<>|' for part in compatible):
        return "_"
    if char in "\t\n\r":
        return " "
    category = unicodedata.category(char)
    if category in {"Cc", "Cs", "Co", "Cn"}:
        return "\ufffd"
    if category in {"Cf", "Zl", "Zp"} or char in "\u115f\u1160\u2800\u3164\uffa0":
        return f"‹U+{ord(char):04X}›"
    return "." if compatible == "." else char


def sniff(content: bytes) -> str:
    """Return the media type that the bytes themselves show; the name is not asked."""
    for offset, magic, media_type in _MAGIC:
        if content.startswith(magic, offset):
            return media_type
    head = content[:4096]
    if _SVG.search(head):
        return "image/svg+xml"
    if _HTML.search(head):
        return "text/html"
    return "text/plain" if _as_text(content) is not None else "application/octet-stream"


def _as_text(content: bytes) -> str | None:
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def keep(content: bytes, *, limit: int, field: str = "file") -> Stored:
    """Write a file below DATA_DIR/files under a new key and return what was kept; above `limit` bytes raises Invalid.

    Card numbers in plain text are masked first; `sha256` is that of the bytes as they arrived.
    """
    if len(content) > limit:
        raise Invalid.one(field, _("A file may have at most %(limit)d bytes.") % {"limit": limit})
    arrived = hashlib.sha256(content).hexdigest()
    media_type, masked = sniff(content), 0
    text = _as_text(content) if len(content) <= TEXT_MASKED_UP_TO else None
    if text is not None:
        found = mask_cards(text)
        content, masked = found.text.encode(), found.count
    key = uuid7()
    _write(path_of(key), content)
    return Stored(key, arrived, hashlib.sha256(content).hexdigest(), len(content), media_type, masked)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(path)


def path_of(key: UUID) -> Path:
    """Return where the file of a key lies; made of the key's hexadecimal digits alone."""
    name = UUID(str(key)).hex
    return Path(settings.DATA_DIR) / "files" / name[-2:] / name


def read_kept(key: UUID) -> bytes:
    """Return the bytes of a kept file; an absent one raises NotVisible."""
    try:
        return path_of(key).read_bytes()
    except FileNotFoundError as error:
        raise NotVisible from error


def destroy(key: UUID) -> None:
    """Remove a kept file; removing it twice is no error."""
    path_of(key).unlink(missing_ok=True)


def make_ticket(attachment_id: UUID) -> str:
    """Return a signed word that opens one file for five minutes, on a path that needs no cookie."""
    return signing.dumps(attachment_id.hex, salt=TICKET_SALT)


def read_ticket(ticket: str) -> UUID:
    """Return whose file a ticket opens; a forged or old one raises NotVisible."""
    try:
        return UUID(signing.loads(ticket, salt=TICKET_SALT, max_age=TICKET_SECONDS))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotVisible from error


def kept_before(moment: float) -> Iterator[UUID]:
    """Yield the keys of kept files that were written before a moment (seconds since 1970)."""
    for path in (Path(settings.DATA_DIR) / "files").glob("*/*"):
        if not path.suffix and path.stat().st_mtime < moment:
            yield UUID(path.name)
