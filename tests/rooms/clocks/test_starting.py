"""Starting clocks: which, from when, in how few statements, on one entry."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recourse.cases.models import Case
from recourse.clocks import actions as clocks
from recourse.clocks.models import Clock, ClockFact
from recourse.clocks.queries import clocks_of, verify_replay
from recourse.customers.models import Customer
from recourse.kit.errors import Refused
from recourse.timeline.models import Entry
from tests.cast import AT, SYSTEM, Cast

HOUR = dt.timedelta(hours=1)


def told(case: Case, event: str) -> list[dict[str, object]]:
    """The payloads of the events of one name on a case."""
    rows = Entry.objects.filter(thread_id=case.thread_id, event=event).order_by("number")
    return [json.loads(row.payload) for row in rows]


def statements(queries: CaptureQueriesContext) -> list[tuple[str, str]]:
    """What was written to the tables of clocks and cases, by whom ever."""
    tables = ("clocks_clockfact", "clocks_clock", "cases_case")
    found = [(query["sql"], table) for query in queries for table in tables if f' "{table}" ' in query["sql"]]
    return [(sql, table) for sql, table in found if sql.startswith(("INSERT", "UPDATE"))]


def test_a_case_gets_its_commercial_clocks_and_its_nearest_due_time(cast: Cast) -> None:
    case = cast.open(severity="high")
    clocks.start_for_case(case, by=cast.by("ada"), at=AT)
    rows = {row.kind: row for row in clocks_of(case)}
    assert set(rows) == {"first_response", "update_cadence", "resolution"}
    assert rows["first_response"].due_at == AT + HOUR
    assert (rows["resolution"].basis, rows["resolution"].amount) == ("business_days", 2)
    assert Case.objects.get(pk=case.pk).due_at == AT + HOUR
    assert verify_replay(case, at=AT) == []


def test_one_entry_lists_all_clocks_that_started(cast: Cast) -> None:
    case = cast.open()
    clocks.start_for_case(case, by=cast.by("ada"), at=AT)
    (entry,) = told(case, "clock.started")
    assert [clock["kind"] for clock in entry["clocks"]] == ["first_response", "update_cadence", "resolution"]  # type: ignore[attr-defined, index, union-attr]


def test_clocks_count_from_the_true_receipt(cast: Cast) -> None:
    case = cast.open(received_at=AT - dt.timedelta(days=3, hours=6))
    clocks.start_for_case(case, by=cast.by("ada"), at=AT)
    assert {row.started_at for row in clocks_of(case)} == {case.received_at}


def test_starting_writes_facts_and_clocks_and_due_time_in_three_statements(cast: Cast) -> None:
    clocks.start_for_case(cast.open(), by=cast.by("ada"), at=AT)
    case = cast.open()
    with CaptureQueriesContext(connection) as queries:
        clocks.start_for_case(case, by=cast.by("ada"), at=AT)
    assert [(sql.split()[0], table) for sql, table in statements(queries)] == [
        ("INSERT", "clocks_clockfact"),
        ("INSERT", "clocks_clock"),
        ("UPDATE", "cases_case"),
    ]


def test_thousands_start_in_a_handful_of_statements(cast: Cast) -> None:
    opened = [cast.open(f"Case {number}") for number in range(6)]
    with CaptureQueriesContext(connection) as queries:
        made = clocks.start_for_cases(opened, by=SYSTEM, at=AT)
    assert made == 18
    assert len(statements(queries)) == 3
    assert not [difference for case in opened for difference in verify_replay(case, at=AT)]
    assert Case.objects.filter(pk__in=[case.pk for case in opened], due_at__lt=AT + 5 * HOUR).count() == 6


def test_a_complaint_under_a_regulation_gets_the_clocks_of_the_law_beside_the_companys(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.jane.pk).update(address={"country": "GB"})
    cast.jane.refresh_from_db()
    case = cast.open(family="credit")
    clocks.start_for_case(case, by=cast.by("ada"), at=AT)
    law = {row.kind: row for row in clocks_of(case) if row.family == "regulatory"}
    assert set(law) == {"acknowledgement", "disp_third_business_day", "disp_eight_weeks"}
    assert law["disp_third_business_day"].due_at == dt.datetime(2026, 3, 5, 17, tzinfo=dt.UTC)
    assert law["disp_eight_weeks"].due_at == dt.datetime(2026, 4, 27, 22, 59, 59, 999999, tzinfo=dt.UTC)


def test_a_complaint_passed_on_counts_from_when_it_was_sent_to_us(cast: Cast) -> None:
    sent = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
    case = cast.open(source="cfpb", source_ref="7001", received_at=AT - 2 * HOUR)
    clocks.start_for_case(case, by=cast.by("ada"), at=AT, sent_at=sent)
    rows = {row.kind: row for row in clocks_of(case)}
    assert rows["cfpb_fifteen_days"].started_at == sent
    assert rows["cfpb_fifteen_days"].due_at == dt.datetime(2026, 3, 18, 3, 59, 59, 999999, tzinfo=dt.UTC)
    assert rows["cfpb_sixty_days"].due_at == dt.datetime(2026, 5, 2, 3, 59, 59, 999999, tzinfo=dt.UTC)


def test_what_the_clocks_were_told_cannot_be_changed_or_removed(cast: Cast) -> None:
    clocks.start_for_case(cast.open(), by=cast.by("ada"), at=AT)
    fact = ClockFact.objects.get()
    for change in (
        lambda: ClockFact.objects.update(number=7),
        lambda: fact.delete(),
        lambda: fact.save(),
    ):
        with pytest.raises(Refused):
            change()


@pytest.mark.parametrize("sql", ["UPDATE clocks_clockfact SET number = 7", "DELETE FROM clocks_clockfact"])
def test_not_even_with_sql(cast: Cast, sql: str) -> None:
    clocks.start_for_case(cast.open(), by=cast.by("ada"), at=AT)
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_second_open_clock_of_a_kind_cannot_be_stored(cast: Cast) -> None:
    clocks.start_for_case(cast.open(), by=cast.by("ada"), at=AT)
    row = Clock.objects.get(kind="resolution")
    row.pk, row.epoch, row._state.adding = None, 2, True
    with pytest.raises(Exception, match=r"(?i)unique"):
        row.save(force_insert=True)
