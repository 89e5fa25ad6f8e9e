"""Who waits: the cases that somebody may be given, and the first of every kind."""

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Any
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from recourse.cases.models import IS_OPEN as IS_CASE_OPEN
from recourse.cases.models import Case, Hold, Queue
from recourse.escalations.models import IS_OPEN as IS_ESCALATION_OPEN
from recourse.escalations.models import Escalation
from recourse.handbook.models import Edition
from recourse.handbook.policy.shape import Severity, Tier
from recourse.handbook.queries import edition_at, persons_behind
from recourse.kit.actor import Actor
from recourse.kit.calendar import working_calendar
from recourse.people.models import SkillGrant, Staff
from recourse.routing.policy import OFFERED_THOUGH_HELD, Kind, Nobody, Score, Yardstick, rank

KEPT_MEASURES = 16
_kept: OrderedDict[str, Yardstick] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Head:
    """The first case of one kind: due at that time, with the cost of its delay."""

    kind: Kind
    due_at: dt.datetime
    score: Score


@dataclass(frozen=True, slots=True)
class Taker:
    """The one who asks: the account, the queues of their teams, the persons behind, how many cases they carry."""

    staff: Staff
    actor: Actor
    queues: tuple[UUID, ...]
    persons: frozenset[UUID]
    carried: int

    def room(self, tier: Tier, edition: Edition) -> int:
        """Return how many more cases of a tier fit; their own limit goes before the handbook's."""
        limit = self.staff.work_in_progress_limit
        return (edition.rules.routing.limit(tier) if limit is None else limit) - self.carried


def yardstick_at(at: dt.datetime) -> tuple[Edition, Yardstick]:
    """Return the edition that holds and its measure."""
    edition = edition_at(at)
    return edition, yardstick(edition)


def yardstick(edition: Edition) -> Yardstick:
    """Return the measure of an edition; kept by the hash of its text, since reading a calendar takes a while."""
    found = _kept.get(edition.content_hash)
    if found is None:
        rules = edition.rules
        calendar = working_calendar(rules.calendar(rules.clocks.calendar).spec())
        found = _kept[edition.content_hash] = Yardstick(rules.routing, rules.clocks, calendar)
        if len(_kept) > KEPT_MEASURES:
            _kept.popitem(last=False)
    return found


def taker(viewer: Actor, *, at: dt.datetime) -> Taker | Nobody:
    """Return who would take a case, or why they are given none: away, in no team, unknown."""
    staff = Staff.objects.filter(pk=viewer.staff_id, is_active=True).first() if viewer.staff_id else None
    if staff is None or not viewer.team_ids:
        return Nobody.NO_TEAM
    if staff.absences.filter(from_at__lte=at, until_at__gt=at).exists():
        return Nobody.ABSENT
    queues = Queue.objects.filter(team__in=viewer.team_ids, is_active=True).values_list("pk", flat=True)
    persons = persons_behind(viewer) if viewer.on_behalf_of else frozenset({staff.person_id})
    carried = Case.objects.filter(IS_CASE_OPEN, owner=staff).count()
    return Taker(staff, viewer, tuple(queues), persons, carried)


def waiting(found: Taker, *, at: dt.datetime) -> QuerySet[Case]:
    """Return the unowned cases that somebody may be given.

    Of the queues of their teams, visible to them, within their skills that day; not waiting, not held, and not
    escalated by the same person.
    """
    viewer = found.actor
    rows = Case.objects.visible_to(viewer).filter(
        IS_CASE_OPEN, owner__isnull=True, is_waiting=False, queue__in=found.queues
    )
    held = Hold.objects.filter(case=OuterRef("pk"), lifted_at__isnull=True).exclude(reason__in=OFFERED_THOUGH_HELD)
    own = Escalation.objects.filter(IS_ESCALATION_OPEN, case=OuterRef("pk")).filter(
        Q(requester__person_id__in=found.persons) | Q(on_behalf_of__person_id__in=found.persons)
    )
    able = Q(skill__isnull=True) | Q(skill__in=_skills(found.staff.pk, at))
    return rows.filter(able).exclude(Exists(held)).exclude(Exists(own))


def _skills(staff_id: UUID, at: dt.datetime) -> QuerySet[Any]:
    held = SkillGrant.objects.filter(Q(until_on__isnull=True) | Q(until_on__gte=at.date()), staff_id=staff_id)
    return held.values("skill_id")


def heads(found: Taker, measure: Yardstick, *, edition: Edition, at: dt.datetime) -> list[Head]:
    """Return for every kind the earliest due time at which a case of it may wait, the most costly at the head.

    Between cases of one kind only the due time decides, so each is the most that its kind can cost. The cheap
    conditions alone are asked here, of all that waits; who may have which case is asked of the few that are tried.
    """
    free = Case.objects.filter(IS_CASE_OPEN, owner__isnull=True, is_waiting=False)
    known = free.filter(contact_owner=found.staff)
    kept = []
    for rows, is_known in ((free.filter(queue__in=found.queues), False), (known, True)):
        firsts = rows.values_list("tier", "severity", "family").annotate(first=Min("due_at")).order_by()
        for tier, severity, family, due_at in firsts:
            kind = Kind(Tier(tier), Severity(severity), family, is_known)
            if found.room(kind.tier, edition) > 0:
                kept.append(Head(kind, due_at, measure.score(kind, due_at, at)))
    return sorted(kept, key=lambda head: (-head.score.value, head.due_at))


@dataclass(order=True, slots=True)
class _Try:
    """A place in the order: the most that a kind can cost, or a case that is locked."""

    key: tuple[float, dt.datetime, str]
    kind: Kind = field(compare=False)
    case: Case | None = field(compare=False, default=None)


def best_of(
    found: Taker, rows: QuerySet[Case], edition: Edition, measure: Yardstick, at: dt.datetime
) -> tuple[Case, Kind, Score] | None:
    """Return the case of `rows` whose delay costs most; the same that scoring every one of them would give.

    Kinds are tried from the one that can cost most; where its first case is not among the rows (held, hidden, locked
    by somebody else), the next of that kind takes its own place in the order.
    """
    tries = [
        _Try((-head.score.value, head.due_at, ""), head.kind) for head in heads(found, measure, edition=edition, at=at)
    ]
    heapify(tries)
    while tries:
        best = heappop(tries)
        if best.case is not None:
            return best.case, best.kind, measure.score(best.kind, best.case.due_at, at)
        first = of_kind(rows, best.kind, found).first()
        if first is not None:
            score = measure.score(best.kind, first.due_at, at)
            heappush(tries, _Try(rank(score, first.due_at, first.pk), best.kind, first))
    return None


def of_kind(rows: QuerySet[Case], kind: Kind, found: Taker) -> QuerySet[Case]:
    """Keep the cases of one kind, the one due first at the head."""
    known = Q(contact_owner=found.staff)
    kept = rows.filter(tier=kind.tier, severity=kind.severity, family=kind.family)
    return kept.filter(known if kind.is_known else ~known | Q(contact_owner__isnull=True)).order_by("due_at", "pk")


def kind_of(case: Case, staff_id: UUID | None) -> Kind:
    """Return the kind of a case as it is to somebody."""
    is_known = staff_id is not None and case.contact_owner_id == staff_id
    return Kind(Tier(case.tier), Severity(case.severity), case.family, is_known)
