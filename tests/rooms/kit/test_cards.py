"""No card number or security code is readable at rest, and ordinary numbers are left alone."""

import random
import time

import pytest

from recourse.kit.cards import MASK, mask_cards

BRANDS = [("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("6011", 16),
          ("65", 16), ("36", 14), ("300", 14), ("3528", 16), ("3589", 16), ("62", 16), ("62", 19), ("2200", 16),
          ("5018", 16), ("4", 19)]  # fmt: skip
SCRIPTS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"]
SEPARATORS = ["", " ", "-", ".", "  ", "\u00a0", "\u2011", " - ", "\n", "\n> ", "/", "\u200b", "_", ","]
BEFORE = ["my card is ", "Card:", "", "PAN ", "visa\n", "(", "“", "nº ", "cc#", "order 12, card "]
AFTER = [".", "", " exp 12/27", " thanks", ")", "\nbest, Ann", " cvv 123", ", please"]


def luhn(prefix: str, length: int, draw: random.Random) -> str:
    body = prefix + "".join(draw.choice("0123456789") for _ in range(length - len(prefix) - 1))
    return next(body + last for last in "0123456789" if _sum(body + last) % 10 == 0)


def _sum(digits: str) -> int:
    doubled = (int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled)


def grouped(number: str, separator: str, draw: random.Random) -> str:
    sizes = draw.choice([[4] * 5, [len(number)], [4, 6, 9], [8, 11], [2] * 10, [6, 13]]) if separator else [19]
    parts, rest = [], number
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    return separator.join(part for part in [*parts, rest] if part)


def positives(count: int) -> list[tuple[str, str, str]]:
    draw = random.Random(60)
    found = []
    for _ in range(count):
        prefix, length = draw.choice(BRANDS)
        number = luhn(prefix, length, draw)
        shown = grouped(number, draw.choice(SEPARATORS), draw)
        shown = shown.translate(str.maketrans("0123456789", draw.choice([SCRIPTS[0]] * 4 + SCRIPTS)))
        found.append((number, shown, draw.choice(BEFORE) + shown + draw.choice(AFTER)))
    return found


def negatives(count: int) -> list[str]:
    draw = random.Random(61)

    def digits(length: int) -> str:
        return "".join(draw.choice("0123456789") for _ in range(length))

    kinds = [
        lambda: f"order #W{digits(7)}",
        lambda: f"order {draw.choice('123')}{digits(2)}-{digits(7)}-{digits(7)}",
        lambda: f"IMEI {luhn(draw.choice(['35', '86', '01', '99']), 15, draw)}",
        lambda: f"tracking 1Z{digits(6)}{digits(10)}",
        lambda: f"tracking {draw.choice(['94', '92', '93'])}{digits(20)}",
        lambda: f"parcel {digits(12)}",
        lambda: f"call me at +44 20 {digits(4)} {digits(4)} or +1 ({digits(3)}) {digits(3)}-{digits(4)}",
        lambda: f"IBAN GB{digits(2)} NWBK {digits(4)} {digits(4)} {digits(4)} {digits(2)}",
        lambda: f"at 2026-0{draw.randint(1, 9)}-1{digits(1)} 1{digits(1)}:2{digits(1)}:3{digits(1)}.{digits(6)}",
        lambda: f"id {digits(8)}-{digits(4)}-4{digits(3)}-8{digits(3)}-{digits(6)}abcdef",
        lambda: f"stamp 17{digits(11)}",
        lambda: f"EAN {digits(13)}",
        lambda: f"invoice {digits(10)} of {digits(2)}/{digits(2)}/2026, total {digits(3)}.{digits(2)}",
        lambda: f"hash a{digits(16)}f",
        lambda: f"reference 10{digits(14)}",
        lambda: f"lines: {', '.join(digits(3) for _ in range(6))}.",
    ]
    return [draw.choice(kinds)() for _ in range(count)]


def test_five_thousand_card_numbers_are_masked_to_the_last_four_digits() -> None:
    missed = []
    for number, shown, text in positives(5000):
        masked = mask_cards(text)
        digits_left = [char for char in masked.text[text.index(shown) :][: len(shown)] if char.isdigit()]
        if masked.count < 1 or len(digits_left) > 4:
            missed.append((number, text, masked.text))
    assert len(missed) <= 5, missed[:10]


def test_five_thousand_ordinary_numbers_stay_as_they_are() -> None:
    touched = [(text, mask_cards(text).text) for text in negatives(5000) if mask_cards(text).text != text]
    assert len(touched) <= 25, touched[:10]


def test_the_last_four_digits_stay_and_the_code_goes() -> None:
    masked = mask_cards("my card is 4111 1111-1111 1111 cvv 123")
    assert masked.text == f"my card is {MASK * 4} {MASK * 4}-{MASK * 4} 1111 cvv {MASK * 3}"
    assert masked.count == 1


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("4111111111111111 12/27 987", "987"),
        ("4111 1111 1111\n1111, exp 01/2028, 456", "456"),
        ("cvc: 1234", "1234"),
        ("Card security code is 852", "852"),
        ("4111111111111111 security code 741", "741"),
        ("CVV2=369 for the card", "369"),
    ],
)
def test_a_security_code_goes_wherever_it_stands(text: str, gone: str) -> None:
    assert gone not in mask_cards(text).text


def test_a_number_that_is_no_card_keeps_its_digits() -> None:
    for text in ("1234 5678 9012 3456", "0000000000000000", "order 4111111111111112", "security code 1234 by phone"):
        assert mask_cards(text).text == text


def test_masking_costs_linear_time() -> None:
    for shape in ("4111 1111 1111 111 ", "1 ", "9" * 50 + " ", "cvv is ", "4-"):
        times = []
        for size in (20_000, 80_000):
            text = (shape * (size // len(shape) + 1))[:size]
            began = time.perf_counter()
            mask_cards(text)
            times.append(time.perf_counter() - began)
        assert times[1] < 4 * 3 * max(times[0], 0.002), (shape, times)
