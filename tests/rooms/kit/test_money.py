"""Amounts are written with the decimals of their currency."""

import pytest

from recourse.kit.money import digits, written


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [(1999, "EUR", "19.99"), (5, "USD", "0.05"), (0, "GBP", "0.00"), (500, "JPY", "500"), (1234, "KWD", "1.234"),
     (12345, "CLF", "1.2345"), (-150, "EUR", "-1.50")],
)  # fmt: skip
def test_an_amount_is_written_with_its_currencys_decimals(minor: int, currency: str, said: str) -> None:
    assert written(minor, currency) == said
    assert digits(currency) == len(said.partition(".")[2])
