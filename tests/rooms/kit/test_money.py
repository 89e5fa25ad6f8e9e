"""Amounts are read, written, split and exchanged without a minor unit being made or lost (A12)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recourse.kit.errors import Invalid
from recourse.kit.money import CURRENCIES, LIMIT, Money, digits, exchange, parse, rate, split, written
from tests.equipment.counts import many

ANY_CURRENCY = st.sampled_from(sorted(CURRENCIES))
AMOUNTS = st.integers(-LIMIT, LIMIT)
pytestmark = pytest.mark.slow_once
MANY = settings(max_examples=many(12_500, 100_000), deadline=None)


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [(1999, "EUR", "19.99"), (5, "USD", "0.05"), (0, "GBP", "0.00"), (500, "JPY", "500"), (1234, "KWD", "1.234"),
     (12345, "CLF", "1.2345"), (-150, "EUR", "-1.50")],
)  # fmt: skip
def test_an_amount_is_written_with_its_currencys_decimals(minor: int, currency: str, said: str) -> None:
    assert written(minor, currency) == said
    assert digits(currency) == len(said.partition(".")[2])


def test_the_codes_of_iso_4217_are_known_with_its_decimals() -> None:
    assert len(CURRENCIES) == 166
    assert {currency for currency in CURRENCIES if digits(currency) == 4} == {"CLF", "UYW"}
    assert {currency for currency in CURRENCIES if digits(currency) == 3} == {
        "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"
    }  # fmt: skip
    assert digits("JPY") == digits("KRW") == digits("ISK") == 0


@MANY
@given(st.integers(1, LIMIT), ANY_CURRENCY)
def test_what_is_written_is_read_as_the_same(minor: int, currency: str) -> None:
    assert parse(written(minor, currency), currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("NaN", "EUR"), ("Infinity", "EUR"), ("-Infinity", "EUR"), ("1e400", "EUR"), ("1E2", "EUR"), ("-0", "EUR"),
     ("-1", "EUR"), ("+1", "EUR"), ("１２３", "EUR"), ("1_000", "EUR"), ("0.001", "EUR"), ("10.5", "JPY"),
     ("1.2345", "KWD"), ("1,5", "EUR"), ("1.000,00", "EUR"), ("0x10", "EUR"), ("", "EUR"), (".5", "EUR"), ("5.", "EUR"),
     ("٣", "EUR"), ("1\n", "EUR"), ("1\x00", "EUR"), ("007", "EUR"), ("0", "EUR"), ("0.00", "EUR"), ("1 000", "EUR"),
     ("99999999999999999999", "EUR"), ("1", "XXX"), ("1", "eur"), ("1", "XAU"), ("1", "")],
)  # fmt: skip
def test_what_is_not_plainly_an_amount_is_refused_naming_the_field(text: str, currency: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(text, currency, field="refund")
    assert set(refused.value.fields) <= {"refund", "currency"}


@MANY
@given(st.text(max_size=12), ANY_CURRENCY)
def test_no_text_becomes_an_amount_that_it_does_not_spell(text: str, currency: str) -> None:
    try:
        found = parse(text, currency)
    except Invalid:
        return
    assert Decimal(text.strip()) * 10 ** digits(currency) == found.minor
    assert text.isascii()


def test_the_classic_slip_of_floats_does_not_happen() -> None:
    assert int(19.99 * 100) == 1998
    assert parse("19.99", "EUR").minor == 1999
    with pytest.raises(TypeError):
        Money(19.99, "EUR")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True, "EUR")


def test_a_hundred_in_three_parts_gives_the_first_the_cent_that_is_left() -> None:
    assert split(10_000, [1, 1, 1]) == [3334, 3333, 3333]
    assert split(1, [1, 1, 1]) == [1, 0, 0]
    assert split(0, [1, 2]) == [0, 0]
    assert split(-10_000, [1, 1, 1]) == [-3334, -3333, -3333]
    assert split(5, [0, 3, 0]) == [0, 5, 0]


@MANY
@given(AMOUNTS, st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any))
def test_shares_sum_exactly_and_none_is_a_unit_off(minor: int, weights: list[int]) -> None:
    shares = split(minor, weights)
    assert sum(shares) == minor
    total = sum(weights)
    assert all(abs(Fraction(minor * weight, total) - share) < 1 for weight, share in zip(weights, shares, strict=True))


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [-1]])
def test_money_is_not_shared_by_nothing(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(100, weights)


@MANY
@given(AMOUNTS, ANY_CURRENCY, ANY_CURRENCY, st.decimals("0.000001", "100000", places=6))
def test_an_exchange_is_off_by_at_most_half_a_unit(minor: int, one: str, other: str, worth: Decimal) -> None:
    by = rate(format(worth, "f"))
    found = exchange(Money(minor, one), other, by)
    exact = Fraction(minor, 10 ** digits(one)) * by * 10 ** digits(other)
    assert abs(exact - found.minor) <= Fraction(1, 2)
    assert exchange(Money(-minor, one), other, by).minor == -found.minor


def test_an_exchange_heeds_the_decimals_of_both_currencies() -> None:
    assert exchange(Money(10_000, "EUR"), "JPY", rate("161.25")) == Money(16_125, "JPY")
    assert exchange(Money(1_000, "JPY"), "KWD", rate("0.0021")) == Money(2_100, "KWD")
    assert exchange(Money(1, "EUR"), "USD", rate("1.5")) == Money(2, "USD")


@pytest.mark.parametrize("text", ["0", "0.0", "-1", "NaN", "1e3", "１", "", "1_0", "."])
def test_a_rate_is_a_positive_decimal(text: str) -> None:
    with pytest.raises(ValueError, match="rate"):
        rate(text)


def test_two_currencies_are_not_added() -> None:
    with pytest.raises(ValueError, match="rate"):
        Money(1, "EUR") + Money(1, "USD")
    assert Money(3, "EUR") - Money(1, "EUR") + Money(5, "EUR") == Money(7, "EUR")
    assert str(Money(1999, "EUR")) == "19.99 EUR"
