"""Workbooks for spreadsheets (Office Open XML): one sheet, text as text, numbers as numbers, never a formula."""

import re
import zipfile
from collections.abc import Iterable, Sequence
from html import escape
from typing import IO, Any

from recourse.kit.sheets import cell

ROWS_AT_MOST = 1_048_575
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def write_workbook(out: IO[bytes], title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write one sheet and return how many rows went out. Whole numbers and decimals are numbers, all else is text."""
    name = escape(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "Sheet")
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    count = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, content in {**_PARTS, "xl/workbook.xml": book}.items():
            archive.writestr(place, _HEAD + content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            sheet.write(_row(header))
            for row in rows:
                if count == ROWS_AT_MOST:
                    raise OverflowError("a sheet holds 1,048,576 rows")
                sheet.write(_row(row))
                count += 1
            sheet.write(b"</sheetData></worksheet>")
    return count


def _row(values: Sequence[Any]) -> bytes:
    return f"<row>{''.join(map(_cell, values))}</row>".encode()


def _cell(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"<c><v>{value}</v></c>"
    text = escape(_UNWRITABLE.sub("", cell(value)))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
