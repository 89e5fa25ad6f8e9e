"""The facts that a condition may ask about: name, type, possible texts, and what stands for the unknown."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from recourse.handbook.policy.sentences import gettext_noop
from recourse.handbook.policy.shape import IMPACTS, SEVERITIES, TIERS

FactValue = bool | int | str | tuple[str, ...]


class FactType(StrEnum):
    """The types that a fact can have; every number is whole."""

    TRUTH = "true or false"
    NUMBER = "number"
    TEXT = "text"
    TEXTS = "list of texts"


class Channel(StrEnum):
    """How a case came in."""

    EMAIL = "email"
    CHAT = "chat"
    PHONE = "phone"
    WEB = "web"
    API = "api"
    IMPORT = "import"


class Subject(StrEnum):
    """What a fact is about; each scope of conditions sees the facts of its own and of those before it."""

    CASE = "case"
    REGIME = "regime"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Fact:
    """One documented fact. `vocabulary` names the handbook's own list that its texts come from, if any."""

    name: str
    type: FactType
    meaning: str
    values: tuple[str, ...] = ()
    vocabulary: str = ""
    subject: Subject = Subject.CASE

    @property
    def when_unknown(self) -> FactValue:
        """Return the value that stands where nobody gave one: false, 0, "" or no texts."""
        unknown: dict[FactType, FactValue] = {
            FactType.TRUTH: False,
            FactType.NUMBER: 0,
            FactType.TEXT: "",
            FactType.TEXTS: (),
        }
        return unknown[self.type]

    def accepts(self, value: object) -> bool:
        """Tell whether a value has the fact's type."""
        if self.type is FactType.TRUTH:
            return isinstance(value, bool)
        if self.type is FactType.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool)
        if self.type is FactType.TEXT:
            return isinstance(value, str)
        return isinstance(value, tuple) and all(isinstance(part, str) for part in value)


_T, _N, _S, _L = FactType.TRUTH, FactType.NUMBER, FactType.TEXT, FactType.TEXTS
_CLOCK = Subject.CLOCK

FACTS: tuple[Fact, ...] = (
    Fact("case.severity", _S, gettext_noop("How bad it is for the customer"), tuple(SEVERITIES)),
    Fact("case.impact", _S, gettext_noop("How many it touches"), tuple(IMPACTS)),
    Fact("case.tier", _S, gettext_noop("Where it is worked now"), tuple(TIERS)),
    Fact("case.channel", _S, gettext_noop("How it came in"), tuple(Channel)),
    Fact("case.family", _S, gettext_noop("The family of problem"), vocabulary="families"),
    Fact("case.problem", _S, gettext_noop("The problem as it was recorded at intake")),
    Fact("case.product", _S, gettext_noop("The product as it was recorded at intake")),
    Fact("case.source", _S, gettext_noop("The other desk or file that it was brought from, such as cfpb")),
    Fact(
        "case.regimes",
        _L,
        gettext_noop("The regulations that it falls under"),
        vocabulary="regimes",
        subject=Subject.REGIME,
    ),
    Fact("case.team", _S, gettext_noop("The team that works it, by its short name")),
    Fact("case.queue", _S, gettext_noop("The queue it stands in, by its short name")),
    Fact("case.grounds", _L, gettext_noop("The grounds on which it was escalated"), vocabulary="grounds"),
    Fact("case.age_days", _N, gettext_noop("Whole days since it was opened")),
    Fact("case.is_restricted", _T, gettext_noop("Only named readers may see it")),
    Fact("case.is_escalated", _T, gettext_noop("An escalation of it was accepted")),
    Fact("case.is_reopened", _T, gettext_noop("It was resolved once and is open again")),
    Fact("customer.tenure_days", _N, gettext_noop("Whole days since the customer's first order")),
    Fact("customer.country", _S, gettext_noop("The customer's country, two letters")),
    Fact("customer.has_care_note", _T, gettext_noop("A care note says what this customer needs")),
    Fact("customer.order_count", _N, gettext_noop("Orders so far")),
    Fact("customer.open_case_count", _N, gettext_noop("Open cases of this customer, this one included")),
    Fact("order.is_known", _T, gettext_noop("The case is about a known order")),
    Fact("order.total_minor", _N, gettext_noop("Its total in minor units of its currency")),
    Fact("order.currency", _S, gettext_noop("Its currency, three letters")),
    Fact("order.age_days", _N, gettext_noop("Whole days since it was placed")),
    Fact("counts.contacts", _N, gettext_noop("Messages and calls from the customer on this case")),
    Fact("counts.reopens", _N, gettext_noop("Times that it was reopened")),
    Fact("counts.same_cause", _N, gettext_noop("Earlier cases of this customer with the same cause")),
    Fact("counts.escalations", _N, gettext_noop("Escalations asked for")),
    Fact("counts.bounces", _N, gettext_noop("Times that it was handed back and escalated again")),
    Fact("clock.kind", _S, gettext_noop("Its kind, or the key of a statutory clock"), subject=_CLOCK),
    Fact("clock.is_statutory", _T, gettext_noop("A law or regulator sets it"), subject=_CLOCK),
    Fact("clock.minutes_left", _N, gettext_noop("Minutes to the due time, negative once past"), subject=_CLOCK),
    Fact("clock.is_paused", _T, gettext_noop("It stands still now"), subject=_CLOCK),
)
FACTS_BY_NAME = {fact.name: fact for fact in FACTS}


@cache
def facts_up_to(subject: Subject) -> Mapping[str, Fact]:
    """Return the facts that a scope sees, by name."""
    order = list(Subject)
    return {fact.name: fact for fact in FACTS if order.index(fact.subject) <= order.index(subject)}
