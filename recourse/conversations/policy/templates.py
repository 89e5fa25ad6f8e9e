"""Templates: `{fields}` from a white list, filled as plain words. Nothing in a template or a value is ever executed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """Every field that a template may name."""

    CUSTOMER_NAME = "customer_name"
    CASE_REF = "case_ref"
    SUBJECT = "subject"
    PRODUCT = "product"
    ORDER_REFS = "order_refs"
    AGENT_NAME = "agent_name"
    CONTACT_NAME = "contact_name"
    NEXT_STEP_ON = "next_step_on"


FIELD = re.compile(r"\{([a-z_]+)\}")
_BRACE = re.compile(r"[{}]")


@dataclass(frozen=True, slots=True)
class Filled:
    """A template with its values, and the fields that had none."""

    text: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a template, and where it stands (from 1)."""

    position: int
    found: str


def fault_in(body: str) -> Fault | None:
    """Return the first brace that is not part of a known field, or None for a sound template."""
    known = set(Field)
    fields = [match for match in FIELD.finditer(body) if match[1] in known]
    sound = {place for match in fields for place in (match.start(), match.end() - 1)}
    for brace in _BRACE.finditer(body):
        if brace.start() not in sound:
            return Fault(brace.start() + 1, body[brace.start() : brace.start() + 40].split("\n")[0])
    return None


def fields_in(body: str) -> tuple[str, ...]:
    """Return the known fields that a template names, each once, in order."""
    return tuple(dict.fromkeys(match[1] for match in FIELD.finditer(body) if match[1] in set(Field)))


def fill(body: str, values: Mapping[str, str]) -> Filled:
    """Put values in place of known fields, in one pass: a value that looks like a field stays as it is.

    A field without a value becomes “[field]” and is listed as missing.
    """
    missing = tuple(name for name in fields_in(body) if not values.get(name, "").strip())
    known = set(Field)

    def value(match: re.Match[str]) -> str:
        if match[1] not in known:
            return match[0]
        return values.get(match[1], "").strip() or f"[{match[1].replace('_', ' ')}]"

    return Filled(FIELD.sub(value, body), missing)
