"""The rules of money: pure."""

from recourse.ledger.policy.attempts import Heard, Told
from recourse.ledger.policy.words import (
    AccountKind,
    AttemptState,
    BreakKind,
    HoldState,
    NewPosting,
    Scope,
    ScopeKind,
    Stage,
    TaskKind,
    Totals,
    VoucherState,
)

__all__ = [
    "AccountKind",
    "AttemptState",
    "BreakKind",
    "Heard",
    "HoldState",
    "NewPosting",
    "Scope",
    "ScopeKind",
    "Stage",
    "TaskKind",
    "Told",
    "Totals",
    "VoucherState",
]
