"""Cells of exported sheets: text stays text in every spreadsheet, whatever a person typed."""

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import IO, Any

from recourse.kit.time import iso

_TRIGGERS = frozenset("=+-@|%\t\r\n")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?\Z", re.ASCII)


def cell(value: Any) -> str:
    """Return a value as a spreadsheet may be given it: what could begin a formula is led by an apostrophe.

    Full-width and other compatibility forms count as the sign they stand for, also behind blanks and invisible marks.
    Plain numbers are left as they are.
    """
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return iso(value)
    text = str(value).replace("\x00", "")
    if isinstance(value, (int, float)) or _NUMBER.match(text):
        return text
    bare = "".join(
        char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) not in {"Cf", "Zs", "Mn"}
    )
    is_risky = text[:1] in _TRIGGERS or bare[:1] in _TRIGGERS
    return f"'{text}" if is_risky else text


def write_sheet(out: IO[str], header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write a sheet as CSV, every cell quoted, and return how many rows went out."""
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in row])
        count += 1
    return count
