"""The demo company, built through the product's own verbs."""

import datetime as dt

from recourse.ops.demo.company import found
from recourse.ops.demo.money import play_money
from recourse.ops.demo.play import play

HISTORY = dt.timedelta(days=32)


def build(*, at: dt.datetime) -> int:
    """Build the company as if it had worked here for a month, ending at `at`; return how many steps were played."""
    company = found(at - HISTORY)
    return play(company, until=at) + play_money(company, until=at)
