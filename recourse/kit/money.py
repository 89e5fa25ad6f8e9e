"""Money as it is stored (whole minor units and an ISO 4217 code) and as it is written."""

_DIGITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
         "XPF"), 0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip


def digits(currency: str) -> int:
    """Return how many decimals a currency has by ISO 4217."""
    return _DIGITS.get(currency, 2)


def written(minor: int, currency: str) -> str:
    """Return an amount in minor units as digits with the currency's decimals: 1999 EUR is “19.99”."""
    places = digits(currency)
    sign, whole = ("-", -minor) if minor < 0 else ("", minor)
    text = str(whole).rjust(places + 1, "0")
    return f"{sign}{text[:-places]}.{text[-places:]}" if places else f"{sign}{text}"
