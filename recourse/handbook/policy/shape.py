"""What every part of the handbook is made of: frozen shapes, plain texts, keys, amounts, coded refusals."""

import unicodedata
from collections.abc import Callable, Hashable, Iterable
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from recourse.handbook.policy.sentences import SENTENCES

_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BLANK = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u2800\u3164")


# ISO 4217: the currencies whose minor unit is not a hundredth.
MINOR_PLACES = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


class Shape(BaseModel):
    """A frozen part of the handbook: no unknown field, no silent conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def refusal(code: str, **facts: str | int) -> PydanticCustomError:
    """Build the error of one broken rule; its sentence stands in SENTENCES under `code`."""
    return PydanticCustomError(code, SENTENCES[code], facts)


def _plain(value: str, allowed: str = "") -> str:
    for position, char in enumerate(value, start=1):
        if char in _DIRECTION or (unicodedata.category(char) in _UNPRINTABLE and char not in allowed):
            raise refusal("text.control", position=position, code_point=f"U+{ord(char):04X}")
    if not value.translate(dict.fromkeys(map(ord, _BLANK))).strip():
        raise refusal("text.blank")
    if value != value.strip():
        raise refusal("text.edges")
    return value


def _plain_text(value: str) -> str:
    return _plain(value, allowed="\n")


Name = Annotated[str, StringConstraints(max_length=120), AfterValidator(_plain)]
Line = Annotated[str, StringConstraints(max_length=300), AfterValidator(_plain)]
Text = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_plain_text)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,49}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Percent = Annotated[int, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Positive = Annotated[int, Field(ge=1, le=1_000_000)]
Days = Annotated[int, Field(ge=1, le=3660)]


class Severity(StrEnum):
    """How bad it is for the customer: a fact, apart from priority."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Impact(StrEnum):
    """How many it touches."""

    ONE = "one"
    SEVERAL = "several"
    MANY = "many"
    COMPANY = "company"


class Tier(StrEnum):
    """How far from the front line a case is worked."""

    FRONT_LINE = "front_line"
    TIER_1 = "tier_1"
    TIER_2 = "tier_2"
    TIER_3 = "tier_3"


SEVERITIES = tuple(Severity)
IMPACTS = tuple(Impact)
TIERS = tuple(Tier)
ESCALATION_TIERS = TIERS[1:]


class Unit(StrEnum):
    """The units of an allowance."""

    MINUTES = "minutes"
    BUSINESS_DAYS = "business_days"


class Length(Shape):
    """An amount of working time: minutes inside opening hours, or whole business days."""

    amount: Positive
    unit: Unit = Unit.MINUTES


class Money(Shape):
    """An amount in minor units of a currency."""

    currency: Currency
    minor: Annotated[int, Field(ge=0, le=10**15)]

    def __str__(self) -> str:
        places = MINOR_PLACES.get(self.currency, 2)
        whole, part = divmod(self.minor, 10**places)
        return f"{self.currency} {whole}.{part:0{places}}" if places else f"{self.currency} {whole}"


def require_unique(items: Iterable[Any], key: Callable[[Any], Hashable], what: str) -> None:
    """Refuse two items with the same key; `what` names the kind of item in the sentence."""
    seen: set[Hashable] = set()
    for item in items:
        found = key(item)
        if found in seen:
            raise refusal("rules.twice", what=what, key=str(found))
        seen.add(found)
