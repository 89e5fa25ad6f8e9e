"""The chart of accounts: which there are, of which kind, and the way that money takes through them.

A balance is what went to an account less what went from it. A remedy of 50 goes: cost ← promised ← approved ← executed
← bank, so that in the end cost stands at 50, the bank at −50, and everything between at zero.
"""

import re

from recourse.ledger.policy.words import AccountKind, Stage

PROMISED = "clearing:promised"
APPROVED = "clearing:approved"
EXECUTED = "clearing:executed"
SUSPENSE = "suspense:unexplained"
VOUCHERS = "liability:vouchers"
VOUCHER_SALES = "income:vouchers"
BREAKAGE = "income:breakage"
CHARGEBACKS = "cost:chargeback"
CLEARING = (PROMISED, APPROVED, EXECUTED)
_KINDS = {
    "clearing": AccountKind.CLEARING,
    "suspense": AccountKind.CLEARING,
    "cost": AccountKind.EXPENSE,
    "income": AccountKind.INCOME,
    "liability": AccountKind.LIABILITY,
    "bank": AccountKind.ASSET,
}
_CODE = re.compile(r"([a-z]+):[a-z][a-z0-9_-]{0,39}\Z", re.ASCII)
SHARDS = 16


def account_kind(code: str) -> AccountKind | None:
    """Return the kind of an account by its code, or None where the chart has no place for it."""
    found = _CODE.match(code)
    return _KINDS.get(found[1]) if found else None


def cost_of(remedy_kind: str) -> str:
    """Return the account that bears the cost of a kind of remedy."""
    return f"cost:{remedy_kind}"


def bank_of(provider: str) -> str:
    """Return the account that money leaves through a provider."""
    return f"bank:{provider}"


def way(stage: Stage, *, remedy_kind: str = "", provider: str = "") -> tuple[str, str]:
    """Return from which account to which money moves when it reaches a state."""
    return {
        Stage.PROMISED: (PROMISED, cost_of(remedy_kind)),
        Stage.APPROVED: (APPROVED, PROMISED),
        Stage.EXECUTED: (EXECUTED, APPROVED),
        Stage.SETTLED: (bank_of(provider), EXECUTED),
    }[stage]
