"""Which edition holds when, in every process, at the cost of one small query."""

import datetime as dt
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from recourse.handbook import queries
from recourse.handbook.models import Edition
from recourse.timeline.actions import open_thread
from tests.cast import AT, Cast, make_cast
from tests.rooms.handbook.test_editions import LATER, published

MICRO = dt.timedelta(microseconds=1)


def test_an_edition_holds_from_its_very_instant_and_not_before(cast: Cast) -> None:
    effective_at = LATER + dt.timedelta(days=7)
    second = published(cast, effective_at=effective_at)
    assert queries.edition_at(effective_at - MICRO) == cast.edition
    assert queries.edition_at(effective_at) == second
    assert queries.edition_at(effective_at + dt.timedelta(days=1000)) == second
    assert queries.latest() == second


def test_before_the_first_edition_the_first_one_holds(cast: Cast) -> None:
    assert queries.edition_at(AT - dt.timedelta(days=4000)) == cast.edition


def test_drafts_and_discarded_editions_never_hold(cast: Cast) -> None:
    Edition.objects.create(
        state="draft", content="{}", content_hash="x", created_at=AT, edited_at=AT, base=cast.edition,
        thread=open_thread("edition"),
    )  # fmt: skip
    assert queries.edition_at(LATER) == cast.edition


def test_reading_the_rules_again_costs_one_query_and_no_reading(cast: Cast, django_assert_num_queries: Any) -> None:
    first = queries.edition_at(AT).rules
    with django_assert_num_queries(1) as caught:
        again = queries.edition_at(AT + dt.timedelta(seconds=1)).rules
    assert again is first
    with django_assert_num_queries(0):
        assert queries.edition_at(AT).rules is first
    assert isinstance(caught, CaptureQueriesContext)
    assert '"content",' not in caught.captured_queries[0]["sql"]


@pytest.mark.django_db(transaction=True)
def test_a_publication_by_another_process_is_seen_at_once(transactional_db: None) -> None:
    cast = make_cast()
    assert queries.edition_at(LATER).number == 1
    rules = queries.edition_at(LATER).rules
    second = published(cast)
    assert queries.edition_at(LATER).number == 2
    assert queries.edition_at(LATER).rules != rules
    assert second.rules.content_hash == second.content_hash
