"""Queues, saved views and the same verb on many cases, over JSON."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from recourse.api.door import answers
from recourse.api.v1.shapes import (
    Body,
    CaseName,
    CountOut,
    Flag,
    NamedBrief,
    Seen,
    ShortLine,
    Slug,
    SlugPath,
    acting,
    at,
    changes,
    told,
    viewer,
)
from recourse.cases import actions
from recourse.cases.actions import ACTS, bulk
from recourse.cases.policy import Priority
from recourse.cases.policy.asking import ORDERS, QUESTION_LIMIT
from recourse.cases.queries import lists
from recourse.handbook.policy.shape import Impact, Severity
from recourse.people.queries import team_named

router = Router()
Order = Literal["due", "priority", "newest", "activity"]
assert set(Order.__args__) == set(ORDERS)  # type: ignore[attr-defined]
Act = Annotated[str, Field(pattern="^(" + "|".join(ACTS) + ")$", examples=sorted(ACTS))]
Question = Annotated[str, Field(max_length=QUESTION_LIMIT)]


class QueueOut(Schema):
    """A queue and how many open cases you may see in it."""

    id: UUID
    version: int
    slug: str
    name: str
    team: NamedBrief
    is_default: bool
    is_active: bool
    open: CountOut | None = None


class QueueIn(Body):
    """A queue of a team."""

    name: ShortLine
    team: Slug
    is_default: Flag = False
    is_active: Flag = True


class ViewIn(Body):
    """A question to keep: your own, or with `team_id` the team's."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    question: Question
    order: Order = "due"
    position: Annotated[int, Field(strict=True, ge=0, le=999)] = 0
    team_id: UUID | None = None


class ViewChange(Body):
    """What changes about a saved view; what is left out stays."""

    name: Annotated[str, Field(min_length=1, max_length=80)] = ""
    question: Question = ""
    order: Order = "due"
    position: Annotated[int, Field(strict=True, ge=0, le=999)] = 0
    seen: Seen = None


class ViewOut(Schema):
    """A saved view and how many cases it shows now."""

    id: UUID
    version: int
    name: str
    question: str
    order: str
    position: int
    team: NamedBrief | None
    count: CountOut | None = None


class BulkIn(Body):
    """One act on up to 200 cases, with what the act needs."""

    act: Act
    cases: Annotated[list[CaseName], Field(min_length=1, max_length=200)]
    owner_id: UUID | None = None
    queue: Slug | None = None
    reason: Annotated[str, Field(max_length=80)] | None = None
    severity: Severity | None = None
    impact: Impact | None = None
    priority: Priority | None = None


class BulkOut(Schema):
    """How it went with one case."""

    case: str
    is_done: bool
    code: str
    sentence: str

    @staticmethod
    def resolve_case(found: Any) -> str:
        """Return the reference as it was given."""
        return str(found.key)


def shown(row: Any) -> dict[str, Any]:
    """Return the fields of a queue or view, so that a count can stand beside them."""
    names = {*QueueOut.model_fields, *ViewOut.model_fields} - {"open", "count"}
    return {name: getattr(row, name) for name in names if hasattr(row, name)}


@router.get("/queues", response=answers(list[QueueOut]), operation_id="list_queues")
def queues(request: HttpRequest) -> Any:
    """Return the queues in use, each with its open cases counted."""
    found = list(lists.queues(viewer=viewer(request)))
    counts = lists.queue_counts(found, viewer=viewer(request))
    return [{**shown(queue), "open": counts[queue.pk]} for queue in found]


@router.put("/queues/{slug}", response=answers(QueueOut), operation_id="set_up_queue")
def set_up(request: HttpRequest, slug: SlugPath, body: QueueIn) -> Any:
    """Make a queue of a team, or change the one of that short name."""
    viewer(request).require("queue:edit")
    given = {**told(body), "team": team_named(body.team)}
    return actions.set_up_queue(slug=slug, **given, **acting(request))


@router.get("/views", response=answers(list[ViewOut]), operation_id="list_views")
def views(request: HttpRequest) -> Any:
    """Return your own saved views and those of your teams, each counted."""
    found = list(lists.saved_views(viewer=viewer(request)))
    counts = lists.view_counts(found, viewer=viewer(request), at=at(request))
    return [{**shown(view), "count": counts[view.pk]} for view in found]


@router.post("/views", response=answers(ViewOut, 201), operation_id="save_view")
def save(request: HttpRequest, body: ViewIn) -> Any:
    """Keep a question under a name."""
    return actions.save_view(**told(body), **acting(request))


@router.patch("/views/{view_id}", response=answers(ViewOut), operation_id="change_view")
def change(request: HttpRequest, view_id: UUID, body: ViewChange) -> Any:
    """Change a saved view."""
    return actions.change_view(view_id, changes=changes(body), seen=body.seen, **acting(request))


@router.delete("/views/{view_id}", response=answers(None, 204), operation_id="end_view")
def end(request: HttpRequest, view_id: UUID) -> Any:
    """Put a saved view away."""
    actions.end_view(view_id, **acting(request))


@router.post("/bulk", response=answers(list[BulkOut]), operation_id="bulk")
def many(request: HttpRequest, body: BulkIn) -> Any:
    """Do the same to many cases: each all or nothing, and each says how it went."""
    given = {name: value for name, value in told(body).items() if name not in {"act", "cases"} and value is not None}
    return bulk(body.act, body.cases, given=given, **acting(request))
