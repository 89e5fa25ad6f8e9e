"""Saved views: questions that somebody keeps, for themself or for a team."""

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.actions.keeping import refuse
from recourse.cases.events import ViewSaved
from recourse.cases.models import SavedView
from recourse.cases.policy.asking import ORDERS, QUESTION_LIMIT
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Stale
from recourse.kit.models import locked
from recourse.kit.text import clean_line
from recourse.kit.transactions import verb
from recourse.people.models import Membership, Staff
from recourse.timeline.actions.record import record

FIELDS = frozenset({"name", "question", "order", "position"})


@verb
def save_view(
    *,
    name: str,
    question: str,
    by: Actor,
    at: dt.datetime,
    team_id: UUID | None = None,
    order: str = "due",
    position: int = 0,
) -> SavedView:
    """Keep a question of the search box under a name: one's own, or with `team_id` the team's (for its leads)."""
    owner = _somebody(by)
    if team_id is not None and not _leads(by, team_id):
        refuse("view.not_yours")
    cleaned = _cleaned({"name": name, "question": question, "order": order, "position": position})
    view = SavedView.objects.create(owner=None if team_id else owner, team_id=team_id, **cleaned)
    record(ViewSaved(view_id=str(view.pk), is_team=team_id is not None), thread=owner.thread, by=by, at=at)
    return view


@verb
def change_view(
    view_id: UUID, *, changes: Mapping[str, object], by: Actor, at: dt.datetime, seen: int | None = None
) -> SavedView:
    """Change name, question, order or position of a saved view."""
    view = _load(view_id, by, seen)
    for field, value in _cleaned(changes).items():
        setattr(view, field, value)
    view.version += 1
    view.save()
    record(ViewSaved(view_id=str(view.pk), is_team=bool(view.team_id)), thread=_somebody(by).thread, by=by, at=at)
    return view


@verb
def end_view(view_id: UUID, *, by: Actor, at: dt.datetime, seen: int | None = None) -> None:
    """Put a saved view away."""
    view = _load(view_id, by, seen)
    view.ended_at = at
    view.version += 1
    view.save(update_fields=["ended_at", "version"])
    event = ViewSaved(view_id=str(view.pk), is_team=bool(view.team_id), is_ended=True)
    record(event, thread=_somebody(by).thread, by=by, at=at)


def _somebody(by: Actor) -> Staff:
    found = Staff.objects.select_related("thread").filter(pk=by.staff_id).first() if by.staff_id else None
    if found is None:
        raise NotVisible
    return found


def _leads(by: Actor, team_id: UUID) -> bool:
    if by.staff_id is None or not by.can("team:lead"):
        return False
    return Membership.objects.filter(team_id=team_id, staff_id=by.staff_id, is_lead=True).exists()


def _load(view_id: UUID, by: Actor, seen: int | None) -> SavedView:
    view: SavedView | None = locked(SavedView.objects.filter(pk=view_id, ended_at__isnull=True)).first()
    is_seen = view is not None and (view.owner_id == by.staff_id or view.team_id in by.team_ids)
    if view is None or not is_seen:
        raise NotVisible
    if view.team_id is not None and not _leads(by, view.team_id):
        refuse("view.not_yours")
    if seen is not None and seen != view.version:
        raise Stale(_("Somebody changed this view since you opened it."), current=view.version)
    return view


def _cleaned(given: Mapping[str, object]) -> dict[str, object]:
    cleaned: dict[str, object] = {}
    for name, value in given.items():
        if name == "name":
            cleaned[name] = clean_line(str(value), field=name, limit=80, is_required=True)
        elif name == "question":
            cleaned[name] = clean_line(str(value), field=name, limit=QUESTION_LIMIT)
        elif (name == "order" and value in ORDERS) or (name == "position" and value in range(1000)):
            cleaned[name] = value
        else:
            raise Invalid.one(name, _("A saved view cannot keep this."))
    return cleaned
