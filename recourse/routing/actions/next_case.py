"""Gives the next case: the one whose delay costs most, to one person, once; or another one, for a reason."""

import datetime as dt
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.actions import take
from recourse.cases.models import Case
from recourse.cases.queries.find import CaseKey, case_by_ref
from recourse.handbook.models import Edition
from recourse.handbook.policy.reasons import Decision
from recourse.kit.actor import Actor
from recourse.kit.cards import mask_cards
from recourse.kit.errors import Invalid, Refused
from recourse.kit.text import clean_text
from recourse.kit.transactions import verb
from recourse.people.policy import Permission
from recourse.routing.events import OfferOverridden, OfferTaken
from recourse.routing.models import Offer
from recourse.routing.policy import Kind, Nobody, OfferState, Score, Yardstick
from recourse.routing.queries.said import line, why
from recourse.routing.queries.waiting import Taker, best_of, kind_of, taker, waiting, yardstick_at
from recourse.timeline.actions.record import record

NOTE_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody was given: the case, the offer on record, the reason in words and the sum behind it."""

    case: Case
    offer: Offer
    why: str
    line: str


@verb
def get_next(*, by: Actor, at: dt.datetime) -> Given:
    """Take the case whose delay costs most now, and say why this one.

    Two people who ask at once are never given the same. Raises Refused where nobody may be given one or none waits:
    next.no_team, next.absent, next.full, next.nothing.
    """
    by.require(Permission.QUEUE_TAKE)
    edition, measure = yardstick_at(at)
    found = taker(by, at=at)
    if isinstance(found, Nobody):
        _nobody(found)
    picked = _pick(found, edition, measure, at)
    if picked is None:
        _nobody(Nobody.FULL if _is_full(found, edition, at) else Nobody.NOTHING)
    case, kind, score = picked
    return _give(case, kind, score, edition, by=by, at=at)


def _pick(found: Taker, edition: Edition, measure: Yardstick, at: dt.datetime) -> tuple[Case, Kind, Score] | None:
    """Lock and return the best case that nobody else is taking at this moment."""
    rows = waiting(found, at=at)
    return best_of(found, rows.select_for_update(skip_locked=True, of=("self",)), edition, measure, at)


def _is_full(found: Taker, edition: Edition, at: dt.datetime) -> bool:
    tiers = {tier for (tier,) in waiting(found, at=at).values_list("tier").distinct()}
    return bool(tiers)


def _nobody(why_not: Nobody) -> NoReturn:
    sentence = {
        Nobody.NO_TEAM: _("You belong to no team that takes cases; a team lead can add you."),
        Nobody.ABSENT: _("You are marked as away; nothing new is given to you until you are back."),
        Nobody.FULL: _("You carry as many open cases as one person should; finish or hand on one first."),
        Nobody.NOTHING: _("Nothing waits that you could take. Look at your own cases, or help a colleague."),
    }[why_not]
    raise Refused(f"next.{why_not.value}", sentence)


def _give(case: Case, kind: Kind, score: Score, edition: Edition, *, by: Actor, at: dt.datetime) -> Given:
    taken = take(case.pk, by=by, at=at)
    offer = _offer(taken, kind, score, edition, by=by, at=at, state=OfferState.TAKEN)
    event = OfferTaken(offer_id=str(offer.pk), staff_id=str(by.staff_id), parts=score.parts(), is_known=kind.is_known)
    record(event, thread=taken.thread, by=by, at=at, edition=edition.number)
    return Given(taken, offer, why(kind, score), line(score))


def _offer(
    case: Case, kind: Kind, score: Score, edition: Edition, *, by: Actor, at: dt.datetime, state: OfferState,
    instead_of: Case | None = None, reason: str = "",
) -> Offer:  # fmt: skip
    return Offer.objects.create(
        case=case,
        staff_id=_person(by),
        state=state,
        parts=score.parts(),
        value=score.value,
        is_known=kind.is_known,
        due_at=case.due_at,
        edition=edition.number or 0,
        instead_of=instead_of,
        reason=reason,
        at=at,
    )


@verb
def take_instead(key: CaseKey, *, reason: str, by: Actor, at: dt.datetime, note: str = "") -> Given:
    """Take this unowned case though another is next, for a reason of the handbook. Needs queue:override.

    What would have been next is kept beside it. Taking what is next anyway is no override.
    """
    by.require(Permission.QUEUE_TAKE)
    by.require(Permission.QUEUE_OVERRIDE)
    edition, measure = yardstick_at(at)
    if edition.rules.reasons.override_reason(reason, Decision.NEXT_CASE) is None:
        raise Invalid.one("reason", _("Choose a reason from the handbook."))
    words = mask_cards(clean_text(note, field="note", limit=NOTE_LIMIT)).text
    case = case_by_ref(key, viewer=by)
    if case.owner_id is not None:
        raise Refused("next.owned", _("Somebody owns %(ref)s already.") % {"ref": case.ref})
    kind = kind_of(case, by.staff_id)
    score = measure.score(kind, case.due_at, at)
    first = _first(by, edition, measure, at)
    if first is not None and first.pk == case.pk:
        return _give(case, kind, score, edition, by=by, at=at)
    taken = take(case.pk, by=by, at=at)
    offer = _offer(
        taken, kind, score, edition, by=by, at=at, state=OfferState.OVERRIDDEN, instead_of=first, reason=reason
    )
    event = OfferOverridden(
        offer_id=str(offer.pk), staff_id=str(by.staff_id), parts=score.parts(),
        instead_of=first.ref if first else "", reason=reason,
    )  # fmt: skip
    record(event, thread=taken.thread, by=by, at=at, edition=edition.number, note=words)
    return Given(taken, offer, why(kind, score), line(score))


def _person(by: Actor) -> UUID:
    if by.staff_id is None:
        _nobody(Nobody.NO_TEAM)
    return by.staff_id


def _first(by: Actor, edition: Edition, measure: Yardstick, at: dt.datetime) -> Case | None:
    found = taker(by, at=at)
    if isinstance(found, Nobody):
        return None
    best = best_of(found, waiting(found, at=at), edition, measure, at)
    return best[0] if best else None
