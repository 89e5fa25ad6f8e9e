"""The rules of money: pure."""

from recourse.ledger.policy.attempts import Heard, Told
from recourse.ledger.policy.words import (
    AccountKind,
    AttemptState,
    BreakKind,
    ChargebackState,
    HoldState,
    NewPosting,
    Scope,
    ScopeKind,
    Stage,
    TaskKind,
    Totals,
    Verdict,
    VoucherState,
)

__all__ = [
    "AccountKind",
    "AttemptState",
    "BreakKind",
    "ChargebackState",
    "Heard",
    "HoldState",
    "NewPosting",
    "Scope",
    "ScopeKind",
    "Stage",
    "TaskKind",
    "Told",
    "Totals",
    "Verdict",
    "VoucherState",
]
