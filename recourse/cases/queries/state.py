"""How a case stands, as the guards of the move table look at it."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from recourse.cases.models import IS_OPEN, Case, CaseLink, CaseReader, Hold, Wait
from recourse.cases.policy import ACTS, MOVES, CaseState, LinkKind, Stage
from recourse.cases.policy.moves import MOVE_OF, Refusal, refusal
from recourse.cases.policy.sentences import SENTENCES
from recourse.kit.actor import Actor, ActorKind
from recourse.kit.errors import Refused
from recourse.people.policy import TeamKind


@dataclass(frozen=True, slots=True)
class AllowedMove:
    """A verb of a case, and why it is not open to the viewer, if it is not."""

    name: str
    label: str
    permission: str
    to_stage: str | None
    code: str = ""
    sentence: str = ""

    @property
    def is_allowed(self) -> bool:
        """Tell whether the viewer may do it now."""
        return not self.code


def sentence(found: Refusal) -> str:
    """Return the sentence of a refusal in the language of the one who reads."""
    return _(SENTENCES[found.code]) % found.words


def refused(found: Refusal) -> Refused:
    """Return a refusal as the error that doors understand."""
    return Refused(found.code, sentence(found), is_permission=found.code == "permission.missing")


def state_of(case: Case, by: Actor, *, is_whole: bool = True) -> CaseState:
    """Return what the guards look at (two queries; none without `is_whole`, which holds, links and parts need)."""
    is_known = by.staff_id is not None
    bound = _open_sources(case) if is_whole else {}
    return CaseState(
        stage=Stage(case.stage),
        team_name=case.team.name,
        is_walled=case.team.is_walled,
        is_front_line=case.team.kind == TeamKind.FRONT_LINE,
        is_member=case.team_id in by.team_ids,
        is_owner=is_known and case.owner_id == by.staff_id,
        is_system=by.is_system,
        is_customer=by.kind is ActorKind.CUSTOMER,
        has_owner=case.owner_id is not None,
        can_assign=by.can("case:assign"),
        is_waiting=case.is_waiting,
        is_restricted=case.is_restricted,
        holds=tuple(open_holds(case).values_list("reason", flat=True)) if is_whole else (),
        blockers=bound.get(LinkKind.BLOCKS, ()),
        open_parts=bound.get(LinkKind.PART_OF, ()),
    )


def _open_sources(case: Case) -> dict[str, tuple[str, ...]]:
    """Return the references of the open cases that bind this one, by the kind of link."""
    links = CaseLink.objects.filter(
        target=case, kind__in=[kind.value for kind in LinkKind if kind.binds_target], ended_at__isnull=True
    )
    found: dict[str, list[int]] = {}
    open_links = links.filter(source__in=Case.objects.filter(IS_OPEN))
    for kind, number in open_links.values_list("kind", "source__number"):
        found.setdefault(kind, []).append(number)
    return {kind: tuple(f"RC-{number}" for number in sorted(numbers)) for kind, numbers in found.items()}


def allowed_moves(case: Case, by: Actor, *, state: CaseState | None = None) -> list[AllowedMove]:
    """Return every verb of the move table with the reason where it is refused, as the verbs would refuse it.

    `state` is what `state_of` returned, for one who asked already.
    """
    state = state or state_of(case, by)
    rows = []
    for move in (*MOVES, *ACTS):
        found = refusal(move, state, by.can)
        rows.append(
            AllowedMove(
                name=move.name,
                label=_(move.label),
                permission=move.permission,
                to_stage=move.to_stage,
                code=found.code if found else "",
                sentence=sentence(found) if found else "",
            )
        )
    return rows


def may(name: str, case: Case, by: Actor) -> AllowedMove:
    """Return one row of `allowed_moves`."""
    found = refusal(MOVE_OF[name], state_of(case, by), by.can)
    move = MOVE_OF[name]
    return AllowedMove(
        name,
        _(move.label),
        move.permission,
        move.to_stage,
        found.code if found else "",
        sentence(found) if found else "",
    )


def open_holds(case: Case) -> QuerySet[Hold]:
    """Return what keeps the case from closing, oldest first."""
    return Hold.objects.filter(case=case, lifted_at__isnull=True).order_by("placed_at", "pk")


def open_wait(case: Case) -> Wait | None:
    """Return the wait that runs now."""
    return Wait.objects.filter(case=case, until_at__isnull=True).first() if case.is_waiting else None


def waits_of(case: Case) -> QuerySet[Wait]:
    """Return every wait of a case, oldest first; clocks are computed from them."""
    return Wait.objects.filter(case=case).order_by("from_at", "pk")


def links_of(case: Case) -> QuerySet[CaseLink]:
    """Return the links that stand from and to a case. Who shows them drops those whose other end is hidden."""
    ends = CaseLink.objects.filter(source=case) | CaseLink.objects.filter(target=case)
    return ends.filter(ended_at__isnull=True).select_related("source", "target").order_by("made_at", "pk")


def readers_of(case: Case) -> QuerySet[CaseReader]:
    """Return who is named a reader now."""
    return (
        CaseReader.objects.filter(case=case, ended_at__isnull=True).select_related("staff").order_by("added_at", "pk")
    )
