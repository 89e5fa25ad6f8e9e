"""Finds payment card numbers in text and masks them before anything is stored (PCI DSS 3.3.1, 3.4.1)."""

import re
import unicodedata
from dataclasses import dataclass

# Brand ranges as (lowest, highest) of the leading six digits, with the lengths that exist.
_RANGES: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (222100, 272099, (16,)),
    (220000, 220499, (16, 17, 18, 19)),
    (300000, 305999, (14, 16)),
    (340000, 349999, (15,)),
    (352800, 358999, (16, 17, 18, 19)),
    (360000, 369999, (14, 16)),
    (370000, 379999, (15,)),
    (380000, 399999, (14, 16)),
    (400000, 499999, (16, 19)),
    (500000, 509999, (13, 15, 16, 19)),
    (510000, 559999, (16,)),
    (560000, 589999, (13, 15, 16, 19)),
    (601100, 601199, (16, 19)),
    (620000, 629999, (16, 17, 18, 19)),
    (630000, 639999, (16, 19)),
    (644000, 659999, (16, 19)),
    (670000, 679999, (13, 15, 16, 19)),
    (810000, 817199, (16, 17, 18, 19)),
)
_BETWEEN = r"[\s.,_/|*·•\-\u2010-\u2015\u2212\u00ad\u200b-\u200f\u2060\ufeff>]{1,4}"
_RUN = re.compile(rf"\d+(?:{_BETWEEN}\d+)*")
_GROUP = re.compile(r"\d+")
_LEADS = re.compile(r"(?:card|visa|mastercard|amex|maestro|pan|cc|no|nr|number)[.:#]?$", re.IGNORECASE)
_CODE = re.compile(
    r"\b(cvv2?|cvc2?|cv2|csc|cid|card\s+(?:security|verification)\s+(?:code|number|value)|security\s+code)"
    r"(\W{0,3}(?:is|was|code|number|no)?\W{0,4})(\d{3,4})\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"([\s,;]{0,3}(?:exp[a-z]{0,8}\W{0,3})?(?:\d{1,2}\s?[/\-]\s?(?:20)?\d{2})?[\s,;]{1,3})(\d{3,4})(?![\d/.-])",
    re.IGNORECASE,
)
MASK = "•"


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without card numbers, and how many were masked."""

    text: str
    count: int


def mask_cards(text: str) -> Masked:
    """Return the text with every card number reduced to its last four digits and security codes removed.

    A card number is 13 to 19 digits in a known issuer range that pass the Luhn check, in any script's digits,
    with separators and line breaks between them. Time is linear in the length of the text.
    """
    plain = _ascii_digits(text)
    marks = _card_spans(plain)
    spans = [span for _end, found in marks for span in found]
    spans += _code_spans(plain, [end for end, _found in marks])
    if not spans:
        return Masked(text, 0)
    chars = list(text)
    for start, end in spans:
        for index in range(start, end):
            if plain[index].isdigit():
                chars[index] = MASK
    return Masked("".join(chars), len(marks))


def _ascii_digits(text: str) -> str:
    """Return the text with digits of any script as 0–9, every character in its place."""
    if text.isascii():
        return text
    return "".join(
        char if char.isascii() else (str(value) if (value := unicodedata.digit(char, None)) is not None else char)
        for char in text
    )


def _card_spans(plain: str) -> list[tuple[int, list[tuple[int, int]]]]:
    """Return for each card its end and the spans to mask, which are all but the last four digits."""
    found = []
    for run in _RUN.finditer(plain):
        if run.end() - run.start() < 13:
            continue
        groups = [(run.start() + g.start(), run.start() + g.end()) for g in _GROUP.finditer(run.group())]
        index = 0
        while index < len(groups):
            last = _card_from(plain, groups, index)
            if last is None:
                index += 1
                continue
            found.append((groups[last][1], _all_but_four(groups[index : last + 1])))
            index = last + 1
    return found


def _card_from(plain: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """Return the index of the group that ends the longest card that begins with group `first`."""
    if not _may_begin(plain, groups[first][0]):
        return None
    digits, best = "", None
    for index in range(first, len(groups)):
        start, end = groups[index]
        if len(digits) + end - start > 19:
            break
        digits += plain[start:end]
        if len(digits) >= 13 and _is_card(digits) and not _is_letter(plain, end):
            best = index
    return best


def _may_begin(plain: str, start: int) -> bool:
    return not _is_letter(plain, start - 1) or bool(_LEADS.search(plain[max(0, start - 12) : start]))


def _is_letter(plain: str, index: int) -> bool:
    return 0 <= index < len(plain) and plain[index].isalpha()


def _all_but_four(groups: list[tuple[int, int]]) -> list[tuple[int, int]]:
    keep, spans = 4, []
    for start, end in reversed(groups):
        kept = min(keep, end - start)
        keep -= kept
        if end - kept > start:
            spans.append((start, end - kept))
    return spans


def _code_spans(plain: str, card_ends: list[int]) -> list[tuple[int, int]]:
    spans = []
    for match in _CODE.finditer(plain):
        if card_ends or not match.group(1).lower().startswith("security"):
            spans.append(match.span(3))
    for end in card_ends:
        if after := _AFTER.match(plain, end):
            spans.append(after.span(2))
    return spans


def _is_card(digits: str) -> bool:
    prefix = int(digits[:6])
    if not any(low <= prefix <= high and len(digits) in lengths for low, high, lengths in _RANGES):
        return False
    return len(set(digits)) > 1 and _passes_luhn(digits)


def _passes_luhn(digits: str) -> bool:
    total = 0
    for index, char in enumerate(reversed(digits)):
        value = int(char) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
