"""What every verb of a remedy does first and last: load through what the actor may see, lock, ask, write, hold."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.actions import lift_hold, place_hold
from recourse.cases.actions.keeping import ask_works
from recourse.cases.actions.keeping import load as load_case
from recourse.cases.models import Case, Hold
from recourse.cases.queries.find import CaseKey
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor, ActorKind, system
from recourse.kit.cards import mask_cards
from recourse.kit.errors import NotVisible, Refused, Stale
from recourse.kit.models import locked
from recourse.kit.text import clean_text
from recourse.people.models import Staff
from recourse.remedies.models import Line, Package
from recourse.remedies.policy import GIVEN, MOVE_OF, UNSETTLED, State, compared, may_move, shortfalls
from recourse.remedies.queries.fairness import fairness_of
from recourse.remedies.queries.find import BESIDE, given, role_of, standing_of
from recourse.remedies.queries.said import refused

DESK = system("remedies")
UNSETTLED_REMEDY = "remedy_unsettled"
WORDS_LIMIT = 4000


def open_package(case_key: CaseKey, *, by: Actor, seen: int | None = None) -> Package:
    """Return the package of an open case that the actor works on, with its case locked; NotVisible where there is none.

    Raises Stale where the package has moved on, Refused where the case is over or others work on it.
    """
    case = workable(case_key, by=by)
    rows = Package.objects.select_related("order").filter(case=case)
    found: Package | None = locked(rows).first()
    if found is None:
        raise NotVisible
    found.case = case
    _compare(found.version, seen)
    return found


def workable(case_key: CaseKey, *, by: Actor) -> Case:
    """Return a case, locked, that the actor may work on now; staff alone, and only while it is open."""
    staff_of(by)
    case = load_case(case_key, by=by)
    ask_works(case, by)
    if not case.is_open:
        raise Refused("remedy.case_over", _("The case is settled; reopen it first."))
    return case


def load_line(case_key: CaseKey, number: int, *, by: Actor, seen: int | None = None) -> Line:
    """Return a line, with its case locked before it; NotVisible where hidden, Stale where it has moved on."""
    case = load_case(case_key, by=by)
    rows = Line.objects.select_related(*BESIDE).filter(package__case=case, number=number)
    found: Line | None = locked(rows).first()
    if found is None:
        raise NotVisible
    _compare(found.version, seen)
    found.package.case = case
    return found


def line_of_matter(matter: str) -> Line | None:
    """Return the line that approvals and the ledger call by a matter, locked after its case; None for other matters."""
    kind, _colon, key = matter.partition(":")
    if kind != "remedy_line":
        return None
    place = Line.objects.filter(pk=UUID(key)).values_list("package__case_id", flat=True).first()
    if place is None:
        return None
    case = load_case(place, by=DESK)
    found: Line = locked(Line.objects.select_related(*BESIDE).filter(pk=UUID(key))).get()
    found.package.case = case
    return found


def _compare(version: int, seen: int | None) -> None:
    if seen is not None and seen != version:
        raise Stale(_("Somebody changed the remedy meanwhile. Look at it again, then decide."), current=version)


def ask(move: str, found: Line, by: Actor) -> None:
    """Raise Refused unless the table lets this actor make this move now."""
    said = may_move(move, standing_of(found), role_of(by), by.can)
    if said is not None:
        raise refused(said)


def save(found: Line, move: str, *fields: str) -> None:
    """Write a locked line in the state that a move leads to."""
    found.state = MOVE_OF[move].to_state
    found.version += 1
    found.save(update_fields=["state", "version", *fields])


def staff_of(by: Actor) -> Staff:
    """Return the member of staff who acts. Nobody and nothing else composes a remedy: no mail, no bot, no customer."""
    is_person = by.kind in (ActorKind.STAFF, ActorKind.API_KEY)
    found = Staff.objects.filter(pk=by.staff_id).first() if is_person and by.staff_id is not None else None
    if found is None:
        raise Refused("remedy.staff_only", _("Only staff decide about a remedy."), is_permission=True)
    return found


def about(found: Line) -> dict[str, Any]:
    """Return what every event of a line says."""
    return {
        "line_id": str(found.pk),
        "number": found.number,
        "kind": found.kind,
        "amount_minor": found.amount_minor,
        "currency": found.currency,
    }


def clean_words(words: str, *, field: str = "words", is_required: bool = False) -> str:
    """Return a person's words without control characters and card numbers; missing or too long raises Invalid."""
    return mask_cards(clean_text(words, field=field, limit=WORDS_LIMIT, is_required=is_required)).text


def number_after(rows: Iterable[int]) -> int:
    """Return the number that follows those that stand."""
    return max(rows, default=0) + 1


def settle_package(package: Package, *, at: dt.datetime) -> None:
    """Bring what hangs on the lines up to date: what was given, how it stands to what was asked for, and the hold."""
    lines = [given(one) for one in Line.objects.filter(package=package)]
    package.given_minor = sum(one.minor for one in lines if one.state in GIVEN)
    if not any(one.state in GIVEN for one in lines):
        package.given_minor = None
    package.outcome = compared(package.sought_kind, package.sought_minor, lines)
    package.version += 1
    package.save(update_fields=["given_minor", "outcome", "version"])
    is_open = any(one.state in UNSETTLED for one in lines)
    hold(package.case, is_held=is_open or is_owing(package, at=at), at=at)


def is_owing(package: Package, *, at: dt.datetime) -> bool:
    """Tell whether anything that is owed was neither given nor declined by the customer."""
    lines = [given(one) for one in Line.objects.filter(package=package)]
    firm = [one for one in lines if one.state in (*GIVEN, State.DECLINED)]
    return bool(shortfalls(fairness_of(package, at=at), firm))


def hold(case: Case, *, is_held: bool, at: dt.datetime) -> None:
    """Keep a case from being resolved while something is unsettled, and let it go afterwards."""
    reason = _hold_reason(at)
    stands = Hold.objects.filter(case=case, reason=reason, matter="", lifted_at__isnull=True).exists()
    if is_held and not stands:
        place_hold(case.pk, reason=reason, by=DESK, at=at)
    elif stands and not is_held:
        lift_hold(case.pk, reason=reason, by=DESK, at=at)


def _hold_reason(at: dt.datetime) -> str:
    """Return the handbook's reason; an edition from before there were remedies holds by its first one."""
    reasons = edition_at(at).rules.reasons
    return UNSETTLED_REMEDY if reasons.hold_reason(UNSETTLED_REMEDY) else reasons.hold[0].code
