"""A cell of an exported sheet is never a formula."""

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest

from recourse.kit.sheets import cell, write_sheet

LIST = Path(__file__).resolve().parents[4] / "shared" / "data" / "security_lists" / "csv_injection.json"
STARTS = "=+-@|%\t\r\n＝＋－＠﹢﹣﹦﹫⁺⁼₊₌"


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\u200b", "\ufeff", "\u202e"])
def test_what_could_begin_a_formula_is_led_by_an_apostrophe(start: str, before: str) -> None:
    typed = f'{before}{start}HYPERLINK("http://x","y")'
    assert cell(typed) == f"'{typed}"


@pytest.mark.parametrize("plain", ["1+2", "Foo", "-1.3", "+49", "-1,2", "1=3", "a@b.example", "19.00 %", "", "Ａda"])
def test_plain_text_and_numbers_are_left_as_they_are(plain: str) -> None:
    assert cell(plain) == plain


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ""), (-7, "-7"), (1.5, "1.5"), ("a\x00b", "ab"), (dt.datetime(2027, 3, 1, tzinfo=dt.UTC), "2027-03-01T00:00:00.000000Z")],
)  # fmt: skip
def test_other_values_have_one_plain_form(value: Any, expected: str) -> None:
    assert cell(value) == expected


@pytest.mark.material
def test_the_cells_of_the_real_list_are_disarmed_and_its_harmless_ones_untouched() -> None:
    if not LIST.exists():
        pytest.skip(f"the real material is not at {LIST}")
    risky, harmless, _other = json.loads(LIST.read_text("utf8"))["params"]
    for typed, _expected in risky["values"]:
        assert cell(typed).startswith("'")
    for typed in harmless["values"]:
        assert cell(typed) == (typed or "")


def test_a_sheet_keeps_breaks_quotes_and_commas_within_their_cells() -> None:
    out = io.StringIO()
    assert write_sheet(out, ["one", "two"], [['a "b", c\nd', "=1+1"], ["x", 2]]) == 2
    assert list(csv.reader(io.StringIO(out.getvalue()))) == [["one", "two"], ['a "b", c\nd', "'=1+1"], ["x", "2"]]
