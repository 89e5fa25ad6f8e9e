"""Finding one escalation, always through what the viewer may see, and how it stands for the table of moves."""

from recourse.cases.models import Case
from recourse.cases.queries.find import CaseKey, named
from recourse.escalations.models import Escalation
from recourse.escalations.policy import Mover, Standing, State, allowed_moves
from recourse.escalations.queries.said import say
from recourse.handbook.queries import persons_behind
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible

BESIDE = (
    "case__thread", "case__team", "case__queue", "case__customer", "case__owner", "team", "requester",
    "on_behalf_of", "decided_by", "supervisor", "origin_queue__team", "origin_owner", "offered_to",
)  # fmt: skip


def escalation(case_key: CaseKey, number: int, *, viewer: Actor) -> Escalation:
    """Return one escalation with everything beside it; NotVisible where it is absent or its case is hidden."""
    cases = Case.objects.filter(named(case_key))
    rows = Escalation.objects.visible_to(viewer).select_related(*BESIDE).prefetch_related("grounds")
    found = rows.filter(case__in=cases, number=number).first()
    if found is None:
        raise NotVisible
    return found


def escalations_of(case: Case) -> list[Escalation]:
    """Return every escalation of a case that the viewer was allowed to open, the newest first."""
    rows = Escalation.objects.filter(case=case).select_related(*BESIDE).prefetch_related("grounds")
    return list(rows.order_by("-number"))


def open_escalation(case: Case) -> Escalation | None:
    """Return the one that is undecided or being worked on."""
    return Escalation.objects.filter(case=case).open().select_related(*BESIDE).first()


def standing_of(found: Escalation) -> Standing:
    """Return how an escalation stands, as the table of moves looks at it."""
    requesters = {found.requester.person_id} | ({found.on_behalf_of.person_id} if found.on_behalf_of else set())
    return Standing(
        state=State(found.state),
        requesters=frozenset(requesters),
        offered_to=found.offered_to.person_id if found.offered_to else None,
        bounces=found.bounces,
        is_ping_pong=found.is_ping_pong,
        is_judged=found.was_needed is not None,
    )


def mover_of(by: Actor) -> Mover:
    """Return the persons and rights behind an actor; nobody but staff moves an escalation."""
    return Mover(persons_behind(by), by.permissions)


def moves(found: Escalation, *, viewer: Actor) -> dict[str, str]:
    """Return every move with why it is refused to the viewer, or "" where it may be made."""
    refused = allowed_moves(standing_of(found), mover_of(viewer))
    return {name: say(said) if said else "" for name, said in refused.items()}
