"""What files hold becomes rows, or a refusal that names the field; real files included."""

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from recourse.intake.policy.cells import instant, minor, word
from recourse.intake.policy.complaints import complaint
from recourse.intake.policy.mapping import mapped_case, mapping, mapping_from_pairs, mapping_from_toml
from recourse.intake.policy.reading import UNREADABLE, rows_of
from recourse.intake.policy.retail import order, person
from recourse.kit.errors import Invalid

MATERIAL = Path(__file__).resolve().parents[4] / "shared" / "data"
needs_material = pytest.mark.skipif(not MATERIAL.exists(), reason="the real material is not beside the repository")
BOSTON = mapping(
    {
        "source_ref": "case_id",
        "subject": "type",
        "received_at": "opened_local",
        "closed_at": "closed_local",
        "problem": "type",
        "product": "queue",
    },
    zone="America/New_York",
    source="boston311",
)


@needs_material
def test_every_public_complaint_becomes_a_case() -> None:
    cases = [complaint(row.raw) for row in rows_of(MATERIAL / "cfpb" / "cfpb_2025_payday_131.csv")]
    assert len(cases) == 131
    assert len({case.source_ref for case in cases}) == 131
    assert all(case.words and case.subject and case.product == "Payday loan" for case in cases)
    assert sum(case.closed_at is None for case in cases) == 3


@needs_material
def test_every_customer_and_order_of_the_retailer_is_read() -> None:
    world = json.loads((MATERIAL / "tau2" / "retail" / "db.json").read_text())
    people = [person(user) for user in world["users"].values()]
    orders = [order(row) for row in world["orders"].values()]
    assert (len(people), len(orders)) == (500, 1000)
    assert all(dict(one.identities)["account"] for one in people)
    for told, row in zip(orders, world["orders"].values(), strict=True):
        charged = round(sum(p["amount"] * 100 for p in row["payment_history"] if p["transaction_type"] == "payment"))
        assert sum(p.amount_minor for p in told.payments if p.kind == "charge") == charged


@needs_material
def test_every_city_request_is_read_through_a_column_mapping() -> None:
    cases, backwards = [], 0
    for row in rows_of(MATERIAL / "boston311" / "sla_cases.tsv"):
        if row.raw["closed_local"] and row.raw["closed_local"] < row.raw["opened_local"]:
            backwards += 1
            with pytest.raises(Invalid) as refused:
                mapped_case(row.raw, BOSTON)
            assert list(refused.value.fields) == ["closed_at"]
        else:
            cases.append(mapped_case(row.raw, BOSTON))
    assert len(cases) + backwards == 6000
    assert cases[0].received_at == dt.datetime(2015, 1, 1, 18, 9, 57, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xef\xbb\xbfa,b\n1,\xc3\xa9\n", "x.csv"),
        ("a,b\n1,é\n".encode("utf-16"), "x.csv"),
        ("a,b\n1,é\n".encode("cp1252"), "x.csv"),
        ("a\tb\n1\té\n".encode(), "x.tsv"),
        ('{"a": "1", "b": "é"}\n\n'.encode(), "x.jsonl"),
        ('[{"a": "1", "b": "é"}]'.encode(), "x.json"),
    ],
)
def test_usual_encodings_and_forms_are_read_alike(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert [row.raw for row in rows_of(path)] == [{"a": "1", "b": "é"}]


def test_a_line_break_inside_a_cell_does_not_break_the_row(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'a,b\n1,"two\nlines"\n2,plain\n')
    assert [(row.number, row.raw["b"]) for row in rows_of(path)] == [(1, "two\nlines"), (2, "plain")]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"a,b\n1,2,3\n", "x.csv"),
        (b'a\n"' + b"x" * 1_100_000 + b'"\n', "x.csv"),
        (b"[1, 2]\n", "x.jsonl"),
        (b"{nope\n", "x.jsonl"),
        (b"[" * 100_000 + b"\n", "x.jsonl"),
        (b"[5]", "x.json"),
    ],
)
def test_an_unreadable_row_says_so_and_the_next_is_read(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert UNREADABLE in next(iter(rows_of(path))).raw


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "x.csv"), (b"{}", "x.json"), (b"a", "x.exe"), (b"\xff{", "x.json")]
)
def test_an_unreadable_file_is_refused_by_name(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Invalid) as refused:
        list(rows_of(path))
    assert "file" in refused.value.fields


def test_a_null_byte_in_a_table_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n1,x\0y\n")
    assert next(iter(rows_of(path))).raw["b"] == "xy"


@pytest.mark.parametrize(
    "said", ["31/31/25", "yesterday", "", "2025-02-30", "0001-01-01", "9999-12-31", "２０２５-01-01"]
)
def test_a_date_that_is_none_is_refused_by_field(said: str) -> None:
    with pytest.raises(Invalid) as refused:
        instant(said, field="received_at", zone=ZoneInfo("UTC"))
    assert list(refused.value.fields) == ["received_at"]


def test_dates_are_read_in_the_zone_of_their_source() -> None:
    zone = ZoneInfo("America/New_York")
    assert instant("2015-07-01 09:30:00", field="x", zone=zone) == dt.datetime(2015, 7, 1, 13, 30, tzinfo=dt.UTC)
    assert instant("04/03/25", field="x", zone=zone).date() == dt.date(2025, 4, 3)
    assert instant("2025-04-03T10:00:00+02:00", field="x", zone=zone) == dt.datetime(2025, 4, 3, 8, tzinfo=dt.UTC)


@pytest.mark.parametrize("said", ["NaN", "Infinity", "1e400", "-1", "１２３", "1_000", "0.001", "", "12,50", None])
def test_an_amount_that_is_none_is_refused(said: object) -> None:
    with pytest.raises(Invalid):
        minor(said, field="price")


def test_amounts_keep_every_cent() -> None:
    assert [minor(said, field="price") for said in (19.99, "0.1", 50, "1234567.89")] == [1999, 10, 5000, 123456789]


def test_words_for_nothing_are_nothing() -> None:
    assert [word(said) for said in (None, " N/A ", "None", "null", " x ")] == ["", "", "", "", "x"]


def test_a_mapping_names_what_is_wrong_with_it() -> None:
    with pytest.raises(Invalid) as unknown:
        mapping({"source_ref": "a", "subject": "b", "received_at": "c", "colour": "d"})
    assert list(unknown.value.fields) == ["colour"]
    with pytest.raises(Invalid) as lacking:
        mapping_from_pairs(["subject=b"])
    assert set(lacking.value.fields) == {"source_ref", "received_at"}
    with pytest.raises(Invalid) as toml:
        mapping_from_toml("columns = 5")
    assert list(toml.value.fields) == ["map"]
    with pytest.raises(Invalid) as zone:
        mapping_from_toml('zone = "Mars/Base"\n[columns]\nsource_ref="a"\nsubject="b"\nreceived_at="c"')
    assert list(zone.value.fields) == ["zone"]


def test_a_row_is_refused_with_every_field_that_is_wrong() -> None:
    with pytest.raises(Invalid) as refused:
        mapped_case({"case_id": "1", "type": "", "opened_local": "never", "closed_local": "2015-01-01"}, BOSTON)
    assert set(refused.value.fields) == {"subject", "received_at"}
