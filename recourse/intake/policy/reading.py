"""Reads rows from CSV, TSV, JSON and JSON lines: any usual encoding, no trust in size or shape."""

import codecs
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from recourse.intake.policy.rows import Numbered
from recourse.kit.errors import Invalid

FIELD_LIMIT = 1_000_000
BYTES_LIMIT = 4 * 1024**3
COLUMN_LIMIT = 500
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
UNREADABLE = "_unreadable"


def encoding_of(head: bytes) -> str:
    """Return the encoding of a file by its first bytes: a mark, else UTF-8, else Windows-1252."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def rows_of(path: Path, *, delimiter: str | None = None) -> Iterator[Numbered]:
    """Yield the rows of a file by the ending of its name: .csv .tsv .jsonl .ndjson .json (a list of objects).

    A row that cannot be read comes as `{"_unreadable": why}`; a file that cannot be read at all raises Invalid("file").
    """
    if path.stat().st_size > BYTES_LIMIT:
        raise Invalid.one("file", "The file is larger than 4 GiB; cut it into parts.")
    ending = path.suffix.lower()
    with path.open("rb") as stream:
        head = stream.read(65_536)
        stream.seek(0)
        if ending in {".jsonl", ".ndjson"}:
            yield from _json_lines(stream)
        elif ending == ".json":
            yield from _json_list(stream)
        elif ending in {".csv", ".tsv", ".txt"}:
            yield from _table(stream, encoding_of(head), delimiter or _delimiter(ending))
        else:
            raise Invalid.one("file", "The name must end in .csv, .tsv, .jsonl or .json.")


def _delimiter(ending: str) -> str:
    return "," if ending == ".csv" else "\t"


def _table(stream: BinaryIO, encoding: str, delimiter: str) -> Iterator[Numbered]:
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader((line.replace("\0", "") for line in text), delimiter=delimiter)
    header = _header(reader)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield Numbered(number, {UNREADABLE: str(error)})
            continue
        if not any(cells):
            continue
        number += 1
        yield Numbered(number, _row(header, cells))


def _header(reader: Any) -> list[str]:
    try:
        header = [name.strip() for name in next(reader)]
    except (StopIteration, csv.Error) as error:
        raise Invalid.one("file", "The file is empty or its first line cannot be read.") from error
    if len(header) > COLUMN_LIMIT:
        raise Invalid.one("file", f"The first line names {len(header)} columns; at most {COLUMN_LIMIT} are read.")
    return header


def _row(header: list[str], cells: list[str]) -> dict[str, Any]:
    if len(cells) > len(header):
        return {UNREADABLE: f"{len(cells)} cells, but the first line names {len(header)} columns"}
    return dict(zip(header, [*cells, *[""] * (len(header) - len(cells))], strict=True))


def _json_lines(stream: BinaryIO) -> Iterator[Numbered]:
    number = 0
    for line in stream:
        if not line.strip():
            continue
        number += 1
        if len(line) > FIELD_LIMIT * 4:
            yield Numbered(number, {UNREADABLE: "the line is longer than 4 MB"})
            continue
        yield Numbered(number, _object(line))


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {UNREADABLE: f"not JSON: {error}"[:300]}
    return value if isinstance(value, dict) else {UNREADABLE: "not a JSON object"}


def _json_list(stream: BinaryIO) -> Iterator[Numbered]:
    value = json_of(stream)
    if not isinstance(value, list):
        raise Invalid.one("file", "A .json file must hold a list of objects.")
    for number, row in enumerate(value, 1):
        yield Numbered(number, row if isinstance(row, dict) else {UNREADABLE: "not a JSON object"})


def json_of(stream: BinaryIO) -> Any:
    """Return the JSON value of a whole file; raises Invalid("file")."""
    try:
        return json.load(stream)
    except (ValueError, RecursionError) as error:
        raise Invalid.one("file", f"The file is not JSON: {error}"[:300]) from error
