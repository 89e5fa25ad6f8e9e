"""Mandatory texts of letters: which apply, and whether they stand there; and what was asked for beside what was given."""

import pytest

from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.reading import default_rules
from recourse.handbook.policy.remedies import LetterKind
from recourse.remedies.policy import Given, Outcome, Part, State, begun, blocks_for, compared, missing_blocks

RULES = default_rules().remedies


def keys(kind: LetterKind, **known: object) -> list[str]:
    facts = {name.replace("_", ".", 1): value for name, value in known.items()}
    return [block.key for block in blocks_for(kind, facts, RULES)]  # type: ignore[arg-type]


def test_an_offer_says_that_one_may_decline_and_that_rights_stay() -> None:
    assert keys(LetterKind.OFFER) == ["your_choice", "rights_unchanged"]


def test_a_final_answer_under_the_ombudsman_names_it_and_its_six_months() -> None:
    found = keys(LetterKind.FINAL, case_regimes=("uk_financial",), customer_country="GB", case_family="credit")
    assert found == ["final_decision", "ombudsman", "six_months"]


def test_a_final_answer_to_a_consumer_names_where_else_to_go() -> None:
    assert keys(LetterKind.FINAL, customer_country="DE", case_family="delivery") == ["final_decision", "dispute_body"]
    assert keys(LetterKind.FINAL, customer_country="US") == ["final_decision"]


def test_a_letter_begun_from_its_blocks_holds_them_however_its_lines_are_broken() -> None:
    blocks = blocks_for(LetterKind.OFFER, {}, RULES)
    text = begun(["Dear Jane,", ""], blocks)
    assert text.startswith("Dear Jane,\n\nYou need not")
    assert missing_blocks(text, blocks) == ()
    assert missing_blocks(text.replace(" ", "\n"), blocks) == ()


def test_a_word_changed_in_a_mandatory_text_is_a_text_missing() -> None:
    blocks = blocks_for(LetterKind.OFFER, {}, RULES)
    text = begun([], blocks).replace("need not accept", "must accept")
    assert [block.key for block in missing_blocks(text, blocks)] == ["your_choice"]


def given(kind: LineKind, minor: int, state: State = State.SETTLED) -> Given:
    return Given(1, kind, Part.ENTITLEMENT, "", minor, state)


@pytest.mark.parametrize(
    ("kind", "minor", "lines", "outcome"),
    [
        ("", None, [given(LineKind.REFUND, 100)], Outcome.NOT_SAID),
        ("refund", 100, [], Outcome.NOTHING),
        ("refund", 100, [given(LineKind.REFUND, 100, State.DRAFT)], Outcome.NOTHING),
        ("refund", 100, [given(LineKind.REFUND, 100)], Outcome.AS_ASKED),
        ("refund", None, [given(LineKind.REFUND, 30)], Outcome.AS_ASKED),
        ("refund", 100, [given(LineKind.REFUND, 99)], Outcome.LESS),
        ("", 100, [given(LineKind.REFUND, 101, State.OFFERED)], Outcome.MORE),
        ("replacement", None, [given(LineKind.REFUND, 100)], Outcome.OTHERWISE),
    ],
)
def test_what_was_asked_for_is_compared_with_what_is_given(
    kind: str, minor: int | None, lines: list[Given], outcome: Outcome
) -> None:
    assert compared(kind, minor, lines) is outcome
