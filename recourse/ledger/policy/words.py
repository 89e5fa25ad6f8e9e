"""The words of the ledger, and the small values that its verbs take."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from recourse.kit.money import Money


class Stage(StrEnum):
    """The four states of money, each with a posting and a date of its own; and what stands beside them."""

    PROMISED = "promised"
    APPROVED = "approved"
    EXECUTED = "executed"
    SETTLED = "settled"
    MOVED = "moved"


STATES = (Stage.PROMISED, Stage.APPROVED, Stage.EXECUTED, Stage.SETTLED)


class AccountKind(StrEnum):
    """What an account is; a clearing account must come back to zero for each matter."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"
    CLEARING = "clearing"


class ScopeKind(StrEnum):
    """Whom or what a limit counts for."""

    CASE = "case"
    CUSTOMER = "customer"
    AGENT = "agent"
    CAUSE = "cause"


class HoldState(StrEnum):
    """How far a hold on a budget has come; an aged one has left its window."""

    PENDING = "pending"
    GRANTED = "granted"
    AGED = "aged"
    RELEASED = "released"


class AttemptState(StrEnum):
    """How far an attempt to pay has come."""

    PLANNED = "planned"
    SENDING = "sending"
    UNKNOWN = "unknown"
    PENDING = "pending"
    PAID = "paid"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class VoucherState(StrEnum):
    """How far a voucher has come."""

    ISSUED = "issued"
    REDEEMED = "redeemed"
    VOIDED = "voided"
    EXPIRED = "expired"


class BreakKind(StrEnum):
    """How the provider and we differ."""

    MISSING = "missing"
    EXTRA = "extra"
    TWICE = "twice"
    AMOUNT = "amount"
    CURRENCY = "currency"
    STATUS = "status"


class ChargebackState(StrEnum):
    """How far a chargeback has come."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Verdict(StrEnum):
    """What a difference with a provider was found to be."""

    EXPLAINED = "explained"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    NOT_PAID = "not_paid"
    TAKEN_OVER = "taken_over"


class TaskKind(StrEnum):
    """Why a person must look."""

    UNKNOWN = "unknown"
    MISMATCH = "mismatch"
    FAILED = "failed"
    CHARGEBACK = "chargeback"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a limit counts for: of what kind, whose, over how many days (0: for ever), in which currency."""

    kind: ScopeKind
    id: str
    window_days: int
    currency: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What counts against a limit: asked for and undecided, and granted."""

    pending: int
    granted: int

    @property
    def cumulative(self) -> int:
        """Return both together."""
        return self.pending + self.granted


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPosting:
    """One movement of money to be posted: `key` names it for ever, `matter` is what it is about."""

    key: str
    from_account: str
    to_account: str
    amount: Money
    stage: Stage
    matter: str
    on: dt.date | None = None
    case_id: UUID | None = None
    cause: str = ""
    reference: str = ""
    rate: str = ""
    rate_from: str = ""
