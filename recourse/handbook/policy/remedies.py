"""What customers are owed, what makes them whole, the band of goodwill, how lines are carried out, what letters say."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from recourse.handbook.policy.conditions import Condition
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.shape import (
    SEVERITIES,
    Count,
    Days,
    Key,
    Line,
    Money,
    Name,
    Percent,
    Severity,
    Shape,
    Text,
    refusal,
    require_unique,
)

CAP_LIMIT = 150
Share = Annotated[int, Field(ge=0, le=1000)]
Amounts = Annotated[tuple[Money, ...], Field(max_length=50)]


class Execution(StrEnum):
    """How a line is carried out."""

    PROVIDER = "provider"
    FINANCE = "finance"
    VOUCHER = "voucher"
    FULFILMENT = "fulfilment"
    WATCH = "watch"
    WORDS = "words"


class Duty(StrEnum):
    """Why something is owed."""

    LAW = "law"
    CONTRACT = "contract"


class Basis(StrEnum):
    """What a share is taken of."""

    GOODS = "goods"
    DELIVERY_FEE = "delivery_fee"
    CHARGE = "charge"
    FIXED = "fixed_amount"


class Fault(StrEnum):
    """Whose fault it was."""

    OURS = "ours"
    SHARED = "shared"
    CARRIER = "carrier"
    NOBODY = "nobody"
    THE_CUSTOMERS = "the_customers"


class LetterKind(StrEnum):
    """What a letter is for."""

    OFFER = "offer_letter"
    FINAL = "final_letter"


class Cause(Shape):
    """What went wrong, and what of its price the customer thereby lost."""

    key: Key
    name: Name
    loses: Annotated[tuple[Basis, ...], Field(max_length=4)] = ()


class Entitlement(Shape):
    """Something that is owed without discretion: a share of a basis, or fixed amounts, one for each currency."""

    key: Key
    name: Name
    duty: Duty
    source: Line
    causes: Annotated[tuple[Key, ...], Field(min_length=1, max_length=50)]
    condition: Condition = "true"
    basis: Basis
    percent: Percent = 100
    amounts: Amounts = ()
    days_at_least: Count = 0
    satisfied_by: Annotated[tuple[LineKind, ...], Field(min_length=1, max_length=10)] = (LineKind.REFUND,)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_unique(self.amounts, lambda money: money.currency, "amounts in")
        if (self.basis is Basis.FIXED) is not bool(self.amounts):
            raise refusal("entitlement.fixed")
        return self


class Harm(Shape):
    """A kind of harm that is made good: by what share, up to which amounts, on which proof."""

    key: Key
    name: Name
    percent: Percent = 100
    caps: Amounts = ()
    needs_document: bool = False
    is_consequential: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_unique(self.caps, lambda money: money.currency, "caps in")
        if self.is_consequential and not (self.needs_document and self.caps):
            raise refusal("harm.consequential")
        return self

    def cap(self, currency: str) -> int | None:
        """Return the most in minor units of a currency; None where nothing caps it, 0 where the currency has no cap."""
        if not self.caps:
            return None
        return next((money.minor for money in self.caps if money.currency == currency), 0)


class SeverityShare(Shape):
    """Which share of the loss goodwill starts from, by severity."""

    severity: Severity
    percent: Share


class FaultShare(Shape):
    """How far fault carries goodwill."""

    code: Fault
    percent: Share


class DurationShare(Shape):
    """How far the length of the trouble carries goodwill."""

    days_at_least: Count
    percent: Share


class Goodwill(Shape):
    """The band for goodwill: from nothing to loss × severity × fault × duration × vulnerability.

    Everything together, what is owed and made good included, is at most `cap_percent` of the loss: beyond 150 percent
    of the price more money does not please more (Haesevoets and others, 2017).
    """

    cap_percent: Annotated[int, Field(ge=100, le=CAP_LIMIT)] = CAP_LIMIT
    severities: Annotated[tuple[SeverityShare, ...], Field(max_length=4)] = (
        SeverityShare(severity=Severity.LOW, percent=10),
        SeverityShare(severity=Severity.MEDIUM, percent=20),
        SeverityShare(severity=Severity.HIGH, percent=35),
        SeverityShare(severity=Severity.CRITICAL, percent=50),
    )
    faults: Annotated[tuple[FaultShare, ...], Field(max_length=5)] = (
        FaultShare(code=Fault.OURS, percent=100),
        FaultShare(code=Fault.SHARED, percent=50),
        FaultShare(code=Fault.CARRIER, percent=75),
        FaultShare(code=Fault.NOBODY, percent=25),
        FaultShare(code=Fault.THE_CUSTOMERS, percent=0),
    )
    durations: Annotated[tuple[DurationShare, ...], Field(max_length=20)] = (
        DurationShare(days_at_least=7, percent=125),
        DurationShare(days_at_least=30, percent=150),
    )
    vulnerability_percent: Share = 150

    @model_validator(mode="after")
    def _complete(self) -> Self:
        require_unique(self.severities, lambda row: row.severity.value, "shares for")
        require_unique(self.faults, lambda row: row.code.value, "shares for")
        require_unique(self.durations, lambda row: row.days_at_least, "durations of")
        for severity in SEVERITIES:
            if severity not in {row.severity for row in self.severities}:
                raise refusal("rules.missing", what="goodwill share", key=severity.value)
        for fault in Fault:
            if fault not in {row.code for row in self.faults}:
                raise refusal("rules.missing", what="goodwill share", key=fault.value)
        return self

    def severity(self, severity: Severity) -> int:
        """Return the share for a severity in percent."""
        return next(row.percent for row in self.severities if row.severity is severity)

    def fault(self, fault: Fault) -> int:
        """Return the share for a fault in percent."""
        return next(row.percent for row in self.faults if row.code is fault)

    def duration(self, days: int) -> int:
        """Return the share for a length in days, in percent."""
        reached = [row for row in self.durations if row.days_at_least <= days]
        return max(reached, key=lambda row: row.days_at_least).percent if reached else 100


class LineRule(Shape):
    """How a kind of line is carried out, the first way unless another is chosen, and what it needs."""

    code: LineKind
    executions: Annotated[tuple[Execution, ...], Field(min_length=1, max_length=6)]
    needs_acceptance: bool = True
    needs_document: bool = False
    sign_off: Name | None = None
    caps: Amounts = ()

    def cap(self, currency: str) -> int | None:
        """Return the most in minor units of a currency; None where nothing caps it, 0 where the currency has no cap."""
        if not self.caps:
            return None
        return next((money.minor for money in self.caps if money.currency == currency), 0)


class Peers(Shape):
    """What counts as like cases: how many are looked at, from how many on they say something, which band they span."""

    at_least: Annotated[int, Field(ge=5, le=100)] = 10
    nearest: Annotated[int, Field(ge=5, le=200)] = 40
    low_percent: Percent = 10
    high_percent: Percent = 90


class Block(Shape):
    """A text that certain letters must hold."""

    key: Key
    name: Name
    text: Text


class LetterRule(Shape):
    """Which blocks a letter must hold where the condition does."""

    key: Key
    name: Name
    letter: LetterKind
    condition: Condition = "true"
    blocks: Annotated[tuple[Key, ...], Field(min_length=1, max_length=20)]


_F, _P = Execution.FINANCE, Execution.PROVIDER
LINES = (
    LineRule(code=LineKind.REFUND, executions=(_P, _F)),
    LineRule(code=LineKind.STORE_CREDIT, executions=(Execution.VOUCHER,)),
    LineRule(code=LineKind.REPLACEMENT, executions=(Execution.FULFILMENT,)),
    LineRule(code=LineKind.EXPEDITED_SHIPPING, executions=(Execution.FULFILMENT,), needs_acceptance=False),
    LineRule(code=LineKind.SERVICE_RESTORATION, executions=(Execution.FULFILMENT,), needs_acceptance=False),
    LineRule(code=LineKind.CONSEQUENTIAL_LOSS, executions=(_F,), needs_document=True, sign_off="legal"),
    LineRule(code=LineKind.FEE_WAIVER, executions=(_F,), needs_acceptance=False),
    LineRule(code=LineKind.APOLOGY, executions=(Execution.WORDS,), needs_acceptance=False),
    LineRule(code=LineKind.MONITORING, executions=(Execution.WATCH,), needs_acceptance=False),
    LineRule(code=LineKind.GOODWILL, executions=(Execution.VOUCHER, _P, _F)),
)


class RemedyRules(Shape):
    """Entitlements, harms, goodwill, lines, like cases, offers and letters."""

    causes: Annotated[tuple[Cause, ...], Field(max_length=100)] = ()
    entitlements: Annotated[tuple[Entitlement, ...], Field(max_length=200)] = ()
    harms: Annotated[tuple[Harm, ...], Field(max_length=100)] = ()
    goodwill: Goodwill = Goodwill()
    lines: Annotated[tuple[LineRule, ...], Field(max_length=10)] = LINES
    peers: Peers = Peers()
    offer_days: Days = 14
    watch_days: Days = 30
    blocks: Annotated[tuple[Block, ...], Field(max_length=100)] = ()
    letters: Annotated[tuple[LetterRule, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name in ("causes", "entitlements", "harms", "blocks", "letters"):
            require_unique(getattr(self, name), lambda item: item.key, name)
        require_unique(self.lines, lambda rule: rule.code.value, "lines")
        for kind in LineKind:
            if kind not in {rule.code for rule in self.lines}:
                raise refusal("rules.missing", what="line", key=kind.value)
        for what, key in self._unknown():
            raise refusal("rules.unknown", what=what, key=key)
        return self

    def _unknown(self) -> Iterator[tuple[str, str]]:
        causes, blocks = {cause.key for cause in self.causes}, {block.key for block in self.blocks}
        yield from (("cause", key) for owed in self.entitlements for key in owed.causes if key not in causes)
        yield from (("block", key) for rule in self.letters for key in rule.blocks if key not in blocks)

    def cause(self, key: str) -> Cause | None:
        """Return a cause by its key."""
        return next((cause for cause in self.causes if cause.key == key), None)

    def harm(self, key: str) -> Harm | None:
        """Return a kind of harm by its key."""
        return next((harm for harm in self.harms if harm.key == key), None)

    def line(self, kind: LineKind) -> LineRule:
        """Return how a kind of line is carried out."""
        return next(rule for rule in self.lines if rule.code is kind)

    def block(self, key: str) -> Block:
        """Return a mandatory text by its key."""
        return next(block for block in self.blocks if block.key == key)
