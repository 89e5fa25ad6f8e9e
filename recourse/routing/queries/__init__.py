"""Questions of routing."""

from recourse.routing.queries.said import line, why
from recourse.routing.queries.today import Item, today
from recourse.routing.queries.workload import Load, workload

__all__ = ["Item", "Load", "line", "today", "why", "workload"]
