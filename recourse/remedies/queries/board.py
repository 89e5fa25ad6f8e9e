"""Everything about the remedy of one case, as its resolver looks at it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.approvals.queries.left import Budget, authority_left
from recourse.cases.models import Case
from recourse.cases.policy.moves import works
from recourse.cases.queries.find import case_by_ref, visible_among
from recourse.cases.queries.state import refused as case_refused
from recourse.cases.queries.state import state_of
from recourse.handbook.models import Edition
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor, ActorKind
from recourse.kit.errors import NotVisible
from recourse.ledger.models import Attempt
from recourse.people.policy import Permission
from recourse.remedies.models import HarmClaim, Letter, Line, Package, RemedyOffer, Watch
from recourse.remedies.policy import COUNTED, Fairness, LikeCases, State, share_of, shortfalls, weigh
from recourse.remedies.queries.fairness import edition_of, facts_of, likes_of
from recourse.remedies.queries.find import given, lines_of, moves, offers_of, package_of
from recourse.remedies.queries.letters import letters_of
from recourse.remedies.queries.payments import PaymentLeft, payments_left
from recourse.remedies.queries.shown import line_shown

NOBODY = LikeCases(())


@dataclass(frozen=True, slots=True)
class LineView:
    """One line with what may be done with it and how far it has come; `moves` hold why not, "" where one may."""

    line: Line
    shown: str
    moves: Mapping[str, str]
    attempt: Attempt | None = None
    wanted_minor: int | None = None
    answer: str = ""
    answer_words: str = ""


@dataclass(frozen=True, slots=True)
class LikeView:
    """One like case that the viewer may open."""

    ref: str
    share: int
    loss_minor: int


@dataclass(frozen=True, slots=True)
class Board:
    """The whole of it. Without a package nothing was assessed yet; `why_not` says why the viewer may not compose."""

    case: Case
    edition: Edition
    why_not: str
    package: Package | None = None
    fair: Fairness | None = None
    claims: Sequence[HarmClaim] = ()
    lines: Sequence[LineView] = ()
    missing: Mapping[str, int] = field(default_factory=dict)
    likes: LikeCases = NOBODY
    like_views: Sequence[LikeView] = ()
    share: int = 0
    offers: Sequence[RemedyOffer] = ()
    letters: Sequence[Letter] = ()
    watches: Sequence[Watch] = ()
    payments: Sequence[PaymentLeft] = ()
    authority: Budget | None = None

    @property
    def total_minor(self) -> int:
        """Return what all lines that still count come to."""
        return sum(one.line.amount_minor for one in self.lines if one.line.state in COUNTED)

    @property
    def offerable(self) -> list[int]:
        """Return the numbers of the lines that wait to be offered."""
        return [one.line.number for one in self.lines if one.line.state == State.APPROVED]


def board(case_key: UUID | str, *, viewer: Actor, at: dt.datetime) -> Board:
    """Return everything about the remedy of a case; NotVisible where the case is hidden, and for customers always."""
    if viewer.kind is ActorKind.CUSTOMER:
        raise NotVisible
    case = case_by_ref(case_key, viewer=viewer)
    package = package_of(case)
    why_not = why_not_composed(case, viewer)
    if package is None:
        return Board(case, edition_at(at), why_not)
    package.case = case
    edition = edition_of(package)
    fair = weigh(facts_of(package, edition.rules, at=at), edition.rules.remedies)
    lines = _views(package, viewer)
    likes = likes_of(package)
    return Board(
        case=case,
        edition=edition,
        why_not=why_not,
        package=package,
        fair=fair,
        claims=list(HarmClaim.objects.filter(package=package).select_related("document").order_by("key")),
        lines=lines,
        missing=shortfalls(fair, [given(one.line) for one in lines]),
        likes=likes,
        like_views=_likes(likes, viewer),
        share=share_of(sum(one.line.amount_minor for one in lines if one.line.state in COUNTED), package.loss_minor),
        offers=offers_of(package),
        letters=letters_of(package),
        watches=list(Watch.objects.filter(line__package=package).select_related("line", "recurred")),
        payments=payments_left(package.order_id) if package.order_id else (),
        authority=authority_left(viewer, at=at, case=case),
    )


def why_not_composed(case: Case, viewer: Actor) -> str:
    """Return why the viewer may not compose the remedy of a case, "" where they may."""
    if not viewer.can(Permission.REMEDY_PROPOSE):
        return _("Resolvers, leads and customer-experience specialists compose remedies.")
    found = works(state_of(case, viewer, is_whole=False))
    if found is not None:
        return case_refused(found).sentence
    return "" if case.is_open else _("The case is settled; reopen it first.")


def _views(package: Package, viewer: Actor) -> list[LineView]:
    rows = lines_of(package)
    attempts = _attempts(rows)
    answers = {
        offered.line_id: offered.answer
        for made in reversed(offers_of(package))
        for offered in made.lines.all()
        if hasattr(offered, "answer")
    }
    return [_view(row, attempts.get(row.matter), answers.get(row.pk), package, viewer) for row in rows]


def _view(row: Line, attempt: Attempt | None, answer: object, package: Package, viewer: Actor) -> LineView:
    row.package = package
    return LineView(
        line=row,
        shown=line_shown(row),
        moves=moves(row, viewer=viewer),
        attempt=attempt,
        wanted_minor=getattr(answer, "wanted_minor", None),
        answer=getattr(answer, "verdict", ""),
        answer_words=getattr(answer, "words", ""),
    )


def _attempts(rows: Sequence[Line]) -> dict[str, Attempt]:
    """Return the newest attempt to pay each line."""
    found = Attempt.objects.filter(matter__in=[row.matter for row in rows if row.pays]).order_by("number")
    return {attempt.matter: attempt for attempt in found}


def _likes(likes: LikeCases, viewer: Actor) -> list[LikeView]:
    """Return the like cases that the viewer may open; the others count in the band alone."""
    seen = visible_among([peer.case_id for peer in likes.peers], viewer=viewer)
    shown = [peer for peer in likes.peers if peer.case_id in seen][:8]
    refs = {case.pk: case.ref for case in Case.objects.filter(pk__in=[peer.case_id for peer in shown])}
    return [LikeView(refs[peer.case_id], peer.share, peer.loss) for peer in shown]
