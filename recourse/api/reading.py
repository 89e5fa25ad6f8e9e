"""Reading a body strictly: UTF-8, each key once, finite numbers, no character that a database cannot keep."""

import json
import math
import re
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

BARRED = re.compile("[\x00\ud800-\udfff]")
ESCAPED = b"\\u"


class MalformedError(ValueError):
    """Why a body cannot be read, in a sentence."""


class StrictJSON(Parser):
    """Reads what is plainly meant, and refuses the rest."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the value of a JSON body; raises MalformedError."""
        return read(request.body)


def read(body: bytes) -> Any:
    """Return the value of JSON text; raises MalformedError."""
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite
        )
    except MalformedError:
        raise
    except UnicodeDecodeError as error:
        raise MalformedError("The body is not UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise MalformedError("The body is not JSON.") from error
    if ESCAPED in body:
        _refuse_barred(value)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedError(f"The body names “{BARRED.sub('', twice)[:60]}” more than once.")
    return found


def _no_number(word: str) -> NoReturn:
    raise MalformedError(f"{word} is no number of JSON.")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise MalformedError("The body has a number that is too large.")
    return value


def _refuse_barred(value: Any) -> None:
    if isinstance(value, str) and BARRED.search(value):
        raise MalformedError("The body has a character that cannot be kept: NUL, or half of a surrogate pair.")
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_barred(name)
            _refuse_barred(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_barred(inner)
