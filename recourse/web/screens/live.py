"""What open pages ask every few seconds: has anything moved, and how much waits at each place?"""

import re

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from recourse.approvals.queries import inbox
from recourse.cases.queries.find import case_by_ref
from recourse.cases.queries.lists import count
from recourse.clocks.queries import promises_due
from recourse.escalations.queries.gate import at_the_gate
from recourse.kit.errors import NotVisible
from recourse.people.policy import Permission
from recourse.timeline.queries.entries import newest_of_all, newest_position
from recourse.web.door import GET, DeskRequest, screen
from recourse.web.shell import Shell

TOPIC = re.compile(r"case:(RC-\d{1,18})|[a-z]+(?::[a-z0-9-]{1,50})?")
TOPICS_LIMIT = 20


@screen(*GET)
def live(request: DeskRequest) -> HttpResponse:
    """Return a mark for each topic; a mark that differs from the last one means that something moved.

    A case's mark is its newest entry that the viewer may see; every other topic moves with the record as a whole.
    """
    marks: dict[str, str] = {}
    for topic in request.GET.getlist("topic")[:TOPICS_LIMIT]:
        matched = TOPIC.fullmatch(topic)
        if matched:
            marks[topic] = _case_mark(request, matched[1]) if matched[1] else str(newest_of_all())
    return JsonResponse({"marks": marks}, headers={"Cache-Control": "no-store"})


def _case_mark(request: DeskRequest, ref: str) -> str:
    try:
        case = case_by_ref(ref, viewer=request.actor)
    except NotVisible:
        return "gone"
    return str(newest_position([case.thread_id], viewer=request.actor))


@screen(*GET)
def places(request: DeskRequest) -> HttpResponse:
    """Draw the places of the side with how much waits at each, and how much of it is late."""
    return render(request, "shell/places.html", {"places": Shell(request).places_with(_waiting(request))})


def _waiting(request: DeskRequest) -> dict[str, tuple[int, int]]:
    actor, at = request.actor, request.at
    found: dict[str, tuple[int, int]] = {}
    if actor.can(Permission.CASE_WORK) and actor.staff_id:
        mine = count("is:mine", viewer=actor, at=at).number
        found["inbox"] = (mine, count("is:mine due:overdue", viewer=actor, at=at).number)
        due = promises_due(actor, until=at, given_by=actor.staff_id)
        found["promises"] = (len(due), len(due))
    if actor.can(Permission.ESCALATION_GATE):
        asked = list(at_the_gate(viewer=actor).values_list("gate_due_at", flat=True)[:100])
        found["gate"] = (len(asked), sum(due_at < at for due_at in asked))
    if actor.can(Permission.APPROVAL_DECIDE):
        until = inbox(actor).values_list("approval__expires_at", flat=True)[:100]
        found["approvals"] = (len(until), sum(one is not None and one < at for one in until))
    return found
