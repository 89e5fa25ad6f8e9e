"""Links between cases, with what they mean; never in a circle."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from django.db.models import Q

from recourse.cases.actions.keeping import ask, load_two, refuse, save
from recourse.cases.events import CaseLinked, CaseUnlinked
from recourse.cases.models import Case, CaseLink
from recourse.cases.policy import LinkKind
from recourse.cases.policy.links import reaches
from recourse.cases.queries.find import CaseKey
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible
from recourse.kit.transactions import verb
from recourse.timeline.actions.record import Happening, record_many

WALK_LIMIT = 200


@verb
def link(
    source: CaseKey, target: CaseKey, *, kind: LinkKind, by: Actor, at: dt.datetime, seen: int | None = None
) -> CaseLink:
    """Link two cases, read “source … target”; `seen` is the source's version.

    Where the link keeps the target from moving on, the actor must be able to work on the target too.
    """
    kind = LinkKind(kind)
    one, other = load_two(source, target, by=by, seen=seen)
    ask("link", one, by)
    if one.pk == other.pk:
        refuse("link.self")
    if kind.binds_target:
        ask("link", other, by)
    _check(one, other, kind)
    made = CaseLink.objects.create(source=one, target=other, kind=kind, made_at=at)
    event = CaseLinked(link_id=str(made.pk), kind=kind, source=one.ref, target=other.ref)
    _record(one, other, event, by, at)
    return made


def _check(source: Case, target: Case, kind: LinkKind) -> None:
    standing = CaseLink.objects.filter(kind=kind, ended_at__isnull=True)
    same = Q(source=source, target=target)
    if not kind.has_direction:
        same |= Q(source=target, target=source)
    if standing.filter(same).exists():
        refuse("link.twice")
    if kind.is_single and standing.filter(source=source).exists():
        refuse("link.single")
    if kind.has_direction and leads_back(source, target, kind):
        refuse("link.circle", source=source.ref, target=target.ref)


def leads_back(source: Case, target: Case, kind: LinkKind) -> bool:
    """Tell whether links of this kind lead from the target to the source, one query for each step outward."""
    following: dict[UUID, list[UUID]] = defaultdict(list)
    ahead = {target.pk}
    for _step in range(WALK_LIMIT):
        rows = CaseLink.objects.filter(source_id__in=ahead, kind=kind, ended_at__isnull=True)
        found = list(rows.values_list("source_id", "target_id"))
        for start, end in found:
            following[start].append(end)
        ahead = {end for _start, end in found} - following.keys()
        if not ahead:
            break
    return reaches(target.pk, source.pk, following)


@verb
def unlink(link_id: UUID, *, by: Actor, at: dt.datetime) -> CaseLink:
    """End a link; needs what making it needed."""
    made = CaseLink.objects.filter(pk=link_id).first()
    if made is None:
        raise NotVisible
    one, other = load_two(made.source_id, made.target_id, by=by)
    ask("unlink", one, by)
    if LinkKind(made.kind).binds_target:
        ask("unlink", other, by)
    made.refresh_from_db()
    if made.ended_at is not None:
        refuse("link.ended")
    made.ended_at = at
    made.save(update_fields=["ended_at"])
    event = CaseUnlinked(link_id=str(made.pk), kind=made.kind, source=one.ref, target=other.ref)
    _record(one, other, event, by, at)
    return made


def _record(one: Case, other: Case, event: CaseLinked | CaseUnlinked, by: Actor, at: dt.datetime) -> None:
    """Record a link on both cases; their versions move, for both show it."""
    for case in (one, other):
        save(case, at=at)
    record_many([Happening(event, case.thread, by, at) for case in (one, other)])
