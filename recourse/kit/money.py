"""Money: whole minor units and an ISO 4217 code; how it is read, written, split and exchanged without losing a unit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from recourse.kit.errors import Invalid

# ISO 4217, the codes of money in use (no metals, no test codes); those whose minor unit is not a hundredth follow.
CURRENCIES = frozenset({
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHE", "CHF", "CHW", "CLF",
    "CLP", "CNY", "COP", "COU", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR",
    "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS",
    "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT",
    "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MXV", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP",
    "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE",
    "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS",
    "UAH", "UGX", "USD", "USN", "UYI", "UYU", "UYW", "UZS", "VED", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XCG",
    "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
})  # fmt: skip
_DIGITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
         "XPF"), 0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip
LIMIT = 10**15
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,4}))?\Z", re.ASCII)
_RATE = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of a currency; negative only where a balance is told."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is counted in whole minor units")
        if self.currency not in CURRENCIES:
            raise ValueError(f"{self.currency} is not a currency of ISO 4217")

    def __str__(self) -> str:
        return f"{written(self.minor, self.currency)} {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} are not added without a rate")
        return other.minor


def digits(currency: str) -> int:
    """Return how many decimals a currency has by ISO 4217."""
    return _DIGITS.get(currency, 2)


def written(minor: int, currency: str) -> str:
    """Return an amount in minor units as digits with the currency's decimals: 1999 EUR is “19.99”."""
    places = digits(currency)
    sign, whole = ("-", -minor) if minor < 0 else ("", minor)
    text = str(whole).rjust(places + 1, "0")
    return f"{sign}{text[:-places]}.{text[-places:]}" if places else f"{sign}{text}"


def parse(text: str, currency: str, *, field: str = "amount", is_zero_allowed: bool = False) -> Money:
    """Return what a person typed as money: ASCII digits, at most the currency's decimals behind a point.

    Signs, separators, exponents, other digits, NaN and Infinity are refused. Raises Invalid naming `field`.
    """
    if currency not in CURRENCIES:
        raise Invalid.one("currency", _("This is not a currency of ISO 4217."))
    found = _AMOUNT.match(text.strip(" ")) if isinstance(text, str) else None
    if found is None:
        raise Invalid.one(field, _("Write an amount in plain digits, such as 19.99."))
    whole, part, places = found[1], found[2] or "", digits(currency)
    if len(part) > places:
        said = _("%(currency)s has %(places)d decimals; this has %(given)d.")
        raise Invalid.one(field, said % {"currency": currency, "places": places, "given": len(part)})
    minor = int(whole + part.ljust(places, "0"))
    if minor > LIMIT:
        raise Invalid.one(field, _("This is more than can be kept."))
    if not minor and not is_zero_allowed:
        raise Invalid.one(field, _("The amount must be more than nothing."))
    return Money(minor, currency)


def split(minor: int, weights: Sequence[int]) -> list[int]:
    """Return `minor` shared by whole weights, summing exactly: by largest remainder, the earlier share first.

    100.00 in three parts is 33.34, 33.33, 33.33. Raises ValueError without a positive weight or with a negative one.
    """
    total = sum(weights)
    if any(weight < 0 for weight in weights) or total <= 0:
        raise ValueError("money is shared by weights of which at least one is positive")
    sign, whole = (-1, -minor) if minor < 0 else (1, minor)
    shares = [whole * weight // total for weight in weights]
    remainders = [whole * weight % total for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in order[: whole - sum(shares)]:
        shares[index] += 1
    return [sign * share for share in shares]


def rate(text: str) -> Fraction:
    """Return a rate of exchange as it is written (“1.0832”), exactly. Raises ValueError for anything else, or zero."""
    if not _RATE.match(text) or not Decimal(text):
        raise ValueError("a rate is a positive decimal number in plain digits")
    return Fraction(text)


def exchange(money: Money, currency: str, by: Fraction) -> Money:
    """Return money in another currency, one unit of its own being worth `by` units there; halves away from zero."""
    exact = Fraction(money.minor) * by * Fraction(10 ** digits(currency), 10 ** digits(money.currency))
    sign = -1 if exact < 0 else 1
    return Money(sign * int(abs(exact) + Fraction(1, 2)), currency)
