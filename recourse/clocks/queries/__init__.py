"""Questions about clocks and promises."""

from recourse.clocks.queries.compliance import By, ComplianceRow, compliance, compliance_clocks
from recourse.clocks.queries.consequences import clocks_that_would_change
from recourse.clocks.queries.standing import (
    Standing,
    binding,
    clocks_of,
    explain_clock,
    explain_clocks,
    open_clocks,
    promise,
    promises_due,
    promises_of,
    standing,
    verify_replay,
    worst_first,
)

__all__ = [
    "By",
    "ComplianceRow",
    "Standing",
    "binding",
    "clocks_of",
    "clocks_that_would_change",
    "compliance",
    "compliance_clocks",
    "explain_clock",
    "explain_clocks",
    "open_clocks",
    "promise",
    "promises_due",
    "promises_of",
    "standing",
    "verify_replay",
    "worst_first",
]
