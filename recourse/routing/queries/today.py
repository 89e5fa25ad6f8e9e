"""Today: everything that needs one person now, in one order: what delay costs most, then what is due first."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef

from recourse.approvals.queries import inbox
from recourse.cases.models import IS_OPEN, Case
from recourse.clocks.queries import promises_due
from recourse.conversations.models import Message
from recourse.escalations.policy import NoticeKind
from recourse.escalations.queries import at_the_gate, offered_to, unread
from recourse.kit.actor import Actor
from recourse.people.policy import Permission
from recourse.routing.policy import Kind, Matter, Score, Yardstick, rank
from recourse.routing.queries.said import why
from recourse.routing.queries.waiting import kind_of, yardstick_at

SHOWN = 200
AHEAD = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that needs the person: what kind, on which case, by when, what its delay costs and why.

    `number` is that of an escalation, `about` the key of a promise, approval or notice, `note` the words meant
    for the reader, `told` the notice's kind and details.
    """

    matter: Matter
    case: Case
    due_at: dt.datetime
    score: Score
    why: str
    number: int | None = None
    about: UUID | None = None
    note: str = ""
    told: str = ""
    words: dict[str, object] = field(default_factory=dict)

    @property
    def order(self) -> tuple[float, dt.datetime, str]:
        """Return the place in the list."""
        return rank(self.score, self.due_at, self.case.pk)


def today(viewer: Actor, *, at: dt.datetime) -> list[Item]:
    """Return what needs somebody now, the most urgent first.

    Their own cases and the replies waiting on them, requests to gate, approvals asked of them, requests that came
    back with coaching, cases offered back, promises due within two weeks, and what they were told and have not read.
    """
    if viewer.staff_id is None:
        return []
    _edition, measure = yardstick_at(at)
    desk = _Desk(viewer, measure, at)
    items = [*desk.cases(), *desk.gate(), *desk.approvals(), *desk.offers(), *desk.promises(), *desk.notices()]
    return sorted(items, key=lambda item: item.order)[:SHOWN]


@dataclass(frozen=True, slots=True)
class _Desk:
    """One person's desk at an instant."""

    viewer: Actor
    measure: Yardstick
    at: dt.datetime

    def item(self, matter: Matter, case: Case, due_at: dt.datetime, **more: object) -> Item:
        kind: Kind = kind_of(case, self.viewer.staff_id)
        score = self.measure.score(kind, due_at, self.at)
        return Item(matter, case, due_at, score, why(kind, score), **more)  # type: ignore[arg-type]

    def cases(self) -> Iterator[Item]:
        asked = Message.objects.filter(case=OuterRef("pk"), is_reply_needed=True)
        rows = Case.objects.visible_to(self.viewer).filter(IS_OPEN, owner_id=self.viewer.staff_id, is_waiting=False)
        beside = rows.select_related("customer", "queue", "owner").annotate(is_asked=Exists(asked))
        for case in beside.order_by("due_at", "pk")[:SHOWN]:
            matter = Matter.REPLY if getattr(case, "is_asked", False) else Matter.CASE
            yield self.item(matter, case, case.due_at)

    def gate(self) -> Iterator[Item]:
        if not self.viewer.can(Permission.ESCALATION_GATE):
            return
        for found in at_the_gate(viewer=self.viewer)[:SHOWN]:
            yield self.item(Matter.GATE, found.case, found.gate_due_at, number=found.number)

    def approvals(self) -> Iterator[Item]:
        if not self.viewer.can(Permission.APPROVAL_DECIDE):
            return
        for asked in inbox(self.viewer).order_by("asked_at", "id")[:SHOWN]:
            found = asked.approval
            if found.expires_at is not None:
                yield self.item(Matter.APPROVAL, found.case, found.expires_at, about=found.pk)

    def offers(self) -> Iterator[Item]:
        for found in offered_to(self.viewer):
            yield self.item(Matter.HAND_BACK, found.case, found.case.due_at, number=found.number)

    def promises(self) -> Iterator[Item]:
        for promise in promises_due(self.viewer, until=self.at + AHEAD, given_by=self.viewer.staff_id):
            yield self.item(Matter.PROMISE, promise.case, promise.due_at, about=promise.pk, note=promise.what)

    def notices(self) -> Iterator[Item]:
        for row in unread(self.viewer):
            notice = row.notice
            matter = Matter.RETURNED if notice.kind == NoticeKind.RETURNED else Matter.NOTICE
            yield self.item(
                matter,
                notice.case,
                notice.case.due_at,
                number=notice.escalation.number if notice.escalation else None,
                about=notice.pk,
                note=row.note,
                told=notice.kind,
                words=notice.words,
            )
