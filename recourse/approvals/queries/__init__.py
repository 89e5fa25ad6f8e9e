"""Questions about approvals: what waits for whom, how one stands, what is left of an authority, what would change."""

from recourse.approvals.queries.consequences import consequences
from recourse.approvals.queries.find import (
    approval,
    approvals_of,
    asked_by,
    decisions_of,
    flagged,
    inbox,
    inbox_page,
    look,
    reason_of,
    reviewed,
    to_review,
)
from recourse.approvals.queries.left import authority_left
from recourse.approvals.queries.links import open_link
from recourse.approvals.queries.said import say

__all__ = [
    "approval",
    "approvals_of",
    "asked_by",
    "authority_left",
    "consequences",
    "decisions_of",
    "flagged",
    "inbox",
    "inbox_page",
    "look",
    "open_link",
    "reason_of",
    "reviewed",
    "say",
    "to_review",
]
