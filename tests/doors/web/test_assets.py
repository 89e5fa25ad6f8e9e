"""The static files: what others wrote is unchanged, sheets stay small, colours stand in one place, icons exist."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "recourse/web/static"
WEB = ROOT / "recourse/web"


@pytest.mark.parametrize("folder", [STATIC / "vendor", ROOT / "tests/vendor"], ids=["product", "tests"])
def test_scripts_of_others_are_what_the_list_says(folder: Path) -> None:
    listed = dict(re.findall(r"`([\w.-]+\.js)`.*`([0-9a-f]{64})`", (folder / "README.md").read_text()))
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.js")}
    assert listed == found


def test_sheets_stay_under_250_lines_and_are_all_imported() -> None:
    main = (STATIC / "css/main.css").read_text()
    sheets = [sheet for sheet in (STATIC / "css").rglob("*.css") if sheet.name != "main.css"]
    assert {sheet.name for sheet in sheets if len(sheet.read_text().splitlines()) > 250} == set()
    assert {str(sheet.relative_to(STATIC / "css")) for sheet in sheets} == set(re.findall(r'url\("([^"]+)"\)', main))


def test_colours_are_named_only_by_the_tokens_and_the_customers_side() -> None:
    may = {"tokens.css", "customer.css", "print.css"}
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\brgba?\(|\bhsl|\boklch")
    wrong = [
        f"{sheet.name}: {line.strip()}"
        for sheet in (STATIC / "css").rglob("*.css")
        if sheet.name not in may
        for line in sheet.read_text().splitlines()
        if colour.search(line)
    ]
    assert wrong == []


def test_sheets_use_logical_sides_so_that_pages_can_be_mirrored() -> None:
    physical = re.compile(
        r"\b(?:margin|padding|border)-(?:left|right)\b|^\s*(?:left|right)\s*:|text-align:\s*(?:left|right)",
        re.MULTILINE,
    )
    assert [sheet.name for sheet in (STATIC / "css").rglob("*.css") if physical.search(sheet.read_text())] == []


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    naming = re.compile(r"""(?:{% icon |(?<![-\w])icon(?:_name)?=|\bicon\()["']([\w-]+)["']""")
    sources = [*WEB.rglob("*.html"), *WEB.rglob("*.py")]
    named = {name for path in sources for name in naming.findall(path.read_text())}
    assert named - known == set()


def test_no_template_carries_style_or_script_of_its_own() -> None:
    inline = re.compile(
        r"""\sstyle=|<style|\son\w+=["']|<script(?![^>]*(?:\bsrc=|type="application/json"))|javascript:|\bhx-on"""
    )
    assert [str(path.relative_to(WEB)) for path in WEB.rglob("*.html") if inline.search(path.read_text())] == []
