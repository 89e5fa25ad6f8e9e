"""Questions about remedies."""

from recourse.remedies.queries.board import Board, LineView, board, why_not_composed
from recourse.remedies.queries.customer import Offered, offered_to_customer
from recourse.remedies.queries.find import line, lines_of, moves, package_of
from recourse.remedies.queries.letters import begun_letter, blocks_of
from recourse.remedies.queries.preview import preview
from recourse.remedies.queries.said import kind_called, say

__all__ = [
    "Board",
    "LineView",
    "Offered",
    "begun_letter",
    "blocks_of",
    "board",
    "kind_called",
    "line",
    "lines_of",
    "moves",
    "offered_to_customer",
    "package_of",
    "preview",
    "say",
    "why_not_composed",
]
