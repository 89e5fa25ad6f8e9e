"""What several nouns look up before they call a verb, always through what the caller may see."""

from typing import Any

from django.http import HttpRequest

from recourse.api.v1.shapes import at, viewer
from recourse.cases.policy.asking import PART_LIMIT
from recourse.cases.queries.lists import list_cases, queues
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid


def visible_refs(refs: list[str], request: HttpRequest) -> set[str]:
    """Return those references whose cases the caller may know of (a query for each thirty)."""
    wanted = sorted(set(refs))
    found: set[str] = set()
    for start in range(0, len(wanted), PART_LIMIT):
        part = wanted[start : start + PART_LIMIT]
        rows = list_cases(" ".join(part), viewer=viewer(request), at=at(request), size=PART_LIMIT).rows
        found.update(case.ref for case in rows)
    return found


def queue_named(slug: str, actor: Actor) -> Any:
    """Return a queue that the caller may know of, by its short name; raises Invalid(queue)."""
    found = next((queue for queue in queues(viewer=actor) if queue.slug == slug), None)
    if found is None:
        raise Invalid.one("queue", "There is no such queue.")
    return found
