"""Finance gets the ledger as CSV, Excel and beancount, and what it cost by cause, product and department (F7)."""

import datetime as dt
import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recourse.kit.errors import Invalid, Refused
from recourse.kit.money import Money
from recourse.kit.sheets import write_sheet
from recourse.kit.workbook import write_workbook
from recourse.ledger import actions
from recourse.ledger.models import Posting
from recourse.ledger.queries import beancount, costs, export_rows
from recourse.ledger.queries.export import HEADER, account_name
from recourse.people.models import Department
from tests.cast import AT, SYSTEM, Cast
from tests.rooms.ledger.build import Story, charge, eur, promise, tell_story

pytestmark = pytest.mark.django_db
DAYS: dict[str, Any] = {"from_on": AT.date(), "until_on": AT.date() + dt.timedelta(days=1)}
NAMES = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULAS = ['=HYPERLINK("http://x","y")', "＝1+1", "\t=1", "@SUM(1)", "+1+1", "-2+3", "=cmd|' /C calc'!A0"]


@pytest.fixture
def books(cast: Cast) -> Story:
    """Return a story of some remedies in currencies of all decimals, one taken back."""
    story = tell_story(cast)
    for number, (minor, currency, kind) in enumerate(
        [(4_000, "EUR", "refund"), (999, "JPY", "goodwill"), (12_345, "KWD", "credit"), (12_345, "CLF", "shipping")]
    ):
        promise(story, f"story:{number}", Money(minor, currency), kind=kind)
        actions.approve(f"story:{number}", approval_ref=f"a{number}", by=SYSTEM, at=AT)
    actions.execute("story:0", key="k", amount=eur(4_000), provider="card", by=SYSTEM, at=AT)
    actions.settle("story:0", key="k", amount=eur(4_000), provider="card", by=SYSTEM, at=AT)
    actions.withdraw("story:3", why="changed", by=SYSTEM, at=AT)
    return story


def test_a_sheet_has_every_posting_with_its_case_and_no_person(books: Story) -> None:
    out = io.StringIO()
    rows = export_rows(viewer=books.cast.by("fin"), **DAYS)
    assert write_sheet(out, HEADER, rows) == Posting.objects.count() == 12
    assert books.case.ref in out.getvalue()
    assert "Jane" not in out.getvalue()
    assert '"19.99"' not in out.getvalue()
    assert '"12.345"' in out.getvalue()


def test_beancount_itself_reads_the_books_and_finds_no_error(books: Story) -> None:
    loader = pytest.importorskip("beancount.loader")
    text = "".join(beancount(viewer=books.cast.by("fin"), **DAYS))
    entries, errors, _options = loader.load_string(text)
    assert errors == []
    transactions = [entry for entry in entries if type(entry).__name__ == "Transaction"]
    assert len(transactions) == 12
    sums: dict[tuple[str, str], Any] = {}
    for entry in transactions:
        for leg in entry.postings:
            key = (leg.account, leg.units.currency)
            sums[key] = sums.get(key, 0) + leg.units.number
    assert str(sums["Expenses:Remedies:Refund", "EUR"]) == "40.00"
    assert str(sums["Assets:Providers:Card", "EUR"]) == "-40.00"
    assert str(sums["Expenses:Remedies:Credit", "KWD"]) == "12.345"
    assert sums["Expenses:Remedies:Shipping", "CLF"] == 0


@pytest.mark.parametrize("words", ['a "quoted" cause', "back\\slash", "two\nlines", "tab\there"])
def test_words_never_break_out_of_the_text_for_beancount(cast: Cast, words: str) -> None:
    loader = pytest.importorskip("beancount.loader")
    story = tell_story(cast)
    actions.promise("story:1", amount=eur(1), kind="refund", case_id=story.case.pk, cause=words, by=SYSTEM, at=AT)
    _entries, errors, _options = loader.load_string("".join(beancount(viewer=cast.by("fin"), **DAYS)))
    assert errors == []


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers() -> None:
    out = io.BytesIO()
    assert write_workbook(out, "a/b:c", ["what", "how much"], [(words, 12) for words in FORMULAS]) == len(FORMULAS)
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
    assert not list(sheet.iter(f"{NAMES}f"))
    texts = [node.text for node in sheet.iter(f"{NAMES}t")]
    assert texts[2:] == [f"'{words}" for words in FORMULAS]
    assert [node.text for node in sheet.iter(f"{NAMES}v")] == ["12"] * len(FORMULAS)
    kinds = {cell.get("t") for cell in sheet.iter(f"{NAMES}c")}
    assert kinds == {"inlineStr", None}


def test_control_signs_and_markup_do_not_break_a_workbook() -> None:
    out = io.BytesIO()
    write_workbook(out, "<&>", ["a"], [("\x0b\ud800<b>&amp;",), (True,), (None,)])
    with zipfile.ZipFile(out) as archive:
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    assert [node.text for node in sheet.iter(f"{NAMES}t")] == ["a", "<b>&amp;", "True", None]


def test_cost_is_told_by_cause_product_and_department_with_what_was_taken_back_off(books: Story) -> None:
    fin = books.cast.by("fin")
    found = costs("cause", viewer=fin, **DAYS)
    assert [(one.heading, str(one.amount)) for one in found] == [
        ("broken", "40.00 EUR"), ("broken", "999 JPY"), ("broken", "12.345 KWD"),
    ]  # fmt: skip
    team = books.cast.teams["care"]
    team.department = Department.objects.create(slug="service", name="Service")
    team.save()
    assert {one.heading for one in costs("department", viewer=fin, **DAYS)} == {"Service"}
    assert {one.heading for one in costs("product", viewer=fin, **DAYS)} == {""}
    with pytest.raises(Invalid):
        costs("customer", viewer=fin, **DAYS)


def test_an_export_needs_its_right_and_days(books: Story) -> None:
    for nick in ("ada", "rosa", "lea"):
        with pytest.raises(Refused):
            next(iter(export_rows(viewer=books.cast.by(nick), **DAYS)))
    with pytest.raises(Invalid):
        next(iter(export_rows(viewer=books.cast.by("aud"), from_on=AT.date(), until_on=AT.date())))


def test_an_export_asks_the_same_few_questions_however_long_it_is(books: Story) -> None:
    fin = books.cast.by("fin")

    def asked() -> int:
        with CaptureQueriesContext(connection) as met:
            list(export_rows(viewer=fin, **DAYS))
        return len(met)

    before = asked()
    for number in range(10, 30):
        promise(tell_story(books.cast, charge(100)), f"story:{number}", eur(1))
    assert asked() == before


def test_every_account_of_the_chart_has_a_name_that_beancount_takes() -> None:
    assert account_name("cost:store_credit") == "Expenses:Remedies:Store-Credit"
    assert account_name("clearing:promised") == "Equity:Clearing:Promised"
    with pytest.raises(ValueError, match="teapot"):
        account_name("teapot:x")
