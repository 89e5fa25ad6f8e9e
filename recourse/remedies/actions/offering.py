"""Puts lines before the customer: with a letter, until a day; takes an offer back, lets it run out."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.actions.keeping import load as load_case
from recourse.cases.queries.find import CaseKey
from recourse.handbook.policy.remedies import LetterKind
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.kit.models import locked
from recourse.kit.time import iso
from recourse.kit.transactions import verb
from recourse.remedies.actions.approving import take_back
from recourse.remedies.actions.keeping import (
    DESK,
    ask,
    clean_words,
    number_after,
    open_package,
    save,
    settle_package,
    staff_of,
)
from recourse.remedies.actions.letters import write_letter
from recourse.remedies.events import OfferLapsed, OfferRecalled, RemedyOffered
from recourse.remedies.models import Line, OfferLine, Package, RemedyOffer
from recourse.remedies.policy import GIVEN, OfferState, Part, State, share_of, shortfalls
from recourse.remedies.queries.fairness import edition_of, fairness_of, likes_of
from recourse.remedies.queries.find import BESIDE, given
from recourse.remedies.queries.letters import begun_letter
from recourse.remedies.queries.shown import line_shown
from recourse.timeline.actions.record import record


@verb
def offer(
    case_key: CaseKey, numbers: Sequence[int], *, by: Actor, at: dt.datetime, letter: str = "", why: str = "",
    seen: int | None = None,
) -> RemedyOffer:  # fmt: skip
    """Offer approved lines to the customer, with a letter (a plain one where none is written), until the expiry.

    Refused (remedy.below_entitlement) while anything that is owed is neither in it nor given already; Invalid(why)
    where it lies outside of what like cases got and nobody says why; Invalid(letter) naming mandatory texts that are
    missing. Needs remedy:offer and message:send.
    """
    package = open_package(case_key, by=by, seen=seen)
    lines = _lines(package, numbers, by=by)
    reason = clean_words(why, field="why")
    _refuse_short(package, lines, at=at)
    share, is_outside = _share(package, lines)
    if is_outside and not reason:
        raise Invalid.one("why", _("Like cases got less, or more: say why this one differs."))
    expires_at = at + dt.timedelta(days=edition_of(package).rules.remedies.offer_days)
    text = letter or begun_letter(package, LetterKind.OFFER, lines, expires_at=expires_at, at=at)
    made = RemedyOffer.objects.create(
        package=package,
        number=number_after(RemedyOffer.objects.filter(package=package).values_list("number", flat=True)),
        offered_at=at,
        offered_by=staff_of(by),
        expires_at=expires_at,
    )
    for line in lines:
        line.offered_at, line.is_outside_peers = at, is_outside
        save(line, "offer", "offered_at", "is_outside_peers")
    OfferLine.objects.bulk_create([OfferLine(offer=made, line=line, shown=line_shown(line)) for line in lines])
    event = RemedyOffered(
        offer_id=str(made.pk),
        number=made.number,
        lines=[line.number for line in lines],
        amount_minor=sum(line.amount_minor for line in lines),
        currency=package.currency,
        expires_at=iso(expires_at),
        share_bp=share,
        is_outside=is_outside,
    )
    record(event, thread=package.case.thread, by=by, at=at, edition=package.edition, note=reason)
    write_letter(package, LetterKind.OFFER, text, by=by, at=at)
    settle_package(package, at=at)
    return made


def _lines(package: Package, numbers: Sequence[int], *, by: Actor) -> list[Line]:
    rows = Line.objects.filter(package=package, number__in=numbers).select_related(*BESIDE).order_by("number")
    found: list[Line] = list(locked(rows))
    if not found or len(found) != len(set(numbers)):
        raise NotVisible if numbers else Invalid.one("lines", _("Choose at least one approved line."))
    for line in found:
        line.package = package
        ask("offer", line, by)
    return found


def _refuse_short(package: Package, lines: Sequence[Line], *, at: dt.datetime) -> None:
    """Refuse an offer that leaves anything out that is owed: what the table says is never bargained about."""
    fair = fairness_of(package, at=at)
    offered = {line.pk for line in lines}
    rows = Line.objects.filter(package=package)
    firm = [given(one) for one in rows if one.pk in offered or one.state in (*GIVEN, State.DECLINED)]
    missing = shortfalls(fair, firm)
    if missing:
        names = ", ".join(one.name for one in fair.owed if one.key in missing)
        raise Refused("remedy.below_entitlement", _("This is owed and not in the offer: %(names)s.") % {"names": names})


def _share(package: Package, lines: Sequence[Line]) -> tuple[int, bool]:
    """Return what the customer gets in all as a share of the loss, and whether like cases got otherwise."""
    rows = Line.objects.filter(package=package, state__in=[state.value for state in GIVEN])
    total = sum(row.amount_minor for row in rows) + sum(line.amount_minor for line in lines)
    share = share_of(total, package.loss_minor)
    return share, likes_of(package).is_outside(share)


@verb
def recall(case_key: CaseKey, number: int, *, by: Actor, at: dt.datetime, note: str = "") -> RemedyOffer:
    """Take back an offer; the lines that the customer has not answered are approved lines again."""
    package = open_package(case_key, by=by)
    found: RemedyOffer | None = locked(RemedyOffer.objects.filter(package=package, number=number)).first()
    if found is None:
        raise NotVisible
    by.require("remedy:offer")
    if found.state != OfferState.OPEN:
        raise Refused("offer.over", _("This offer is over."))
    words = clean_words(note, field="note")
    lines = _unanswered(found)
    for line in lines:
        ask("recall", line, by)
        save(line, "recall")
    end(found, OfferState.RECALLED, at=at)
    OfferLine.objects.filter(offer=found, line__in=lines).update(is_recalled=True)
    event = OfferRecalled(str(found.pk), found.number, [line.number for line in lines])
    record(event, thread=package.case.thread, by=by, at=at, note=words)
    settle_package(package, at=at)
    return found


def _unanswered(found: RemedyOffer) -> list[Line]:
    rows = Line.objects.filter(offered__offer=found, offered__answer__isnull=True, state=State.OFFERED)
    return list(locked(rows.select_related(*BESIDE).order_by("number")))


def end(found: RemedyOffer, state: OfferState, *, at: dt.datetime) -> None:
    """Write that an offer is over."""
    found.state, found.ended_at = state, at
    found.version += 1
    found.save(update_fields=["state", "ended_at", "version"])


def end_where_answered(found: RemedyOffer, *, at: dt.datetime) -> None:
    """Write that an offer is over if no line of it waits for an answer."""
    waiting = OfferLine.objects.filter(offer=found, answer__isnull=True, is_recalled=False)
    if not waiting.exists():
        end(found, OfferState.ANSWERED, at=at)


def leave_offer(line: Line, *, at: dt.datetime) -> None:
    """Take one line out of the offer that it stands in."""
    if line.state != State.OFFERED:
        return
    for row in OfferLine.objects.filter(line=line, offer__state=OfferState.OPEN, is_recalled=False):
        OfferLine.objects.filter(pk=row.pk).update(is_recalled=True)
        end_where_answered(row.offer, at=at)


def lapse_due(*, at: dt.datetime, limit: int = 100) -> int:
    """Let offers run out whose time is over, and return how many did; what is owed stays approved."""
    over = RemedyOffer.objects.filter(state=OfferState.OPEN, expires_at__lte=at).order_by("expires_at")
    return sum(_lapse(key, at=at) for key in list(over.values_list("pk", flat=True)[:limit]))


@verb
def _lapse(offer_id: UUID, *, at: dt.datetime) -> bool:
    place = RemedyOffer.objects.filter(pk=offer_id).values_list("package__case_id", flat=True).get()
    case = load_case(place, by=DESK)
    found: RemedyOffer = locked(RemedyOffer.objects.select_related("package").filter(pk=offer_id)).get()
    if found.state != OfferState.OPEN or found.expires_at > at:
        return False
    found.package.case = case
    lines = _unanswered(found)
    for line in lines:
        line.package = found.package
        if line.part == Part.ENTITLEMENT:
            save(line, "keep")
        else:
            take_back(line, why="lapsed", by=DESK, at=at)
            save(line, "lapse", "approval_id")
    end(found, OfferState.LAPSED, at=at)
    event = OfferLapsed(str(found.pk), found.number, [line.number for line in lines])
    record(event, thread=case.thread, by=DESK, at=at)
    settle_package(found.package, at=at)
    return True
