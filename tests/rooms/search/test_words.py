"""What is indexed is found, on both databases alike, exactly by the plain definition."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from recourse.kit.ids import uuid7
from recourse.search.actions import Text, forget, index, move
from recourse.search.models import Document
from recourse.search.policy import Kind, Phrase, holds, joined, phrase, tokens
from recourse.search.queries import cases_matching, customers_matching


def case_text(*parts: str, case_id: UUID | None = None, is_internal: bool = False) -> Text:
    key = case_id or uuid7()
    return Text(kind=Kind.CASE, key=key, case_id=key, parts=parts, is_internal=is_internal)


def found(words: str, *, has_internal: bool = False) -> set[UUID | None]:
    wanted = phrase(words)
    assert wanted is not None
    return set(cases_matching(wanted, has_internal=has_internal))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two Refunds, twice promised!", ["two", "refund", "twice", "promised"]),
        ("Größe ÉCOLE naïve", ["grosse", "ecole", "naive"]),
        ("order #W2611340", ["order", "w2611340"]),
        ("companies, glass, bus, shoes", ["company", "glass", "bus", "shoes"]),
        ("退款 请求", ["退", "款", "请", "求"]),
        ("jane.doe@example.com", ["jane", "doe", "example", "com"]),
        ("'; DROP TABLE x; --", ["drop", "table", "x"]),
        ("\u200b \x00 ", []),
    ],
)
def test_words_are_made_comparable(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.django_db
def test_a_word_a_phrase_and_a_prefix_find_what_was_indexed() -> None:
    first, second = case_text("The parcel came late", "Refunds promised"), case_text("Late refund of the parcel")
    index([first, second])
    assert found("refund") == {first.key, second.key}
    assert found("parcel came") == {first.key}
    assert found("came parcel") == set()
    assert found("prom*") == {first.key}
    assert found("PÁRCEL") == {first.key, second.key}


@pytest.mark.django_db
def test_indexing_again_replaces_and_forgetting_leaves_no_word() -> None:
    text = case_text("alpha")
    index([text])
    index([case_text("beta", case_id=text.key)])
    assert found("alpha") == set()
    assert found("beta") == {text.key}
    forget(kind=Kind.CASE, keys=[text.key])
    assert found("beta") == set()
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_internal_words_are_found_only_by_those_who_may_read_them() -> None:
    note = case_text("suspicion", is_internal=True)
    index([note])
    assert found("suspicion") == set()
    assert found("suspicion", has_internal=True) == {note.key}


@pytest.mark.django_db
def test_words_of_a_customer_do_not_find_cases() -> None:
    customer = uuid7()
    index([Text(kind=Kind.CUSTOMER, key=customer, customer_id=customer, parts=["Yusuf Rossi"])])
    assert found("rossi") == set()
    wanted = phrase("yusuf rossi")
    assert wanted is not None
    assert list(customers_matching(wanted)) == [customer]


@pytest.mark.django_db
def test_a_message_that_moves_is_found_through_its_new_case() -> None:
    old, new, key = uuid7(), uuid7(), uuid7()
    index([Text(kind=Kind.MESSAGE, key=key, case_id=old, parts=["broken lamp"])])
    move(kind=Kind.MESSAGE, keys=[key], case_id=new)
    assert found("lamp") == {new}


LETTERS = st.text(alphabet="ab1é退s '\"\\:*-&|!()\u0301İß𝕏ำ", max_size=12)


class EveryTextTest(TestCase):
    """Any text can be indexed, and any question gives what the plain definition gives."""

    @settings(max_examples=150, deadline=None)
    @given(texts=st.lists(st.one_of(LETTERS, st.text(max_size=30)), min_size=1, max_size=4), words=LETTERS)
    def test_found_equals_the_plain_definition(self, texts: list[str], words: str) -> None:
        Document.objects.all().delete()
        indexed = [case_text(text) for text in texts]
        index(indexed)
        wanted: Phrase | None = phrase(words)
        if wanted is None:
            return
        expected = {text.key for text in indexed if holds(joined(text.parts), wanted)}
        assert set(cases_matching(wanted)) == expected
