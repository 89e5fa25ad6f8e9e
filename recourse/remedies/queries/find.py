"""Finding packages and lines, always through what the viewer may see, and how a line stands for the table of moves."""

from recourse.cases.models import Case
from recourse.cases.queries.find import CaseKey, named
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.remedies import Execution
from recourse.kit.actor import Actor, ActorKind
from recourse.kit.errors import NotVisible
from recourse.remedies.models import Line, Package, RemedyOffer
from recourse.remedies.policy import Given, LineStanding, Part, Role, State, allowed_moves
from recourse.remedies.queries.said import say

BESIDE = ("package__case__thread", "package__case__team", "package__case__customer", "proposer", "document")


def package_of(case: Case) -> Package | None:
    """Return the package of a case that the viewer was allowed to open."""
    return Package.objects.filter(case=case).select_related("order", "case__customer").first()


def line(case_key: CaseKey, number: int, *, viewer: Actor) -> Line:
    """Return one line; NotVisible where it is absent, its case is hidden, or the viewer is no member of staff."""
    if viewer.kind is ActorKind.CUSTOMER:
        raise NotVisible
    rows = Line.objects.visible_to(viewer).select_related(*BESIDE)
    found = rows.filter(package__case__in=Case.objects.filter(named(case_key)), number=number).first()
    if found is None:
        raise NotVisible
    return found


def lines_of(package: Package) -> list[Line]:
    """Return every line in the order in which they were written."""
    rows = Line.objects.filter(package=package).select_related("proposer", "document", "replaced_by", "replaces")
    return list(rows.order_by("number"))


def offers_of(package: Package) -> list[RemedyOffer]:
    """Return every offer with its lines and answers, the newest first."""
    rows = RemedyOffer.objects.filter(package=package).select_related("offered_by")
    return list(rows.prefetch_related("lines__line", "lines__answer").order_by("-number"))


def given(found: Line) -> Given:
    """Return a line as the checks of fairness look at it."""
    return Given(
        found.number, LineKind(found.kind), Part(found.part), found.rule, found.amount_minor, State(found.state)
    )


def standing_of(found: Line) -> LineStanding:
    """Return a line as the table of moves looks at it."""
    return LineStanding(
        state=State(found.state),
        execution=Execution(found.execution),
        needs_acceptance=found.needs_acceptance,
        has_approval=found.approval_id is not None or not found.amount_minor,
    )


def role_of(by: Actor) -> Role:
    """Return as whom an actor moves a line."""
    if by.kind is ActorKind.CUSTOMER:
        return Role.CUSTOMER
    return Role.DESK if by.is_system else Role.STAFF


def moves(found: Line, *, viewer: Actor) -> dict[str, str]:
    """Return every move of the viewer's with why it is refused, or "" where it may be made."""
    table = allowed_moves(standing_of(found), role_of(viewer), viewer.can)
    return {name: say(said) if said else "" for name, said in table.items()}
